"""Ports of servers on the loopback interface."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path


def free_port() -> int:
    """A port on which no server listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def await_port(port: int, server: subprocess.Popen[bytes], output: Path) -> None:
    """Waits until the server listens on the port. The server prints to the file `output`."""
    for _ in range(200):
        assert server.poll() is None, output.read_text()
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no server listens on port {port}")
