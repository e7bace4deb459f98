"""Whether a call lets the other threads of Python run."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

# With such an interval, the other thread runs only if a call itself lets go of Python's lock. One
# call may end before a busy machine wakes the other thread, so that several are made.
PROGRAM = """
import sys, threading, mpconvert
sys.setswitchinterval(3600)
called, ran = threading.Event(), []
thread = threading.Thread(target=lambda: ran.append(called.wait()), daemon=True)
thread.start()
called.set()
call, *arguments = sys.argv[1:]
for _ in range(200):
    getattr(mpconvert, call)(*arguments)
    if ran:
        break
assert ran, "the other thread had to wait"
"""


def large_wheel(folder: Path) -> Path:
    """Write a wheel that takes a while to read."""
    wheel = folder / "large-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("large/__init__.py", "")
        archive.writestr("large/data.bin", os.urandom(1 << 20))
        metadata = "Metadata-Version: 2.1\nName: large\nVersion: 1.0\n"
        archive.writestr("large-1.0.dist-info/METADATA", metadata)
        archive.writestr("large-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("large-1.0.dist-info/RECORD", "")
    return wheel


def run_beside_a_thread(call: str, *arguments: Path) -> None:
    """Call a function of mpconvert beside another thread, until that has run."""
    command = [sys.executable, "-c", PROGRAM, call, *map(str, arguments)]
    subprocess.run(command, check=True)
