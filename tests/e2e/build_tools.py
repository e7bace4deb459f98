"""The build tools as their users run them, each in its pinned version, in one environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.fetch import cache_folder

REQUIREMENTS = Path(__file__).parents[1] / "requirements-build-tools.txt"
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
    """A virtual environment with all build tools, kept between runs."""

    def __init__(self) -> None:
        """Installs what `requirements-build-tools.txt` names, unless that was done before."""
        pinned = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
        self.folder = cache_folder() / f"build-tools-{pinned[:16]}"
        if not (self.folder / "complete").exists():
            print("Installing the build tools, which is needed once ...", file=sys.stderr)
            shutil.rmtree(self.folder, ignore_errors=True)
            self.run(sys.executable, "-m", "venv", str(self.folder))
            options = ("--quiet", "--require-hashes", "--only-binary", ":all:")
            self.run(PYTHON, "-m", "pip", "install", *options, "-r", str(REQUIREMENTS))
            (self.folder / "complete").touch()

    def build(self, tool: str, project: Path) -> Path:
        """Lets the tool build sdist and wheel of the project; returns the folder `dist`."""
        self.run(*COMMANDS[tool], cwd=project)
        return project / "dist"

    def run(self, program: str, *arguments: str, cwd: Path | None = None) -> None:
        programs = self.folder / "bin"
        if not Path(program).is_absolute():
            program = str(programs / program)
        environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(self.folder),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "PDM_CHECK_UPDATE": "false",
        }
        run = subprocess.run(
            [program, *arguments],
            cwd=cwd,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if run.returncode:
            raise BuildError(f"{program} {' '.join(arguments)}\n{run.stdout}")
