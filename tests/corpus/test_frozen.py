"""Every archive of the corpus that is converted is frozen, too, with the same modules."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.archive_rules import installed_by_upip
from tests.conversion import Run, allow_missing, run_mpconvert
from tests.corpus import archives
from tests.fetch import fetch
from tests.manifest_interpreter import interpret

CONVERTED = [entry for entry in archives.read() if entry.has_files]
#: They bring bytecode, which is for one version of firmware.
COMPILED = {"belay-0.30.1-py3-none-any.whl", "belay-0.30.1.tar.gz"}


class Made(NamedTuple):
    """What became of an archive."""

    for_upip: Path
    frozen: Run
    lib: Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """Each archive by its file name."""
    out = tmp_path_factory.mktemp("frozen")

    def make(path: Path) -> Made:
        folder = out / path.name
        upip = run_mpconvert("--resources", "module", path, "--out", folder / "upip")
        (converted,) = upip.results
        assert converted.path is not None
        lib = folder / "lib"
        frozen = run_mpconvert("freeze", path, "--out", lib, *allow_missing(path))
        return Made(converted.path, frozen, lib)

    paths = fetch(entry.pin for entry in CONVERTED)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(paths, pool.map(make, paths.values()), strict=True))


@pytest.mark.parametrize("entry", CONVERTED, ids=lambda entry: entry.filename)
def test_the_modules_are_frozen(entry: archives.Archive, made: dict[str, Made]) -> None:
    it = made[entry.filename]
    if entry.filename in COMPILED:
        assert it.frozen.results[0].refusals == {"MP736"}
        assert not it.lib.exists()
        return
    assert it.frozen.status == 0, it.frozen
    frozen = interpret(it.lib / "manifest.py")
    installed = installed_by_upip(it.for_upip)
    modules = {path: data for path, data in installed.items() if path.endswith(".py")}
    assert {module.target: module.source.read_bytes() for module in frozen} == modules
