"""The list of what a migration makes of each project of the corpus."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from tests.e2e.index_server import normalized

LIST = Path(__file__).with_name("migrations.tsv")


class Migration(NamedTuple):
    """What becomes of a release and of what it depends on itself.

    What is further away is not listed: it changes with each release of somebody else.
    """

    name: str
    version: str
    #: `converted`, `refused` with the codes, or what stands for it.
    outcome: str
    #: What else is said of its own dependencies: what replaces them, is built in, or not needed.
    others: str


def read() -> list[Migration]:
    """All rows, in their order."""
    with LIST.open(newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert next(rows) == list(Migration._fields)
        return [Migration(*row) for row in rows]


def write(rows: list[Migration]) -> None:
    """Replaces the list."""
    lines = ["\t".join(row) for row in [Migration._fields, *rows]]
    LIST.write_text("".join(f"{line}\n" for line in lines))


def of_results(name: str, version: str, results: list[dict]) -> Migration:
    """What a report says of the release and of what it depends on itself."""
    others = {
        f"{result['name']}: {said(result)}"
        for result in results
        if result["status"] in {"replaced-by", "built-in", "dropped"}
        and result.get("wanted_by") == [normalized(name)]
    }
    return Migration(name, version, _outcome(name, results), "; ".join(sorted(others)))


def said(result: dict) -> str:
    """The result in a few words."""
    if result["status"] == "replaced-by":
        return f"replaced by {result['by'][0]}"
    return {"built-in": "built in", "dropped": "not needed"}[result["status"]]


def _outcome(name: str, results: list[dict]) -> str:
    for result in results:
        own = normalized(result.get("name", "")) == normalized(name)
        if own and result["status"] in {"written", "dry-run", "unchanged"}:
            return "converted"
        if own and result["status"] in {"replaced-by", "built-in", "dropped"}:
            return said(result)
        if result["status"] == "refused" and (own or _is_of(name, result.get("input", ""))):
            codes = {one["code"] for one in result["findings"] if one["severity"] == "error"}
            return f"refused {' '.join(sorted(codes))}"
    return "nothing"


def _is_of(name: str, file_or_call: str) -> bool:
    start = normalized(file_or_call)
    return start.startswith(f"{normalized(name)}-") or file_or_call == "requirements"
