"""What the tests share: the clients and the built projects, each set up once and when needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import projects
from tests.e2e.build_tools import OLDEST, TODAY, BuildTools
from tests.e2e.mip_client import Mip, MipClient, Mpremote, board
from tests.e2e.own_wheel import unpack_wheel, write_wheel
from tests.e2e.private_index import PrivateIndex, serving
from tests.e2e.upip_client import Upip

#: The marker of the tests in a folder.
FOLDERS = {"corpus": "corpus", "e2e": "e2e", "layout": "e2e", "metadata": "e2e"}
#: Fixtures that fetch something, which makes any test that takes one of them an `e2e` test.
FETCHED = {"build_tools", "mpremote", "tools_of_today", "hooked_tools", "upip"}


def pytest_configure() -> None:
    """Keeps tests from asking micropython-lib's index, unless they name it."""
    os.environ.setdefault("MPCONVERT_INDEX", "none")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what `make test-fast` leaves out. No test is marked elsewhere."""
    root = Path(__file__).parent
    for item in items:
        marker = FOLDERS.get(item.path.relative_to(root).parts[0])
        if marker is None and not FETCHED.isdisjoint(getattr(item, "fixturenames", ())):
            marker = "e2e"
        if marker:
            item.add_marker(marker)


@pytest.fixture(scope="session")
def upip(tmp_path_factory: pytest.TempPathFactory) -> Upip:
    """Real upip."""
    return Upip.unpack(tmp_path_factory.mktemp("upip"))


@pytest.fixture(scope="session")
def mpremote() -> Iterator[Mpremote]:
    """Real mpremote and a board."""
    with board() as client:
        yield client


@pytest.fixture(scope="session", params=["mip", "mpremote"])
def mip_client(request: pytest.FixtureRequest) -> MipClient:
    """Real mip and real mpremote in turn."""
    if request.param == "mip":
        return Mip()
    client: Mpremote = request.getfixturevalue("mpremote")
    return client


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


@pytest.fixture(scope="session")
def own_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """mpconvert itself, to be installed."""
    return write_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def beside(own_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which mpconvert is installed, and nothing else."""
    return unpack_wheel(own_wheel, tmp_path_factory.mktemp("beside"))


@pytest.fixture(scope="session")
def tools_of_today(beside: Path) -> BuildTools:
    """The build tools, with mpconvert installed among them."""
    return BuildTools(TODAY, beside)


@pytest.fixture(scope="session", params=[TODAY, OLDEST], ids=["today", "oldest"])
def hooked_tools(request: pytest.FixtureRequest, beside: Path) -> BuildTools:
    """The build tools of today and the oldest ones, with mpconvert installed among them."""
    return BuildTools(request.param, beside)


@pytest.fixture
def private_index(tmp_path: Path) -> Iterator[PrivateIndex]:
    """An index that takes uploads with a password."""
    with serving(tmp_path / "index") as index:
        yield index
