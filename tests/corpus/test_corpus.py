"""Every archive of the corpus is converted or refused as the list says, and what is converted
installs by real upip and can be imported on MicroPython, or cannot for a reason that is listed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.archive_rules import installed_by_upip, requirements, violations
from tests.conversion import Result, run_mpconvert
from tests.corpus import archives, imports
from tests.corpus.payload import LEFT_OUT, meant
from tests.crafted import archive as craft
from tests.e2e.index_server import normalized, serving
from tests.e2e.upip_client import Outcome, Upip, installed_tree
from tests.fetch import fetch
from tests.resources import with_modules

LIST = archives.read()
CONVERTED = [entry for entry in LIST if entry.expected == "converted"]
FAILING_IMPORTS = imports.failing(imports.OF_UPIP)

every = pytest.mark.parametrize("entry", LIST, ids=lambda entry: entry.filename)
every_converted = pytest.mark.parametrize("entry", CONVERTED, ids=lambda entry: entry.filename)


@pytest.fixture(scope="session")
def corpus() -> dict[str, Path]:
    """Path of each archive by its file name."""
    return fetch(entry.pin for entry in LIST)


@pytest.fixture(scope="session")
def results(corpus: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What became of each archive, converted by itself, by its file name."""
    out = tmp_path_factory.mktemp("corpus")

    def convert(path: Path) -> Result:
        (result,) = run_mpconvert(path, "--out", out / path.name).results
        return result

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(corpus, pool.map(convert, corpus.values()), strict=True))


class Installation(NamedTuple):
    """What upip said and where it installed to."""

    outcome: Outcome
    target: Path


@pytest.fixture(scope="session")
def installations(
    results: dict[str, Result], upip: Upip, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Installation]:
    """What upip makes of each converted archive, by the file name of the archive it was made of."""
    folder = tmp_path_factory.mktemp("installed")

    def install(entry: archives.Archive) -> Installation:
        made, project = output(results, entry), normalized(entry.name)
        # Dependencies are there, but empty: nothing of them may hide what is missing.
        empty = [
            craft(
                folder / "dependencies" / entry.filename,
                {"empty-0/PKG-INFO": ""},
                name=f"{name.replace('-', '_')}-0.tar.gz",
            )
            for name in requirements(made)
            if normalized(name) != project
        ]
        target = folder / entry.filename
        with serving([made, *empty]) as index:
            return Installation(upip.install([project], index.port, target), target)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return {
            entry.filename: installation
            for entry, installation in zip(CONVERTED, pool.map(install, CONVERTED), strict=True)
        }


def output(results: dict[str, Result], entry: archives.Archive) -> Path:
    path = results[entry.filename].path
    assert path, results[entry.filename].refusals
    return path


@every
def test_it_is_converted_or_refused_as_listed(
    entry: archives.Archive, results: dict[str, Result]
) -> None:
    result = results[entry.filename]
    if entry.expected == "converted":
        assert result.refusals == set()
    else:
        assert entry.expected in result.refusals
        assert result.path is None


def test_a_refused_archive_leaves_nothing(
    corpus: dict[str, Path], results: dict[str, Result], tmp_path: Path
) -> None:
    refused = [corpus[name] for name, result in results.items() if result.refusals]
    assert refused
    out = tmp_path / "out"
    run = run_mpconvert(*refused, "--out", out)
    assert run.status == 1
    assert not out.exists() or list(out.iterdir()) == []


@every_converted
def test_the_output_keeps_the_rules(entry: archives.Archive, results: dict[str, Result]) -> None:
    assert violations(output(results, entry)) == []


@every_converted
def test_the_output_holds_what_was_meant(
    entry: archives.Archive, corpus: dict[str, Path], results: dict[str, Result]
) -> None:
    payload = meant(corpus[entry.filename])
    if payload is None:
        pytest.skip("only the build tool knows its payload")
    installed = installed_by_upip(output(results, entry))
    taken = {path: content for path, content in installed.items() if path in payload}
    assert taken or not payload
    assert taken.items() <= payload.items()
    assert installed == with_modules(taken)
    missing = set(payload) - set(taken)
    assert [path for path in missing if not LEFT_OUT.fullmatch(path)] == []


@every_converted
def test_upip_installs_the_output(
    entry: archives.Archive, results: dict[str, Result], installations: dict[str, Installation]
) -> None:
    outcome, target = installations[entry.filename]
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == installed_by_upip(output(results, entry))


@every_converted
def test_micropython_imports_what_is_installed(
    entry: archives.Archive,
    results: dict[str, Result],
    installations: dict[str, Installation],
    tmp_path: Path,
) -> None:
    target = installations[entry.filename].target
    raised = imports.import_each(target, imports.modules(installed_tree(target)), tmp_path)
    failing = {module: error for module, error in raised.items() if error}
    assert failing == FAILING_IMPORTS.get(output(results, entry).name, {})


def test_failing_imports_are_listed_of_converted_archives_only(results: dict[str, Result]) -> None:
    made = {result.path.name for result in results.values() if result.path}
    assert FAILING_IMPORTS.keys() <= made


def test_all_at_once_make_one_archive_of_each_release(
    corpus: dict[str, Path], results: dict[str, Result], tmp_path: Path
) -> None:
    source, out = tmp_path / "dist", tmp_path / "out"
    source.mkdir()
    for path in corpus.values():
        shutil.copy(path, source)
    run = run_mpconvert(source, "--out", out)
    assert run.status == 1
    made = {result.path.name: result.path for result in run.results if result.path}
    assert sorted(path.name for path in out.iterdir()) == sorted(made)
    assert set(made) >= {result.path.name for result in results.values() if result.path}
    for entry in CONVERTED:
        if entry.filename.endswith("-none-any.whl"):
            alone = output(results, entry)
            assert installed_by_upip(made[alone.name]) == installed_by_upip(alone)


def test_twine_finds_nothing_to_complain_about(results: dict[str, Result]) -> None:
    made = sorted({str(result.path) for result in results.values() if result.path})
    command = [sys.executable, "-m", "twine", "check", "--strict", *made]
    run = subprocess.run(command, text=True, capture_output=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout
