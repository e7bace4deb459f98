"""What the table of micropython-lib's old packages calls built in is built in."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.upip_client import micropython

TABLE = Path(__file__).parents[2] / "src/translate/micropython_lib.tsv"
#: Modules that need a radio, which MicroPython's port to Unix has none of.
OF_DEVICES = {"bluetooth", "network"}


def built_in() -> set[str]:
    rows = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines()]
    return {row[2] for row in rows if len(row) == 4 and row[1] == "built-in"}


def test_modules_are_there(tmp_path: Path) -> None:
    modules = sorted(built_in())
    script = tmp_path / "imports.py"
    script.write_text(
        "import sys\nsys.path[:] = ['.frozen']\n"
        f"for name in {modules!r}:\n"
        "    try:\n        __import__(name)\n"
        "    except ImportError:\n        print(name)\n"
    )
    outcome = micropython(script)
    assert outcome.status == 0, outcome.output
    assert len(modules) > 25
    assert set(outcome.output.split()) == OF_DEVICES
