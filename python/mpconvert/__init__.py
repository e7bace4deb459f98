"""Converts Python packages into the formats that MicroPython's installers read.

>>> import mpconvert
>>> package = mpconvert.read("dist/foo_bar-0.1.0.tar.gz")  # doctest: +SKIP
>>> [converted] = mpconvert.convert("dist/")  # doctest: +SKIP
>>> converted.path  # doctest: +SKIP
PosixPath('dist-micropython/foo_bar-0.1.0.tar.gz')
>>> [packed] = mpconvert.mip("dist/", "site", url_base="github:org/repo/site")  # doctest: +SKIP
>>> packed.path  # doctest: +SKIP
PosixPath('site/package.json')
>>> [added] = mpconvert.index_add("dist/", "site/index")  # doctest: +SKIP
>>> added.forms  # doctest: +SKIP
['6', 'py']
"""

# Nothing is imported here that Python has not loaded already, not even `__future__`: under
# `python -m mpconvert` it could come from the current folder. `__main__` puts an end to that.
from mpconvert._errors import Error, FetchError, FileError, Refused, UsageError

# Not from `typing`, whose import takes longer than that of this whole package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mpconvert._native import VERSION as __version__  # noqa: N811 - the name it has in Python
    from mpconvert._native import (
        Added,
        Converted,
        File,
        Finding,
        Package,
        Packed,
        convert,
        index_add,
        mip,
        read,
        settings,
    )

__all__ = [
    "Added",
    "Converted",
    "Error",
    "FetchError",
    "File",
    "FileError",
    "Finding",
    "Package",
    "Packed",
    "Refused",
    "UsageError",
    "__version__",
    "convert",
    "index_add",
    "mip",
    "read",
    "settings",
]


def __getattr__(name: str) -> object:
    """Load the core on first use, because build tools import a hook at every start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mpconvert import _native  # noqa: PLC0415 - that is the point

    found: object = getattr(_native, "VERSION" if name == "__version__" else name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
