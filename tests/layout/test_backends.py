"""The layout derived from an sdist equals the wheel that the real backend builds from it."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from projects import PROJECTS, Project

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


def install(requirement: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--target", str(folder), requirement], check=True)


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
    install(requirement, folder / "site")
    path = os.pathsep.join([str(folder / "site" / "bin"), os.environ["PATH"]])
    subprocess.run(
        [sys.executable, str(HERE / "build.py"), str(folder / "results.json")],
        input=json.dumps(list(jobs.values())),
        env={**os.environ, "PYTHONPATH": str(folder / "site"), "PATH": path},
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return dict(zip(jobs, json.loads((folder / "results.json").read_text()), strict=True))


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, str]]]:
    return {
        requirement: built_with(
            requirement, tmp_path_factory.mktemp(requirement.replace("==", "-"))
        )
        for requirement in REQUIREMENTS
    }


def payload(wheel: str) -> list[str]:
    """The paths that a wheel installs into site-packages, outside of its metadata."""
    paths = []
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            top, _, rest = name.partition("/")
            if top.endswith(".data"):
                scheme, _, path = rest.partition("/")
                paths += [path] if scheme in ("purelib", "platlib") else []
            elif not top.endswith(".dist-info"):
                paths.append(name)
    return sorted(paths)


def derived(sdist: str) -> list[str]:
    program = os.environ.get("MPCONVERT") or shutil.which("mpconvert")
    command = [program] if program else [sys.executable, "-m", "mpconvert"]
    result = subprocess.run(
        [*command, "inspect", sdist, "--output-format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout, result.stderr
    return sorted(file["path"] for file in json.loads(result.stdout)["files"])


@pytest.mark.parametrize(
    ("project", "requirement"),
    CASES,
    ids=[f"{project.id}-{requirement}" for project, requirement in CASES],
)
def test_layout_equals_wheel(
    project: Project, requirement: str, builds: dict[str, dict[str, dict[str, str]]]
) -> None:
    result = builds[requirement][project.id]
    assert "error" not in result, result["error"]
    assert derived(result["sdist"]) == payload(result["wheel"])
