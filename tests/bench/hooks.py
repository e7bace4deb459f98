"""What the hooks of the build tools cost, against the tools without them or as they were before."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from cases import SIZES, Bench, figures_of, speedup
from process import Command, run_in_turn
from report import Case
from sdists import NAME, VERSION, make_sdist

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "example" / "foo-bar"
#: What the plugin of Poetry may add to a build, in seconds.
MAY_ADD = 0.15
SETUP = f"""
from setuptools import find_packages, setup
{{before}}
setup(name="{NAME}", version="{VERSION}", packages=find_packages(), cmdclass={{{{"sdist": sdist}}}})
"""
DROP_IN = "from mpconvert.setuptools import sdist"
#: As the old tool did it: the archive of setuptools is filtered and packed again.
BEFORE = """
import setuptools.command.sdist
from reference import filtered, gzipped

class sdist(setuptools.command.sdist.sdist):
    def run(self):
        super().run()
        (archive,) = self.archive_files
        converted = gzipped(filtered(archive))
        with open(archive, "wb") as file:
            file.write(converted)
"""


def hooks(bench: Bench, python: Path, tools: Path) -> Iterator[Case]:
    """The hooks of the mpconvert that `python` imports, in the environment `tools`."""
    beside = bench.fresh("beside")
    subprocess.run([python, "-m", "tests.e2e.own_wheel", beside], cwd=ROOT, check=True)
    yield _poetry(bench, tools, beside)
    for name, size in SIZES.items():
        yield _setuptools(bench, tools, beside, name, size)


def _poetry(bench: Bench, tools: Path, beside: Path) -> Case:
    project = bench.folder / "foo-bar"

    def prepare() -> None:
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(EXAMPLE, project)

    build: Command = [tools / "bin" / "poetry", "build", "--no-interaction"]
    runs = run_in_turn(
        {
            "with the plugin": _inside(project, beside, build),
            "without": _inside(project, "", build),
        },
        2 * bench.rounds,
        prepare,
    )
    added = runs["with the plugin"].best - runs["without"].best
    figures = {**figures_of(runs, *runs), "added": added}
    return Case("poetry build", "what the plugin adds", "150 ms", figures, added / MAY_ADD, 1.0)


def _setuptools(bench: Bench, tools: Path, beside: Path, name: str, size: int) -> Case:
    projects = {
        "drop-in": _project(bench.fresh("drop-in"), size, DROP_IN),
        "before": _project(bench.fresh("before"), size, BEFORE),
    }

    def prepare() -> None:
        for project in projects.values():
            shutil.rmtree(project / "dist", ignore_errors=True)

    command: Command = [tools / "bin" / "python", "setup.py", "--quiet", "sdist"]
    runs = run_in_turn(
        {
            "drop-in": _inside(projects["drop-in"], beside, command),
            "before": _inside(projects["before"], Path(__file__).parent, command),
        },
        bench.rounds,
        prepare,
    )
    return speedup(f"setup.py sdist of {name}", runs, "drop-in", "before", 1.0)


def _project(folder: Path, size: int, before: str) -> Path:
    """A project of `size` bytes whose setup.py has the command `sdist` that `before` brings."""
    with tarfile.open(make_sdist(folder, size)) as archive:
        archive.extractall(folder, filter="data")
    project = folder / f"{NAME}-{VERSION}"
    (project / "setup.py").write_text(SETUP.format(before=before), encoding="utf-8")
    return project


def _inside(folder: Path, packages: Path | str, command: Command) -> Command:
    """The command, run in `folder`, which finds more packages in `packages`."""
    variables = [f"PYTHONPATH={packages}", "POETRY_VIRTUALENVS_CREATE=false"]
    return ["sh", "-c", 'cd "$1" && shift && exec env "$@"', "sh", folder, *variables, *command]
