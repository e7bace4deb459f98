"""Every pure archive of the corpus goes to one index; real mip installs each release from it, as
source code and as bytecode, and its modules can be imported, or cannot for a reason that is listed.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.utils import canonicalize_name, canonicalize_version

from tests.archive_rules import installed_by_upip
from tests.conversion import allow_missing, results_of
from tests.corpus import archives, imports
from tests.e2e.mip_client import Mip
from tests.e2e.mip_server import serving_folder
from tests.e2e.upip_client import installed_tree
from tests.fetch import fetch

#: Name and version, as equal ones are spelled alike.
Release = tuple[str, str]


def release_of(name: str, version: str) -> Release:
    return canonicalize_name(name), canonicalize_version(version, strip_trailing_zero=False)


LIST = archives.read()
PURE = sorted({release_of(e.name, e.version) for e in LIST if e.expected == "converted"})
FORMS = ["py", "6"]
#: Releases that one process of MicroPython installs.
BATCH = 8
FAILING_IMPORTS = imports.failing(imports.OF_INDEX)

every_pure = pytest.mark.parametrize("release", PURE, ids="-".join)
every_form = pytest.mark.parametrize("form", FORMS)


class Added(NamedTuple):
    """What was told of a release."""

    name: str
    version: str
    #: Modules that the compiler does not take.
    uncompiled: set[str]

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}"


class Index(NamedTuple):
    """The index, and what was told when it was made."""

    folder: Path
    added: dict[Release, Added]
    #: The codes of refusals, by the file names of each input that was refused.
    refused: dict[tuple[str, ...], set[str]]

    def files(self, form: str, name: str, version: str) -> dict[str, bytes]:
        """What lies there for a release, by where it goes."""
        return {
            target: (self.folder / "file" / digest[:2] / digest).read_bytes()
            for target, digest in self._json(form, name, version)["hashes"]
        }

    def installed(self, form: str, name: str, version: str) -> dict[str, bytes]:
        """What clients make of it: the release, then what it depends on."""
        files = self.files(form, name, version)
        for dependency in self._json(form, name, version)["deps"]:
            files |= self.installed(form, *dependency)
        return files

    def _json(self, form: str, name: str, version: str) -> dict:
        path = self.folder / "package" / form / name / f"{version}.json"
        return {"deps": [], **json.loads(path.read_bytes())}


@pytest.fixture(scope="module")
def corpus() -> list[Path]:
    """All archives of the list."""
    return list(fetch(entry.pin for entry in LIST).values())


@pytest.fixture(scope="module")
def index(corpus: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Index:
    """All archives in one index, by one run."""
    folder = tmp_path_factory.mktemp("index")
    index = Index(folder, {}, {})
    allowed = allow_missing(*corpus)
    for entry in results_of("index", "add", *corpus, "--to", folder, *allowed):
        findings = entry["findings"]
        if entry["status"] == "refused":
            codes = {f["code"] for f in findings if f["severity"] == "error"}
            index.refused[tuple(entry["input"].split(", "))] = codes
        else:
            uncompiled = {f["path"] for f in findings if f["code"] == "MP513"}
            added = Added(entry["name"], entry["version"], uncompiled)
            index.added[release_of(added.name, added.version)] = added
    return index


@pytest.fixture(scope="module")
def converted(corpus: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[Release, Path]:
    """The archives for upip of the same releases."""
    results = results_of(*corpus, "--out", tmp_path_factory.mktemp("converted"))
    return {
        release_of(entry["name"], entry["version"]): Path(entry["path"])
        for entry in results
        if "path" in entry
    }


@pytest.fixture(scope="module")
def targets(index: Index, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where mip installed the releases, each to its own folder, by their forms."""
    targets = {form: tmp_path_factory.mktemp(form) for form in FORMS}
    wanted = list(index.added.values())
    batches = [
        (form, wanted[start : start + BATCH])
        for start in range(0, len(wanted), BATCH)
        for form in FORMS
    ]
    with serving_folder(index.folder) as web:

        def install(form: str, batch: list[Added]) -> None:
            packages = [(one.name, one.version, targets[form] / one.stem) for one in batch]
            outcome = Mip().install_each(packages, index=web.url, mpy=form != "py")
            assert outcome.output.splitlines().count("Done") == len(batch), outcome.output

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(install, *zip(*batches, strict=True)))
    return targets


def test_each_pure_release_is_in_the_index(index: Index) -> None:
    assert sorted(index.added) == PURE
    with_files = {release_of(entry.name, entry.version) for entry in LIST if entry.has_files}
    for release, added in index.added.items():
        for form in FORMS:
            assert bool(index.files(form, added.name, added.version)) == (release in with_files)


def test_the_others_are_refused_as_listed(index: Index) -> None:
    listed = {entry.filename: entry.expected for entry in LIST}
    for names, codes in index.refused.items():
        # An archive may say less by itself than with the others of its release.
        assert codes & {listed[name] for name in names}, names
    refused = {name for names in index.refused for name in names}
    impure = {e.filename for e in LIST if release_of(e.name, e.version) not in PURE}
    assert impure <= refused
    assert "converted" not in {listed[name] for name in refused}


def test_the_index_is_whole(index: Index) -> None:
    (checked,) = results_of("index", "check", index.folder)
    assert checked["status"] == "checked"
    assert checked["findings"] == []


@every_pure
def test_mip_installs_the_source_code(
    release: Release, index: Index, targets: dict[str, Path], converted: dict[Release, Path]
) -> None:
    added = index.added[release]
    installed = installed_tree(targets["py"] / added.stem)
    assert installed == index.installed("py", added.name, added.version)
    assert index.files("py", added.name, added.version) == installed_by_upip(converted[release])


@every_pure
def test_mip_installs_the_bytecode(
    release: Release, index: Index, targets: dict[str, Path]
) -> None:
    added = index.added[release]
    installed = installed_tree(targets["6"] / added.stem)
    assert installed == index.installed("6", added.name, added.version)
    sources = index.files("py", added.name, added.version)
    compiled = {
        path.removesuffix(".py") + ".mpy"
        for path in sources
        if path.endswith(".py") and path not in added.uncompiled
    }
    kept = {path for path in sources if not path.endswith(".py") or path in added.uncompiled}
    assert set(index.files("6", added.name, added.version)) == compiled | kept


@every_form
@every_pure
def test_micropython_imports_what_is_installed(
    release: Release, form: str, index: Index, targets: dict[str, Path], tmp_path: Path
) -> None:
    added = index.added[release]
    modules = imports.modules(index.files("py", added.name, added.version))
    raised = imports.import_each(targets[form] / added.stem, modules, tmp_path)
    failing = {module: error for module, error in raised.items() if error}
    assert failing == FAILING_IMPORTS.get(added.stem, {})


def test_failing_imports_are_listed_of_indexed_releases_only(index: Index) -> None:
    assert FAILING_IMPORTS.keys() <= {added.stem for added in index.added.values()}
