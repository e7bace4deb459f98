"""Any frontend with any backend: the same archives as without mpconvert, and one more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from pyproject_hooks import BuildBackendHookCaller, HookMissing

from tests.archive_rules import installed_by_upip, requirements, violations
from tests.conversion import convert
from tests.e2e.build_tools import PYTHON, BuildError, BuildTools
from tests.e2e.index_server import serving
from tests.e2e.projects import DEPENDENCY, Project, behind_mpconvert, dependency_files
from tests.e2e.upip_client import Upip, installed_tree
from tests.layout.compare import install

UV = ("--offline", "--no-build-isolation", "--python", PYTHON)
FRONTENDS: dict[str, tuple[str, ...]] = {
    "build": (PYTHON, "-m", "build", "--no-isolation"),
    "uv": ("uv", "build", *UV),
}
PIP = (PYTHON, "-m", "pip")
HERE = ("--no-deps", "--no-build-isolation", ".")
INSTALLERS: dict[str, tuple[str, ...]] = {
    "pip wheel": (*PIP, "wheel", "--wheel-dir", "wheels", *HERE),
    "pip install": (*PIP, "install", "--target", "target", *HERE),
    "pip install -e": (*PIP, "install", "--target", "target", *HERE[:-1], "--editable", "."),
    "uv pip install": ("uv", "pip", "install", "--no-deps", *UV, "--target", "target", "."),
    "uv pip install -e": (
        "uv",
        "pip",
        "install",
        "--no-deps",
        *UV,
        "--target",
        "target",
        "-e",
        ".",
    ),
}
#: Builds into the folder `dist` by the backend that is the first argument, called directly.
WITHOUT = """
import importlib, os, sys
backend = importlib.import_module(sys.argv[1])
os.mkdir("dist")
backend.build_sdist("dist")
backend.build_wheel("dist")
"""


@pytest.fixture
def root(project: Project, tmp_path: Path) -> Path:
    """The project of each build tool, to be built by way of mpconvert."""
    root = project.write(tmp_path)
    behind_mpconvert(root)
    return root


@pytest.mark.parametrize("frontend", FRONTENDS)
def test_the_archive_lies_beside_the_others(
    project: Project, root: Path, frontend: str, tools_of_today: BuildTools
) -> None:
    printed = tools_of_today.run(*FRONTENDS[frontend], cwd=root)
    name = f"{project.package}-0.1.0.tar.gz"
    assert printed.count(f"for MicroPython: dist-micropython/{name}\n") == 2
    assert "warning[" not in printed
    archives = {path.suffix for path in (root / "dist").glob("*-0.1.0*")}
    assert archives == {".gz", ".whl"}
    (made,) = (root / "dist-micropython").iterdir()
    assert made.name == name
    assert violations(made) == []
    assert requirements(made) == [DEPENDENCY]
    assert installed_by_upip(made) == project.installed()
    # It was made from both, and so again by hand nothing changes.
    before = made.read_bytes()
    assert convert(root / "dist") == [made]
    assert made.read_bytes() == before


def test_the_others_are_the_same_as_without(
    project: Project, root: Path, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    (tmp_path / "without").mkdir()
    alone = project.write(tmp_path / "without")
    backend = behind_mpconvert(alone)
    variables = {"SOURCE_DATE_EPOCH": "1700000000"}
    tools_of_today.run(PYTHON, "-c", WITHOUT, backend, cwd=alone, **variables)
    both = ("--sdist", "--wheel")
    tools_of_today.run(*FRONTENDS["build"], *both, cwd=root, **variables)
    expected, found = (installed_tree(folder / "dist") for folder in (alone, root))
    assert expected.keys() == found.keys()
    for name, content in expected.items():
        if project.tool in {"pdm", "setuptools"} and name.endswith(".tar.gz"):
            # They write the time of the build into their sdists, whatever they are told.
            assert [*members(alone / "dist" / name)] == [*members(root / "dist" / name)]
        else:
            assert content == found[name], name


def members(sdist: Path) -> Iterator[tuple[str, int, bytes]]:
    with tarfile.open(sdist) as archive:
        for member in archive:
            file = archive.extractfile(member)
            yield member.name, member.mode, file.read() if file else b""


@pytest.mark.parametrize("project", ["uv_build"], indirect=True)
def test_it_is_installed_by_upip(
    project: Project,
    root: Path,
    tools_of_today: BuildTools,
    dependency: Path,
    upip: Upip,
    tmp_path: Path,
) -> None:
    tools_of_today.run(*FRONTENDS["uv"], cwd=root)
    made = (root / "dist-micropython").iterdir()
    target = tmp_path / "lib"
    with serving([*made, *convert(dependency, out=tmp_path / "dependency")]) as index:
        outcome = upip.install([project.name], index.port, target)
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == {**project.installed(), **dependency_files()}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_installers_leave_no_litter(
    root: Path, installer: str, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    variables = {"TMPDIR": str(scratch), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    tools_of_today.run(*INSTALLERS[installer], cwd=root, **variables)
    folder = root / ("wheels" if installer == "pip wheel" else "target")
    assert list(folder.glob("*.whl" if installer == "pip wheel" else "*.dist-info"))
    assert not list(tmp_path.rglob("*-micropython"))


@pytest.mark.parametrize("project", ["flit"], indirect=True)
def test_it_is_there_with_an_old_frontend(
    root: Path, tools_of_today: BuildTools, tmp_path: Path
) -> None:
    install("build==0.10.0", tmp_path / "old")
    path = f"{tmp_path / 'old'}{os.pathsep}{tools_of_today.beside}"
    tools_of_today.run(*FRONTENDS["build"], cwd=root, PYTHONPATH=path)
    assert len(list((root / "dist-micropython").iterdir())) == 1


@pytest.mark.parametrize("project", ["flit"], indirect=True)
def test_it_is_there_in_isolation(root: Path, build_tools: BuildTools, own_wheel: Path) -> None:
    places = [os.environ.get("PIP_FIND_LINKS", ""), str(own_wheel.parent)]
    build_tools.run(PYTHON, "-m", "build", cwd=root, PIP_FIND_LINKS=" ".join(places).strip())
    assert len(list((root / "dist-micropython").iterdir())) == 1


#: A backend in the project itself, which has each hook, and one that has only what it must have.
INTREE = """
import os, shutil
class Least:
    def build_sdist(self, folder, config_settings=None):
        open(os.path.join(folder, "foo-1.0.tar.gz"), "w").write(repr(config_settings))
        return "foo-1.0.tar.gz"
    def build_wheel(self, folder, config_settings=None, metadata=None):
        text = repr((config_settings, os.path.basename(metadata or "")))
        open(os.path.join(folder, "foo-1.0-py3-none-any.whl"), "w").write(text)
        return "foo-1.0-py3-none-any.whl"
