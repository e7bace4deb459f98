"""What a build backend does with an archive, in view of who asked for it.

A backend is not told whether the folder it writes into is kept. Installers build into folders that
they empty soon after, where a result would be of no use, and one beside would be left as litter.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import mpconvert
from mpconvert._hook import after_build
from mpconvert._native import printable

#: Tell that pip is at work, which keeps no archive where it has it built: today's, before 22.1.
PIP_VARIABLES = ("PIP_BUILD_TRACKER", "PIP_REQ_TRACKER")
SDIST = ".tar.gz"


def archive_built(
    archive: Path, root: Path, say: Callable[[str], object], warn: Callable[[str], object]
) -> None:
    """Convert the archive that a backend has just built, where somebody will find the result.

    Frontends ask for the sdist first. A wheel that is built into the same folder afterwards tells
    more, so that both together are converted then, and the result takes the place of the first.

    Args:
        archive: The sdist or wheel.
        root: The folder that it was built from.
        say: Takes a line about the result.
        warn: Takes what `after_build` warns of.

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
    """Find the project that an archive in the folder is of.

    `python -m build` and `uv build` unpack the sdist that they have built, and build the wheel from
    that: then the root is a temporary folder, and the project lies around the archives.
    """
    for parent in folder.parents:
        if parent == root:
            return root
        if _has(parent, "pyproject.toml"):
            return parent if _settings(parent) == _settings(root) else root
    return root


def _settings(project: Path) -> dict[str, object] | None:
    try:
        # The folder of the results is all that the place of a project makes of its settings.
        return {**mpconvert.settings(project), "out": None}
    except Exception:  # noqa: BLE001 - it is told when the archive is converted
        return None


def _is_thrown_away(folder: Path, project: Path) -> bool:
    """Tell whether the folder is one that a frontend has made for itself."""
    from tempfile import gettempdir  # noqa: PLC0415 - only for those who build

    if any(variable in os.environ for variable in PIP_VARIABLES):
        return True
    # uv 0.4 makes them, even inside of the folder that it moves the archives to.
    if folder.name.startswith(".tmp"):
        return True
    # So are folders that are made by the module `tempfile`: nobody else may look into them.
    if folder.parent == Path(gettempdir()).resolve():
        return stat.S_IMODE(folder.stat().st_mode) == stat.S_IRWXU
    # uv's cache says that it is one, and so does the folder that tox works in.
    around = takewhile(lambda parent: parent != project, folder.parents)
    return any(_has(parent, "CACHEDIR.TAG") for parent in around)


def _has(folder: Path, name: str) -> bool:
    try:
        return (folder / name).is_file()
    except OSError:
        return False  # Not ours to look into.


def _release(archive: Path) -> list[Path]:
    """Find what belongs together: a wheel, and the sdist of the same release beside it."""
    if archive.suffix != ".whl":
        return [archive]
    release = _normalized("-".join(archive.name.split("-")[:2]) + SDIST)
    beside = archive.parent.glob(f"*{SDIST}")
    return [*(sdist for sdist in beside if _normalized(sdist.name) == release), archive]


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
