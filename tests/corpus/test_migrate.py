"""Every project of the corpus resolves on the index that this machine's pip is configured for, and
migrates or is refused with its reason, as the list says.

With MPCONVERT_WRITE_LIST set, the list is written anew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.version import InvalidVersion, Version

from tests.conversion import results_of
from tests.corpus import archives, migrations
from tests.corpus.migrations import Migration
from tests.e2e.index_server import normalized

#: Runs at a time: the index is somebody else's.
AT_ONCE = 4


def newest() -> dict[str, str]:
    """The newest version of each project of the corpus, by the name that it was listed by first;
    empty where no version is one by PEP 440."""
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for entry in archives.read():
        name = names.setdefault(normalized(entry.name), entry.name)
        found.setdefault(name, "")
        try:
            version = Version(entry.version)
        except InvalidVersion:
            continue
        if not found[name] or version > Version(found[name]):
            found[name] = entry.version
    return found


def migrate(name: str, version: str, out: Path) -> Migration:
    """What the program says of this release, of which nothing is written."""
    requirement = f"{name}=={version}" if version else name
    results = results_of("migrate", requirement, "--no-project", "--dry-run", "--out", out)
    return migrations.of_results(name, version, results)


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Migration]]:
    """What became of each project, by its name."""
    check = [sys.executable, "-m", "mpconvert", "download", "micropython-xmltok", "--to"]
    run = subprocess.run(
        [*check, tmp_path_factory.mktemp("check")], capture_output=True, text=True, check=False
    )
    if run.returncode == 2:
        pytest.skip(f"no index can be reached: {run.stderr.splitlines()[:1]}")
    out = tmp_path_factory.mktemp("migrated")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [
            pool.submit(migrate, name, version, out / name) for name, version in newest().items()
        ]
        yield {run.result().name: run.result() for run in runs}


def test_the_list_has_the_corpus() -> None:
    listed = {row.name: row.version for row in migrations.read()}
    assert listed == newest() or "MPCONVERT_WRITE_LIST" in os.environ


def test_the_list_is_what_is_found(found: dict[str, Migration]) -> None:
    rows = [found[name] for name in sorted(found)]
    if "MPCONVERT_WRITE_LIST" in os.environ:
        migrations.write(rows)
    assert migrations.read() == rows
    assert all(row.outcome != "nothing" for row in rows)
