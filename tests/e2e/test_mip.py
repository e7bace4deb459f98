"""What `mpconvert mip` makes is installed by real mip and real mpremote, and runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conversion import convert, run_mpconvert
from tests.crafted import archive
from tests.e2e import projects
from tests.e2e.build_tools import BuildTools
from tests.e2e.mip_client import MipClient, Mpremote, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.upip_client import import_modules, installed_tree, micropython
from tests.package_json import pack, read
from tests.resources import is_resource, with_modules

PYPROJECT = """
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
[project]
name = "gadget"
version = "1.0"
description = "Does things"
authors = [{name = "Ann", email = "ann@example.com"}]
license = {text = "MIT"}
"""
SHIPPED = {
    "gadget/__init__.py": b"from gadget.colour import RED\n",
    "gadget/colour.py": b"RED = 0xF800\n",
    "gadget/data/page.html": b"<h1>Hi</h1>\n",
    "gadget/data/\u00e4 b 50%.txt": "gr\u00fcn\n".encode(),
}
#: Reads both resources as files, below the folder that is given.
READ = """
import os, sys
sys.path[:] = ['.frozen', {target!r}]
import gadget
folder = gadget.__file__.rsplit('/', 1)[0]
for name in sorted(os.listdir(folder + '/data')):
    print(name, open(folder + '/data/' + name).read(), end='')
print(gadget.RED)
"""


def write_gadget(folder: Path, more: str = "") -> Path:
    """A project in the `src` layout, with a space and an umlaut in the path of a resource."""
    for path, content in SHIPPED.items():
        file = folder / "src" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / "pyproject.toml").write_text(PYPROJECT + more)
    return folder


@pytest.fixture(scope="session")
def gadget(build_tools: BuildTools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, with its sdist and its wheel in `dist`, and in `upip` an archive for upip."""
    folder = write_gadget(tmp_path_factory.mktemp("gadget") / "gadget")
    dist = build_tools.build("flit", folder)
    convert(dist, out=folder / "upip")
    return folder


def sdist(folder: Path, name: str, files: Mapping[str, str], requires: Sequence[str] = ()) -> Path:
    """An archive of version 1.0 of the project `name` in `folder`."""
    root = f"{name}-1.0"
    members: dict[str, str | bytes] = {f"{root}/{path}": text for path, text in files.items()}
    members[f"{root}/{name}.egg-info/requires.txt"] = "".join(f"{line}\n" for line in requires)
    return archive(folder, members, name=f"{root}.tar.gz")


