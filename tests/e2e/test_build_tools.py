"""What each build tool makes: unconverted it breaks on the device, converted it runs there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.archive_rules import installed_by_upip, requirements, violations
from tests.conversion import convert
from tests.e2e.index_server import serving
from tests.e2e.projects import DEPENDENCY, Project, dependency_files
from tests.e2e.upip_client import SMALL_WINDOW, Upip, import_modules, installed_tree, micropython

USUAL_WINDOW = 15


def sdist_of(dist: Path) -> Path:
    return next(dist.glob("*.tar.gz"))


def run_greeting(target: Path, project: Project) -> str:
    code = f"import {project.package}; print({project.package}.greeting())"
    return micropython("-c", f"import sys; sys.path[:] = [{str(target)!r}]; {code}").output


def test_converted_it_is_installed_and_runs(
    project: Project, dist: Path, dependency: Path, upip: Upip, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (made,) = convert(dist, out=out)
    assert made.name == f"{project.package}-0.1.0.tar.gz"
    assert violations(made) == []
    assert requirements(made) == [DEPENDENCY]

    target = tmp_path / "lib"
    with serving([made, *convert(dependency, out=tmp_path / "dependency")]) as index:
        outcome = upip.install([project.name], index.port, target)
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == {**project.installed(), **dependency_files()}
    assert run_greeting(target, project) == f"{project.greeting}\n"


@pytest.mark.parametrize("kind", ["*.tar.gz", "*.whl"])
def test_sdist_or_wheel_is_enough(project: Project, dist: Path, tmp_path: Path, kind: str) -> None:
    (source,) = dist.glob(kind)
    (made,) = convert(source, out=tmp_path / "out")
    assert violations(made) == []
    assert requirements(made) == [DEPENDENCY]
    assert installed_by_upip(made) == project.installed()


def test_the_project_itself_is_enough(project: Project, tmp_path: Path) -> None:
    folder = project.write(tmp_path)
    (made,) = convert(folder, out=tmp_path / "out")
    assert violations(made) == []
    assert requirements(made) == [DEPENDENCY]
    assert installed_by_upip(made) == project.installed()


def test_output_goes_beside_the_folder_and_not_into_it(dist: Path, tmp_path: Path) -> None:
    source = Path(shutil.copytree(dist, tmp_path / "dist"))
    before = installed_tree(source)
    (made,) = convert(source)
    assert made.parent == tmp_path / "dist-micropython"
    assert convert(sdist_of(source)) == [made]
    assert installed_tree(source) == before


def test_unconverted_it_does_not_fit_the_window(
    project: Project, dist: Path, dependency: Path, upip: Upip, tmp_path: Path
) -> None:
    with serving([sdist_of(dist), sdist_of(dependency)]) as index:
        outcome = upip.install([project.name], index.port, tmp_path, SMALL_WINDOW)
    assert outcome.status == 1
    assert "OSError: [Errno 22] EINVAL" in outcome.output
    assert project.files().items() - installed_tree(tmp_path).items()


#: What else upip does with the sdist where its window is large: files that it spills on the
#: device, and its error, if it notices anything. Tests are spilled by all that pack them.
UNCONVERTED: dict[str, tuple[set[str], str | None]] = {
    "flit": ({"@PaxHeader", "pyproject.toml"}, None),
    "hatchling": ({"pyproject.toml"}, None),
    "pdm": ({"@PaxHeader", "pyproject.toml"}, None),
    "poetry": ({"pyproject.toml"}, None),
    "setuptools": ({"@PaxHeader", "pyproject.toml"}, "NotFoundError: Package not found"),
    # Its folders have names that do not end in a slash, so that upip makes files of them.
    "uv_build": ({"0", "1", "pyproject.toml.orig", "src"}, "OSError: 20"),
}


def test_unconverted_it_leaves_stray_files_and_misses_its_dependency(
    project: Project, dist: Path, dependency: Path, upip: Upip, tmp_path: Path
) -> None:
    stray, error = UNCONVERTED[project.tool]
    with serving([sdist_of(dist), *dependency.glob("*.tar.gz")]) as index:
        outcome = upip.install([project.name], index.port, tmp_path, USUAL_WINDOW)
    assert stray <= set(installed_tree(tmp_path))
    if error:
        assert outcome.status == 1
        assert error in outcome.output
    else:
        assert outcome.status == 0
    assert f"/pypi/{DEPENDENCY}/json" not in index.requests
    assert "ImportError" in import_modules(tmp_path, [project.package]).output


def test_unconverted_a_release_of_sdist_and_wheel_is_not_installed(
    project: Project, dist: Path, upip: Upip, tmp_path: Path
) -> None:
    with serving([*dist.glob("*.tar.gz"), *dist.glob("*.whl")]) as index:
        outcome = upip.install([project.name], index.port, tmp_path, USUAL_WINDOW)
    assert outcome.status == 1
    assert "AssertionError: \n" in outcome.output
    assert installed_tree(tmp_path) == {}
