"""The Python door for mip: `mpconvert.mip` and `mpconvert.index_add`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import mpconvert
import pytest

from tests.crafted import archive
from tests.e2e.mip_client import Mip, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.upip_client import installed_tree
from tests.package_json import read
from tests.threads import large_wheel, run_beside_a_thread

FILES = {
    "top-1.0/top/__init__.py": "import base\n",
    "top-1.0/top/data.txt": "text",
    "top-1.0/top.egg-info/requires.txt": "base>=1\n",
}
BASE = {"base-1.2/base.py": "value = 1\n"}
PYPROJECT = "[project]\nname = 'tool'\nversion = '0.1'\n"
INSTALLED = {
    "base.py": b"value = 1\n",
    "top/R.py": b"R = {\n'data.txt': b'text',\n}\n",
    "top/__init__.py": b"import base\n",
    "top/data.txt": b"text",
}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder with two sdists in it, of which one depends on the other."""
    archive(tmp_path / "dist", BASE, name="base-1.2.tar.gz")
    return archive(tmp_path / "dist", FILES, name="top-1.0.tar.gz").parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "tool"
    (folder / "src" / "tool").mkdir(parents=True)
    (folder / "src" / "tool" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    return folder


def codes(findings: list[mpconvert.Finding]) -> set[str]:
    return {finding.code for finding in findings}


# Packages.


def test_packages_are_made(dist: Path, tmp_path: Path) -> None:
    base, top = mpconvert.mip(dist, tmp_path / "site", url_base="https://example.com/site")
    assert (top.name, top.version, top.outcome) == ("top", "1.0", "written")
    assert top.deps == [("https://example.com/site/base-1.2/package.json", "HEAD")]
    assert top.files == ["top/R.py", "top/__init__.py", "top/data.txt"]
    assert "MP405" in codes(top.findings)
    assert top.path == tmp_path / "site" / "top-1.0" / "package.json"
    assert read(top.path)["urls"][1][1] == "https://example.com/site/top-1.0/top/__init__.py"
    assert base.path.parent.name == "base-1.2"
    assert repr(base) == "<Packed base 1.2>"


def test_a_package_is_installed_from_where_it_is_made(dist: Path, tmp_path: Path) -> None:
    archives: list[str | Path] = [str(dist / "top-1.0.tar.gz"), dist / "base-1.2.tar.gz"]
    top, _ = mpconvert.mip(archives, out=tmp_path / "site")
    with serving_folder(top.path.parent) as web:
        assert is_done(Mip().install(web.url, tmp_path / "lib"))
    assert installed_tree(tmp_path / "lib") == INSTALLED


def test_settings_and_options_hold(dist: Path, project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text(f"{PYPROJECT}[tool.mpconvert]\ndeps = 'bundle'\n")
    _, top = mpconvert.mip(dist, tmp_path / "site", project=project, resources="none", mpy=True)
    assert top.files == ["base.mpy", "top/__init__.mpy"]
    assert top.deps == []
    _, pinned = mpconvert.mip(dist, tmp_path, project=project, deps="pin", dry_run=True)
    assert pinned.outcome == "dry-run"
    assert "MP611" in codes(pinned.findings)


def test_a_package_json_is_kept_up_to_date(project: Path) -> None:
    for outcome in ("written", "unchanged"):
        (made,) = mpconvert.mip(project, in_place=True, url_base="github:org/tool")
        assert (made.path, made.outcome) == (project / "package.json", outcome)
    assert read(made.path)["urls"] == [["tool/__init__.py", "github:org/tool/src/tool/__init__.py"]]
    (project / "src" / "tool" / "more.py").touch()
    with pytest.raises(mpconvert.Refused) as refusal:
        mpconvert.mip(project, in_place=True, check=True, url_base="github:org/tool")
    assert "MP603" in codes(refusal.value.findings)


def test_dependencies_are_those_of_the_index(dist: Path, tmp_path: Path) -> None:
    mpconvert.index_add(dist / "base-1.2.tar.gz", tmp_path / "index", mpy=False)
    top = dist / "top-1.0.tar.gz"
    (made,) = mpconvert.mip(top, tmp_path / "site", index=str(tmp_path / "index"))
    assert made.deps == [("base", "1.2")]
    with pytest.raises(mpconvert.FetchError):
        mpconvert.mip(top, tmp_path / "site", index=str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"url_base": "ftp://example.com"}, "url_base=`ftp://example.com`: it does not start with"),
        ({"deps": "newest"}, "deps=`newest`: found `newest`, expected one of"),
        ({"in_place": True, "out": "site"}, "in place"),
        ({"in_place": True, "deps": "bundle"}, "a bundle of dependencies cannot be written"),
        ({"mpy_cross": "no-such-compiler"}, "no-such-compiler"),
    ],
)
def test_options_that_make_no_sense(project: Path, options: dict, complaint: str) -> None:
    with pytest.raises(mpconvert.UsageError, match=complaint) as error:
        mpconvert.mip(project, **options)
    assert error.value.help


