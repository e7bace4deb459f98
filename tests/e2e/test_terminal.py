"""What somebody at a terminal sees while files are fetched from a slow server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.crafted import archive
from tests.e2e.answering import answering

pty = pytest.importorskip("pty")

#: Some bytes, which come in so many pieces with a pause after each.
SIZE, PIECES, PAUSE = 600_000, 15, 0.15
#: What a terminal is told beside letters: colours, and where the next letter goes.
COLOUR = re.compile(r"\x1b\[[\d;]*m")
CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
BYTES = re.compile(r"(\d+(?:\.\d+)?) (B|KiB|MiB)")
KIB = {"B": 1 / 1024, "KiB": 1, "MiB": 1024}


class SlowIndex(ThreadingHTTPServer):
    """A package index with the archives of a folder, each of which comes slowly."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.tells_sizes = True

    @property
    def url(self) -> str:
        """The address of the index."""
        return f"http://127.0.0.1:{self.server_address[1]}/simple"

    def page(self, project: str) -> bytes:
        """The links of a project."""
        files = []
        for path in sorted(self.folder.glob(f"{project}-*")):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            file = {"filename": path.name, "url": f"/files/{path.name}"}
            size = {"size": path.stat().st_size} if self.tells_sizes else {}
            files.append({**file, **size, "hashes": {"sha256": digest}})
        page = {"meta": {"api-version": "1.1"}, "name": project, "files": files}
        return json.dumps(page).encode()


