"""The example that newcomers see first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_example_runs_on_micropython() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.example"]
    run = subprocess.run(
        command, cwd=root, text=True, capture_output=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    blinking = ["the light is on", "the light is off"] * 2
    printed = run.stdout.splitlines()
    # Nine steps were to be done by hand once, for upip.
    index = "$ mpconvert index add foo-bar dependencies --to site"
    assert [line for line in printed if line.startswith("$")] == ["$ poetry build", index]
    expected = [f"    INFO: {line}" for line in [*blinking, "on micropython 1."]]
    runs = [place for place, line in enumerate(printed) if line.startswith(">>> import")]
    assert len(runs) == 2
    for place in runs:
        shown = printed[place + 1 : place + 6]
        assert [line[: len(start)] for line, start in zip(shown, expected, strict=True)] == expected
