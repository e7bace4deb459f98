"""Compares what sdists say by their configuration alone with their records, and prints a table:
python -m tests.corpus.configuration

Read is each sdist without `PKG-INFO` and egg-info, under a name that tells nothing.
"""

from __future__ import annotations

import io
import sys
import tarfile
from collections.abc import Iterable
from email.parser import BytesParser
from typing import NamedTuple

import mpconvert
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.corpus import archives
from tests.corpus.layout import SDIST_ENDINGS, files_of_sdist
from tests.fetch import FetchError, fetch

CONFIGURATION = {"pyproject.toml", "setup.cfg", "setup.py"}


class Comparison(NamedTuple):
    """One sdist with records and a configuration."""

    filename: str
    recorded: str
    #: Name and version by the configuration; `None` where they are not known.
    configured: str | None
    #: What was said of it.
    findings: list[str]

    @property
    def verdict(self) -> str:
        if self.configured is None:
            return f"unknown: {'; '.join(self.findings)}"
        return "equal" if self.configured == self.recorded else f"differs: {self.configured}"


def compare() -> list[Comparison]:
    """All sdists of the corpus list that are converted and have both."""
    listed = [
        archive
        for archive in archives.read()
        if archive.filename.endswith(SDIST_ENDINGS) and archive.expected == "converted"
    ]
    paths = fetch(archive.pin for archive in listed)
    compared = []
    for name, path in sorted(paths.items()):
        files = files_of_sdist(path)
        if "PKG-INFO" in files and CONFIGURATION & files.keys():
            recorded = BytesParser().parsebytes(files["PKG-INFO"], headersonly=True)
            identity = _release(recorded["Name"], recorded["Version"])
            compared.append(Comparison(name, identity, *_configured(files)))
    return compared


def _configured(files: dict[str, bytes]) -> tuple[str | None, list[str]]:
    try:
        package = mpconvert.read(_bare(files), name="bare.tar.gz")
    except mpconvert.Refused as refused:
        return None, [str(finding) for finding in refused.findings]
    return _release(package.name, package.version), []


def _bare(files: dict[str, bytes]) -> bytes:
    """A sdist of the files without the records of the build tool."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
        for path, data in files.items():
            if path != "PKG-INFO" and ".egg-info/" not in path:
                member = tarfile.TarInfo(f"bare/{path}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    return archive.getvalue()


def _release(name: str, version: str) -> str:
    return f"{canonicalize_name(name)} {Version(version)}"


def table(compared: Iterable[Comparison]) -> str:
    """The comparisons, one a line, and a line that sums them up."""
    compared = list(compared)
    lines = [f"{comparison.filename}  {comparison.verdict}" for comparison in compared]
    known = sum(comparison.configured is not None for comparison in compared)
    return "\n".join([*lines, f"\n{known} of {len(compared)} known"])


def main() -> int:
    try:
        print(table(compare()))
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
