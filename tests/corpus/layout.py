"""Compares layouts derived from sdists with the wheels of the same releases, and prints a table:
python -m tests.corpus.layout

What is compared is the whole payload: nothing is left out yet for the device. The sdist is read
by itself, the wheel is never seen.

A release counts for the bar where its sdist could give what its wheel installs: the wheel installs
a file at all, and each of its files lies in the sdist with the same bytes and the same file name,
in whatever folder. Folders are not compared because placing files is what is put to the test. The
other releases are outside the bar: what their build made, or took from elsewhere, no rule can find.
"""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import mpconvert

from tests.corpus import archives
from tests.corpus.payload import of_wheel
from tests.e2e.index_server import normalized
from tests.fetch import FetchError, fetch

SDIST_ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".zip")
#: The least part of the releases that count whose layouts must equal the wheel's.
BAR = 0.95


class Comparison(NamedTuple):
    """One release that has an sdist and a pure wheel."""

    release: str
    #: What `pyproject.toml` names, else what takes its place.
    backend: str
    #: The codes of the findings about the layout.
    findings: str
    #: How many files the wheel installs.
    files: int
    #: Files of the wheel that are not in the sdist.
    absent: list[str]
    #: Paths that the derived layout lacks, has beyond the wheel's, or has with other bytes.
    differing: list[str]

    @property
    def counts(self) -> bool:
        """Whether the release counts for the bar."""
        return self.files > 0 and not self.absent

    @property
    def verdict(self) -> str:
        if self.counts:
            return f"differs: {', '.join(self.differing)}" if self.differing else "equal"
        if not self.files:
            return "outside: the wheel installs no file"
        return f"outside: not in the sdist: {', '.join(self.absent)}"


def compare() -> list[Comparison]:
    """All releases of the corpus list that have an sdist and a pure wheel."""
    pairs = {
        release: (sdist, wheel)
        for release, files in _by_release(archives.read()).items()
        for sdist in files
        for wheel in files
        if sdist.filename.endswith(SDIST_ENDINGS) and wheel.filename.endswith("-none-any.whl")
    }
    paths = fetch(archive.pin for pair in pairs.values() for archive in pair)
    return [
        _comparison(release, paths[sdist.filename], paths[wheel.filename])
        for release, (sdist, wheel) in sorted(pairs.items())
    ]


def _by_release(listed: Iterable[archives.Archive]) -> dict[str, list[archives.Archive]]:
    found: dict[str, list[archives.Archive]] = {}
    for archive in listed:
        release = f"{normalized(archive.name)} {archive.version}"
        found.setdefault(release, []).append(archive)
    return found


def _comparison(release: str, sdist: Path, wheel: Path) -> Comparison:
    source, wanted = files_of_sdist(sdist), of_wheel(wheel)
    derived, findings = _derived(sdist)
    paths = derived.keys() | wanted.keys()
    by_name = {(PurePosixPath(path).name, data) for path, data in source.items()}
    return Comparison(
        release,
        _backend(source),
        " ".join(sorted(code for code in findings if code.startswith("MP4"))),
        len(wanted),
        sorted(path for path in wanted if (PurePosixPath(path).name, wanted[path]) not in by_name),
        sorted(path for path in paths if derived.get(path) != wanted.get(path)),
    )


def _derived(sdist: Path) -> tuple[dict[str, bytes], set[str]]:
    """What mpconvert makes of the sdist alone: the payload, and the codes of the findings."""
    try:
        package = mpconvert.read(sdist)
    except mpconvert.Refused as refused:
        return {}, {finding.code for finding in refused.findings}
    return (
        {file.path: file.data for file in package.files},
        {finding.code for finding in package.findings},
    )


def files_of_sdist(path: Path) -> dict[str, bytes]:
    """Content of the regular files, by path in the sdist's root folder."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            found = {n: archive.read(n) for n in archive.namelist() if not n.endswith("/")}
    else:
        with tarfile.open(path) as tar:
            files = [(member.name, tar.extractfile(member)) for member in tar if member.isreg()]
            found = {name: file.read() for name, file in files if file}
    return {name.partition("/")[2]: data for name, data in found.items()}


def _backend(source: dict[str, bytes]) -> str:
    pyproject = source.get("pyproject.toml")
    if pyproject is None:
        return "setup.py" if "setup.py" in source else "none: made for upip"
    named = re.search(r"^build-backend\s*=\s*[\"'](.+)[\"']", pyproject.decode(), re.MULTILINE)
    return named[1] if named else "setuptools by default"


def table(compared: Iterable[Comparison]) -> str:
    """The comparisons, one a line under a heading, and a line that sums them up."""
    compared = list(compared)
    rows = [("release", "build backend", "findings", "files", "verdict")]
    rows += [(c.release, c.backend, c.findings, str(c.files), c.verdict) for c in compared]
    equal, counted = score(compared)
    summary = f"{equal} of {counted} equal ({equal / counted:.1%}; the bar is {BAR:.0%})"
    return f"{aligned(rows)}\n\n{summary}"


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows of as many cells, one a line, with their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def score(compared: Iterable[Comparison]) -> tuple[int, int]:
    """How many releases are equal, of how many that count."""
    counted = [comparison for comparison in compared if comparison.counts]
    return sum(not comparison.differing for comparison in counted), len(counted)


def main() -> int:
    try:
        print(table(compare()))
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
