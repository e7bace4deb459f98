"""The exceptions of this package."""

# No more than Python has loaded already: see `__init__`.
import os

# Not from `typing`, whose import takes longer than that of this whole package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from mpconvert._native import Finding


class Error(Exception):
    """A call failed, completely or in part.

    Attributes:
        converted: The results that the call produced nevertheless, as it would return them.
        others: The errors about the other inputs of the call.
    """

    converted: "list[Any]"
    others: "list[Error]"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.converted = []
        self.others = []


class Refused(Error):  # noqa: N818 - names the event, not the class of error
    """The input cannot be converted.

    Attributes:
        input: The name of the archive or release.
        findings: All findings about it. At least one has the severity ``error``.
    """

    def __init__(self, message: str, input: str, findings: "list[Finding]") -> None:
        super().__init__(message)
        self.input = input
        self.findings = findings


class UsageError(Error, ValueError):
    """An argument or a setting is invalid.

    Attributes:
        help: How to correct it.
    """

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class FetchError(Error):
    """A file or URL could not be fetched.

    Attributes:
        place: The path, or the URL without user name and password.
        help: How to correct it. May be empty.
    """

    def __init__(self, message: str, place: str, help: str) -> None:
        super().__init__(message)
        self.place = place
        self.help = help


class FileError(Error, OSError):
    """A file or folder could not be read or written; see ``errno`` and ``filename``."""

    def __init__(self, errno: int | None, message: str, path: "Path") -> None:
        # The same text and the same type of file name as in Python's own exceptions.
        text = message if errno is None else os.strerror(errno)
        super().__init__(errno, text, os.fspath(path))
