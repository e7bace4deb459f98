"""Converts Python packages into archives that MicroPython's installers take.

>>> import mpconvert
>>> package = mpconvert.read("dist/foo_bar-0.1.0.tar.gz")  # doctest: +SKIP
>>> [converted] = mpconvert.convert("dist/")  # doctest: +SKIP
>>> converted.path  # doctest: +SKIP
PosixPath('dist-micropython/foo_bar-0.1.0.tar.gz')
"""

from __future__ import annotations

from mpconvert._errors import Error, FileError, Refused, UsageError
from mpconvert._native import VERSION as __version__  # noqa: N811 - the name it has in Python
from mpconvert._native import Converted, File, Finding, Package, convert, read, settings

__all__ = [
    "Converted",
    "Error",
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
