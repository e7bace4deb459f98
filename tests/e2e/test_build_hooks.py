"""The build hooks of hatchling and pdm-backend, in their versions of today and in old ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.archive_rules import installed_by_upip, requirements, violations
from tests.conversion import convert
from tests.e2e.build_tools import PYTHON, BuildError, BuildTools
from tests.e2e.index_server import serving
from tests.e2e.projects import DEPENDENCY, Project, dependency_files
from tests.e2e.upip_client import Upip, installed_tree
from tests.layout.compare import install

#: What the user writes, by build tool.
ASKING = {
    "hatchling": ('requires = ["hatchling"]', "[tool.hatch.build.hooks.mpconvert]"),
    "pdm": ('requires = ["pdm-backend"]', ""),
}
#: Old versions that are still common; `None` is today's.
VERSIONS = [
    ("hatchling", None),
    ("hatchling", "hatchling==1.5.0"),
    ("pdm", None),
    ("pdm", "pdm-backend==2.0.0"),
    ("pdm", "pdm-backend==2.1.0"),
]
TOOLS = pytest.mark.parametrize("project", ASKING, indirect=True)
BUILD = (PYTHON, "-m", "build", "--no-isolation")
#: How else these tools are called.
COMMANDS = {
    "hatchling": (PYTHON, "-m", "hatchling", "build"),
    "pdm": ("pdm", "build", "--no-isolation"),
}


@pytest.fixture
def root(project: Project, tmp_path: Path) -> Path:
    """The project, which asks for the hook."""
    root = project.write(tmp_path)
    requires, table = ASKING[project.tool]
    text = (root / "pyproject.toml").read_text()
    assert requires in text
    asked = text.replace(requires, requires.replace("]", ', "mpconvert"]'))
    (root / "pyproject.toml").write_text(f"{asked}\n{table}\n")
    return root


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize(("project", "version"), VERSIONS, indirect=["project"])
def test_the_archive_lies_beside_the_others(
    project: Project,
    root: Path,
    version: str | None,
    tools_of_today: BuildTools,
    tmp_path: Path,
) -> None:
    path = str(tools_of_today.beside)
    if version:
        install(version, tmp_path / "old")
        path = f"{tmp_path / 'old'}{os.pathsep}{path}"
    printed = tools_of_today.run(*BUILD, cwd=root, PYTHONPATH=path)
    name = f"{project.package}-0.1.0.tar.gz"
    assert printed.count(f"for MicroPython: dist-micropython/{name}\n") == 2
    assert "warning[" not in printed
    assert len(list((root / "dist").iterdir())) == 2
    made = only(root / "dist-micropython")
    assert violations(made) == []
    assert requirements(made) == [DEPENDENCY]
    assert installed_by_upip(made) == project.installed()


@TOOLS
def test_it_is_there_by_the_command_of_the_tool_and_upip_installs_it(
    project: Project,
    root: Path,
    tools_of_today: BuildTools,
    dependency: Path,
    upip: Upip,
    tmp_path: Path,
) -> None:
    tools_of_today.run(*COMMANDS[project.tool], cwd=root)
    made = only(root / "dist-micropython")
    target = tmp_path / "lib"
    with serving([made, *convert(dependency, out=tmp_path / "dependency")]) as index:
        outcome = upip.install([project.name], index.port, target)
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == {**project.installed(), **dependency_files()}


@TOOLS
def test_a_project_that_does_not_ask_for_it_is_left_alone(
    project: Project, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    root = project.write(tmp_path)
    tools_of_today.run(*BUILD, cwd=root)
    assert not (root / "dist-micropython").exists()


@TOOLS
@pytest.mark.parametrize("how", [".", "--editable=."])
def test_an_installer_leaves_no_litter(
    root: Path, how: str, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    (tmp_path / "scratch").mkdir()
    scratch = str(tmp_path / "scratch")
    options = ("--no-deps", "--no-build-isolation", "--target", "target", how)
    tools_of_today.run(PYTHON, "-m", "pip", "install", *options, cwd=root, TMPDIR=scratch)
    assert list((root / "target").iterdir())
    assert not list(tmp_path.rglob("*-micropython"))


@TOOLS
def test_what_cannot_be_converted_fails_a_strict_build_only(
    project: Project, root: Path, tools_of_today: BuildTools
) -> None:
    package = root / "src" if project.tool == "hatchling" else root
    (package / project.package / "native.so").write_bytes(b"\x7fELF")
    printed = tools_of_today.run(*BUILD, cwd=root)
    assert "error[MP501]" in printed
    assert "no archive for MicroPython was made; all else was built" in printed
    assert len(list((root / "dist").iterdir())) == 2

    with (root / "pyproject.toml").open("a") as file:
        file.write("\n[tool.mpconvert]\nstrict = true\n")
    with pytest.raises(BuildError, match=r"error\[MP501\]") as raised:
        tools_of_today.run(*BUILD, cwd=root)
    assert "mpconvert/_hook.py" not in str(raised.value)
