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
from tests.layout.compare import derived, install, payload
from tests.layout.manifest_trees import Project, generated
from tests.layout.test_folders import IDENTITY, git, repository
from tests.layout.test_setuptools import SETUPTOOLS, build, write

#: The last one before it read `pyproject.toml`; Ubuntu 22.04 and Python 3.10 still bring it.
OLD = "setuptools==59.6.0"
#: How many projects are made for a release.
COUNTS = {SETUPTOOLS: 300, OLD: 150}
#: Where setuptools lists files that neither `MANIFEST.in` names nor a package has as modules.
LISTED_BY_SETTINGS = {
    "a version in a file": {
        "pyproject.toml": "[project]\nname = 'case'\ndynamic = ['version']\n"
        "[tool.setuptools.dynamic]\nversion = {file = 'pkg/VERSION'}\n",
    },
    "a readme and licenses": {
        "pyproject.toml": "[project]\nname = 'case'\nversion = '1'\nreadme = 'pkg/README.md'\n"
        "license-files = ['pkg/*/L*']\n",
    },
    "a table for the readme": {
        "pyproject.toml": "[project]\nname = 'case'\nversion = '1'\n"
        "readme = {file = 'pkg/README.md', content-type = 'text/markdown'}\n",
    },
    "files in setup.cfg": {
        "setup.cfg": "[metadata]\nname = case\nversion = file: pkg/VERSION\n"
        "long_description = file: pkg/README.md, pkg/x/LICENSE\nlicense_files = pkg/x/N*\n"
        "[options]\npackages = find:\ninclude_package_data = yes\n",
    },
}


def built_by(requirement: str, projects: list[Project], folder: Path) -> list[list[str]]:
    """What one release of setuptools installs of each project."""
    install(requirement, folder / "site")
    roots = [folder / str(number) for number in range(len(projects))]
    for root, project in zip(roots, projects, strict=True):
        write(root, project.files)
        (root / "MANIFEST.in").write_bytes(project.manifest.encode())
    subprocess.run(
        [
            sys.executable,
            "-S",
            str(Path(__file__).with_name("manifest.py")),
            str(folder / "results.json"),
        ],
        input=json.dumps(list(map(str, roots))),
        env={**os.environ, "PYTHONPATH": str(folder / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    results: list[list[str]] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return results


def derived_all(projects: list[Project], folder: Path) -> list[list[str]]:
    """What mpconvert says that each project installs, given as an archive without egg-info."""
    archives = []
    for number, project in enumerate(projects):
        root = f"case{number}-1"
        files = {**project.files, "MANIFEST.in": project.manifest}
        members = {f"{root}/{path}": text for path, text in files.items()}
        # A name of its own, by which the answer is known.
        members[f"{root}/PKG-INFO"] = f"Metadata-Version: 2.1\nName: case{number}\nVersion: 1\n"
        archives.append(archive(folder, members, f"{root}.tar.gz"))
    releases = {release["name"]: release for release in inspect("--all", *archives)}
    names = [f"case{number}" for number in range(len(projects))]
    paths = [{file["path"] for file in releases[name]["files"]} for name in names]
    return [sorted(of_release - {"PKG-INFO"}) for of_release in paths]


def assert_same(requirement: str, projects: list[Project], folder: Path) -> None:
    expected = built_by(requirement, projects, folder / "real")
    found = derived_all(projects, folder / "archives")
    different = [
        f"{project}: {found} instead of {expected}"
        for project, found, expected in zip(projects, found, expected, strict=True)
        if found != expected
    ]
    assert not different, f"{len(different)} differ, such as {different[0]}"


@pytest.mark.parametrize("requirement", COUNTS)
def test_data_files_are_those_of_setuptools(requirement: str, tmp_path: Path) -> None:
    is_old = requirement == OLD
    if is_old and sys.version_info >= (3, 12):
        pytest.skip("needs what Python 3.12 removed")
    projects = [generated(seed, old=is_old) for seed in range(COUNTS[requirement])]
    assert_same(requirement, projects, tmp_path)


def test_files_that_settings_refer_to_are_listed(tmp_path: Path) -> None:
    files = {
        **dict.fromkeys(("pkg/__init__.py", "pkg/x/LICENSE", "pkg/x/NOTICE", "pkg/other.txt"), ""),
        "setup.py": "from setuptools import setup\nsetup()\n",
        "pkg/VERSION": "1",
        "pkg/README.md": "# Case",
    }
    projects = [Project(files | own, "") for own in LISTED_BY_SETTINGS.values()]
    assert_same(SETUPTOOLS, projects, tmp_path)


def test_what_git_tracks_is_listed(tmp_path: Path) -> None:
    install(SETUPTOOLS, tmp_path / "site")
    install("setuptools-scm==10.3.4", tmp_path / "site")
    data = ("pkg/tracked.txt", "pkg/excluded.txt", "pkg/unknown.txt")
    tracked = ("pkg/__init__.py", "pkg/tracked.txt", "pkg/excluded.txt")
    project = tmp_path / "project"
    texts = {
        "pyproject.toml": "[build-system]\nrequires = ['setuptools', 'setuptools-scm']\n"
        "build-backend = 'setuptools.build_meta'\n[project]\nname = 'case'\nversion = '1'\n"
        "[tool.setuptools]\npackages = ['pkg']\n",
        "MANIFEST.in": "exclude pkg/excluded.txt\n",
    }
    write(project, dict.fromkeys((*data, *tracked), "") | texts)
    repository(project, *[project / path for path in tracked])
    git(project, *IDENTITY, "commit", "--quiet", "--message", "Begin")
    wheel = build("build_wheel", tmp_path / "site", project, tmp_path)
    assert payload(wheel) == ["pkg/__init__.py", "pkg/tracked.txt"]
    assert derived(project) == payload(wheel)
