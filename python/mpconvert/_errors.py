"""The exceptions of this package."""

# No more than Python has loaded already: see `__init__`.
import os

# Not from `typing`, whose import takes longer than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from mpconvert._native import Finding


class Error(Exception):
    """Why a call gave no result, or not all of it.

    Attributes:
        converted: What the same call made all the same, as it returns it.
        others: The errors about other inputs of the same call.
    """

    converted: "list[Any]"
    others: "list[Error]"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.converted = []
        self.others = []


class Refused(Error):  # noqa: N818 - says what happened, not that it is an error
    """The input cannot be converted.

    Attributes:
        input: The name of the archive or release.
        findings: All findings about it; at least one has the severity ``refusal``.
    """

    def __init__(self, message: str, input: str, findings: "list[Finding]") -> None:
        super().__init__(message)
        self.input = input
        self.findings = findings


class UsageError(Error, ValueError):
    """The call makes no sense.

    Attributes:
        help: What would be right.
    """

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class FetchError(Error):
    """A file or URL could not be got.

    Attributes:
        place: The path, or the URL without a user's name and password.
        help: What would be right; may be empty.
    """

    def __init__(self, message: str, place: str, help: str) -> None:
        super().__init__(message)
        self.place = place
        self.help = help


class FileError(Error, OSError):
    """A file or folder could not be read or written; ``errno`` and ``filename`` say more."""

    def __init__(self, errno: int | None, message: str, path: "Path") -> None:
        # As Python itself says it: its texts, and the file's name as a text.
        text = message if errno is None else os.strerror(errno)
        super().__init__(errno, text, os.fspath(path))
