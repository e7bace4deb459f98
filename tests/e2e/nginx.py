"""A real nginx in front of an index."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.e2e.authority import Certificate
from tests.e2e.ports import await_port

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

_CONFIG = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{}}
http {{
    access_log off;
    log_format seen '$status $request "$http_authorization"';
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ text/html html; }}
    default_type application/octet-stream;
    {servers}
}}
"""

_SERVER = """
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        access_log {folder}/{port}.log seen;
        {locations}
    }}
"""


class Server(NamedTuple):
    """One of the servers: its port, its certificate and what it serves, as nginx is told."""

    port: int
    certificate: Certificate
    locations: str


class Nginx(NamedTuple):
    """A running nginx."""

    folder: Path

    def seen(self, port: int) -> list[str]:
        """The requests at a port since the last call: status, request and its login."""
        log = self.folder / f"{port}.log"
        lines = log.read_text().splitlines()
        log.write_text("")
        return lines

    def handshakes_failed(self) -> int:
        """How many connections since the last call ended before anything was asked."""
        log = self.folder / "error.log"
        failed = log.read_text().count("SSL_do_handshake() failed")
        log.write_text("")
        return failed


@contextmanager
def running(folder: Path, servers: list[Server]) -> Iterator[Nginx]:
    """nginx with these servers, and its files in `folder`."""
    assert PROGRAM is not None, "nginx is missing"
    folder.mkdir()
    texts = [
        _SERVER.format(
            folder=folder,
            port=server.port,
            certificate=server.certificate.certificate,
            key=server.certificate.key,
            locations=server.locations,
        )
        for server in servers
    ]
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(folder=folder, servers="".join(texts)))
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [PROGRAM, "-p", folder, "-e", folder / "error.log", "-c", config],
            stdout=output,
            stderr=output,
        )
    try:
        for server in servers:
            await_port(server.port, process, folder / "output")
        (folder / "error.log").write_text("")
        yield Nginx(folder)
    finally:
        process.terminate()
        process.wait()