class _Handler(BaseHTTPRequestHandler):
    server: SlowIndex

    def do_GET(self) -> None:
        kind, name = self.path.strip("/").split("/")
        body = (
            (self.server.folder / name).read_bytes() if kind == "files" else self.server.page(name)
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        pieces = PIECES if kind == "files" else 1
        step = -(-len(body) // pieces)
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            time.sleep(PAUSE if pieces > 1 else 0)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[SlowIndex]:
    """An index of this folder that answers while the context lasts."""
    with answering(SlowIndex(folder)) as server:
        yield server


class Seen(NamedTuple):
    """What came out of a run."""

    status: int
    out: str
    #: All that the terminal was told, as it came.
    told: str

    def screens(self) -> list[str]:
        """What the line of the bar showed, one after the other."""
        lines = re.split(r"\r|\x1b\[2K|\n", self.told)
        shown = (CONTROL.sub("", line).strip() for line in lines)
        return [line for line in shown if line]

    def left(self) -> list[str]:
        """The lines that are on the screen in the end."""
        lines: list[str] = [""]
        row = 0
        for part in re.findall(r"\x1b\[[\d;?]*[A-Za-z]|\r|\n|[^\r\n\x1b]+", self.told):
            if part == "\n":
                row += 1
                if row == len(lines):
                    lines.append("")
            elif part == "\x1b[2K":
                lines[row] = ""
            elif re.fullmatch(r"\x1b\[\d*A", part):
                row = max(0, row - int(part[2:-1] or 1))
            elif part != "\r" and not part.startswith("\x1b"):
                lines[row] += part
        return [line for line in lines if line.strip()]


def watch(command: list[str], folder: Path, *, terminal: bool = True, **variables: str) -> Seen:
    """Runs mpconvert with its messages on a terminal of 80 columns, else on a pipe."""
    program = [sys.executable, "-m", "mpconvert", *command]
    environment = {
        **{key: value for key, value in os.environ.items() if key != "NO_COLOR"},
        "TERM": "xterm-256color",
        "COLUMNS": "80",
        "PIP_CONFIG_FILE": os.devnull,
        **variables,
    }
    ours, theirs = pty.openpty() if terminal else os.pipe()
    run = subprocess.Popen(
        program,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    told = b""
    # A run that does not end is killed, and its status tells.
    guard = threading.Timer(120, run.kill)
    guard.start()
    # Linux has an error where the other end of a terminal is closed.
    with suppress(OSError):
        while data := os.read(ours, 1 << 16):
            told += data
    os.close(ours)
    out, _ = run.communicate()
    guard.cancel()
    return Seen(run.returncode, out.decode(), told.decode())


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SlowIndex]:
    """An index of two projects, one of which needs the other."""
    files = tmp_path / "files"
    noise = hashlib.shake_256(b"noise").hexdigest(SIZE)
    for name, requires in (("foo", "bar\n"), ("bar", "")):
        root = f"{name}-1.0"
        members: dict[str, str | bytes] = {
            f"{root}/PKG-INFO": f"Metadata-Version: 1.0\nName: {name}\nVersion: 1.0\n",
            f"{root}/{name}.egg-info/requires.txt": requires,
            f"{root}/{name}.py": f"NOISE = '{noise}'\n",
        }
        archive(files, members, name=f"{root}.tar.gz")
    with serving(files) as server:
        yield server


def call(command: str, index: SlowIndex) -> list[str]:
    """The arguments of a run that fetches."""
    arguments = {
        "fetch": ["fetch", "foo", "bar", "--to", "out"],
        "migrate": ["migrate", "foo", "--out", "out"],
        "download": ["download", "foo", "--to", "out"],
        "install": ["install", "-p", "out", "foo"],
    }[command]
    return [*arguments, "--no-cache", "--index-url", index.url]


COMMANDS = ["fetch", "migrate", "download", "install"]


def counted(screens: list[str]) -> list[float]:
    """The bytes that lines of the bar tell, in kibibytes."""
    found = [BYTES.search(line) for line in screens]
    return [float(one[1]) * KIB[one[2]] for one in found if one]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bar_counts_bytes_and_goes(command: str, index: SlowIndex, tmp_path: Path) -> None:
    seen = watch(call(command, index), tmp_path)
    assert seen.status == 0, seen
    bars = [line for line in seen.screens() if BYTES.search(line) and "warning" not in line]
    counts = counted(bars)
    assert len(counts) > 5, seen.told
    assert 0 < counts[0] < counts[-1], counts
    assert counts == sorted(counts), counts
    assert all(len(line) <= 80 for line in bars), bars
    left = seen.left()
    assert not any(bar in line for bar in bars for line in left), left
    assert "\x1b" not in seen.out
    assert not any(bar in seen.out for bar in bars)


@pytest.mark.parametrize("tells_sizes", [True, False])
def test_a_total_is_told_if_it_is_known(
    *, tells_sizes: bool, index: SlowIndex, tmp_path: Path
) -> None:
    index.tells_sizes = tells_sizes
    seen = watch(call("fetch", index), tmp_path)
    bars = [line for line in seen.screens() if BYTES.search(line)]
    if tells_sizes:
        total = sum(file.stat().st_size for file in index.folder.iterdir()) / 1024
        pairs = [counted(line.split("/")) for line in bars]
        assert all(at <= of and total < of < 1.01 * total for at, of in pairs), bars
        assert {line.count("█") > 0 for line in bars} == {True}
    else:
        assert all(re.fullmatch(r"[\d.]+ [KM]iB fetched", line) for line in bars), bars


@pytest.mark.parametrize("command", ["fetch", "migrate"])
def test_nothing_moves_where_nobody_looks(command: str, index: SlowIndex, tmp_path: Path) -> None:
    quiet = watch(["-q", *call(command, index)], tmp_path)
    assert (quiet.status, quiet.told) == (0, "")
    piped = watch([*call(command, index), "--force"], tmp_path, terminal=False)
    assert piped.status == 0
    assert "\x1b" not in piped.told
    assert "\r" not in piped.told
    assert not BYTES.search(piped.told)


def test_without_colour_there_is_none(index: SlowIndex, tmp_path: Path) -> None:
    seen = watch(call("fetch", index), tmp_path, NO_COLOR="1")
    assert seen.status == 0
    assert counted(seen.screens())
    assert not COLOUR.search(seen.told)
    assert not COLOUR.search(seen.out)
