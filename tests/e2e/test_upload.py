"""Uploaders and a private index take the converted archives as they take any other."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conversion import convert
from tests.e2e.projects import Project, dependency_files
from tests.e2e.upip_client import Upip, installed_tree

pytestmark = pytest.mark.e2e

USER, PASSWORD = "device", "a password for the tests"


class PrivateIndex(NamedTuple):
    """A running pypiserver."""

    port: int
    packages: Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def await_answer(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert server.poll() is None, "pypiserver ended"
        try:
            urllib.request.urlopen(url).close()
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("pypiserver does not answer")


@pytest.fixture
def private_index(tmp_path: Path) -> Iterator[PrivateIndex]:
    """pypiserver on loopback, which wants a password for uploads.

    All its routes are below `/pypi`, where upip asks; that is an option of pypiserver.
    """
    from passlib.apache import HtpasswdFile  # type: ignore[import-untyped]

    passwords = HtpasswdFile(tmp_path / "htpasswd", new=True, default_scheme="apr_md5_crypt")
    passwords.set_password(USER, PASSWORD)
    passwords.save()
    packages = tmp_path / "packages"
    packages.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "pypiserver", "run"]
    command += ["--interface", "127.0.0.1", "--port", str(port), "--server-base-url", "/pypi"]
    command += ["--passwords", str(tmp_path / "htpasswd"), "--authenticate", "update"]
    command += ["--disable-fallback", "--server", "wsgiref", str(packages)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        await_answer(f"http://127.0.0.1:{port}/pypi/health", server)
        yield PrivateIndex(port, packages)
    finally:
        server.terminate()
        server.wait()


def twine(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twine", *map(str, arguments)]
    return subprocess.run(command, text=True, capture_output=True, timeout=120, check=False)


def upload(index: PrivateIndex, password: str, *archives: Path) -> int:
    url = f"http://127.0.0.1:{index.port}/pypi/"
    options = ["--non-interactive", "--disable-progress-bar", "--repository-url", url]
    return twine("upload", *options, "-u", USER, "-p", password, *archives).returncode


def test_twine_finds_nothing_to_complain_about(dist: Path, tmp_path: Path) -> None:
    checked = twine("check", "--strict", *convert(dist, out=tmp_path))
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("project", ["poetry"], indirect=True)
def test_upip_installs_what_was_uploaded_to_a_private_index(
    project: Project,
    dist: Path,
    dependency: Path,
    private_index: PrivateIndex,
    upip: Upip,
    tmp_path: Path,
) -> None:
    archives = [*convert(dist, out=tmp_path / "a"), *convert(dependency, out=tmp_path / "b")]
    assert upload(private_index, "a wrong one", *archives) != 0
    assert installed_tree(private_index.packages) == {}
    assert upload(private_index, PASSWORD, *archives) == 0
    stored = {archive.name: archive.read_bytes() for archive in archives}
    assert installed_tree(private_index.packages) == stored

    target = tmp_path / "lib"
    outcome = upip.install([project.name], private_index.port, target)
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == {**project.installed(), **dependency_files()}
