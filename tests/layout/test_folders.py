"""What a folder has and an sdist has not, a git repository and links, against the real backends."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.layout.compare import build_with, derived, payload
from tests.layout.projects.model import Project

BACKENDS = (
    "poetry-core==1.9.1",
    "poetry-core==2.5.0",
    "flit_core==4.2.0",
    "hatchling==1.5.0",
    "hatchling==1.33.0",
    "pdm-backend==2.5.0",
    "setuptools==84.2.1",
    "uv_build==0.13.6",
)
#: Tables by which backends take data files, and find the package at the root.
TABLES = {
    "setuptools": "[tool.setuptools]\npackages = ['demo', 'demo.sub']\n"
    "package-data = {'*' = ['*']}\n",
    "uv_build": "[tool.uv.build-backend]\nmodule-root = ''\n",
}
FILES = (
    "demo/__init__.py",
    "demo/kept.txt",
    "demo/lost.log",
    "demo/tracked.log",
    "demo/generated/a.py",
    "demo/generated/back.py",
    "demo/sub/__init__.py",
    "demo/sub/lost.tmp",
    "demo/sub/kept.tmp",
    "demo/sub/kept.log",
    "demo/other/__init__.py",
    "demo/other/lost.log",
    "demo/excluded.bin",
    "demo/of_outer.cfg",
)
TEXTS = {
    ".gitignore": "*.log\ngenerated/\n!demo/generated/back.py\n/demo/lost?.log\n",
    "demo/sub/.gitignore": "*.tmp\n!kept.*\n",
}
OUTER = "*.cfg\n"
EXCLUDE = "*.bin\n"
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org")


def git(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def write(requirement: str, root: Path, texts: dict[str, str]) -> Path:
    name = requirement.partition("==")[0]
    metadata = "poetry" if name == "poetry-core" else "project"
    project = Project("git", (), "demo", metadata, TABLES.get(name, ""), FILES, texts)
    files = {"pyproject.toml": project.pyproject(requirement), **texts}
    for path in (*FILES, *files):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files.get(path, f'"""{path}"""\n__version__ = "1.0"\n'), encoding="utf-8")
    return root


def repository(folder: Path, *tracked: Path, index_version: int = 2) -> None:
    git(folder, "init", "--quiet")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "exclude").write_text(EXCLUDE)
    git(folder, "config", "index.version", str(index_version))
    for file in tracked:
        git(folder, "add", "--force", str(file.relative_to(folder)))


def at_the_top(requirement: str, folder: Path) -> Path:
    root = write(requirement, folder / "top", TEXTS)
    repository(root, root / "demo/tracked.log", root / "demo/__init__.py")
    return root


def below_the_top(requirement: str, folder: Path) -> Path:
    """The index is of the version that shortens paths."""
    root = write(requirement, folder / "below/work/project", TEXTS)
    (folder / "below/.gitignore").write_text(OUTER)
    tracked = [root / "demo/tracked.log", root / "demo/sub/kept.tmp", root / "pyproject.toml"]
    repository(folder / "below", *tracked, index_version=4)
    return root


def without_its_own_ignore_file(requirement: str, folder: Path) -> Path:
    root = write(requirement, folder / "without/project", {})
    (folder / "without/.gitignore").write_text(TEXTS[".gitignore"])
    repository(folder / "without", root / "demo/tracked.log")
    return root


def ignored_as_a_whole(requirement: str, folder: Path) -> Path:
    root = write(requirement, folder / "whole/project", TEXTS)
    (folder / "whole/.gitignore").write_text("/project/\n")
    repository(folder / "whole")
    return root


def with_another_inside(requirement: str, folder: Path) -> Path:
    root = write(requirement, folder / "inside", TEXTS)
    repository(root)
    repository(root / "demo/other")
    return root


def with_a_worktree(requirement: str, folder: Path) -> Path:
    """`.git` is a file there."""
    (folder / "main").mkdir()
    repository(folder / "main")
    git(folder / "main", *IDENTITY, "commit", "--quiet", "--allow-empty", "--message", "Empty")
    git(folder / "main", "worktree", "add", "--quiet", "--detach", str(folder / "worktree"))
    root = write(requirement, folder / "worktree", TEXTS)
    git(root, "add", "--force", "demo/tracked.log")
    return root


def with_links(requirement: str, folder: Path) -> Path:
    root = write(requirement, folder / "links", {})
    (root / "shared/deep").mkdir(parents=True)
    for name in ("a.py", "a.txt", "deep/b.py"):
        (root / "shared" / name).write_text(name)
    (root / "demo/linked.txt").symlink_to("../shared/a.txt")
    (root / "demo/sub/shared").symlink_to("../../shared")
    (root / "demo/self").symlink_to(".")
    return root


def as_a_link(requirement: str, folder: Path) -> Path:
    root = write(requirement, folder / "link", {})
    (root / "demo").rename(root / "lib")
    (root / "demo").symlink_to("lib")
    return root


IN_REPOSITORIES = (
    at_the_top,
    below_the_top,
    without_its_own_ignore_file,
    ignored_as_a_whole,
    with_another_inside,
    with_a_worktree,
)
LINKED = (with_links, as_a_link)


def places(requirement: str) -> tuple[Callable[[str, Path], Path], ...]:
    """uv refuses links to folders; Poetry installs what is behind a link where that really lies."""
    follows = not requirement.startswith(("poetry-core", "uv_build"))
    return (*IN_REPOSITORIES, *LINKED) if follows else IN_REPOSITORIES


CASES = [(requirement, place.__name__) for requirement in BACKENDS for place in places(requirement)]


@pytest.fixture(scope="session")
def wheels(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, dict[str, str]]]:
    """The project in all places, and what one backend made of it."""
    requirement = request.param
    folder = tmp_path_factory.mktemp(requirement.replace("==", "-"))
    roots, jobs = {}, {}
    for place in places(requirement):
        name = place.__name__
        out = folder / "out" / name
        out.mkdir(parents=True)
        roots[name] = place(requirement, folder)
        job = {"root": str(roots[name]), "out": str(out), "only": "direct"}
        jobs[name] = {**job, "backend": Project.backend(requirement)}
    results = build_with(requirement, jobs, folder)
    return {name: (roots[name], result) for name, result in results.items()}


@pytest.mark.parametrize(("wheels", "place"), CASES, indirect=["wheels"])
def test_layout_of_folder_equals_wheel(
    place: str, wheels: dict[str, tuple[Path, dict[str, str]]]
) -> None:
    root, result = wheels[place]
    assert "error" not in result, result["error"]
    wheel = payload(Path(result["direct"]))
    # Most backends ship the data of a repository that lies in a package; nobody means that.
    assert derived(root) == [path for path in wheel if "/.git/" not in path]
