"""Converts the archives of a build backend, unless an installer is going to throw them away.

A backend does not know whether the folder that it writes to is kept. Installers build in temporary
folders, where a result would be useless, and one beside the folder would never be cleaned up.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import mpconvert
from mpconvert._hook import after_build, printable

#: Set while pip builds, which deletes the archive afterwards: by current versions, before 22.1.
PIP_VARIABLES = ("PIP_BUILD_TRACKER", "PIP_REQ_TRACKER")
SDIST = ".tar.gz"


def archive_built(
    archive: Path, root: Path, say: Callable[[str], object], warn: Callable[[str], object]
) -> None:
    """Convert the archive that a backend has just built, unless its folder is temporary.

    Frontends build the sdist first. A wheel that is built into the same folder afterwards contains
    more information: both are then converted together, and the result replaces the first one.

    Args:
        archive: The sdist or wheel.
        root: The folder that it was built from.
        say: Called with a line about the result.
        warn: Called with the warnings of `after_build`.

    Raises:
        BuildFailed: As for `after_build`.
    """
    folder = archive.parent.resolve()
    project = _project(root.resolve(), folder)
    if _is_thrown_away(folder, project):
        warn(f"{printable(folder)} is a temporary folder: no archive for MicroPython was made")
    else:
        after_build(_release(archive), project, lambda path: say(f"for MicroPython: {path}"), warn)


def _project(root: Path, folder: Path) -> Path:
    """Find the project of an archive in this folder.

    `python -m build` and `uv build` unpack the sdist and build the wheel from it. The root is then
    a temporary folder, and the project is a parent of the folder with the archives.
    """
    for parent in folder.parents:
        if parent == root:
            return root
        if _has(parent, "pyproject.toml"):
            return parent if _settings(parent) == _settings(root) else root
    return root


def _settings(project: Path) -> dict[str, object] | None:
    try:
        # Only `out` depends on where the project is.
        return {**mpconvert.settings(project), "out": None}
    except Exception:  # noqa: BLE001 - it is reported when the archive is converted
        return None


def _is_thrown_away(folder: Path, project: Path) -> bool:
    """Tell whether the folder is a temporary one that a frontend created for itself."""
    from tempfile import gettempdir  # noqa: PLC0415 - needed only for builds

    if any(variable in os.environ for variable in PIP_VARIABLES):
        return True
    # uv 0.4 creates them, even inside the folder that it moves the archives to.
    if folder.name.startswith(".tmp"):
        return True
    # Folders from the module `tempfile` can be recognised by their mode: only the owner has access.
    if folder.parent == Path(gettempdir()).resolve():
        return stat.S_IMODE(folder.stat().st_mode) == stat.S_IRWXU
    # uv's cache and tox's working folder are marked as caches.
    around = takewhile(lambda parent: parent != project, folder.parents)
    return any(_has(parent, "CACHEDIR.TAG") for parent in around)


def _has(folder: Path, name: str) -> bool:
    try:
        return (folder / name).is_file()
    except OSError:
        return False  # No permission to look into it.


def _release(archive: Path) -> list[Path]:
    """Find the archives of one release: a wheel, and the sdist of the same release beside it."""
    if archive.suffix != ".whl":
        return [archive]
    release = _normalized("-".join(archive.name.split("-")[:2]) + SDIST)
    beside = archive.parent.glob(f"*{SDIST}")
    return [*(sdist for sdist in beside if _normalized(sdist.name) == release), archive]


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
