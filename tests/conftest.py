"""What the tests share: the clients and the built projects, each set up once and when needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import projects
from tests.e2e.build_tools import BuildTools
from tests.e2e.upip_client import Upip


@pytest.fixture(scope="session")
def upip(tmp_path_factory: pytest.TempPathFactory) -> Upip:
    """Real upip."""
    return Upip.unpack(tmp_path_factory.mktemp("upip"))


@pytest.fixture(scope="session")
def build_tools() -> BuildTools:
    """The build tools, installed."""
    return BuildTools()


@pytest.fixture(scope="session")
def dependency(build_tools: BuildTools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `dist` of the project that all others depend on."""
    folder = projects.write_dependency(tmp_path_factory.mktemp("dependency"))
    return build_tools.build("flit", folder)


@pytest.fixture(scope="session", params=projects.TOOLS)
def project(request: pytest.FixtureRequest) -> projects.Project:
    """The project of each build tool in turn."""
    return projects.Project(request.param)


@pytest.fixture(scope="session")
def dist(
    project: projects.Project, build_tools: BuildTools, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder `dist` of that project, with sdist and wheel in it."""
    return build_tools.build(project.tool, project.write(tmp_path_factory.mktemp("project")))
