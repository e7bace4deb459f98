"""The layout derived from an sdist, or from a project's folder, equals the wheel that the real
backend builds from it."""

from pathlib import Path

import pytest

from tests.layout.compare import build_with, build_with_each, derived, payload
from tests.layout.projects import PROJECTS, Project

HERE = Path(__file__).parent
REQUIREMENTS = [
    line
    for line in (HERE / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
CASES = [(project, requirement) for project in PROJECTS for requirement in project.by]


def write(project: Project, requirement: str, root: Path) -> None:
    texts = {"pyproject.toml": project.pyproject(requirement), **project.texts}
    for path in (*project.files, *texts):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(texts.get(path, f"# {path}\n"), encoding="utf-8")


def built_with(requirement: str, folder: Path) -> dict[str, dict[str, str]]:
    """Builds all projects of one backend release; results by the ids of the projects."""
    jobs = {}
    for project in PROJECTS:
        if requirement in project.by:
            root, out = folder / project.id / "project", folder / project.id / "out"
            root.mkdir(parents=True)
            out.mkdir()
            write(project, requirement, root)
            backend = project.backend(requirement)
            jobs[project.id] = {"root": str(root), "backend": backend, "out": str(out)}
    return build_with(requirement, jobs, folder)


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, str]]]:
    return build_with_each(REQUIREMENTS, built_with, tmp_path_factory)


each_case = pytest.mark.parametrize(
    ("project", "requirement"),
    CASES,
    ids=[f"{project.id}-{requirement}" for project, requirement in CASES],
)


@each_case
def test_layout_of_sdist_equals_wheel(
    project: Project, requirement: str, builds: dict[str, dict[str, dict[str, str]]]
) -> None:
    result = builds[requirement][project.id]
    assert "error" not in result, result["error"]
    assert derived(Path(result["sdist"])) == payload(Path(result["wheel"]))


@each_case
def test_layout_of_folder_equals_wheel(
    project: Project, requirement: str, builds: dict[str, dict[str, dict[str, str]]]
) -> None:
    result = builds[requirement][project.id]
    assert "error" not in result, result["error"]
    wheel = Path(result["direct"])
    assert derived(wheel.parents[1].with_name("project")) == payload(wheel)
