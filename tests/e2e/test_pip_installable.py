"""One archive for two worlds: pip and upip install the same files of the same bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conversion import convert
from tests.crafted import archive
from tests.e2e.build_tools import PYTHON, BuildTools
from tests.e2e.index_server import normalized, serving
from tests.e2e.upip_client import Upip, installed_tree


@pytest.fixture(scope="module")
def converted(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of each build tool in turn, for both clients."""
    [path] = convert(dist, "--pip-installable", out=tmp_path_factory.mktemp("out"))
    return path


def pip_install(build_tools: BuildTools, path: Path, target: Path) -> None:
    """Lets pip build the archive by setuptools and install it, without what it depends on."""
    options = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--no-compile")
    build_tools.run(PYTHON, "-m", "pip", "install", *options, "--target", str(target), str(path))


def without_metadata(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in tree.items() if ".dist-info/" not in path}


def test_both_install_the_same_files(
    converted: Path, dependency: Path, build_tools: BuildTools, upip: Upip, tmp_path: Path
) -> None:
    pip_install(build_tools, converted, tmp_path / "pip")
    by_pip = installed_tree(tmp_path / "pip")
    package = converted.name.rsplit("-", 1)[0]
    [needed] = convert(dependency, "--pip-installable", out=tmp_path / "needed")
    with serving([converted, needed]) as index:
        outcome = upip.install([normalized(package)], index.port, tmp_path / "upip")
    assert outcome.status == 0, outcome.output
    by_upip = installed_tree(tmp_path / "upip")
    assert by_upip.pop("e2e_dependency.py")
    assert without_metadata(by_pip) == by_upip
    metadata = next(data for path, data in by_pip.items() if path.endswith("/METADATA"))
    assert b"\nRequires-Dist: e2e-dependency" in metadata

    pip_install(build_tools, needed, tmp_path / "pip")
    call = f"import {package}; print({package}.greeting())"
    run = subprocess.run(
        [sys.executable, "-c", call], cwd=tmp_path / "pip", capture_output=True, check=True
    )
    assert b"KNOWS 120 WORDS" in run.stdout


def test_data_of_any_name_is_installed(build_tools: BuildTools, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "x-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: x\nVersion: 1.0\nSummary: 50% = # good\n",
        "x-1.0/x/__init__.py": "",
        "x-1.0/x/a[b]!.txt": "glob",
        "x-1.0/x/#comment; x.txt": "comment",
        "x-1.0/x/ %(name)s ": "interpolation",
        "x-1.0/x/data/.hidden": "hidden",
        "x-1.0/x/my-data/module.py": "a = 1",
        "x-1.0/only/data.txt": "no module",
        "x-1.0/č.py": "",
    }
    [path] = convert(archive(tmp_path / "dist", files, name="x-1.0.tar.gz"), "--pip-installable")
    pip_install(build_tools, path, tmp_path / "pip")
    installed = without_metadata(installed_tree(tmp_path / "pip"))
    expected = {
        path.removeprefix("x-1.0/"): text.encode() if isinstance(text, str) else text
        for path, text in files.items()
        if not path.endswith("PKG-INFO")
    }
    assert {path: installed.get(path) for path in expected} == expected


def test_a_long_name_brings_its_dependency(
    build_tools: BuildTools, upip: Upip, tmp_path: Path
) -> None:
    name = "micropython_a_name_that_leaves_no_room_for_itself_twice"
    made = archive(
        tmp_path,
        {
            f"{name}-1.7.0/PKG-INFO": (
                f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.7.0\nRequires-Dist: other\n"
            ),
            f"{name}-1.7.0/setup.py": (
                f"from setuptools import setup\n"
                f"setup(name={name!r}, version='1.7.0', py_modules=['long_name'])\n"
            ),
            f"{name}-1.7.0/long_name.py": "",
        },
        name=f"{name}-1.7.0.tar.gz",
    )
    [converted] = convert(made, "--pip-installable", out=tmp_path / "out")
    other = archive(tmp_path, {"other-2.0/other.py": ""}, name="other-2.0.tar.gz")
    with serving([converted, other]) as index:
        outcome = upip.install([normalized(name)], index.port, tmp_path / "upip")
    assert outcome.status == 0, outcome.output
    assert installed_tree(tmp_path / "upip") == {"long_name.py": b"", "other.py": b""}
    pip_install(build_tools, converted, tmp_path / "pip")
    assert without_metadata(installed_tree(tmp_path / "pip")) == {"long_name.py": b""}
