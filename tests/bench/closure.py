"""What it costs to migrate a project with all it needs, against fetching the files alone."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from cases import Bench, figures_of
from process import Command, run_in_turn
from report import Case
from sdists import make_sdist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Projects in the closure: each needs two others, as far as there are more.
COUNT = 20
#: Bytes of modules in each.
SIZE = 100_000
#: What a migration with a warm cache may take, in seconds.
WARM = 0.1
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CURL = shutil.which("curl")
CONFIG = """
daemon off;
master_process off;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    default_type text/html;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {site};
    }}
}}
"""


def can_be_measured() -> bool:
    """Whether there are the programs that it takes."""
    return bool(NGINX and CURL)


def closure(bench: Bench) -> Iterator[Case]:
    """A closure of projects of a local index, with an empty cache and with a full one."""
    site, out, cache = (
        bench.fresh("site"),
        bench.folder / "packages",
        bench.folder / "closure-cache",
    )
    archives = _publish(site)
    with _serving(bench.fresh("nginx"), site) as url:
        fetched = bench.fresh("fetched")
        migrate: Command = [
            "env", f"MPCONVERT_CACHE={cache}", "PIP_CONFIG_FILE=/dev/null", "PIP_FIND_LINKS=",
            bench.mpconvert, "migrate", "-q", "project00", "--index-url", f"{url}/simple",
            "--to", "mip", "--out", out,
        ]  # fmt: skip
        curl: Command = [
            str(CURL), "--silent", "--fail", "--parallel", "--parallel-max", str(COUNT),
            "--output-dir", fetched, "--remote-name-all",
            *(f"{url}/files/{archive.name}" for archive in archives),
        ]  # fmt: skip
        convert: Command = [
            bench.mpconvert, "mip", "-q", "--deps", "bundle", *archives, "--out", out
        ]  # fmt: skip

        cold = run_in_turn(
            {"migrate": migrate, "curl": curl, "conversion": convert},
            bench.rounds,
            lambda: bench.set_aside(out, cache),
        )
        subprocess.run(migrate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        warm = run_in_turn({"migrate": migrate}, bench.rounds)
    name = f"a closure of {COUNT}"
    spent = cold["migrate"].best - cold["conversion"].best
    yield Case(
        name, "migrate less conversion", "curl in parallel", figures_of(cold, *cold),
        spent / cold["curl"].best, 1.2,
    )  # fmt: skip
    figures = figures_of(warm, *warm)
    yield Case(
        name, "migrate with a warm cache", "100 ms", figures, warm["migrate"].best / WARM, 1.0
    )


def _publish(site: Path) -> list[Path]:
    """Writes the projects and the pages of their index."""
    files = site / "files"
    files.mkdir()
    archives = []
    for number in range(COUNT):
        name = f"project{number:02}"
        needs = [2 * number + 1, 2 * number + 2]
        requires = "".join(f"project{need:02}>=1.0\n" for need in needs if need < COUNT)
        archive = make_sdist(files, SIZE, name, requires)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        page = site / "simple" / name / "index.html"
        page.parent.mkdir(parents=True)
        link = f"../../files/{archive.name}#sha256={digest}"
        page.write_text(f'<a href="{link}">{archive.name}</a>', encoding="utf-8")
        archives.append(archive)
    return archives


@contextlib.contextmanager
def _serving(folder: Path, site: Path) -> Iterator[str]:
    """nginx, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, site=site, port=port), encoding="utf-8")
    command: Command = [str(NGINX), "-p", folder, "-e", folder / "errors", "-c", config]
    with subprocess.Popen(command) as server:
        try:
            for _ in range(100):
                with contextlib.suppress(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
