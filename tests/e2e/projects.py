"""Projects with all that upip trips over, one for each build tool.

Below `projects/` lie only the files in which they differ: each one's `pyproject.toml`, and the
sources of the package that all of them hold.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.resources import with_modules

SOURCES = Path(__file__).with_name("projects")
TOOLS = ("flit", "hatchling", "pdm", "poetry", "setuptools", "uv_build")
SRC_LAYOUT = ("hatchling", "setuptools", "uv_build")
#: Some 8 KB that do not compress, so that a copy of them is out of reach of a small window.
WORDS = "".join(hashlib.sha256(b"%d" % n).hexdigest() + "\n" for n in range(120))
DEPENDENCY = "e2e-dependency"


@dataclass(frozen=True)
class Project:
    """A project that is not built yet."""

    tool: str

    @property
    def name(self) -> str:
        return f"e2e-{self.tool.replace('_', '-')}"

    @property
    def package(self) -> str:
        return f"e2e_{self.tool}"

    @property
    def greeting(self) -> str:
        """What its function `greeting` returns on a device."""
        return f"{self.package} knows 120 words".upper() + "!"

    def files(self) -> dict[str, bytes]:
        """What the project ships."""
        package = SOURCES / "package"
        found = {
            f"{self.package}/{path.relative_to(package).as_posix()}": path.read_bytes()
            for path in package.rglob("*.py")
        }
        return {**found, f"{self.package}/words.txt": WORDS.encode()}

    def installed(self) -> dict[str, bytes]:
        """What is meant to be on the device, without the dependency."""
        return with_modules(self.files())

    def write(self, folder: Path) -> Path:
        """Writes the project into a folder of its own below `folder`, and returns that."""
        root = folder / self.name
        shutil.copytree(SOURCES / self.tool, root)
        sources = root / "src" if self.tool in SRC_LAYOUT else root
        for path, content in self.files().items():
            target = sources / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (root / "README.md").write_text(f"# {self.name}\n\nMade by the tests.\n")
        (root / "tests").mkdir()
        (root / "tests" / "__init__.py").touch()
        (root / "tests" / "test_words.py").write_text(f'WORDS = """\n{WORDS}"""\n')
        return root


def behind_mpconvert(root: Path) -> str:
    """Lets `mpconvert.backend` build the project, by the backend that it names; returns that."""
    file = root / "pyproject.toml"
    text = file.read_text()
    backend = re.findall('build-backend = "(.+)"', text)[0]
    text = text.replace(f'build-backend = "{backend}"', 'build-backend = "mpconvert.backend"')
    text = text.replace("requires = [", 'requires = ["mpconvert", ', 1)
    file.write_text(f'{text}\n[tool.mpconvert]\nbuild-backend = "{backend}"\n')
    return str(backend)


def dependency_files() -> dict[str, bytes]:
    """What the project that all of them depend on is meant to put on the device."""
    module = SOURCES / "dependency" / "e2e_dependency.py"
    return {module.name: module.read_bytes()}


def write_dependency(folder: Path) -> Path:
    """Writes that project, which flit builds."""
    return Path(shutil.copytree(SOURCES / "dependency", folder / DEPENDENCY))
