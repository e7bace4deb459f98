"""Which data files a `MANIFEST.in` brings, against what the real setuptools makes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conversion import inspect
from tests.crafted import archive
from tests.layout.compare import install
from tests.layout.manifest_trees import Project, generated
from tests.layout.test_setuptools import SETUPTOOLS, write

pytestmark = pytest.mark.e2e

#: The last one before it read `pyproject.toml`; Ubuntu 22.04 and Python 3.10 still bring it.
OLD = "setuptools==59.6.0"
PROJECTS = 400


def built_by(requirement: str, projects: list[Project], folder: Path) -> list[list[str]]:
    """What one release of setuptools installs of each project."""
    install(requirement, folder / "site")
    roots = [folder / str(number) for number in range(len(projects))]
    for root, project in zip(roots, projects, strict=True):
        write(root, project.files)
        (root / "MANIFEST.in").write_bytes(project.manifest.encode())
    subprocess.run(
        [sys.executable, "-S", str(Path(__file__).with_name("manifest.py")), str(folder / "results.json")],
        input=json.dumps(list(map(str, roots))),
        env={**os.environ, "PYTHONPATH": str(folder / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def derived(projects: list[Project], folder: Path) -> list[list[str]]:
    """What mpconvert says that each project installs, given as an archive without egg-info."""
    archives = []
    for number, project in enumerate(projects):
        root = f"case{number}-1"
        files = {**project.files, "MANIFEST.in": project.manifest}
        members = {f"{root}/{path}": text for path, text in files.items()}
        archives.append(archive(folder, members, f"{root}.tar.gz"))
    releases = {release["name"]: release for release in inspect("--all", *archives)}
    names = [f"case{number}" for number in range(len(projects))]
    return [sorted(file["path"] for file in releases[name]["files"]) for name in names]


@pytest.mark.parametrize("requirement", [SETUPTOOLS, OLD])
def test_data_files_are_those_of_setuptools(requirement: str, tmp_path: Path) -> None:
    is_old = requirement == OLD
    if is_old and sys.version_info >= (3, 12):
        pytest.skip("needs what Python 3.12 removed")
    projects = [generated(seed, old=is_old) for seed in range(PROJECTS)]
    expected = built_by(requirement, projects, tmp_path / "real")
    found = derived(projects, tmp_path / "archives")
    different = [
        f"{project.manifest!r} of {sorted(project.files)}: {found!r} instead of {expected!r}"
        for project, found, expected in zip(projects, found, expected, strict=True)
        if found != expected
    ]
    assert not different, different[:3]
