"""upip 1.2.6, unchanged, on MicroPython's unix port."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fetch import Pin, fetch

UPIP = Pin(
    "micropython-upip",
    "micropython-upip-1.2.6.tar.gz",
    "b9c09fc2b65f877d945142e468e0f25b5f70e9f74e98e0f43ca030bd7f47e87f",
)
#: How MicroPython is started; `-m micropython_unix` would lose the exit status.
MICROPYTHON = [
    sys.executable,
    "-c",
    "import sys, micropython_unix; sys.exit(micropython_unix.main())",
]
DEVICE = Path(__file__).with_name("device")
#: The window that devices with 64 KiB of heap or less unpack with: 4 KiB.
SMALL_WINDOW = 12


@dataclass(frozen=True)
class Outcome:
    """What a run on MicroPython left behind. A zero status says little: compare the files."""

    status: int
    output: str


def micropython(*arguments: str | Path, cwd: Path | None = None, timeout: float = 120) -> Outcome:
    """Runs MicroPython without input; standard output and standard error come as one text."""
    run = subprocess.run(
        [*MICROPYTHON, *map(str, arguments)],
        cwd=cwd,
        timeout=timeout,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return Outcome(run.returncode, run.stdout)


@dataclass(frozen=True)
class Upip:
    """upip's own code, unpacked."""

    folder: Path

    @classmethod
    def unpack(cls, folder: Path) -> Upip:
        """Fetches the pinned release and puts its two modules into `folder`."""
        with tarfile.open(fetch([UPIP])[UPIP.filename]) as archive:
            for module in ("upip.py", "upip_utarfile.py"):
                member = archive.extractfile(f"micropython-upip-1.2.6/{module}")
                assert member is not None
                (folder / module).write_bytes(member.read())
        return cls(folder)

    def install(
        self, names: Sequence[str], port: int, target: Path, window: int = SMALL_WINDOW
    ) -> Outcome:
        """Installs the projects into `target` from the server on that port of loopback.

        `window` is the base-2 logarithm of the window's size.
        """
        target.mkdir(parents=True, exist_ok=True)
        script = DEVICE / "install.py"
        return micropython(script, self.folder, str(port), str(window), target, *names)


def installed_tree(target: Path) -> dict[str, bytes]:
    """Content of each file below `target`, by its path relative to it."""
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in sorted(target.rglob("*"))
        if path.is_file()
    }


def import_modules(target: Path, modules: Sequence[str]) -> Outcome:
    """Imports the modules one after the other on MicroPython, with nothing but `target` to find
    them in."""
    imports = "".join(f"import {module}\n" for module in modules)
    return micropython("-c", f"import sys\nsys.path[:] = ['.frozen', {str(target)!r}]\n{imports}")
