"""Source distributions to measure with, made from the standard library of this Python."""

from __future__ import annotations

import io
import os
import sysconfig
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "bench_sources"
VERSION = "1.0"
REQUIRES = "micropython-logging>=0.1\n"
MODULES_PER_FOLDER = 100


def make_sdist(folder: Path, size: int, name: str = NAME, requires: str = REQUIRES) -> Path:
    """Write an sdist with at least `size` bytes of modules into `folder` and return its path.

    It has the layout of sdist_upip (no setup.py, no pyproject.toml: its root is the payload), so
    that nothing but reading and writing is measured. The modules are named by numbers, since
    those of the library's own tests would be left out of a conversion. Where the library has
    less than `size` bytes, it comes again from its beginning: no match reaches back that far.
    """
    metadata = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\nSummary: Real source code\n"
    )
    path = folder / f"{name}-{VERSION}.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for member in ("PKG-INFO", f"{name}.egg-info/PKG-INFO"):
            _add(archive, member, metadata.encode())
        _add(archive, f"{name}.egg-info/requires.txt", requires.encode())
        for number, content in enumerate(_contents(size)):
            package = f"{name}/part{number // MODULES_PER_FOLDER:03}"
            if number % MODULES_PER_FOLDER == 0:
                _add(archive, f"{package}/__init__.py", b"")
            _add(archive, f"{package}/module{number:05}.py", content)
        _add(archive, f"{name}/__init__.py", b"")
    return path


def unpacked_size(sdist: Path) -> int:
    """The bytes of all files in `sdist`."""
    with tarfile.open(sdist) as archive:
        return sum(member.size for member in archive if member.isfile())


def _contents(size: int) -> Iterator[bytes]:
    modules = _modules()
    while size > 0:
        for module in modules:
            content = module.read_bytes()
            yield content
            size -= len(content)
            if size <= 0:
                return


def _modules() -> list[Path]:
    """All modules of the standard library in a fixed order, without what was installed later."""
    library = Path(sysconfig.get_path("stdlib"))
    found = []
    for folder, subfolders, names in os.walk(library):
        subfolders[:] = [name for name in subfolders if name != "site-packages"]
        found += [Path(folder, name) for name in names if name.endswith(".py")]
    found = [path for path in sorted(found) if path.stat().st_size > 0]
    if not found:
        message = f"error: no sources of the standard library in {library}"
        raise SystemExit(message)
    return found


def _add(archive: tarfile.TarFile, path: str, content: bytes) -> None:
    member = tarfile.TarInfo(f"{NAME}-{VERSION}/{path}")
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
