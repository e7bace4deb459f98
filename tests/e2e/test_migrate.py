"""What is migrated from a real pypiserver is installed by real upip, mip and mpremote."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversion import results_of
from tests.crafted import archive
from tests.e2e import private_index
from tests.e2e.index_server import serving
from tests.e2e.mip_client import Mip, MipClient, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.private_index import PrivateIndex
from tests.e2e.test_mip_client import write_indexed
from tests.e2e.upip_client import Upip, installed_tree
from tests.fetch import Pin, fetch

#: Two projects of upip's time, with all that they depend on.
PINS = [
    Pin(name, f"{name}-{version}.tar.gz", sha256)
    for name, version, sha256 in (
        (
            "micropython-collections.defaultdict",
            "0.3",
            "f1ff5737ede88fee29cfc1d208c5191445327e76624059f99a205659bdcc6cf9",
        ),
        (
            "micropython-collections.deque",
            "0.1.3",
            "6b733e6d6a79a6b4af64e1d1b5af8328be0ce6b95d1d17a485fc8fea2fdd22bb",
        ),
        (
            "micropython-errno",
            "0.1.5.1",
            "d82dec9f6776801247f69e07be54bc8c507065144776574906c397d4aeb60719",
        ),
        (
            "micropython-ffilib",
            "0.1.3",
            "18df8cfa5b026095759411d1ebd5b0004a09f16e2df91f97f77326c2369f1e09",
        ),
        (
            "micropython-logging",
            "0.5.2",
            "4fe714775fa6cafc2466bac7fe28485c13610470d3ea2bddac956bcd89b4453d",
        ),
        (
            "micropython-os",
            "0.8",
            "4537b18774c778c2dd6b8fafaa9d27e97bb48161f110c859f3467cbd2007716e",
        ),
        (
            "micropython-os.path",
            "0.1.3",
            "7af359805aef16332717dc82342bb49ac29417a178f35e5fe2c70fee58274c56",
        ),
        (
            "micropython-stat",
            "0.5.1",
            "83e1554ca16274c62a88f8495a777889d8d08992948ef7210785b6547715248f",
        ),
        (
            "pycopy-xml.etree.ElementTree",
            "0.2.1",
            "aa38a5073aeecb216b11b6342bfcb405c3bea69ddb71bebc1d38959f90537035",
        ),
        (
            "pycopy-xmltok2",
            "0.3",
            "5ebd9adefcdd45eacc1ae71281440380c6dfeec58570d0c2353aa275cf8c2829",
        ),
        (
            "upysm",
            "0.4.1",
            "b1dbba3c7509c9f1c26184f8eff118976fa9e0e77bd97ec86eff2806636e4d5d",
        ),
    )
]
#: As people type them.
XML = "Pycopy_XML.etree.elementtree"
#: What the packages of micropython-lib hold here, which are not from the index of releases.
LIBRARY = {"logging": b"LEVEL = 1\n", "collections-defaultdict": b"class defaultdict: pass\n"}


@pytest.fixture(scope="module")
def archives() -> list[Path]:
    """The archives, as they were published."""
    return list(fetch(PINS).values())


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither this machine's configuration of pip nor what other tests kept counts."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def releases(archives: list[Path], tmp_path: Path) -> Iterator[PrivateIndex]:
    """A pypiserver with the archives."""
    with private_index.serving(tmp_path / "releases") as index:
        for archive in archives:
            (index.packages / archive.name).write_bytes(archive.read_bytes())
        yield index


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """An index for mip with packages under names of today."""
    folder = tmp_path / "library"
    packages = []
    for name, content in LIBRARY.items():
        write_indexed(folder, name, content)
        latest = folder / "package" / "py" / name / "latest.json"
        (latest.parent / "1.0.json").write_bytes(latest.read_bytes())
        packages.append({"name": name, "version": "1.0", "versions": {"py": ["1.0"]}})
    packages.sort(key=lambda package: str(package["name"]))
    (folder / "index.json").write_text(json.dumps({"v": 2, "packages": packages}))
    return folder


def simple(index: PrivateIndex) -> tuple[str, str]:
    """The option that names the index."""
    return ("--index-url", f"{index.url}simple/")


def by_status(results: list[dict]) -> dict[str, set[str]]:
    """The names of what has each status."""
    found: dict[str, set[str]] = {}
    for result in results:
        found.setdefault(result["status"], set()).add(result["name"])
    return found


def files_of(results: list[dict]) -> set[str]:
    """The paths of all that is to be installed."""
    return {file["path"] for result in results for file in result.get("files", [])}


def test_upip_installs_what_is_migrated_for_it(
    releases: PrivateIndex, upip: Upip, tmp_path: Path
) -> None:
    results = results_of("migrate", "upysm", XML, "--to", "upip", "--out", "out", *simple(releases))
    assert by_status(results) == {"written": {pin.name for pin in PINS}}
    with serving(sorted((tmp_path / "out").iterdir())) as server:
        outcome = upip.install(
            ["upysm", "pycopy-xml-etree-elementtree"], server.port, tmp_path / "lib"
        )
    assert set(installed_tree(tmp_path / "lib")) == files_of(results), outcome.output


@pytest.fixture
def links(tmp_path: Path) -> tuple[str, ...]:
    """Options for a folder in which an app needs a package that only has a dependency."""
    for name, code, requires in (
        ("app", "x = 1\n", "meta"),
        ("core", "y = 1\n", ""),
        ("meta", "", "core"),
    ):
        root = f"{name}-1.0"
        files: dict[str, str | bytes] = {f"{root}/{name}.egg-info/requires.txt": f"{requires}\n"}
        if code:
            files[f"{root}/{name}.py"] = code
        archive(tmp_path / "links", files, name=f"{root}.tar.gz")
    return ("--no-index", "--find-links", str(tmp_path / "links"))


def test_upip_installs_what_lies_behind_a_package_without_files(
    links: tuple[str, ...], upip: Upip, tmp_path: Path
) -> None:
    results = results_of("migrate", "app", "--to", "upip", "--out", "out", *links)
    assert by_status(results) == {"written": {"app", "core", "meta"}}
    with serving(sorted((tmp_path / "out").iterdir())) as server:
        outcome = upip.install(["app"], server.port, tmp_path / "lib")
    assert installed_tree(tmp_path / "lib") == {"app.py": b"x = 1\n", "core.py": b"y = 1\n"}, (
        outcome.output
    )


def test_mip_installs_what_lies_behind_a_package_without_files(
    links: tuple[str, ...], mip_client: MipClient, tmp_path: Path
) -> None:
    results = results_of("migrate", "app", "--to", "index", "--out", "out", *links)
    assert by_status(results) == {"added": {"app", "core", "meta"}}
    with serving_folder(tmp_path / "out") as web:
        outcome = mip_client.install("app", tmp_path / "lib", index=web.url, mpy=False)
        assert is_done(outcome), outcome.output
    assert installed_tree(tmp_path / "lib") == {"app.py": b"x = 1\n", "core.py": b"y = 1\n"}


def test_each_package_for_mip_has_all_it_needs(
    releases: PrivateIndex, library: Path, mip_client: MipClient, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text(f"upysm==0.4.1  # the newest\n{XML}\n")
    options = ("-r", "requirements.txt", "--out", "out", *simple(releases))
    results = results_of("migrate", *options)
    assert by_status(results) == {
        "written": {"pycopy-xml.etree.ElementTree", "pycopy-xmltok2", "upysm"},
        "replaced-by": {"micropython-collections-defaultdict", "micropython-logging"},
        "built-in": {"micropython-collections-deque"},
    }
    expected = {
        "upysm-0.4.1": {"logging.py", "collections-defaultdict.py"},
        "pycopy_xml_etree_elementtree-0.2.1": {"xmltok2.py"},
        "pycopy_xmltok2-0.3": set(),
    }
    with serving_folder(tmp_path / "out") as web, serving_folder(library) as index:
        for folder, others in expected.items():
            package = f"{web.url}/{folder}/package.json"
            if not isinstance(mip_client, Mip):
                package = str(tmp_path / "out" / folder / "package.json")
            lib = tmp_path / folder
            outcome = mip_client.install(package, lib, index=index.url, mpy=False)
            assert is_done(outcome), outcome.output
            own = {
                path for path in files_of(results) if (tmp_path / "out" / folder / path).exists()
            }
            assert others <= own | {f"{name}.py" for name in LIBRARY}
            assert set(installed_tree(lib)) == own | others


def test_one_package_brings_all_with_their_hashes(
    releases: PrivateIndex, library: Path, mip_client: MipClient, tmp_path: Path
) -> None:
    options = ("--flat", "--index", library, "--out", "out", *simple(releases))
    results = results_of("migrate", "upysm", XML, *options)
    (made,) = (result for result in results if result["status"] == "written")
    assert made["deps"] == []
    package = tmp_path / "out" / "package.json"
    with serving_folder(tmp_path / "out") as web:
        place = web.url if isinstance(mip_client, Mip) else str(package)
        outcome = mip_client.install(place, tmp_path / "lib", index=web.url)
    assert is_done(outcome), outcome.output
    tree = installed_tree(tmp_path / "lib")
    assert {"pysm/pysm.py", "xmltok2.py", "logging.py"} <= set(tree)
    hashes = dict(json.loads(package.read_text())["sha256"])
    assert hashes == {path: hashlib.sha256(data).hexdigest() for path, data in tree.items()}


def test_an_index_of_what_is_migrated(
    releases: PrivateIndex, mip_client: MipClient, tmp_path: Path
) -> None:
    results = results_of("migrate", XML, "--to", "index", "--out", "site", *simple(releases))
    assert by_status(results) == {"added": {"pycopy-xml.etree.ElementTree", "pycopy-xmltok2"}}
    with serving_folder(tmp_path / "site") as web:
        outcome = mip_client.install(
            "pycopy-xml.etree.ElementTree", tmp_path / "lib", index=web.url, mpy=False
        )
    assert is_done(outcome), outcome.output
    assert "xmltok2.py" in installed_tree(tmp_path / "lib")


def test_what_is_locked_is_taken_without_a_network(archives: list[Path], tmp_path: Path) -> None:
    with private_index.serving(tmp_path / "releases") as index:
        for archive in archives:
            (index.packages / archive.name).write_bytes(archive.read_bytes())
        url = simple(index)
        assert by_status(results_of("lock", XML, *url)) == {
            "resolved": {"pycopy-xml-etree-elementtree", "pycopy-xmltok2"}
        }
        lock = (tmp_path / "mpconvert.lock").read_text()
        assert "127.0.0.1" not in lock
        results_of("lock", XML, *url, "--out", "again.lock")
        assert (tmp_path / "again.lock").read_text() == lock
        first = results_of("migrate", "--locked", *url, "--out", "first")
    second = results_of("migrate", "--locked", "--offline", *url, "--out", "second")
    assert installed_tree(tmp_path / "first") == installed_tree(tmp_path / "second")
    assert [result["status"] for result in first + second] == ["written"] * 4
    (tmp_path / "mpconvert.lock").write_text(lock.replace('"0.3"', '"0.2"'))
    (refused,) = results_of("migrate", "--locked", "--offline", *url, "--out", "third")
    assert [finding["code"] for finding in refused["findings"]] == ["MP774"]


def test_downloaded_files_need_no_index(releases: PrivateIndex, tmp_path: Path) -> None:
    results_of("download", XML, "--to", "files", *simple(releases))
    names = sorted(path.name for path in (tmp_path / "files").iterdir())
    assert names == ["pycopy-xml.etree.ElementTree-0.2.1.tar.gz", "pycopy-xmltok2-0.3.tar.gz"]
    by_index = results_of("migrate", XML, "--out", "one", *simple(releases))
    options = ("--no-index", "--find-links", "files", "--no-cache")
    by_folder = results_of("migrate", XML, "--out", "two", *options)
    assert files_of(by_index) == files_of(by_folder) != set()
    assert installed_tree(tmp_path / "one") == installed_tree(tmp_path / "two")


def test_versions_that_exclude_each_other_are_explained(releases: PrivateIndex) -> None:
    (refused,) = results_of("migrate", XML, "pycopy-xmltok2<0.3", "--out", "out", *simple(releases))
    (finding,) = refused["findings"]
    assert finding["code"] == "MP770"
    assert finding["found"] == "the call needs pycopy-xmltok2<0.3, and pycopy-xmltok2 has 0.3"
