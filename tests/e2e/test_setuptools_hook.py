"""The commands of setuptools, run by its version of today and the oldest that is still common."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.archive_rules import installed_by_upip, members, requirements, violations
from tests.e2e.build_tools import PYTHON, BuildTools
from tests.e2e.upip_client import installed_tree
from tests.resources import with_modules

#: The application of the old packaging page.
SOURCES: dict[str, bytes] = {
    "my_app/__main__.py": b"import my_app.utils\n",
    "my_app/utils.py": b"answer = 42\n",
    "my_app/data/page.html": b"<html>'\"\n",
    "my_app/data/image.png": bytes(range(256)),
}
SCRIPT = """
from setuptools import setup
setup(name="my-app", version="1.0", packages=["my" + "_app"],
      install_requires=["micropython-logging>=0.1"], {more})
"""
#: Only the name of the module is another than it was.
AS_BEFORE = """
import sys
import mpconvert.setuptools
assert "mpconvert._native" not in sys.modules
"""
STUB = "from setuptools import setup\nsetup()\n"
CFG = """
[metadata]
name = my-app
version = 1.0
[options]
packages = my_app
install_requires = micropython-logging>=0.1
[options.package_data]
my_app = data/*
"""
TOML = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "my-app"
version = "1.0"
dependencies = ["micropython-logging>=0.1"]
[tool.setuptools]
packages = ["my_app"]
package-data = { my_app = ["data/*"] }
"""


class Setup:
    """`python setup.py` in a project."""

    def __init__(self, tools: BuildTools, project: Path, files: Mapping[str, str | bytes]) -> None:
        self.tools = tools
        self.project = project
        for path, text in {**SOURCES, **files}.items():
            target = project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def __call__(self, *arguments: str | Path) -> CompletedProcess[str]:
        run = self.tools.attempt(PYTHON, "setup.py", *arguments, cwd=self.project)
        assert "Traceback" not in run.stderr
        return run

    def made(self, folder: str = "dist") -> Path:
        """The one file in a folder of the project."""
        (made,) = (self.project / folder).iterdir()
        return made

    def tree(self) -> dict[str, bytes]:
        """All files of the project, without what setuptools notes for itself."""
        return {
            path: content
            for path, content in installed_tree(self.project).items()
            if ".egg-info/" not in path
        }


def as_before(tools: BuildTools, folder: Path, more: str = "") -> Setup:
    """A project that was made for `sdist_upip`; `more` are arguments in its setup.py."""
    script = SCRIPT.format(more=f"cmdclass={{'sdist': mpconvert.setuptools.sdist}}, {more}")
    files = {"setup.py": AS_BEFORE + script, "MANIFEST.in": "graft my_app/data\n"}
    return Setup(tools, folder / "project", files)


# In place of `sdist_upip.sdist`.


def test_the_archive_lies_where_setuptools_puts_it(
    hooked_tools: BuildTools, tmp_path: Path
) -> None:
    setup = as_before(hooked_tools, tmp_path)
    before = setup.tree()
    run = setup("sdist")
    assert run.returncode == 0, run.stderr
    made = setup.made()
    # Setuptools of old kept the dash.
    assert made.name in {"my-app-1.0.tar.gz", "my_app-1.0.tar.gz"}
    assert f"creating dist/{made.name}\n" in run.stdout
    assert [text for text in violations(made) if "PEP 625" not in text] == []
    assert requirements(made) == ["micropython-logging"]
    assert installed_by_upip(made) == with_modules(SOURCES)
    # No R.py is left there, and no release tree.
    assert setup.tree().keys() - before.keys() == {f"dist/{made.name}"}


def test_manifest_only_lists_the_members_and_writes_nothing(
    hooked_tools: BuildTools, tmp_path: Path
) -> None:
    setup = as_before(hooked_tools, tmp_path)
    before = installed_tree(setup.project)
    run = setup("--quiet", "sdist", "--manifest-only")
    assert run.returncode == 0, run.stderr
    assert installed_tree(setup.project) == before
    setup("sdist")
    tar = gzip.decompress(setup.made().read_bytes())
    assert run.stdout.splitlines() == [member.name for member in members(tar)]


def test_other_folders_and_no_other_format(hooked_tools: BuildTools, tmp_path: Path) -> None:
    setup = as_before(hooked_tools, tmp_path)
    run = setup("sdist", "--formats=zip,gztar", "--dist-dir", "out/here")
    assert "upip takes no other format than gztar" in run.stderr
    assert setup.made("out/here").suffixes[-2:] == [".tar", ".gz"]
    assert not (setup.project / "dist").exists()


def test_commands_that_follow_are_not_disturbed(hooked_tools: BuildTools, tmp_path: Path) -> None:
    setup = as_before(hooked_tools, tmp_path)
    run = setup("sdist", "build_py", "--build-lib", "built")
    assert run.returncode == 0, run.stderr
    # What is data for upip only is none for pip.
    modules = {path.removeprefix("my_app/") for path in SOURCES if path.endswith(".py")}
    assert set(installed_tree(setup.project / "built" / "my_app")) == modules


@pytest.mark.parametrize("command", ["sdist", "bdist_micropython"])
def test_a_failed_conversion_is_told_and_leaves_nothing(
    hooked_tools: BuildTools, tmp_path: Path, command: str
) -> None:
    setup = as_before(hooked_tools, tmp_path, "package_data={'my_app': ['*.so']}")
    (setup.project / "my_app" / "fast.so").write_bytes(b"\x7fELF")
    before = setup.tree()
    run = setup(command)
    assert run.returncode == 1
    assert "error: no archive for MicroPython was made\nerror[MP501]: " in run.stderr
    assert setup.tree() == before


@pytest.mark.parametrize("command", ["sdist", "bdist_micropython"])
def test_native_code_that_is_yet_to_be_built_is_refused(
    hooked_tools: BuildTools, tmp_path: Path, command: str
) -> None:
    extension = "__import__('setuptools').Extension('my_app.fast', ['fast.c'])"
    setup = as_before(hooked_tools, tmp_path, f"ext_modules=[{extension}]")
    run = setup(command)
    assert run.returncode == 1
    assert "error: setup.py builds native code" in run.stderr
    assert not list(setup.project.glob("dist*"))


# A command of its own.


@pytest.fixture(params=["setup.py", "setup.cfg", "pyproject.toml"])
def setup(request: pytest.FixtureRequest, hooked_tools: BuildTools, tmp_path: Path) -> Setup:
    """A project that knows nothing of mpconvert, described in each place that can be."""
    script = SCRIPT.format(more="package_data={'my_app': ['data/*']}")
    files = {
        "setup.py": {"setup.py": script},
        "setup.cfg": {"setup.py": STUB, "setup.cfg": CFG},
        "pyproject.toml": {"setup.py": STUB, "pyproject.toml": TOML},
    }[request.param]
    oldest = "oldest" in request.node.name and sys.version_info < (3, 12)
    if request.param == "pyproject.toml" and oldest:
        pytest.skip("setuptools reads metadata from pyproject.toml since its version 61")
    return Setup(hooked_tools, tmp_path / "project", files)


def test_bdist_micropython_makes_an_archive_beside_dist(setup: Setup) -> None:
    before = setup.tree()
    run = setup("bdist_micropython")
    assert run.returncode == 0, run.stderr
    made = setup.made("dist-micropython")
    assert made.name == "my_app-1.0.tar.gz"
    assert "creating dist-micropython/my_app-1.0.tar.gz\n" in run.stdout
    assert violations(made) == []
    assert requirements(made) == ["micropython-logging"]
    assert installed_by_upip(made) == with_modules(SOURCES)
    assert setup.tree().keys() - before.keys() == {"dist-micropython/my_app-1.0.tar.gz"}


def test_its_folder_can_be_told(setup: Setup) -> None:
    setup("bdist_micropython", "-d", "told")
    assert setup.made("told").name == "my_app-1.0.tar.gz"
    with (setup.project / "setup.cfg").open("a") as file:
        file.write("[bdist_micropython]\ndist_dir = configured\n")
    setup("bdist_micropython")
    assert setup.made("configured").name == "my_app-1.0.tar.gz"
    assert not (setup.project / "dist-micropython").exists()


def test_the_settings_of_the_project_hold(setup: Setup) -> None:
    with (setup.project / "pyproject.toml").open("a") as file:
        file.write("[tool.mpconvert]\nout = 'device'\nexclude = ['my_app/data/**']\n")
    setup("bdist_micropython")
    assert set(installed_by_upip(setup.made("device"))) == {"my_app/__main__.py", "my_app/utils.py"}
    with (setup.project / "pyproject.toml").open("a") as file:
        file.write("exlude = []\n")
    run = setup("bdist_micropython")
    assert run.returncode == 1
    assert "`exlude`" in run.stderr
    assert "did you mean `exclude`?" in run.stderr


def test_it_is_listed_with_the_other_commands(setup: Setup) -> None:
    run = setup("--help-commands")
    assert "bdist_micropython" in run.stdout
    assert "create an archive for MicroPython" in run.stdout
