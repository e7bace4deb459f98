"""What a wheel installs, and what is derived from an sdist."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conversion import inspect


def payload(wheel: Path) -> list[str]:
    """The paths that a wheel installs into site-packages, outside of its metadata."""
    paths = []
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            top, _, rest = name.partition("/")
            if top.endswith(".data"):
                scheme, _, path = rest.partition("/")
                paths += [path] if scheme in ("purelib", "platlib") else []
            elif not top.endswith(".dist-info"):
                paths.append(name)
    return sorted(paths)


def derived(sdist: Path) -> list[str]:
    """The paths that mpconvert says the sdist installs."""
    (release,) = inspect("--all", sdist)
    # What is refused because it installs nothing has no list of files.
    return sorted(file["path"] for file in release.get("files", ()))


def install(requirement: str, folder: Path) -> None:
    """Installs one release of a build backend into a folder of its own."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--target", str(folder), requirement], check=True)
