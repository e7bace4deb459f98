"""The list of archives that the corpus tests convert."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from tests.fetch import Pin

LIST = Path(__file__).with_name("archives.tsv")


class Archive(NamedTuple):
    """One published file, and what becomes of it."""

    name: str
    version: str
    filename: str
    sha256: str
    #: `converted`, or the code of the finding that refuses it.
    expected: str
    why: str

    @property
    def has_files(self) -> bool:
        """Whether a release that is converted has more than dependencies."""
        return self.expected == "converted" and not self.why.startswith("only its dependencies")

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.filename, self.sha256)


def read(table: Path = LIST) -> list[Archive]:
    """All rows of `archives.tsv`, or of another table of this form."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Archive(**row) for row in rows]
