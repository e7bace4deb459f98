"""A package index on loopback, as much of one as upip asks for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.e2e.answering import answering

SUFFIXES = (".tar.gz", ".whl", ".zip", ".tar.bz2")


def normalized(name: str) -> str:
    """The name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project_and_version(path: Path) -> tuple[str, str]:
    """Normalised project name and version, from the name of an archive."""
    stem = next(path.name.removesuffix(s) for s in SUFFIXES if path.name.endswith(s))
    if path.suffix == ".whl":
        name, version = stem.split("-")[:2]
    else:
        # A version may hold a dash of its own (`3.3.3-1`), and so may an old name.
        match = re.fullmatch(r"(.+?)-(v?\d.*)", stem)
        assert match, path.name
        name, version = match.groups()
    return normalized(name), version


class IndexServer(ThreadingHTTPServer):
    """Serves archives at `/pypi/{name}/json` and `/files/{filename}` by HTTP/1.0.

    As the public index does, it answers a name that is not normalised by 301. All files of one
    version are listed; versions sort by the order in which the archives are given, the last is
    the one that is installed.
    """

    daemon_threads = True

    def __init__(self, archives: Iterable[Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {path.name: path for path in archives}
        self.requests: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def releases(self, project: str) -> dict[str, list[dict[str, str]]]:
        """The files of each version of the project."""
        found: dict[str, list[dict[str, str]]] = {}
        for path in self.files.values():
            name, version = project_and_version(path)
            if name == project:
                url = f"http://127.0.0.1:{self.port}/files/{path.name}"
                found.setdefault(version, []).append({"filename": path.name, "url": url})
        return found

    def handle_error(self, request: object, client_address: object) -> None:
        """Lets a client hang up early, which upip does when it is told of an error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: IndexServer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        kind, _, rest = self.path.removeprefix("/").partition("/")
        if kind == "files" and rest in self.server.files:
            self.answer(self.server.files[rest].read_bytes(), "application/octet-stream")
        elif kind == "pypi" and rest.endswith("/json"):
            self.answer_project(rest.removesuffix("/json"))
        else:
            self.send_error(404)

    def answer_project(self, name: str) -> None:
        releases = self.server.releases(normalized(name))
        if not releases:
            self.send_error(404)
        elif name != normalized(name):
            self.send_response(301)
            self.send_header("Location", f"/pypi/{normalized(name)}/json")
            self.end_headers()
        else:
            page = {"info": {"version": list(releases)[-1]}, "releases": releases}
            self.answer(json.dumps(page).encode(), "application/json")

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: the requests are kept in `IndexServer.requests`."""


@contextmanager
def serving(archives: Iterable[Path]) -> Iterator[IndexServer]:
    """An index of these archives that answers while the context lasts."""
    with answering(IndexServer(archives)) as server:
        yield server
