"""A folder on the web of loopback, as static hosts serve it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from tests.e2e.answering import answering


class FolderServer(ThreadingHTTPServer):
    """Serves the files below `folder` by HTTP/1.1, always with their length: devices up to 1.28
    cannot read chunks."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder.resolve()
        #: The paths that were asked for, as they were sent.
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        """The address of the folder, without a final slash."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Lets a client hang up early."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: FolderServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        file = self.server.folder / unquote(self.path).lstrip("/")
        if not file.is_file() or not file.resolve().is_relative_to(self.server.folder):
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        # Threads that wait for a second request would outlive the server.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: the requests are kept in `FolderServer.requests`."""


@contextmanager
def serving_folder(folder: Path) -> Iterator[FolderServer]:
    """A server of this folder that answers while the context lasts."""
    with answering(FolderServer(folder)) as server:
        yield server
