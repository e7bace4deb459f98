"""Real archives that are cut short at each per cent of their length are refused, in bounded
processor time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus import archives
from tests.fetch import fetch

CUT = ["mr.bob-0.1.zip", "pytz-2026.6.tar.gz", "wheel-0.43.0-py3-none-any.whl"]
#: Processor time for all parts of one archive: a build without optimisation needs much less.
SECONDS = 60
#: Address space beside what the archive unpacks to: Python itself, and 200 MB.
MEGABYTES = 400

READ_PARTS = """
import sys, mpconvert
path, name = sys.argv[1:]
data = open(path, "rb").read()
mpconvert.read(data, name=name)
for per_cent in range(100):
    try:
        mpconvert.read(data[: len(data) * per_cent // 100], name=name)
    except mpconvert.Refused:
        continue
    sys.exit(f"read at {per_cent} %")
"""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))


@pytest.fixture(scope="module")
def found() -> dict[str, Path]:
    return fetch(entry.pin for entry in archives.read() if entry.filename in CUT)


@pytest.mark.parametrize("filename", CUT)
def test_each_part_of_it_is_refused(filename: str, found: dict[str, Path]) -> None:
    command = [sys.executable, "-c", READ_PARTS, str(found[filename]), filename]
    run = subprocess.run(
        command,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
