"""Runs mpconvert as its users do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run_mpconvert(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`python -m mpconvert` with these arguments; fails on nothing but a hang."""
    return subprocess.run(
        [sys.executable, "-m", "mpconvert", *map(str, arguments)],
        text=True,
        capture_output=True,
        timeout=300,
    )


def convert(source: Path, out: Path | None = None) -> list[Path]:
    """Converts a file or folder, none of which may be refused; returns what lies in the output
    folder then."""
    run = run_mpconvert(source, *(("--out", out) if out else ()))
    assert run.returncode == 0, run.stdout + run.stderr
    folder = source if source.is_dir() else source.parent
    return sorted((out or folder.with_name(f"{folder.name}-micropython")).iterdir())
