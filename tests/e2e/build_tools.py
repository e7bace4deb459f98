"""The build tools as their users run them, each in a pinned version, in one environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.fetch import cache_folder

TODAY = Path(__file__).parents[1] / "requirements-build-tools.txt"
#: The oldest versions that are still common, of those tools that mpconvert hooks into.
OLDEST = TODAY.with_name("requirements-oldest-build-tools.txt")
PYTHON = "python"
COMMANDS: dict[str, tuple[str, ...]] = {
    "flit": ("flit", "build", "--no-use-vcs"),
    "hatchling": (PYTHON, "-m", "build", "--no-isolation"),
    "pdm": ("pdm", "build", "--no-isolation"),
    "poetry": ("poetry", "build", "--no-interaction"),
    "setuptools": (PYTHON, "-m", "build", "--no-isolation"),
    "uv_build": ("uv", "build", "--offline", "--no-python-downloads"),
}


class BuildError(Exception):
    """A build tool failed; the message is what it printed."""


class BuildTools:
    """A virtual environment with build tools, kept between runs.

    `beside` is a folder of packages that are installed there as well, as long as this object is
    used: mpconvert itself, which is not kept.
    """

    def __init__(self, requirements: Path = TODAY, beside: Path | None = None) -> None:
        """Installs what the requirements name, unless that was done before."""
        self.beside = beside
        pinned = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
        self.folder = cache_folder() / f"build-tools-{pinned[:16]}"
        if not (self.folder / "complete").exists():
            print("Installing the build tools, which is needed once ...", file=sys.stderr)
            shutil.rmtree(self.folder, ignore_errors=True)
            self.run(sys.executable, "-m", "venv", str(self.folder))
            options = ("--quiet", "--require-hashes", "--only-binary", ":all:")
            self.run(PYTHON, "-m", "pip", "install", *options, "-r", str(requirements))
            (self.folder / "complete").touch()

    def build(self, tool: str, project: Path) -> Path:
        """Lets the tool build sdist and wheel of the project; returns the folder `dist`."""
        self.run(*COMMANDS[tool], cwd=project)
        return project / "dist"

    def attempt(
        self, program: str, *arguments: str | Path, cwd: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment with these variables, whatever becomes of it."""
        programs = self.folder / "bin"
        if not Path(program).is_absolute():
            program = str(programs / program)
        environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(self.folder),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "PDM_CHECK_UPDATE": "false",
            **({"PYTHONPATH": str(self.beside)} if self.beside else {}),
            **variables,
        }
        return subprocess.run(
            [program, *map(str, arguments)],
            cwd=cwd,
            env=environment,
            text=True,
            capture_output=True,
            timeout=600,
            check=False,
        )

    def run(
        self, program: str, *arguments: str | Path, cwd: Path | None = None, **variables: str
    ) -> str:
        """Runs a program of the environment, which must not fail; returns what it printed."""
        run = self.attempt(program, *arguments, cwd=cwd, **variables)
        printed = f"{run.stdout}{run.stderr}"
        if run.returncode:
            raise BuildError(f"{program} {' '.join(map(str, arguments))}\n{printed}")
        return printed
