"""Compares what mpconvert reads with what pip installs, and prints a table: make compare

Compared are the files in site-packages, path for path and byte for byte, and the dependencies of
the installed metadata. Nothing is left out yet for the device. pip builds each sdist; the wheels it
makes are kept by the digest of the sdist, so that a second run is quick.

A row that is not equal fails the run unless `pip_differences.tsv` gives the reason. So does a
reason that is not needed any more.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

import mpconvert
from packaging.requirements import InvalidRequirement, Requirement

from tests.corpus import archives
from tests.corpus.layout import SDIST_ENDINGS, aligned, files_of_sdist
from tests.fetch import FetchError, cache_folder, fetch

#: Archives beside those of the corpus: projects that many people use, with each build tool.
PROJECTS = Path(__file__).with_name("pip_projects.tsv")
#: Archives whose rows are not equal, and why.
DIFFERENCES = Path(__file__).with_name("pip_differences.tsv")
#: How many differing paths a verdict names.
NAMED = 3


class NotInstalledError(Exception):
    """pip does not install the archive, for this reason."""


class MadeForUpipError(Exception):
    """The sdist has no build script, so that pip cannot install it."""


class Release(NamedTuple):
    """What lies in site-packages, and the dependencies."""

    files: dict[str, bytes]
    requires: list[str]


class Comparison(NamedTuple):
    """One archive, read by mpconvert and installed by pip."""

    archive: str
    equal: int = 0
    #: Paths in both with other bytes, by mpconvert only, by pip only.
    differing: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    pips: tuple[str, ...] = ()
    #: Dependencies that only one of them has; those of mpconvert begin with `+`.
    requires: tuple[str, ...] = ()
    #: Why the two could not be compared.
    failure: str = ""
    #: Whether that is as it should be: the archive was made for upip, or is listed as refused.
    is_expected: bool = False

    @property
    def outcome(self) -> str:
        """`equal`, or what is not."""
        paths = [f"~{path}" for path in self.differing]
        paths += [*(f"+{path}" for path in self.ours), *(f"-{path}" for path in self.pips)]
        found = [*self.requires, *paths]
        more = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
        return self.failure or ", ".join(found[:NAMED] + more) or "equal"

    @property
    def is_fine(self) -> bool:
        return self.is_expected or self.outcome == "equal"

    @property
    def cells(self) -> tuple[str, ...]:
        if self.failure:
            return (self.archive, "", "", "", "", "")
        counts = (self.equal, len(self.differing), len(self.ours), len(self.pips))
        dependencies = "differ" if self.requires else "equal"
        return (self.archive, *map(str, counts), dependencies)


def reasons() -> dict[str, str]:
    """Why an archive's row is not equal, by its file name."""
    with DIFFERENCES.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["filename"]: row["why"] for row in rows}


def compare() -> list[Comparison]:
    """All archives of both tables."""
    listed = [*archives.read(), *archives.read(PROJECTS)]
    paths = fetch(archive.pin for archive in listed)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda archive: _comparison(archive, paths[archive.filename]), listed))


def _comparison(archive: archives.Archive, path: Path) -> Comparison:
    try:
        ours = _read(path)
        pips = _installed(archive, path)
    except mpconvert.Refused as refused:
        codes = {finding.code for finding in refused.findings if finding.severity == "error"}
        failure = f"refused: {' '.join(sorted(codes))}"
        return Comparison(archive.filename, failure=failure, is_expected=archive.expected in codes)
    except MadeForUpipError:
        return Comparison(archive.filename, failure="made for upip", is_expected=True)
    except NotInstalledError as error:
        return Comparison(archive.filename, failure=f"not installed by pip: {error}")
    both = ours.files.keys() & pips.files.keys()
    differing = [path for path in both if ours.files[path] != pips.files[path]]
    asked, wanted = _parsed(ours.requires), _parsed(pips.requires)
    return Comparison(
        archive.filename,
        len(both) - len(differing),
        tuple(sorted(differing)),
        tuple(sorted(ours.files.keys() - both)),
        tuple(sorted(pips.files.keys() - both)),
        tuple(
            sorted([*(f"+{one}" for one in asked - wanted), *(f"-{one}" for one in wanted - asked)])
        ),
    )


def _read(path: Path) -> Release:
    package = mpconvert.read(path)
    return Release({file.path: file.data for file in package.files}, package.requires)


def _parsed(texts: Iterable[str]) -> set[Requirement | str]:
    """Dependencies as `packaging` compares them; what it cannot parse stays as it is."""

    def parse(text: str) -> Requirement | str:
        try:
            return Requirement(text)
        except InvalidRequirement:
            return text

    return {parse(text) for text in texts}


def _installed(archive: archives.Archive, path: Path) -> Release:
    """What pip puts into site-packages. Its scripts and data lie elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        _pip("install", "--no-deps", "--no-compile", "--target", folder, _wheel(archive, path))
        (records,) = target.glob("*.dist-info/RECORD")
        metadata = BytesParser().parsebytes((records.parent / "METADATA").read_bytes())
        with records.open(newline="", encoding="utf-8") as file:
            # Old wheels list their scripts where they are not after the installation.
            paths = [row[0] for row in csv.reader(file) if (target / row[0]).is_file()]
        return Release(
            {
                path: (target / path).read_bytes()
                for path in paths
                if not path.startswith(("../", "/", f"{records.parent.name}/"))
            },
            metadata.get_all("Requires-Dist", []),
        )


def _wheel(archive: archives.Archive, path: Path) -> Path:
    """The archive itself, or the wheel that pip builds of it."""
    if not path.name.endswith(SDIST_ENDINGS):
        return path
    if not {"setup.py", "pyproject.toml"} & files_of_sdist(path).keys():
        raise MadeForUpipError
    kept = cache_folder() / "wheels" / archive.sha256
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            built = Path(folder, "built")
            _pip("wheel", "--no-deps", "--wheel-dir", str(built), path)
            built.rename(kept)
    (wheel,) = kept.iterdir()
    return wheel


def _pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run = subprocess.run(
        [*command, *arguments], text=True, capture_output=True, timeout=900, check=False
    )
    if run.returncode:
        told = re.findall(r"^\s*((?:\w+\.)*\w*(?:Error|Exception)\b.*)", run.stderr, re.MULTILINE)
        raise NotInstalledError(told[-1] if told else f"status {run.returncode}")


def unexplained(compared: Iterable[Comparison]) -> list[str]:
    """The archives that differ without a reason, or that have a reason and are equal."""
    known = reasons()
    return [one.archive for one in compared if one.is_fine == (one.archive in known)]


def table(compared: Iterable[Comparison]) -> str:
    """The comparisons, one a line under a heading, and a line that sums them up."""
    compared, known = list(compared), reasons()
    rows: list[tuple[str, ...]]
    rows = [("archive", "equal", "differ", "only ours", "only pip's", "dependencies", "verdict")]
    for one in compared:
        why = f" (known: {known[one.archive]})" if one.archive in known else ""
        rows.append((*one.cells, one.outcome + why))
    equal = sum(one.outcome == "equal" for one in compared)
    wrong = len(unexplained(compared))
    expected = sum(one.is_expected for one in compared)
    summary = (
        f"{equal} of {len(compared)} equal, {expected} refused as listed or made for upip, "
        f"{len(known)} with a known reason, {wrong} wrong"
    )
    return f"{aligned(rows)}\n\n{summary}"


def main() -> int:
    try:
        compared = compare()
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    print(table(compared))
    wrong = unexplained(compared)
    for archive in wrong:
        print(f"{archive}: not as pip_differences.tsv says", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
