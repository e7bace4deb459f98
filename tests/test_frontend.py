"""What is built is converted where somebody finds it, and nowhere else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from mpconvert._frontend import archive_built

from tests.crafted import archive

FILES = {
    "foo_bar-1.0/pyproject.toml": "[project]\nname = 'foo-bar'\n",
    "foo_bar-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: foo-bar\nVersion: 1.0\n",
    "foo_bar-1.0/foo_bar.py": "",
}
NAME = "foo_bar-1.0.tar.gz"
SETTINGS = "[tool.mpconvert]\nout = 'device'\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, and no pip around the tests."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.delenv("PIP_BUILD_TRACKER", raising=False)
    monkeypatch.delenv("PIP_REQ_TRACKER", raising=False)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(FILES["foo_bar-1.0/pyproject.toml"])
    return folder


def made(folder: Path, root: Path) -> list[str]:
    """What is said when an archive was built from `root` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return said_of(archive(folder, FILES), root)


def said_of(built: Path, root: Path) -> list[str]:
    """What is said of an archive that was built."""
    said: list[str] = []
    archive_built(built, root, said.append, said.append)
    return said


def test_in_the_project(project: Path) -> None:
    assert made(project / "dist", project) == [f"for MicroPython: dist-micropython/{NAME}"]
    assert (project / "dist-micropython" / NAME).is_file()


def test_in_a_folder_that_the_user_names(project: Path, temporary: Path) -> None:
    made(temporary / "out", project)
    assert (temporary / "out-micropython" / NAME).is_file()


@pytest.mark.parametrize("variable", ["PIP_BUILD_TRACKER", "PIP_REQ_TRACKER"])
def test_not_for_pip(project: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "somewhere")
    (said,) = made(project / "wheels", project)
    assert "no archive for MicroPython was made" in said
    assert not (project / "wheels-micropython").exists()


def test_not_in_a_folder_made_by_tempfile(project: Path, temporary: Path) -> None:
    made(Path(tempfile.mkdtemp(prefix="poetry-chef-")), project)
    assert not list(temporary.glob("*-micropython"))


def test_not_in_a_cache(project: Path) -> None:
    (project / ".tox").mkdir()
    (project / ".tox" / "CACHEDIR.TAG").touch()
    made(project / ".tox" / ".pkg" / "dist", project)
    assert not list(project.rglob("*-micropython"))


def test_in_a_project_that_lies_in_a_cache(project: Path) -> None:
    (project.parent / "CACHEDIR.TAG").touch()
    made(project / "dist", project)
    assert (project / "dist-micropython").exists()


def test_not_beside_a_temporary_folder_in_the_output(project: Path) -> None:
    made(project / "dist" / ".tmpU8NYzD", project)
    assert not list(project.rglob("*-micropython"))


@pytest.mark.parametrize("same", [True, False])
def test_built_from_the_unpacked_sdist_it_is_still_of_the_project(
    project: Path, temporary: Path, *, same: bool
) -> None:
    # As `python -m build` does; but a project around the archives may also be another one.
    (project / "pyproject.toml").write_text(SETTINGS if same else "[project]\n")
    unpacked = temporary / "build-via-sdist" / "foo_bar-1.0"
    unpacked.mkdir(parents=True)
    (unpacked / "pyproject.toml").write_text(SETTINGS if same else f"{SETTINGS}strict = true\n")
    made(project / "dist", unpacked)
    assert ((project if same else unpacked) / "device" / NAME).is_file()


def test_settings_that_make_no_sense_do_not_stop_a_build(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.mpconvert]\nexlude = []\n")
    (said,) = made(project / "dist", project)
    assert "no setting `exlude`" in said


def test_a_wheel_is_converted_with_its_sdist_and_no_other(project: Path) -> None:
    # Neither is an archive, which is told of each that was tried.
    for name in ("Foo.Bar-1.0.tar.gz", "foo_bar-1.0.1.tar.gz", "foo_bar-1.0-py3-none-any.whl"):
        (project / name).write_text("none")
    (said,) = said_of(project / "foo_bar-1.0-py3-none-any.whl", project)
    assert "Foo.Bar-1.0.tar.gz" in said
    assert "foo_bar-1.0-py3-none-any.whl" in said
    assert "foo_bar-1.0.1.tar.gz" not in said


def test_what_is_named_like_no_archive_does_not_stop_a_build(project: Path) -> None:
    (project / "foo.whl").write_text("none")
    (said,) = said_of(project / "foo.whl", project)
    assert said.startswith("error")
