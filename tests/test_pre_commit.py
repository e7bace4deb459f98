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


def command(hook: str) -> list[str]:
    """The entry of the hook with its arguments, as pre-commit puts them together."""
    (text,) = re.findall(rf"^- id: {hook}\n((?:  .+\n)+)", HOOKS.read_text(), re.MULTILINE)
    (entry,) = re.findall(r"^  entry: (.+)$", text, re.MULTILINE)
    (arguments,) = re.findall(r"^  args: (.+)$", text, re.MULTILINE)
    program, *options = shlex.split(entry)
    return [sys.executable, "-m", program, *options, *ast.literal_eval(arguments)]


def run(hook: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the hook says in this folder."""
    call = command(hook)
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)


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
    ended = run("mpconvert", tmp_path)
    assert ended.returncode == status, ended.stderr
    assert complaint in ended.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"foo", "pyproject.toml"}


def test_the_hook_tells_whether_package_json_is_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT + "url-base = 'github:org/repo'\n")
    (tmp_path / "foo").mkdir()
    (tmp_path / "foo" / "__init__.py").touch()
    missing = run("mpconvert-package-json", tmp_path)
    assert (missing.returncode, "MP603" in missing.stderr) == (1, True), missing.stderr
    assert not (tmp_path / "package.json").exists()
    made = subprocess.run(
        [sys.executable, "-m", "mpconvert", "mip", "--in-place", "."], cwd=tmp_path, check=False
    )
    assert made.returncode == 0
    assert run("mpconvert-package-json", tmp_path).returncode == 0
    (tmp_path / "foo" / "new.py").touch()
    stale = run("mpconvert-package-json", tmp_path)
    assert stale.returncode == 1
    assert '["foo/new.py", "github:org/repo/foo/new.py"]' in stale.stderr
