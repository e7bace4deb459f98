"""`--build` runs the project's own build tool where its layout cannot be read off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive_rules import installed_by_upip
from tests.conversion import convert, run_mpconvert
from tests.crafted import archive as craft

#: Only running it tells that the folder `code` becomes the package `foo`.
SETUP = """
from setuptools import setup
name = "".join(["f", "oo"])
setup(name=name, version="1.0", packages=[name], package_dir={name: "co" + "de"[:2]})
open("it-ran", "w").close()
"""


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    files = {
        "foo-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n",
        "foo-1.0/setup.py": SETUP,
        "foo-1.0/code/__init__.py": "answer = 42\n",
    }
    folder = tmp_path / "dist"
    folder.mkdir()
    return craft(folder, files, name="foo-1.0.tar.gz")


def test_without_it_no_code_is_run(sdist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sdist.parent)
    run = run_mpconvert(sdist)
    assert run.status == 1
    assert not list(sdist.parent.glob("**/it-ran"))


def test_with_it_the_wheel_counts(sdist: Path) -> None:
    run = run_mpconvert("--build", sdist)
    assert run.status == 0, run.messages
    (made,) = convert(sdist.parent, "--build")
    assert installed_by_upip(made) == {"foo/__init__.py": b"answer = 42\n"}


def test_a_failing_build_is_refused(tmp_path: Path) -> None:
    files = {
        "foo-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n",
        "foo-1.0/setup.py": "raise SystemExit('never')\n",
        "foo-1.0/foo.py": "",
    }
    run = run_mpconvert("--build", craft(tmp_path, files, name="foo-1.0.tar.gz"))
    assert run.status == 1
    assert [result.refusals for result in run.results] == [{"MP404"}]
    assert "never" in run.messages


#: What a build of its sdist would not find.
IN_PLACE = """
import pathlib
from setuptools import setup
version = pathlib.Path("..", "VERSION").read_text()
setup(name="foo", version=version, packages=["foo"], package_dir={"foo": "co" + "de"[:2]})
"""


def test_a_project_is_built_where_it_lies(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "code").mkdir(parents=True)
    (project / "code" / "__init__.py").write_text("answer = 42\n")
    (project / "setup.py").write_text(IN_PLACE)
    (tmp_path / "VERSION").write_text("3.2.1")
    run = run_mpconvert("--build", project)
    assert run.status == 0, run.messages
    (made,) = (project / "dist-micropython").iterdir()
    assert made.name == "foo-3.2.1.tar.gz"
    assert installed_by_upip(made) == {"foo/__init__.py": b"answer = 42\n"}
    left = {path.name for path in project.iterdir()} - {"code", "setup.py", "dist-micropython"}
    assert left == {"build", "foo.egg-info"}
