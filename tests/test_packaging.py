"""What wheels and crates are built with, and what they bring along."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_wheels_are_built_by_the_maturin_that_is_tested() -> None:
    [required] = re.findall(
        r'^requires = \["maturin==([\d.]+)"\]$', text("pyproject.toml"), re.MULTILINE
    )
    [locked] = re.findall(r"^maturin==([\d.]+) ", text("tests/requirements.txt"), re.MULTILINE)
    assert f"\nmaturin=={locked}\n" in text("tests/requirements.in")
    assert required == locked


def test_licences_of_linked_crates_are_shipped() -> None:
    name = "THIRD-PARTY-LICENSES.txt"
    [files] = re.findall(r"^license-files = (.*)$", text("pyproject.toml"), re.MULTILINE)
    [included] = re.findall(r"^include = (.*)$", text("Cargo.toml"), re.MULTILINE)
    assert f'"{name}"' in files
    assert f'"/{name}"' in included
    for linked in ("- ring ", "- reqwest ", "- pyo3 ", "- zlib-rs "):
        assert linked in text(name)
    assert "- criterion " not in text(name)
