"""What a small project for comparing layouts consists of."""

from dataclasses import dataclass, field
from textwrap import dedent

#: The module of the PEP 517 hooks, by the name of the package that brings it.
BACKENDS = {
    "poetry-core": "poetry.core.masonry.api",
    "flit_core": "flit_core.buildapi",
    "hatchling": "hatchling.build",
    "pdm-pep517": "pdm.pep517.api",
    "pdm-backend": "pdm.backend",
    "setuptools": "setuptools.build_meta",
    "uv_build": "uv_build",
}

#: The table of the project's name and version; Poetry and flit had tables of their own once.
METADATA = {
    "project": '[project]\nname = "{name}"\nversion = "1.0"\ndescription = "A project"\n',
    "poetry": '[tool.poetry]\nname = "{name}"\nversion = "1.0"\ndescription = "A project"\n'
    'authors = ["A <a@example.org>"]\n',
    "flit": '[tool.flit.metadata]\nauthor = "A"\nauthor-email = "a@example.org"\n',
}

PACKAGE = (
    "demo/__init__.py",
    "demo/core.py",
    "demo/data.txt",
    "demo/.hidden",
    "demo/sub/__init__.py",
)
JUNK = (
    "demo/__pycache__/core.cpython-311.pyc",
    "demo/stale.pyc",
    "demo/sub/stale.pyo",
    "tests/test_demo.py",
)


@dataclass(frozen=True)
class Project:
    """A project tree and the backend releases that build it."""

    id: str
    by: tuple[str, ...]
    name: str
    metadata: str
    tables: str
    files: tuple[str, ...]
    #: Content of files for which it matters; all others get their own path as a comment.
    texts: dict[str, str] = field(default_factory=dict)

    def pyproject(self, requirement: str) -> str:
        """The text of ``pyproject.toml`` for one backend release."""
        backend = self.backend(requirement)
        system = f'[build-system]\nrequires = ["{requirement}"]\nbuild-backend = "{backend}"\n'
        return "\n".join([system, METADATA[self.metadata].format(name=self.name), self.tables])

    @staticmethod
    def backend(requirement: str) -> str:
        """The module of the hooks that ``requirement`` brings."""
        return BACKENDS[requirement.partition("==")[0]]


@dataclass(frozen=True)
class Family:
    """Makes projects that share a backend, and a table that their settings start with."""

    prefix: str
    by: tuple[str, ...]
    metadata: str = "project"
    table: str = ""

    def __call__(
        self,
        id: str,
        settings: str,
        *files: str,
        name: str = "demo",
        by: tuple[str, ...] | None = None,
        texts: dict[str, str] | None = None,
    ) -> Project:
        """A project with ``files`` whose ``pyproject.toml`` ends with ``settings``."""
        tables = "\n".join([self.table, dedent(settings)])
        by = self.by if by is None else by
        return Project(f"{self.prefix}-{id}", by, name, self.metadata, tables, files, texts or {})
