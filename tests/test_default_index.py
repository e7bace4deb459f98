"""The index that pip takes by default is the one that mpconvert takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pip._internal.models.index import PyPI


def test_pip_itself_is_asked(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    environment = {
        **kept,
        "PIP_CONFIG_FILE": os.devnull,
        "MPCONVERT_CACHE": str(tmp_path / "cache"),
    }
    call = [sys.executable, "-m", "mpconvert", "config", "show", "--output-format", "json"]
    printed = subprocess.check_output(call, cwd=tmp_path, env=environment)
    (row,) = (row for row in json.loads(printed)["pip"] if row["key"] == "index-url")
    assert row["value"] == PyPI.simple_url
    assert "pip" in row["source"]
