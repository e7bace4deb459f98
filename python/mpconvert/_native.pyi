"""The extension module of this package."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal, final

__all__ = [
    "VERSION",
    "Added",
    "Converted",
    "File",
    "Finding",
    "Package",
    "Packed",
    "convert",
    "index_add",
    "is_strict",
    "main",
    "mip",
    "printable",
    "read",
    "settings",
]

VERSION: Final[str]

@final
class Finding:
    """A fact about an input that was noticed while it was read or converted."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Literal["note", "warning", "error"]: ...
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
    """A file of a package."""

    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def data(self) -> bytes: ...

@final
class Package:
    """A release of a project, with its files as they would be in site-packages."""

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
    """A release that `convert` has converted for upip."""

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

@final
class Packed:
    """A package for mip that `mip` has made."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def deps(self) -> list[tuple[str, str]]: ...
    @property
    def files(self) -> list[str]: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def path(self) -> Path: ...
    @property
    def outcome(self) -> Literal["written", "unchanged", "dry-run"]: ...

@final
class Added:
    """A release that `index_add` has added to an index, or copied into it."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def forms(self) -> list[str]: ...
    @property
    def deps(self) -> list[tuple[str, str]]: ...
    @property
    def files(self) -> list[str]: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def outcome(self) -> Literal["added", "replaced", "copied", "unchanged"]: ...

def read(
    source: str | PathLike[str] | bytes,
    *,
    name: str | None = None,
    sys_platform: str | None = None,
    python_version: str | None = None,
    max_size: int | None = None,
    max_ratio: int | None = None,
    max_members: int | None = None,
    version: str | None = None,
    build: bool = False,
) -> Package: ...
def convert(
    source: str | PathLike[str] | bytes | Sequence[str | PathLike[str]],
    out: str | PathLike[str] | None = None,
    *,
    project: str | PathLike[str] | None = None,
    name: str | None = None,
    extras: Sequence[str] | None = None,
    allow_missing: Sequence[str] | None = None,
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
    version: str | None = None,
    build: bool = False,
) -> list[Converted]: ...
def mip(
    source: str | PathLike[str] | Sequence[str | PathLike[str]],
    out: str | PathLike[str] | None = None,
    *,
    in_place: bool = False,
    check: bool = False,
    url_base: str | None = None,
    deps: Literal["pin", "latest", "bundle"] | None = None,
    index: str | None = None,
    offline: bool = False,
    mpy: bool = False,
    mpy_cross: str | PathLike[str] | None = None,
    project: str | PathLike[str] | None = None,
    extras: Sequence[str] | None = None,
    allow_missing: Sequence[str] | None = None,
    include: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    resources: str | None = None,
    force: bool = False,
    dry_run: bool = False,
    sys_platform: str | None = None,
    python_version: str | None = None,
    max_size: int | None = None,
    max_ratio: int | None = None,
    max_members: int | None = None,
    version: str | None = None,
    build: bool = False,
) -> list[Packed]: ...
def index_add(
    source: str | PathLike[str] | Sequence[str | PathLike[str]],
    to: str | PathLike[str],
    *,
    replace: bool = False,
    deps: Literal["pin", "latest", "bundle"] | None = None,
    base_index: str | None = None,
    offline: bool = False,
    mpy: bool = True,
    mpy_cross: Sequence[str | PathLike[str]] | None = None,
    lock_timeout: int = 300,
    project: str | PathLike[str] | None = None,
    extras: Sequence[str] | None = None,
    allow_missing: Sequence[str] | None = None,
    include: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    resources: str | None = None,
    sys_platform: str | None = None,
    python_version: str | None = None,
    max_size: int | None = None,
    max_ratio: int | None = None,
    max_members: int | None = None,
    version: str | None = None,
    build: bool = False,
) -> list[Added]: ...
def settings(project: str | PathLike[str]) -> dict[str, Any]: ...
def is_strict(project: str | PathLike[str]) -> bool: ...
def printable(text: str | PathLike[str]) -> str: ...
def main(args: Sequence[str], python: str) -> int: ...
