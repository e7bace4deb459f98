"""The example that newcomers see first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e


def test_the_example_runs_on_micropython() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.example"]
    run = subprocess.run(
        command, cwd=root, text=True, capture_output=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    blinking = ["the light is on", "the light is off"] * 2
    printed = run.stdout.splitlines()
    # Nine steps were to be done by hand once.
    assert [line for line in printed if line.startswith("$")] == ["$ poetry build"]
    assert printed[-5:-1] == [f"    INFO: {line}" for line in blinking]
    assert printed[-1].startswith("    INFO: on micropython 1.")
