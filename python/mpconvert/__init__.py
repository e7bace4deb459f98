"""Converts Python packages into archives that MicroPython's installers take.

>>> import mpconvert
>>> package = mpconvert.read("dist/foo_bar-0.1.0.tar.gz")  # doctest: +SKIP
>>> [converted] = mpconvert.convert("dist/")  # doctest: +SKIP
>>> converted.path  # doctest: +SKIP
PosixPath('dist-micropython/foo_bar-0.1.0.tar.gz')
"""

from __future__ import annotations

from mpconvert._errors import Error, FetchError, FileError, Refused, UsageError

# Not from `typing`, whose import takes longer than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mpconvert._native import VERSION as __version__  # noqa: N811 - the name it has in Python
    from mpconvert._native import Converted, File, Finding, Package, convert, read, settings

__all__ = [
    "Converted",
    "Error",
    "FetchError",
    "File",
    "FileError",
    "Finding",
    "Package",
    "Refused",
    "UsageError",
    "__version__",
    "convert",
    "read",
    "settings",
]


def __getattr__(name: str) -> object:
    """Load the core when it is first asked for: a build tool imports a hook at every start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mpconvert import _native  # noqa: PLC0415 - that is the point

    found: object = getattr(_native, "VERSION" if name == "__version__" else name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
