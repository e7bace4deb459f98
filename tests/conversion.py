"""Runs mpconvert as its users do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import jsonschema
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
#: What is printed with `--output-format json` keeps to it.
REPORT = json.loads((ROOT / "docs" / "report.schema.json").read_text())


class Result(NamedTuple):
    """What became of one release."""

    #: Whatever was converted lies here; `None` for what was refused.
    path: Path | None
    #: The codes of the findings that refused it.
    refusals: set[str]


class Run(NamedTuple):
    """What a run of mpconvert left behind."""

    status: int
    results: list[Result]
    #: Everything that it said to people.
    messages: str


def run_mpconvert(*arguments: str | Path) -> Run:
    """`python -m mpconvert` with these arguments, which must not crash or hang."""
    command = [sys.executable, "-m", "mpconvert", "--output-format", "json", *map(str, arguments)]
    run = subprocess.run(command, text=True, capture_output=True, timeout=300, check=False)
    assert run.returncode in {0, 1}, run.stdout + run.stderr
    assert "panicked" not in run.stderr
    report = json.loads(run.stdout)
    results = [_result(entry) for entry in report["results"]]
    assert any(result.refusals for result in results) == bool(run.returncode)
    return Run(run.returncode, results, run.stderr)


def _result(entry: dict) -> Result:
    refusals = {f["code"] for f in entry["findings"] if f["severity"] == "error"}
    assert (entry["status"] == "refused") == bool(refusals), entry
    return Result(Path(entry["path"]) if "path" in entry else None, refusals)


def report(*arguments: str | Path, status: int | None = 0) -> list[dict]:
    """What a command of mpconvert says of each release or input, once that is validated. It must
    end so and say nothing else, or without a status as it may."""
    command = [sys.executable, "-m", "mpconvert", "--output-format", "json", *map(str, arguments)]
    run = subprocess.run(command, text=True, capture_output=True, timeout=300, check=False)
    assert run.returncode in ({0, 1} if status is None else {status}), run.stdout + run.stderr
    assert status is None or run.stderr == ""
    document = json.loads(run.stdout)
    jsonschema.validate(document, REPORT, cls=jsonschema.Draft202012Validator)
    assert document["version"] == 1
    results: list[dict] = document["results"]
    return results


def results_of(*arguments: str | Path) -> list[dict]:
    """As `report`, however the run ends."""
    return report(*arguments, status=None)


def inspect(*arguments: str | Path) -> list[dict]:
    """What `mpconvert inspect` says of each release."""
    return results_of("inspect", *arguments)


def allow_missing(*archives: Path) -> list[str]:
    """The options by which archives may lack all of their dependencies."""
    names = {
        Requirement(requirement).name
        for entry in inspect(*archives)
        for requirement in entry.get("requires", [])
    }
    return [f"--allow-missing={name}" for name in sorted(names)]


def convert(source: Path, *options: str, out: Path | None = None) -> list[Path]:
    """Converts a file or folder, none of which may be refused; returns what lies in the output
    folder then."""
    run = run_mpconvert(*options, source, *(("--out", out) if out else ()))
    assert run.status == 0, run.messages
    folder = source if source.is_dir() else source.parent
    return sorted((out or folder.with_name(f"{folder.name}-micropython")).iterdir())
