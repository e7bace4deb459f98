"""What `mpconvert install` puts into a folder runs on a real MicroPython, and is what the real
clients install."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conversion import report
from tests.crafted import archive
from tests.e2e.index_server import serving
from tests.e2e.mip_client import Mip, board, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.upip_client import Outcome, Upip, installed_tree, micropython

#: What a tree has beside the files of packages.
WORK = {".mpconvert/installed.json", ".mpconvert/lock"}


def run(*arguments: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """A run of mpconvert that must end so."""
    command = [sys.executable, "-m", "mpconvert", *map(str, arguments)]
    ended = subprocess.run(command, text=True, capture_output=True, timeout=300, check=False)
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended


def sdist(folder: Path, name: str, files: dict[str, str], requires: Sequence[str] = ()) -> Path:
    """An archive of version 1.0 of a project."""
    root = f"{name}-1.0"
    members: dict[str, str | bytes] = {f"{root}/{path}": text for path, text in files.items()}
    members[f"{root}/{name}.egg-info/requires.txt"] = "".join(f"{line}\n" for line in requires)
    return archive(folder, members, name=f"{root}.tar.gz")


def tree(folder: Path) -> dict[str, bytes]:
    """The files of packages in a folder."""
    files = installed_tree(folder)
    return {path: data for path, data in files.items() if path not in WORK}


def written(folder: Path) -> dict[Path, tuple[int, int]]:
    """What changes when a module is written; when it was read last does not count."""
    stats = {path: path.stat() for path in folder.rglob("*.py")}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Archives of projects, one of which needs another."""
    folder = tmp_path / "dist"
    files = {
        "app/__init__.py": "import shape\nfrom app.sub import area\n",
        "app/sub.py": "import shape\n\ndef area():\n    return shape.area(2, 3)\n",
        "app/data/page.html": "<h1>Hi</h1>\n",
    }
    sdist(folder, "app", files, ["shape>=1"])
    sdist(folder, "shape", {"shape.py": "def area(a, b):\n    return a * b\n"})
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index for mip, of two packages."""
    source, site = tmp_path / "source", tmp_path / "site"
    sdist(source, "colour", {"colour/__init__.py": "from tone import RED\n"}, ["tone"])
    sdist(source, "tone", {"tone.py": "RED = 0xF800\n"})
    run("index", "add", source, "--to", site, "--no-mpy")
    return site


def on_path(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """What a script prints on a MicroPython that imports from this folder and nowhere else."""
    monkeypatch.setenv("MICROPYPATH", os.pathsep.join([".frozen", str(folder)]))
    return micropython("-c", script)


RUN = "import app, colour, solo\nprint(app.area(), colour.RED, solo.x)\n"


@pytest.fixture
def arguments(dist: Path, index: Path, tmp_path: Path) -> list[str | Path]:
    """One package of each kind."""
    solo = tmp_path / "solo.py"
    solo.write_text("x = 'solo'\n")
    return ["app", "colour", solo, "--index", index, "--no-index", "--find-links", dist]


@pytest.mark.parametrize("options", [[], ["--mpy"], ["--compile"]])
def test_what_is_installed_is_imported(
    arguments: list[str | Path],
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lib = tmp_path / "lib"
    run("install", "-p", lib, *arguments, *options)
    outcome = on_path(lib, RUN, monkeypatch)
    assert outcome.output == "6 63488 solo\n"
    endings = {path.rpartition(".")[2] for path in tree(lib)}
    assert endings == ({"mpy", "html"} if options else {"py", "html"})


def test_what_is_installed_is_what_upip_installs(dist: Path, upip: Upip, tmp_path: Path) -> None:
    run("install", "-p", tmp_path / "lib", "app", "--no-index", "--find-links", dist)
    run("convert", dist, "--out", tmp_path / "upip")
    with serving((tmp_path / "upip").glob("*.tar.gz")) as server:
        outcome = upip.install(["app"], server.port, tmp_path / "other")
    assert tree(tmp_path / "lib") == installed_tree(tmp_path / "other"), outcome.output


def test_what_is_installed_is_what_mip_installs(index: Path, tmp_path: Path) -> None:
    with serving_folder(index) as web:
        run("install", "-p", tmp_path / "lib", "colour", "--index", web.url, "--no-index")
        outcome = Mip().install("colour", tmp_path / "other", index=web.url, mpy=False)
    assert is_done(outcome), outcome.output
    assert tree(tmp_path / "lib") == installed_tree(tmp_path / "other")


def test_a_package_is_installed_from_a_url(index: Path, tmp_path: Path) -> None:
    web_folder = tmp_path / "web"
    web_folder.mkdir()
    (web_folder / "a b.py").write_text("x = 1\n")
    package = {"name": "far", "urls": [["far.py", "a%20b.py"]], "deps": [["tone", ""]]}
    (web_folder / "package.json").write_text(json.dumps(package))
    lib = tmp_path / "lib"
    with serving_folder(web_folder) as web:
        host = web.url.removeprefix("http://")
        urls = [f"http://ann:secret@{host}/package.json", f"{web.url}/a%20b.py"]
        run("install", "-p", lib, "--index", index, "--no-index", *urls)
    assert sorted(tree(lib)) == ["a%20b.py", "far.py", "tone.py"]
    assert "secret" not in (lib / ".mpconvert/installed.json").read_text()
    listed = {one["name"]: one["requested"] for one in report("list", "-p", lib)}
    assert listed == {"far": True, "tone": False, f"{web.url}/a%20b.py": True}
    report("uninstall", "-p", lib, "far")
    assert sorted(tree(lib)) == ["a%20b.py"]


def test_archives_are_installed_from_urls(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lib = tmp_path / "lib"
    shape = hashlib.sha256((dist / "shape-1.0.tar.gz").read_bytes()).hexdigest()
    with serving_folder(dist) as server:
        place = f"{server.url}/shape-1.0.tar.gz"
        app = f"{server.url.replace('://', '://me:hunter2@')}/app-1.0.tar.gz"

        def install(*requirements: str, status: int = 0) -> str:
            ended = run("install", "-p", lib, "--no-index", *requirements, status=status)
            return ended.stdout + ended.stderr

        assert "MP757" in install(app, status=1), "nobody has what it needs"
        assert "MP784" in install(f"shapes @ {place}", status=1)
        assert shape in install(f"shape @ {place}#sha256={'0' * 64}", status=1)
        requirements = tmp_path / "requirements.txt"
        requirements.write_text(f"shape @ {place} --hash=sha256:{'0' * 64}\n")
        assert shape in install("-r", str(requirements), status=1)
        assert not lib.exists()
        not_here = f"colour @ {place} ; sys_platform == 'win32'"
        told = install(app, f"shape @ {place}#sha256={shape}", not_here)
    assert "hunter2" not in told + (lib / ".mpconvert/installed.json").read_text()
    script = "import app\nprint(app.area())\n"
    assert on_path(lib, script, monkeypatch).output.strip() == "6"
    packages = {one["name"]: one for one in report("list", "-p", lib)}
    assert packages.keys() == {"app", "shape"}
    assert packages["app"]["requires"] == ["shape"]


@pytest.mark.parametrize(
    ("files", "found"), [(["m.py", "m/__init__.py"], "folder"), (["m.mpy", "m.py"], "module")]
)
def test_what_is_told_to_be_hidden_is_not_imported(
    files: list[str], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lib, dist = tmp_path / "lib", tmp_path / "dist"
    for name, path in zip(["one", "two"], files, strict=True):
        word = "folder" if "/" in path else "module"
        # The first of each pair is hidden, so that nobody reads what is in it.
        text = "x = 'hidden'\n" if name == "one" else f"x = '{word}'\n"
        sdist(dist, name, {path: text})
    options: list[str | Path] = ["--no-index", "--find-links", dist]
    refused = run("install", "-p", lib, "one", "two", *options, status=1)
    assert "error[MP794]" in refused.stderr
    told = run("install", "-p", lib, "one", "two", *options, "--force").stderr
    assert f"warning[MP517]: {lib}: {files[0]}: the module can never be imported: hidden by" in told
    assert on_path(lib, "import m\nprint(m.x)\n", monkeypatch).output.strip() == found


def test_only_what_changed_is_written(arguments: list[str | Path], tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    installed = report("install", "-p", lib, *arguments)
    assert {(one["name"], one["status"]) for one in installed} == {
        (name, "installed") for name in ("app", "colour", "shape", "solo", "tone")
    }
    before = written(lib)
    (tmp_path / "solo.py").write_text("x = 'other'\n")
    planned = report("install", "-p", lib, *arguments, "--dry-run")
    assert {one["status"] for one in planned} == {"dry-run"}
    again = report("install", "-p", lib, *arguments)
    assert [(one["name"], one["written"]) for one in again if one["written"]] == [
        ("solo", ["solo.py"])
    ]
    after = written(lib)
    changed = [path.name for path in after if after[path] != before[path]]
    assert changed == ["solo.py"]
    removed = report("uninstall", "-p", lib, "app")
    assert {one["name"] for one in removed if one["status"] == "removed"} == {"app", "shape"}
    assert not (lib / "app").exists()


def test_what_is_refused_is_reported(arguments: list[str | Path], tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    (refused,) = report("install", "-p", lib, *arguments, "nothing", status=1)
    assert refused["status"] == "refused"
    assert not lib.exists()


def test_a_board_gets_what_is_installed(arguments: list[str | Path], tmp_path: Path) -> None:
    lib, flash = tmp_path / "lib", tmp_path / "flash"
    flash.mkdir()
    with board(flash) as client:
        device = f"--device={client.port}"
        run("install", "-p", lib, *arguments, device)
        installed = tree(lib)
        assert tree(flash / "lib") == installed
        # Boards import from there by themselves.
        outcome = client.run("exec", f"import sys\nsys.path[:] = ['.frozen', 'lib']\n{RUN}")
        assert outcome.output.strip() == "6 63488 solo"
        (tmp_path / "solo.py").write_text("x = 'other'\n")
        told = run("install", "-p", lib, *arguments, device)
    assert "Up to date: lib/app/sub.py" in told.stderr
    assert "Up to date: lib/solo.py" not in told.stderr
    assert (flash / "lib/solo.py").read_text() == "x = 'other'\n"


def test_a_board_that_is_not_there_is_told(arguments: list[str | Path], tmp_path: Path) -> None:
    device = f"--device={tmp_path / 'nothing'}"
    told = run("install", "-p", tmp_path / "lib", *arguments, device, status=2)
    assert "error: mpremote: " in told.stderr
    assert "app/__init__.py" in tree(tmp_path / "lib")
