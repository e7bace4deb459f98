"""Imports what is installed on real MicroPython."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from tests.e2e.upip_client import DEVICE, micropython

#: What fails of what upip installed, by the file name of the converted archive.
OF_UPIP = Path(__file__).with_name("imports.tsv")
#: What fails of what mip installed with all dependencies that the corpus has, by release.
OF_INDEX = Path(__file__).with_name("indexed_imports.tsv")
#: In seconds, for all modules of a package. None takes a tenth of it; a module that runs a program
#: when it is imported may never end.
PATIENCE = 30


def failing(listing: Path) -> dict[str, dict[str, str]]:
    """What a list says: what the import of a module raises, by module, by what it was installed
    from."""
    found: dict[str, dict[str, str]] = {}
    with listing.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        for installed, module, raises in rows:
            found.setdefault(installed, {})[module] = raises
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
