"""Builds the example with real Poetry, which mpconvert is a plugin of, installs it by upip and by
mip, and runs it: python -m tests.example
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import mpconvert

from tests.e2e.build_tools import BuildError, BuildTools
from tests.e2e.index_server import serving
from tests.e2e.mip_client import Mip, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.own_wheel import unpack_wheel, write_wheel
from tests.e2e.upip_client import Upip, installed_tree, micropython
from tests.fetch import FetchError, Pin, fetch

PROJECT = Path(__file__).with_name("foo-bar")
#: What foo-bar needs, and what that needs in turn, as published.
DEPENDENCIES = [
    Pin(
        "micropython-logging",
        "micropython-logging-0.5.2.tar.gz",
        "4fe714775fa6cafc2466bac7fe28485c13610470d3ea2bddac956bcd89b4453d",
    ),
    Pin(
        "micropython-os",
        "micropython-os-0.8.tar.gz",
        "4537b18774c778c2dd6b8fafaa9d27e97bb48161f110c859f3467cbd2007716e",
    ),
    Pin(
        "micropython-os.path",
        "micropython-os.path-0.1.3.tar.gz",
        "7af359805aef16332717dc82342bb49ac29417a178f35e5fe2c70fee58274c56",
    ),
    Pin(
        "micropython-ffilib",
        "micropython-ffilib-0.1.3.tar.gz",
        "18df8cfa5b026095759411d1ebd5b0004a09f16e2df91f97f77326c2369f1e09",
    ),
    Pin(
        "micropython-errno",
        "micropython-errno-0.1.4.tar.gz",
        "e105c10257824ad500e0bdaebc3610fdb3875f6762b49b3f77f5118c6870f2a3",
    ),
    Pin(
        "micropython-stat",
        "micropython-stat-0.5.1.tar.gz",
        "83e1554ca16274c62a88f8495a777889d8d08992948ef7210785b6547715248f",
    ),
]


class StepError(Exception):
    """A step did not do what it is there for; the message says which and why."""


def say(text: str) -> None:
    print(text, flush=True)


def show(text: str) -> None:
    for line in text.splitlines():
        say(f"    {line}")


def build(workspace: Path) -> Path:
    """Builds foo-bar with Poetry, which has mpconvert for a plugin; returns the folder that the
    archive for MicroPython lies in."""
    plugins = unpack_wheel(write_wheel(workspace), workspace / "plugins")
    project = Path(shutil.copytree(PROJECT, workspace / "foo-bar"))
    tools = BuildTools(beside=plugins)
    say("$ poetry build")
    run = tools.attempt("poetry", "build", "--no-interaction", cwd=project)
    show(run.stdout + run.stderr)
    made = project / "dist-micropython"
    if run.returncode or not made.exists():
        raise StepError("Poetry did not build an archive for MicroPython")
    return made


def fetch_dependencies(workspace: Path) -> Path:
    """Fetches what foo-bar depends on, as published; returns the folder."""
    folder = workspace / "dependencies"
    folder.mkdir()
    for path in fetch(DEPENDENCIES).values():
        shutil.copy(path, folder)
    return folder


def install_by_upip(folders: list[Path], workspace: Path) -> Path:
    """Lets upip install foo-bar from an index of the archives in these folders; returns the folder
    it did so into."""
    client = workspace / "upip"
    client.mkdir()
    upip = Upip.unpack(client)
    lib = workspace / "upip-lib"
    say('>>> upip.install("foo-bar")')
    with serving([path for folder in folders for path in sorted(folder.iterdir())]) as index:
        outcome = upip.install(["foo-bar"], index.port, lib)
    if outcome.status:
        raise StepError(outcome.output)
    show("\n".join(f"lib/{path}" for path in installed_tree(lib)))
    return lib


def install_by_mip(folders: list[Path], workspace: Path) -> Path:
    """Lets mip install foo-bar from an index of its own, made of what these folders hold; returns
    the folder it did so into."""
    site, lib = workspace / "site", workspace / "mip-lib"
    names = [folder.name for folder in folders]
    say(f"$ mpconvert index add {' '.join(names)} --to site")
    call = ["index", "add", *names, "--to", str(site), "--no-mpy"]
    command = [sys.executable, "-m", "mpconvert", *call]
    run = subprocess.run(command, cwd=workspace, text=True, capture_output=True, check=False)
    show(run.stdout + run.stderr)
    if run.returncode:
        raise StepError("the index could not be made")
    say('>>> mip.install("foo-bar")')
    with serving_folder(site) as server:
        outcome = Mip().install("foo-bar", lib, index=server.url, mpy=False)
    if not is_done(outcome):
        raise StepError(outcome.output)
    show("\n".join(f"lib/{path}" for path in installed_tree(lib)))
    return lib


def run(lib: Path) -> None:
    """Runs foo-bar on MicroPython."""
    call = "import foo_bar; foo_bar.blink(2)"
    say(f">>> {call}")
    outcome = micropython("-c", f"import sys; sys.path.insert(0, {str(lib)!r}); {call}")
    show(outcome.output)
    if outcome.status:
        raise StepError("the example does not run")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mpconvert-example-") as folder:
        workspace = Path(folder)
        try:
            made, dependencies = build(workspace), fetch_dependencies(workspace)
            converted = workspace / "dependencies-micropython"
            mpconvert.convert(dependencies, converted)
            run(install_by_upip([made, converted], workspace))
            run(install_by_mip([workspace / "foo-bar", dependencies], workspace))
        except (StepError, BuildError, FetchError, mpconvert.Error) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
