"""A private index that wants a password: a real pypiserver."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.e2e.ports import await_port, free_port

USER, PASSWORD = "device", "a password for the tests"


class PrivateIndex(NamedTuple):
    """A running pypiserver."""

    port: int
    packages: Path
    passwords: Path

    @property
    def url(self) -> str:
        """Where it takes uploads."""
        return f"http://127.0.0.1:{self.port}/pypi/"


@contextmanager
def serving(folder: Path, protected: str = "update") -> Iterator[PrivateIndex]:
    """pypiserver on loopback, which wants a password for what is `protected` and serves `folder`.

    All its routes are below `/pypi`, where upip asks; that is an option of pypiserver.
    """
    from passlib.apache import HtpasswdFile  # type: ignore[import-untyped]

    packages = folder / "packages"
    packages.mkdir(parents=True)
    passwords = HtpasswdFile(folder / "htpasswd", new=True, default_scheme="apr_md5_crypt")
    passwords.set_password(USER, PASSWORD)
    passwords.save()
    index = PrivateIndex(free_port(), packages, folder / "htpasswd")
    command = [sys.executable, "-m", "pypiserver", "run"]
    command += ["--interface", "127.0.0.1", "--port", str(index.port)]
    command += ["--server-base-url", "/pypi", "--disable-fallback", "--server", "wsgiref"]
    command += ["--passwords", str(index.passwords), "--authenticate", protected, str(packages)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        await_port(index.port, server, folder / "log")
        yield index
    finally:
        server.terminate()
        server.wait()
