"""mip and mpremote fail as they are known to, so that their success with what is made for them
means something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.e2e.mip_client import Mip, MipClient, Mpremote, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.upip_client import import_modules, installed_tree


def write_package(folder: Path, urls: Mapping[str, str], deps: Sequence[object] = ()) -> None:
    """A package.json in `folder` with these URLs by their targets, and a file for each."""
    folder.mkdir(parents=True, exist_ok=True)
    for target, url in urls.items():
        if ":" not in url:
            (folder / url).parent.mkdir(parents=True, exist_ok=True)
            (folder / url).write_text(f"# {target}\n")
    document = {"urls": list(urls.items()), "deps": list(deps)}
    (folder / "package.json").write_text(json.dumps(document))


def write_indexed(index: Path, name: str, content: bytes, deps: Sequence[object] = ()) -> None:
    """A package `name` in an index, of one module."""
    digest = hashlib.sha256(content).hexdigest()[:8]
    file = index / "file" / digest[:2] / digest
    package = index / "package" / "py" / name / "latest.json"
    for path, data in (
        (file, content),
        (package, json.dumps({"v": 1, "hashes": [[f"{name}.py", digest]], "deps": deps}).encode()),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_a_package_is_installed_from_a_url(mip_client: MipClient, tmp_path: Path) -> None:
    write_package(tmp_path / "web", {"foo/__init__.py": "src/foo.py", "foo/a.txt": "a.txt"})
    with serving_folder(tmp_path / "web") as web:
        outcome = mip_client.install(web.url, tmp_path / "lib")
    assert is_done(outcome), outcome.output
    assert installed_tree(tmp_path / "lib") == {
        "foo/__init__.py": b"# foo/__init__.py\n",
        "foo/a.txt": b"# foo/a.txt\n",
    }
    assert web.requests == ["/package.json", "/src/foo.py", "/a.txt"]
    assert import_modules(tmp_path / "lib", ["foo"]).output == ""


def test_files_of_an_index_that_are_there_are_not_fetched_again(
    mip_client: MipClient, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    write_indexed(index, "foo", b"x = 1\n", [["bar", "latest"]])
    write_indexed(index, "bar", b"y = 1\n")
    with serving_folder(index) as web:
        for _ in range(2):
            outcome = mip_client.install("foo", tmp_path / "lib", index=web.url, mpy=False)
            assert is_done(outcome), outcome.output
    assert installed_tree(tmp_path / "lib") == {"foo.py": b"x = 1\n", "bar.py": b"y = 1\n"}
    first, second = web.requests[:4], web.requests[4:]
    assert second == [path for path in first if path.startswith("/package/")]


def test_source_code_alone_is_not_found_by_a_client_that_wants_bytecode(
    mip_client: MipClient, tmp_path: Path
) -> None:
    write_indexed(tmp_path / "index", "foo", b"")
    with serving_folder(tmp_path / "index") as web:
        outcome = mip_client.install("foo", tmp_path / "lib", index=web.url)
    assert not is_done(outcome)
    assert web.requests == ["/package/6/foo/latest.json"]


@pytest.mark.parametrize("dependency", ["bar", ["bar"]])
def test_a_dependency_that_is_no_pair_breaks_the_installation(
    mip_client: MipClient, tmp_path: Path, dependency: object
) -> None:
    write_package(tmp_path / "web", {"foo.py": "foo.py"}, [dependency])
    with serving_folder(tmp_path / "web") as web:
        outcome = mip_client.install(web.url, tmp_path / "lib", index=web.url)
    assert "ValueError" in outcome.output
    assert not is_done(outcome)


def test_a_cycle_of_dependencies_never_ends_well(mip_client: MipClient, tmp_path: Path) -> None:
    write_indexed(tmp_path / "index", "foo", b"", [["foo", ""]])
    with serving_folder(tmp_path / "index") as web:
        outcome = mip_client.install("foo", tmp_path / "lib", index=web.url, mpy=False)
    assert "recursion" in outcome.output
    assert not is_done(outcome)


def test_a_shared_dependency_is_fetched_twice(mip_client: MipClient, tmp_path: Path) -> None:
    index = tmp_path / "index"
    write_indexed(index, "top", b"", [["left", ""], ["right", ""]])
    write_indexed(index, "left", b"", [["base", ""]])
    write_indexed(index, "right", b"", [["base", ""]])
    write_indexed(index, "base", b"pass\n")
    with serving_folder(index) as web:
        outcome = mip_client.install("top", tmp_path / "lib", index=web.url, mpy=False)
    assert is_done(outcome), outcome.output
    assert web.requests.count("/package/py/base/latest.json") == 2


def test_mpremote_takes_a_file_and_opens_relative_urls_as_they_are(
    mpremote: Mpremote, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    write_package(folder, {"a.py": "a b.py"})
    assert is_done(mpremote.install(str(folder / "package.json"), tmp_path / "lib"))
    assert is_done(mpremote.install("package.json", tmp_path / "lib2", cwd=folder))
    assert installed_tree(tmp_path / "lib") == installed_tree(tmp_path / "lib2")
    (folder / "package.json").write_text(json.dumps({"urls": [["a.py", "a%20b.py"]]}))
    outcome = mpremote.install(str(folder / "package.json"), tmp_path / "lib3")
    assert "No such file or directory" in outcome.output
    assert installed_tree(tmp_path / "lib3") == {}


def test_urls_must_be_percent_encoded(mip_client: MipClient, tmp_path: Path) -> None:
    web = tmp_path / "web"
    write_package(web, {"a.py": "ä b.py"})
    encoded = {"urls": [["a.py", "%C3%A4%20b.py"]]}
    (web / "encoded.json").write_text(json.dumps(encoded))
    with serving_folder(web) as server:
        raw = mip_client.install(f"{server.url}/package.json", tmp_path / "raw")
        good = mip_client.install(f"{server.url}/encoded.json", tmp_path / "lib")
    assert not is_done(raw)
    assert is_done(good), good.output
    assert installed_tree(tmp_path / "lib") == {"a.py": b"# a.py\n"}


def test_mip_ends_well_when_nothing_is_installed(tmp_path: Path) -> None:
    with serving_folder(tmp_path) as web:
        outcome = Mip().install(f"{web.url}/nothing.json", tmp_path / "lib")
    assert outcome.status == 0
    assert not is_done(outcome)
