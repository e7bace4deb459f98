"""What a published archive is meant to put on a device, where that is plain to see."""

from __future__ import annotations

import re
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from tests.archive_rules import SKIPPED_PREFIXES

#: Folders and files that need not be on a device.
LEFT_OUT = re.compile(
    r"(.*/)?(__pycache__|\.DS_Store|\.git)(/.*)?"
    r"|(.*/)?(\.gitignore|\.gitkeep|py\.typed|[^/]*\.pyi)"
    r"|(benchmarks?|bin|docs?|examples?|samples?|scripts?|tests?)/.*"
    r"|[^/]*(LICEN[CS]E|README|CHANGE|AUTHORS|MANIFEST|conftest|VERSION)[^/]*"
    r"|[^/]*\.(cfg|toml|lock|ini)|package\.json|sdist_upip\.py"
)


def of_wheel(path: Path) -> dict[str, bytes]:
    """What an installer of wheels puts into site-packages, but for `*.dist-info`."""
    found = {}
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            top, _, rest = name.partition("/")
            if top.endswith(".data"):
                kind, _, below = rest.partition("/")
                if kind in {"purelib", "platlib"} and below:
                    found[below] = wheel.read(name)
            elif not top.endswith(".dist-info") and not name.endswith("/"):
                found[name] = wheel.read(name)
    return found


def of_upip_sdist(path: Path) -> dict[str, bytes] | None:
    """What upip takes from an sdist that was made for it, or `None` where a build script says that
    it was not. Symbolic links and strange paths are not looked at."""
    found = {}
    with tarfile.open(path) as sdist:
        for member in sdist:
            name = PurePosixPath(member.name).as_posix()
            inner = name.partition("/")[2]
            file = sdist.extractfile(member) if member.isreg() else None
            if inner in {"setup.py", "pyproject.toml", "setup.cfg"}:
                return None
            if file and not inner.startswith(SKIPPED_PREFIXES) and ".egg-info" not in inner:
                found[inner] = file.read()
    return _flattened(found)


def _flattened(found: dict[str, bytes]) -> dict[str, bytes]:
    """Without the folder `src` where all code lies in it: from there nothing could be imported."""
    if not all(path.startswith("src/") for path in found if path.endswith(".py")):
        return found
    return {path.removeprefix("src/"): data for path, data in found.items()}


def meant(path: Path) -> dict[str, bytes] | None:
    """The payload, or `None` where only the build tool knows it."""
    if path.suffix == ".whl":
        return of_wheel(path)
    return None if path.suffix == ".zip" else of_upip_sdist(path)
