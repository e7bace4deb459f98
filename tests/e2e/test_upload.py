"""Uploaders and a private index take the converted archives as they take any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conversion import convert
from tests.e2e.private_index import PASSWORD, USER, PrivateIndex
from tests.e2e.projects import Project, dependency_files
from tests.e2e.upip_client import Upip, installed_tree


def twine(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twine", *map(str, arguments)]
    return subprocess.run(command, text=True, capture_output=True, timeout=120, check=False)


def upload(index: PrivateIndex, password: str, *archives: Path) -> int:
    options = ["--non-interactive", "--disable-progress-bar", "--repository-url", index.url]
    return twine("upload", *options, "-u", USER, "-p", password, *archives).returncode


def test_twine_finds_nothing_to_complain_about(dist: Path, tmp_path: Path) -> None:
    checked = twine("check", "--strict", *convert(dist, out=tmp_path))
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("project", ["poetry"], indirect=True)
def test_upip_installs_what_was_uploaded_to_a_private_index(
    project: Project,
    dist: Path,
    dependency: Path,
    private_index: PrivateIndex,
    upip: Upip,
    tmp_path: Path,
) -> None:
    archives = [*convert(dist, out=tmp_path / "a"), *convert(dependency, out=tmp_path / "b")]
    assert upload(private_index, "a wrong one", *archives) != 0
    assert installed_tree(private_index.packages) == {}
    assert upload(private_index, PASSWORD, *archives) == 0
    stored = {archive.name: archive.read_bytes() for archive in archives}
    assert installed_tree(private_index.packages) == stored

    target = tmp_path / "lib"
    outcome = upip.install([project.name], private_index.port, target)
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == {**project.installed(), **dependency_files()}
