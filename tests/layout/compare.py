"""What a wheel installs, and what is derived from an sdist or a project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.conversion import inspect

HERE = Path(__file__).parent


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
            # The file by which CPython learns of a namespace is made by setuptools.
            elif not top.endswith((".dist-info", "-nspkg.pth")):
                paths.append(name)
    return sorted(paths)


def derived(source: Path) -> list[str]:
    """The paths that mpconvert says the sdist or project installs."""
    (release,) = inspect("--all", source)
    # What is refused because it has no layout has no list of files.
    return sorted(file["path"] for file in release.get("files", ()))


def install(requirement: str, folder: Path) -> None:
    """Installs one release of a build backend into a folder of its own."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--target", str(folder), requirement], check=True)


def build_with(
    requirement: str, jobs: dict[str, dict[str, str]], folder: Path
) -> dict[str, dict[str, str]]:
    """Lets one release of a build backend, installed into `folder`, do the jobs of `build.py`."""
    install(requirement, folder / "site")
    path = os.pathsep.join([str(folder / "site" / "bin"), os.environ["PATH"]])
    subprocess.run(
        [sys.executable, str(HERE / "build.py"), str(folder / "results.json")],
        input=json.dumps(list(jobs.values())),
        env={**os.environ, "PYTHONPATH": str(folder / "site"), "PATH": path},
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return dict(zip(jobs, json.loads((folder / "results.json").read_text()), strict=True))


Results = dict[str, dict[str, str]]


def build_with_each(
    requirements: Iterable[str],
    build: Callable[[str, Path], Results],
    factory: pytest.TempPathFactory,
) -> dict[str, Results]:
    """Calls `build` for each release of a build backend with a folder of its own."""
    return {
        requirement: build(requirement, factory.mktemp(requirement.replace("==", "-")))
        for requirement in requirements
    }
