"""What a firmware would freeze by a `manifest.py`.

MicroPython's own tool for that, `tools/manifestfile.py`, is a part of its source tree and cannot be
had from a package registry. This is a small interpreter of our own for the functions that
MicroPython's documentation describes (reference, "MicroPython manifest files"). Where that leaves
open what a build does, it is strict: a package that is there twice, or a file that is frozen twice,
is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple


class ManifestError(Exception):
    """What would stop a build, or make it come out by chance."""


class Mode(Enum):
    """What a manifest is read for."""

    #: To freeze modules into a firmware.
    FREEZE = "freeze"
    #: To compile a package by itself: `metadata` comes first, and `freeze` is not known.
    COMPILE = "compile"


class Frozen(NamedTuple):
    """A module of the firmware."""

    source: Path
    #: Where it lies for imports.
    target: str
    #: The version of the package that it belongs to.
    version: str | None
    #: The level of optimisation that it is compiled with; `None` for that of the build.
    opt: int | None


class _Package:
    """What is known of the package whose manifest is being read."""

    def __init__(self) -> None:
        self.metadata: dict[str, str | None] | None = None


class Interpreter:
    """Reads manifests, which are run as what they are: programs."""

    def __init__(self, mode: Mode = Mode.FREEZE) -> None:
        self.mode = mode
        #: What is frozen, by target.
        self.frozen: dict[str, Frozen] = {}
        self._libraries: dict[str, Path] = {}
        self._folders: list[Path] = []
        self._packages: list[_Package] = [_Package()]
        self._seen: set[Path] = set()

    def read(self, manifest: Path) -> None:
        """Reads a manifest, once; relative paths in it are relative to its folder."""
        path = manifest.resolve()
        if path in self._seen:
            return
        self._seen.add(path)
        self._folders.append(path.parent)
        try:
            # In ASCII, since a build reads it in whatever coding its system has.
            exec(compile(path.read_text(encoding="ascii"), str(path), "exec"), self._functions())
        finally:
            self._folders.pop()

    def _functions(self) -> dict[str, Callable[..., None]]:
        known: dict[str, Callable[..., None]] = {
            "metadata": self._metadata,
            "add_library": self._add_library,
            "require": self._require,
            "include": self._include,
            "package": self._package,
            "module": self._module,
        }
        if self.mode is Mode.FREEZE:
            known |= {"freeze": self._freeze, "freeze_as_mpy": self._freeze}
        return known

    def _at(self, path: str) -> Path:
        if "$(" in path:
            raise ManifestError(f"{path}: only a build knows that place")
        return (self._folders[-1] / path).resolve()

    def _require_metadata(self) -> None:
        if self.mode is Mode.COMPILE and self._packages[-1].metadata is None:
            raise ManifestError(f"{self._folders[-1]}: metadata has to come first")

    def _metadata(
        self,
        *,
        description: str | None = None,
        version: str | None = None,
        license: str | None = None,
        author: str | None = None,
    ) -> None:
        if self._packages[-1].metadata is not None:
            raise ManifestError(f"{self._folders[-1]}: metadata for the second time")
        self._packages[-1].metadata = {
            "description": description,
            "version": version,
            "license": license,
            "author": author,
        }

    def _add_library(self, library: str, library_path: str, *, prepend: bool = False) -> None:
        others = {name: path for name, path in self._libraries.items() if name != library}
        own = {library: self._at(library_path)}
        self._libraries = {**own, **others} if prepend else {**others, **own}

    def _require(self, name: str, library: str | None = None) -> None:
        self._require_metadata()
        if library is not None and library not in self._libraries:
            raise ManifestError(f"{library}: no such library")
        places = [self._libraries[library]] if library else list(self._libraries.values())
        for place in places:
            manifests = [path for path in place.rglob("manifest.py") if path.parent.name == name]
            if place.name == name and (place / "manifest.py").exists():
                manifests.append(place / "manifest.py")
            if len(manifests) > 1:
                raise ManifestError(f"{name}: one of {sorted(set(manifests))}")
            if manifests:
                self._packages.append(_Package())
                self.read(manifests[0])
                self._packages.pop()
                return
        raise ManifestError(f"{name}: no such package")

    def _include(self, manifest_path: str | Iterable[str], **_: Any) -> None:
        for one in [manifest_path] if isinstance(manifest_path, str) else manifest_path:
            path = self._at(one)
            self.read(path / "manifest.py" if path.is_dir() else path)

    def _package(
        self,
        package_path: str,
        files: Iterable[str] | None = None,
        base_path: str = ".",
        opt: int | None = None,
    ) -> None:
        self._require_metadata()
        base = self._at(base_path)
        if files is None:
            self._add_below(base, base / package_path, opt)
        for file in files or ():
            self._add(base, base / package_path / file, opt)

    def _module(self, module_path: str, base_path: str = ".", opt: int | None = None) -> None:
        self._require_metadata()
        base = self._at(base_path)
        self._add(base, base / module_path, opt)

    def _freeze(
        self, path: str, script: str | Iterable[str] | None = None, opt: int | None = None
    ) -> None:
        base = self._at(path)
        for one in [script or ""] if script is None or isinstance(script, str) else script:
            place = base / one
            if place.is_dir():
                self._add_below(base, place, opt)
            else:
                self._add(base, place, opt)

    def _add_below(self, base: Path, folder: Path, opt: int | None) -> None:
        files = sorted(folder.rglob("*.py"))
        if not files:
            raise ManifestError(f"{folder}: nothing to freeze")
        for file in files:
            self._add(base, file, opt)

    def _add(self, base: Path, file: Path, opt: int | None) -> None:
        target = file.relative_to(base).as_posix()
        if file.suffix != ".py" or not file.is_file():
            raise ManifestError(f"{file}: no module")
        if target in self.frozen:
            raise ManifestError(f"{target}: from {self.frozen[target].source} and {file}")
        metadata = self._packages[-1].metadata or {}
        self.frozen[target] = Frozen(file, target, metadata.get("version"), opt)


def interpret(manifest: Path, mode: Mode = Mode.FREEZE) -> list[Frozen]:
    """What a firmware would freeze by this manifest, sorted by target."""
    interpreter = Interpreter(mode)
    interpreter.read(manifest)
    return [interpreter.frozen[target] for target in sorted(interpreter.frozen)]