def assert_compiled(installed: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """Whether all modules are bytecode, and all else is as expected."""
    assert {path for path in installed if path.endswith(".mpy")} == {
        f"{path.removesuffix('.py')}.mpy" for path in expected if path.endswith(".py")
    }
    assert all(installed[path][:2] == b"M\x06" for path in installed if path.endswith(".mpy")), (
        "bytecode of version 6"
    )
    others = {path: content for path, content in expected.items() if is_resource(path)}
    assert {path: installed[path] for path in installed if is_resource(path)} == others


@pytest.mark.parametrize("options", [[], ["--mpy"]], ids=["py", "mpy"])
@pytest.mark.parametrize("source", ["dist/*.tar.gz", "dist/*.whl", "", "upip/*.tar.gz", "dist"])
def test_every_input_is_installed(
    gadget: Path, source: str, options: list[str], mip_client: MipClient, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (given,) = gadget.glob(source) if source else [gadget]
    (made,) = pack(given, "--out", site, *options)
    assert made == site / "package.json"
    with serving_folder(site) as web:
        for _ in range(2):
            outcome = mip_client.install(web.url, tmp_path / "lib")
            assert is_done(outcome), outcome.output
    installed = installed_tree(tmp_path / "lib")
    if options:
        assert_compiled(installed, with_modules(SHIPPED))
    else:
        assert installed == with_modules(SHIPPED)
    assert all(unquote(path) == path for path in web.requests)
    outcome = micropython("-c", READ.format(target=str(tmp_path / "lib")))
    assert outcome.output == "page.html <h1>Hi</h1>\n\u00e4 b 50%.txt gr\u00fcn\n63488\n"
    assert import_modules(tmp_path / "lib", ["gadget", "gadget.colour", "gadget.R"]).output == ""


def test_mpremote_installs_from_the_folder_itself(
    gadget: Path, mpremote: Mpremote, tmp_path: Path
) -> None:
    (made,) = pack(gadget, "--out", tmp_path / "site")
    assert is_done(mpremote.install(str(made), tmp_path / "lib"))
    assert is_done(mpremote.install("package.json", tmp_path / "lib2", cwd=made.parent))
    assert installed_tree(tmp_path / "lib") == with_modules(SHIPPED)
    assert installed_tree(tmp_path / "lib2") == with_modules(SHIPPED)


def test_absolute_urls_lead_to_where_the_results_are_served(
    gadget: Path, mip_client: MipClient, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    with serving_folder(tmp_path) as web:
        (made,) = pack(gadget, "--out", site, "--url-base", f"{web.url}/site")
        outcome = mip_client.install(f"{web.url}/site/", tmp_path / "lib")
    assert is_done(outcome), outcome.output
    assert all(url.startswith(f"{web.url}/site/") for _, url in read(made)["urls"])
    assert installed_tree(tmp_path / "lib") == with_modules(SHIPPED)


def test_sources_are_installed_from_where_they_lie(
    mip_client: MipClient, mpremote: Mpremote, tmp_path: Path
) -> None:
    folder = write_gadget(tmp_path / "gadget")
    before = installed_tree(folder)
    (made,) = pack("--in-place", folder)
    assert made == folder / "package.json"
    assert set(installed_tree(folder)) - set(before) == {"package.json"}
    with serving_folder(folder) as web:
        outcome = mip_client.install(web.url, tmp_path / "lib")
    assert is_done(outcome), outcome.output
    assert installed_tree(tmp_path / "lib") == SHIPPED
    # Whoever has no such names can install from the folder, too.
    (folder / "src" / "gadget" / "data" / "\u00e4 b 50%.txt").unlink()
    pack("--in-place", folder)
    assert is_done(mpremote.install(str(made), tmp_path / "lib2"))
    assert len(installed_tree(tmp_path / "lib2")) == len(SHIPPED) - 1


@pytest.mark.parametrize(
    ("base", "raw"),
    [
        ("github:org/repo", "https://raw.githubusercontent.com/org/repo/v1.0/"),
        ("gitlab:org/repo/sub", "https://gitlab.com/org/repo/-/raw/v1.0/sub/"),
        ("codeberg:org/repo", "https://codeberg.org/api/v1/repos/org/repo/raw/"),
    ],
)
def test_clients_find_the_files_of_a_repository(tmp_path: Path, base: str, raw: str) -> None:
    folder = write_gadget(tmp_path / "gadget")
    (made,) = pack("--in-place", folder, "--url-base", base)
    urls = [url for _, url in read(made)["urls"]]
    ask = f"import _rewrite_url\nfor url in {urls!r}: print(_rewrite_url(url, 'v1.0'))\n"
    command = [sys.executable, "-c", f"from mpremote.mip {ask}"]
    asked = subprocess.check_output(command, text=True, timeout=60).splitlines()
    # This mip is older than its `codeberg:`.
    if not base.startswith("codeberg"):
        assert micropython("-c", f"from mip {ask}").output.splitlines() == asked
    assert len(asked) == len(SHIPPED)
    for url in asked:
        assert url.startswith(raw)
        path = unquote(url.removeprefix(raw).removesuffix("?ref=v1.0"))
        assert (folder / path).is_file()


def test_a_committed_file_is_checked(tmp_path: Path) -> None:
    folder = write_gadget(tmp_path / "gadget")
    missing = run_mpconvert("mip", "--in-place", "--check", folder)
    assert (missing.status, missing.results[0].refusals) == (1, {"MP603"})
    assert not (folder / "package.json").exists()
    (made,) = pack("--in-place", folder)
    text = made.read_text()
    pack("--in-place", "--check", folder)
    (folder / "src" / "gadget" / "more.py").touch()
    stale = run_mpconvert("mip", "--in-place", "--check", folder)
    assert (stale.status, stale.results[0].refusals) == (1, {"MP603"})
    assert made.read_text() == text
    pack("--in-place", folder)
    assert ["gadget/more.py", "src/gadget/more.py"] in read(made)["urls"]


def test_settings_of_the_project_hold_in_place(tmp_path: Path) -> None:
    settings = "[tool.mpconvert]\nurl-base = 'github:org/repo'\nexclude = ['**/data/**']\n"
    folder = write_gadget(tmp_path / "gadget", settings)
    (made,) = pack("--in-place", folder)
    assert [target for target, _ in read(made)["urls"]] == [
        "gadget/__init__.py",
        "gadget/colour.py",
    ]
    assert read(made)["urls"][1][1] == "github:org/repo/src/gadget/colour.py"


def test_what_a_build_tool_makes_is_installed_with_its_dependency(
    project: projects.Project, dist: Path, dependency: Path, mip_client: MipClient, tmp_path: Path
) -> None:
    with serving_folder(tmp_path / "site") as web:
        pack(dist, dependency, "--out", tmp_path / "site", "--url-base", web.url)
        (stem,) = (path.name for path in (tmp_path / "site").glob(f"{project.package}-*"))
        outcome = mip_client.install(f"{web.url}/{stem}/package.json", tmp_path / "lib")
    assert is_done(outcome), outcome.output
    expected = {**project.installed(), **projects.dependency_files()}
    assert installed_tree(tmp_path / "lib") == expected
    line = f"import {project.package}\nprint({project.package}.greeting())\n"
    said = micropython("-c", f"import sys\nsys.path[:] = {[str(tmp_path / 'lib')]!r}\n{line}")
    assert said.output.strip() == project.greeting


def diamond(folder: Path) -> list[Path]:
    """Archives of four projects: `top` needs `left` and `right`, and both need `base`."""
    needs = {"top": ["left", "right"], "left": ["base"], "right": ["base==1.0"], "base": []}
    return [
        sdist(folder, name, {f"{name}.py": DIAMOND[f"{name}.py"].decode()}, requires)
        for name, requires in needs.items()
    ]


DIAMOND = {
    "top.py": b"import left\nimport right\n",
    "left.py": b"import base\n",
    "right.py": b"import base\n",
    "base.py": b"",
}


@pytest.mark.parametrize("form", ["py", "mpy"])
def test_dependencies_come_from_an_index(mip_client: MipClient, tmp_path: Path, form: str) -> None:
    top, *others = diamond(tmp_path / "dist")
    index = tmp_path / "index"
    added = run_mpconvert("index", "add", *others, "--to", index)
    assert added.status == 0, added.messages
    (made,) = pack(top, "--out", tmp_path / "site", "--index", index)
    assert read(made)["deps"] == [["left", "1.0"], ["right", "1.0"]]
    with serving_folder(tmp_path) as web:
        outcome = mip_client.install(
            f"{web.url}/site", tmp_path / "lib", index=f"{web.url}/index", mpy=form == "mpy"
        )
    assert is_done(outcome), outcome.output
    installed = installed_tree(tmp_path / "lib")
    names = {path.split(".")[0] for path in installed}
    assert names == {"top", "left", "right", "base"}
    assert f"base.{form}" in installed
    assert installed["top.py"] == DIAMOND["top.py"]
    assert import_modules(tmp_path / "lib", ["top", "base"]).output == ""


def test_inputs_depend_on_each_other_by_their_urls(mip_client: MipClient, tmp_path: Path) -> None:
    archives = diamond(tmp_path / "dist")
    site = tmp_path / "site"
    with serving_folder(site) as web:
        pack(*archives, "--out", site, "--url-base", web.url)
        outcome = mip_client.install(f"{web.url}/top-1.0", tmp_path / "lib")
    assert is_done(outcome), outcome.output
    assert installed_tree(tmp_path / "lib") == DIAMOND
    assert import_modules(tmp_path / "lib", ["top"]).output == ""


def test_a_circle_of_inputs_is_broken(mip_client: MipClient, tmp_path: Path) -> None:
    one = sdist(tmp_path / "dist", "one", {"one.py": ""}, ["two"])
    two = sdist(tmp_path / "dist", "two", {"two.py": "import one\n"}, ["one"])
    site = tmp_path / "site"
    with serving_folder(site) as web:
        pack(one, two, "--out", site, "--url-base", web.url)
        outcome = mip_client.install(f"{web.url}/one-1.0", tmp_path / "lib")
    assert is_done(outcome), outcome.output
    assert set(installed_tree(tmp_path / "lib")) == {"one.py", "two.py"}


@pytest.mark.parametrize("where", ["inputs", "index"])
def test_a_bundle_needs_nothing_else(mpremote: Mpremote, tmp_path: Path, where: str) -> None:
    top, *others = diamond(tmp_path / "dist")
    site = tmp_path / "site"
    if where == "inputs":
        pack(top, *others, "--out", site, "--deps", "bundle")
        made = site / "top-1.0" / "package.json"
    else:
        assert run_mpconvert("index", "add", *others, "--to", tmp_path / "index").status == 0
        (made,) = pack(top, "--out", site, "--deps", "bundle", "--index", tmp_path / "index")
    assert read(made)["deps"] == []
    outcome = mpremote.install(str(made), tmp_path / "lib")
    assert is_done(outcome), outcome.output
    assert installed_tree(tmp_path / "lib") == DIAMOND


def test_a_bundle_is_compiled_as_a_whole(tmp_path: Path) -> None:
    top, *others = diamond(tmp_path / "dist")
    pack(top, *others, "--out", tmp_path / "site", "--deps", "bundle", "--mpy")
    files = installed_tree(tmp_path / "site" / "top-1.0")
    assert set(files) == {"package.json", *(path.replace(".py", ".mpy") for path in DIAMOND)}


def test_an_older_release_makes_way(mpremote: Mpremote, tmp_path: Path) -> None:
    folder = write_gadget(tmp_path / "gadget")
    site = tmp_path / "site"
    pack(folder, "--out", site)
    (site / "index.html").touch()
    shutil.rmtree(folder / "src" / "gadget" / "data")
    refused = run_mpconvert("mip", folder, "--out", site)
    assert (refused.status, refused.results[0].refusals) == (1, {"MP601"})
    pack(folder, "--out", site, "--force")
    assert set(installed_tree(site)) == {
        "index.html",
        "package.json",
        "gadget/__init__.py",
        "gadget/colour.py",
    }
    assert is_done(mpremote.install(str(site / "package.json"), tmp_path / "lib"))


def test_equal_inputs_give_equal_bytes(gadget: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        pack(gadget / "dist", "--out", tmp_path / name)
    assert installed_tree(tmp_path / "one") == installed_tree(tmp_path / "two")
    document = json.loads((tmp_path / "one" / "package.json").read_text())
    assert document["urls"] == sorted(document["urls"])