class All(Least):
    build_editable = Least.build_wheel
    def __getattr__(self, name):
        if name.startswith("get_requires_for_build_"):
            return lambda config_settings=None: [f"{name} {config_settings}"]
        if name.startswith("prepare_metadata_for_build_"):
            def prepare(folder, config_settings=None):
                os.mkdir(os.path.join(folder, f"{name}.dist-info"))
                return f"{name}.dist-info"
            return prepare
        raise AttributeError(name)
class backends:
    all, least = All(), Least()
"""
KINDS = ("wheel", "editable")


def intree(folder: Path, settings: str) -> BuildBackendHookCaller:
    """A project with that backend below `tools`, as a frontend sees it."""
    (folder / "tools").mkdir()
    (folder / "tools" / "own.py").write_text(INTREE)
    text = "[build-system]\nrequires = ['mpconvert']\nbuild-backend = 'mpconvert.backend'\n"
    (folder / "pyproject.toml").write_text(f"{text}[tool.mpconvert]\n{settings}\n")
    return BuildBackendHookCaller(str(folder), "mpconvert.backend", runner=run)


def run(
    cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
) -> None:
    """Runs a hook; it fails with what it printed."""
    environment = {**os.environ, **(extra_environ or {})}
    ended = subprocess.run(
        cmd, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise BuildError(ended.stdout + ended.stderr)


def test_every_hook_is_passed_on(tmp_path: Path) -> None:
    hooks = intree(tmp_path, "build-backend = 'own:backends.all'\nbackend-path = ['tools']")
    settings, out = {"a": "b"}, str(tmp_path)
    for kind in (*KINDS, "sdist"):
        requires = getattr(hooks, f"get_requires_for_build_{kind}")(settings)
        assert requires == [f"get_requires_for_build_{kind} {settings}"]
    for kind in KINDS:
        prepare = getattr(hooks, f"prepare_metadata_for_build_{kind}")
        metadata = prepare(out, settings, _allow_fallback=False)
        assert metadata == f"prepare_metadata_for_build_{kind}.dist-info"
        wheel = getattr(hooks, f"build_{kind}")(out, settings, str(tmp_path / metadata))
        assert (tmp_path / wheel).read_text() == repr((settings, metadata))
    assert (tmp_path / hooks.build_sdist(out, settings)).read_text() == repr(settings)


def test_a_hook_that_is_lacking_is_lacking(tmp_path: Path) -> None:
    hooks = intree(tmp_path, "build-backend = 'own:backends.least'\nbackend-path = ['tools']")
    for kind in (*KINDS, "sdist"):
        assert getattr(hooks, f"get_requires_for_build_{kind}")() == []
    for kind in KINDS:
        with pytest.raises(HookMissing):
            getattr(hooks, f"prepare_metadata_for_build_{kind}")(tmp_path, _allow_fallback=False)
    with pytest.raises(HookMissing):
        hooks.build_editable(str(tmp_path))


def test_what_cannot_be_converted_fails_a_strict_build_only(tmp_path: Path) -> None:
    hooks = intree(tmp_path, "build-backend = 'own:backends.least'\nbackend-path = ['tools']")
    assert hooks.build_wheel(str(tmp_path)) == "foo-1.0-py3-none-any.whl"
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write("strict = true\n")
    with pytest.raises(BuildError, match=r"error\[MP10.\]: foo-1.0-py3-none-any.whl") as raised:
        hooks.build_wheel(str(tmp_path))
    assert "Traceback" not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("", "has no `build-backend`"),
        ("build-bckend = 'flit_core.buildapi'", "did you mean `build-backend`?"),
        ("build-backend = 'mpconvert.backend'", "names mpconvert itself"),
        ("build-backend = 'never.backend'", "found no never, expected it installed"),
        ("build-backend = 'own:backends.all'\nbackend-path = ['..']", "backend-path: found .."),
        ("build-backend = 'own:backends.all'\nbackend-path = ['/']", "backend-path: found /"),
        ("build-backend = 'own'\nbackend-path = ['dist']", "found no own, expected it in "),
        ("build-backend = 'json'\nbackend-path = ['tools']", "json/__init__.py, expected it in "),
    ],
)
def test_without_a_backend_it_says_what_to_write(
    tmp_path: Path, settings: str, complaint: str
) -> None:
    hooks = intree(tmp_path, settings)
    with pytest.raises(BuildError, match=re.escape(complaint)) as raised:
        hooks.get_requires_for_build_wheel()
    assert str(raised.value).startswith("error: ")
    assert "\n  help: " in str(raised.value)


def test_a_backend_that_is_broken_says_so_itself(tmp_path: Path) -> None:
    hooks = intree(tmp_path, "build-backend = 'own'\nbackend-path = ['tools']")
    (tmp_path / "tools" / "own.py").write_text("import never_installed")
    with pytest.raises(BuildError, match="No module named 'never_installed'"):
        hooks.get_requires_for_build_wheel()


#: Only running it tells that the folder `code` becomes the package `foo`.
SETUP = """
from setuptools import setup
name = "".join(["f", "oo"])
setup(name=name, version="1.0", packages=[name], package_dir={name: "co" + "de"[:2]})
"""


def test_what_the_sdist_does_not_tell_the_wheel_does(
    tools_of_today: BuildTools, tmp_path: Path
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "__init__.py").write_text("answer = 42\n")
    (tmp_path / "setup.py").write_text(SETUP)
    (tmp_path / "pyproject.toml").write_text(
        "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'mpconvert.backend'\n"
        "[tool.mpconvert]\nbuild-backend = 'setuptools.build_meta'\nout = 'device'\n"
    )
    printed = tools_of_today.run(*FRONTENDS["build"], cwd=tmp_path)
    assert "no archive for MicroPython was made; all else was built" in printed
    assert "for MicroPython: device/foo-1.0.tar.gz" in printed
    made = tmp_path / "device" / "foo-1.0.tar.gz"
    assert installed_by_upip(made) == {"foo/__init__.py": b"answer = 42\n"}


def test_importing_it_loads_no_core() -> None:
    modules = "mpconvert.backend", "mpconvert.pdm"
    code = f"import sys, {', '.join(modules)}; print('mpconvert._native' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split() == [b"False"]
