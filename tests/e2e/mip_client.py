"""The two clients of today, unchanged: mip on MicroPython, and mpremote with a MicroPython as its
board. Both end well whatever happened: compare the files."""

from __future__ import annotations

import os
import subprocess
import sys
import tty
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.e2e.upip_client import MICROPYTHON, Outcome, micropython


class MipClient(Protocol):
    """What installs a package for mip."""

    def install(
        self,
        package: str,
        target: Path,
        *,
        index: str | None = None,
        version: str | None = None,
        mpy: bool = True,
    ) -> Outcome:
        """Installs `package`, a name of the index or a URL, into `target`.

        `version` is one of the index, or the branch or tag of a hosted repository. Without `mpy`,
        source code is asked for.
        """


class Mip:
    """mip of MicroPython, which runs on the device and takes URLs only."""

    def install(
        self,
        package: str,
        target: Path,
        *,
        index: str | None = None,
        version: str | None = None,
        mpy: bool = True,
    ) -> Outcome:
        """As `MipClient.install`."""
        return self.install_each([(package, version, target)], index=index, mpy=mpy)

    def install_each(
        self,
        packages: Iterable[tuple[str, str | None, Path]],
        *,
        index: str | None = None,
        mpy: bool = True,
    ) -> Outcome:
        """Installs packages of those names and versions, each into a folder of its own, by one
        process. Each that is all there gives a line `Done`."""
        lines = ["import mip\n"]
        for package, version, target in packages:
            target.mkdir(parents=True, exist_ok=True)
            options = {"index": index, "target": str(target), "version": version, "mpy": mpy}
            lines.append(f"mip.install({package!r}, **{options!r})\n")
        return micropython("-c", "".join(lines))


class Mpremote:
    """mpremote, which runs on the computer and takes files, too."""

    def __init__(self, port: str) -> None:
        self.port = port

    def install(
        self,
        package: str,
        target: Path,
        *,
        index: str | None = None,
        version: str | None = None,
        mpy: bool = True,
        cwd: Path | None = None,
    ) -> Outcome:
        """As `MipClient.install`; `package` may be a package.json by its path from `cwd`."""
        target.mkdir(parents=True, exist_ok=True)
        options = ["--target", str(target), "--mpy" if mpy else "--no-mpy"]
        options += ["--index", index] if index else []
        package = f"{package}@{version}" if version else package
        return self.run("mip", "install", *options, package, cwd=cwd)

    def run(self, *command: str, cwd: Path | None = None) -> Outcome:
        """What a command of mpremote says about the board."""
        # Without `resume` it resets the board first, which is the end of a process.
        call = [sys.executable, "-m", "mpremote", "connect", self.port, "resume", *command]
        run = subprocess.run(
            call,
            cwd=cwd,
            timeout=120,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Outcome(run.returncode, run.stdout)


@contextmanager
def board(folder: Path | None = None) -> Iterator[Mpremote]:
    """A MicroPython at the one end of a pseudo-terminal, and mpremote for the other. `folder` is
    what the board has as its file system."""
    device, port = os.openpty()
    try:
        tty.setraw(port)
        with subprocess.Popen(
            MICROPYTHON, cwd=folder, stdin=device, stdout=device, stderr=device
        ) as process:
            try:
                yield Mpremote(os.ttyname(port))
            finally:
                process.kill()
    finally:
        os.close(device)
        # It was open all the time: a terminal that nobody has open gives errors to the other end.
        os.close(port)


def is_done(outcome: Outcome) -> bool:
    """Whether the client says that all is installed, which its exit status does not tell."""
    return outcome.output.rstrip().splitlines()[-1:] == ["Done"]