# Indexes.


def test_releases_are_added_to_an_index(dist: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    base, top = mpconvert.index_add(str(dist), index)
    assert (base.name, base.version, base.outcome) == ("base", "1.2", "added")
    assert base.forms == ["6", "py"]
    assert top.deps == [("base", "1.2")]
    assert top.files == ["top/R.py", "top/__init__.py", "top/data.txt"]
    assert repr(top) == "<Added top 1.0>"
    names = [one["name"] for one in json.loads((index / "index.json").read_text())["packages"]]
    assert names == ["base", "top"]
    assert [one.outcome for one in mpconvert.index_add(dist, index)] == ["unchanged"] * 2
    with serving_folder(index) as web:
        client = Mip()
        assert is_done(client.install("top", tmp_path / "lib", index=web.url, mpy=False))
    assert installed_tree(tmp_path / "lib") == INSTALLED


def test_a_published_version_is_replaced_only_where_it_is_said(dist: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    mpconvert.index_add(dist, index, mpy=False)
    archive(dist, {"base-1.2/base.py": "value = 2\n"}, name="base-1.2.tar.gz")
    archive(dist, {"more-1.0/more.py": ""}, name="more-1.0.tar.gz")
    with pytest.raises(mpconvert.Refused) as refusal:
        mpconvert.index_add(dist, index, mpy=False)
    assert "MP710" in codes(refusal.value.findings)
    assert [one.name for one in refusal.value.converted] == ["more", "top"]
    outcomes = {one.name: one.outcome for one in mpconvert.index_add(dist, index, replace=True)}
    assert outcomes["base"] == "replaced"


def test_what_is_needed_is_copied_from_another_index(dist: Path, tmp_path: Path) -> None:
    top, other = dist / "top-1.0.tar.gz", tmp_path / "other"
    mpconvert.index_add(dist / "base-1.2.tar.gz", other, mpy=False)
    index, gone = tmp_path / "index", "http://127.0.0.1:1"
    added, copied = mpconvert.index_add(top, index, base_index=str(other), mpy=False)
    assert (copied.name, copied.version, copied.outcome) == ("base", "1.2", "copied")
    assert added.deps == [("base", "1.2")]
    (added,) = mpconvert.index_add(top, index, base_index=gone, mpy=False)
    assert added.outcome == "unchanged"
    with pytest.raises(mpconvert.FetchError):
        mpconvert.index_add(top, tmp_path / "new", base_index=gone, offline=True, mpy=False)


# How they fit in.


@pytest.mark.parametrize("call", [mpconvert.mip, mpconvert.index_add])
def test_paths_only_are_taken(call: type, dist: Path, tmp_path: Path) -> None:
    for source in (None, 3, [3], (dist / "top-1.0.tar.gz").read_bytes()):
        with pytest.raises(TypeError, match=r"str or os\.PathLike"):
            call(source, tmp_path / "out")
    with pytest.raises(TypeError, match="speed"):
        call(dist, tmp_path / "out", speed=2)
    with pytest.raises(mpconvert.FileError):
        call(dist / "missing.tar.gz", tmp_path / "out")


@pytest.mark.parametrize("name", ["read", "convert", "mip", "index_add"])
def test_a_signature_names_the_arguments_that_are_taken(name: str, tmp_path: Path) -> None:
    call = getattr(mpconvert, name)
    parameters = inspect.signature(call).parameters.values()
    defaults = {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}
    assert {"max_size", "build"} < set(defaults)
    arguments = [tmp_path / "missing.whl", tmp_path / "out"][: 1 if name == "read" else 2]
    with pytest.raises(mpconvert.FileError):
        call(*arguments, **defaults)


@pytest.mark.parametrize("call", ["mip", "index_add"])
def test_other_threads_run_meanwhile(call: str, tmp_path: Path) -> None:
    run_beside_a_thread(call, large_wheel(tmp_path), tmp_path / "out")


def test_the_example_of_the_docs_runs(
    dist: Path, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "mip.md").read_text()
    (example,) = (code for code in page.split("```python\n") if code.startswith("import mpconvert"))
    dist.rename(project / "dist")
    monkeypatch.chdir(project)
    mpconvert.mip(".", in_place=True)
    exec(example.partition("```")[0], {})
    assert "site/top-1.0/package.json" in capsys.readouterr().out
    assert (project / "site" / "index" / "index.json").is_file()


def test_both_are_documented() -> None:
    for call in (mpconvert.mip, mpconvert.index_add):
        assert all(part in str(call.__doc__) for part in ("Args:", "Returns:", "Raises:"))
