"""What pre-commit runs in a project passes, or fails and says why, and writes nothing."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
PYPROJECT = """
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
[project]
name = "foo"
version = "1.0"
[tool.mpconvert]
"""


def command() -> list[str]:
    """The entry of the hook with its arguments, as pre-commit puts them together."""
    text = HOOKS.read_text()
    (entry,) = re.findall(r"^  entry: (.+)$", text, re.MULTILINE)
    (arguments,) = re.findall(r"^  args: (.+)$", text, re.MULTILINE)
    program, *options = shlex.split(entry)
    return [sys.executable, "-m", program, *options, *ast.literal_eval(arguments)]


@pytest.mark.parametrize(
    ("setting", "data", "status", "complaint"),
    [
        ("", b"", 0, ""),
        ("", b"\x7fELF", 1, "error[MP501]"),
        ("exlude = []", b"", 2, "did you mean `exclude`?"),
    ],
)
def test_the_hook_tells_whether_a_project_converts(
    tmp_path: Path, setting: str, data: bytes, status: int, complaint: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT + setting)
    (tmp_path / "foo").mkdir()
    (tmp_path / "foo" / "__init__.py").touch()
    (tmp_path / "foo" / "data").write_bytes(data)
    run = subprocess.run(command(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == status, run.stderr
    assert complaint in run.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"foo", "pyproject.toml"}
