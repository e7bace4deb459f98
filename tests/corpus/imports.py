"""Imports what is installed on real MicroPython."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from tests.e2e.upip_client import DEVICE, micropython

LIST = Path(__file__).with_name("imports.tsv")
#: In seconds, for all modules of a package. None takes a tenth of it; a module that runs a program
#: when it is imported may never end.
PATIENCE = 30


def failing() -> dict[str, dict[str, str]]:
    """What `imports.tsv` says: what the import of a module raises, by module, by the file name of
    the converted archive."""
    found: dict[str, dict[str, str]] = {}
    with LIST.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault(row["archive"], {})[row["module"]] = row["raises"]
    return found


def modules(paths: Collection[str]) -> list[str]:
    """The modules and packages nearest to the root. A folder without `__init__.py` is no package:
    what lies in it is taken instead."""
    packages = {PurePosixPath(path).parent for path in paths if path.endswith("/__init__.py")}
    found = set()
    for path in map(PurePosixPath, paths):
        if path.suffix == ".py":
            around = [folder for folder in path.parents if folder in packages]
            module = around[-1] if around else path.with_suffix("")
            found.add(".".join(module.parts))
    return sorted(found)


def import_each(target: Path, names: Collection[str], scratch: Path) -> dict[str, str]:
    """Imports the modules on MicroPython, in one process; returns what each raises, or an empty
    text. Dependencies are not there, unless they are in `target`, too. Modules may write to
    `scratch`."""
    report = scratch / "report.tsv"
    outcome = micropython(
        DEVICE / "imports.py", target, report, *names, cwd=scratch, timeout=PATIENCE
    )
    assert outcome.status == 0, outcome.output
    rows = (line.partition("\t") for line in report.read_text(encoding="utf-8").splitlines())
    return {name: raised for name, _, raised in rows}
