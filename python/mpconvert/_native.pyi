"""The extension module behind this package."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal, final

__all__ = [
    "VERSION",
    "Converted",
    "File",
    "Finding",
    "Package",
    "convert",
    "is_strict",
    "main",
    "read",
    "settings",
]

VERSION: Final[str]

@final
class Finding:
    """One thing noticed about an input."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Literal["note", "warning", "refusal"]: ...
    @property
    def path(self) -> str | None: ...
    @property
    def found(self) -> str: ...
    @property
    def expected(self) -> str | None: ...
    @property
    def help(self) -> str: ...
    @property
    def text(self) -> str: ...

@final
class File:
    """One file of a payload."""

    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def data(self) -> bytes: ...

@final
class Package:
    """One release of a project, as it would lie in site-packages."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def summary(self) -> str | None: ...
    @property
    def requires(self) -> list[str]: ...
    @property
    def files(self) -> list[File]: ...
    @property
    def findings(self) -> list[Finding]: ...

@final
class Converted:
    """A release that was converted."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def requires(self) -> list[str]: ...
    @property
    def files(self) -> list[str]: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def path(self) -> Path | None: ...
    @property
    def outcome(self) -> Literal["written", "unchanged", "dry-run", "in-memory"]: ...
    @property
    def members(self) -> list[str]: ...
    @property
    def data(self) -> bytes | None: ...

def read(
    source: str | PathLike[str] | bytes,
    *,
    name: str | None = None,
    sys_platform: str | None = None,
    python_version: str | None = None,
    max_size: int | None = None,
    max_ratio: int | None = None,
    max_members: int | None = None,
    build: bool = False,
) -> Package: ...
def convert(
    source: str | PathLike[str] | bytes | Sequence[str | PathLike[str]],
    out: str | PathLike[str] | None = None,
    *,
    project: str | PathLike[str] | None = None,
    name: str | None = None,
    extras: Sequence[str] | None = None,
    include: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    resources: str | None = None,
    pip_installable: bool | None = None,
    force: bool = False,
    dry_run: bool = False,
    sys_platform: str | None = None,
    python_version: str | None = None,
    max_size: int | None = None,
    max_ratio: int | None = None,
    max_members: int | None = None,
    build: bool = False,
) -> list[Converted]: ...
def settings(project: str | PathLike[str]) -> dict[str, Any]: ...
def is_strict(project: str | PathLike[str]) -> bool: ...
def main(args: Sequence[str], python: str) -> int: ...
