"""The layout of an sdist or a folder, against the wheel that the real setuptools builds from it.

Each case is a small project. setuptools makes its sdist, and the wheel from that sdist; what
`mpconvert inspect` says of the sdist alone must be the wheel's payload. The same for the folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.layout.compare import derived, install, payload

SETUPTOOLS = "setuptools==84.2.1"
PACKAGE = {
    "pkg/__init__.py": "",
    "pkg/mod.py": "",
    "pkg/data.txt": "text",
    "pkg/.hidden.txt": "text",
    "pkg/py.typed": "",
    "pkg/sub/__init__.py": "",
    "pkg/sub/deep.py": "",
    "pkg/sub/deep.json": "{}",
    "pkg/plain/x.py": "",
    "pkg/plain/y.bin": "y",
    "pkg/tests/__init__.py": "",
    "pkg/tests/test_mod.py": "",
    "other.py": "",
    "tests/__init__.py": "",
    "docs/conf.py": "",
}
#: A project whose root is a package.
AT_ROOT = {
    "__init__.py": "",
    "core.py": "",
    "data.txt": "text",
    "README.md": "text",
    "LICENSE": "text",
    "sub/__init__.py": "",
    "sub/x.txt": "text",
    "tests/test_core.py": "",
    "MANIFEST.in": "include data.txt\ngraft sub\n",
}
DECLARATION = "__import__('pkg_resources').declare_namespace(__name__)\n"
DECLARED = {
    "ns/__init__.py": DECLARATION,
    "ns/b/__init__.py": DECLARATION,
    "ns/b/a/__init__.py": "",
    "ns/c/__init__.py": "",
}
PLAIN = {"pkg/__init__.py": "", "pkg/plain/x.py": "", "pkg/plain/y.txt": "", "pkg/a/b/z.py": ""}
NAMESPACE = {"ns/a/__init__.py": "", "ns/b/x.py": "", "ns/b/y.txt": "y"}
MANIFEST = {"MANIFEST.in": "graft pkg\ngraft src\n"}


def below(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


def script(arguments: str, before: str = "") -> dict[str, str]:
    return {
        "setup.py": "from setuptools import setup, find_packages, find_namespace_packages\n"
        f"{before}\nsetup(name='case', version='1', {arguments})\n"
    }


def cfg(options: str) -> dict[str, str]:
    return {
        "setup.py": "from setuptools import setup\nsetup()\n",
        "setup.cfg": f"[metadata]\nname = case\nversion = 1\n{options}\n",
    }


def toml(tables: str = "") -> dict[str, str]:
    return {
        "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n"
        "build-backend = 'setuptools.build_meta'\n"
        f"[project]\nname = 'case'\nversion = '1'\n{tables}\n"
    }


CASES = {
    # setup.py
    "py-packages": PACKAGE | script("packages=['pkg', 'pkg.sub']"),
    "py-modules": PACKAGE | script("py_modules=['other']"),
    "py-module-in-package": PACKAGE | script("py_modules=['pkg.mod', 'other']"),
    "py-both": PACKAGE | script("packages=['pkg'], py_modules=['other']"),
    "py-find": PACKAGE | script("packages=find_packages()"),
    "py-find-exclude": PACKAGE
    | script("packages=find_packages(exclude=['tests', '*.tests', 'tests.*'])"),
    "py-find-include": PACKAGE | script("packages=find_packages(include=['pkg', 'pkg.s*'])"),
    "py-find-src": below("src", PACKAGE)
    | script("packages=find_packages('src'), package_dir={'': 'src'}"),
    "py-namespace": NAMESPACE | script("packages=find_namespace_packages(include=['ns.*'])"),
    "py-package-dir": PACKAGE | script("packages=['top', 'top.sub'], package_dir={'top': 'pkg'}"),
    "py-package-root": PACKAGE | script("packages=['top'], package_dir={'top': '.'}"),
    "py-package-root-include": AT_ROOT
    | script("packages=['top'], package_dir={'top': '.'}, include_package_data=True"),
    "py-package-root-empty": AT_ROOT
    | script("packages=['top', 'top.sub'], package_dir={'top': ''}, include_package_data=True"),
    "py-root-is-a-dot": PACKAGE
    | MANIFEST
    | script("packages=['pkg'], package_dir={'': './'}, include_package_data=True"),
    "py-namespace-packages": below("src", DECLARED)
    | script("packages=find_packages('src'), package_dir={'': 'src'}, namespace_packages=['ns.b']"),
    "py-declared-alone": DECLARED | script("packages=find_packages()"),
    "py-namespace-without-init": NAMESPACE
    | script("packages=['ns', 'ns.a'], namespace_packages=['ns']"),
    "py-modules-computed": below("src", PACKAGE)
    | script(
        "packages=find_namespace_packages('src'), package_dir={'': 'src'},"
        " py_modules=[m for m in []]"
    ),
    "py-namespace-computed": PLAIN
    | script("packages=[p for p in find_namespace_packages(include=['pkg*'])]"),
    "py-package-data": PACKAGE
    | script(
        "packages=find_packages(), package_data={'': ['*.txt'], 'pkg': ['plain/*'],"
        " 'pkg.sub': ['*.js*n']}"
    ),
    "py-package-data-deep": PACKAGE
    | MANIFEST
    | script("packages=['pkg'], package_data={'pkg': ['**/*.json', 'pl[a]in/**', '.hid*']}"),
    "py-include": PACKAGE | MANIFEST | script("packages=['pkg'], include_package_data=True"),
    "py-include-subpackages": PACKAGE
    | MANIFEST
    | script("packages=['pkg', 'pkg.sub'], include_package_data=True"),
    "py-include-no-manifest": PACKAGE | script("packages=['pkg'], include_package_data=True"),
    "py-no-include": PACKAGE | MANIFEST | script("packages=['pkg']"),
    "py-exclude-data": PACKAGE
    | MANIFEST
    | script(
        "packages=['pkg'], include_package_data=True,"
        " exclude_package_data={'pkg': ['*.json', 'plain/*.bin'], '': ['data.txt']}"
    ),
    "py-names": PACKAGE
    | script("**kw", "P = ['pkg']\nP += ['pkg.' + 'sub']\nkw = dict(packages=P)"),
    "py-main": PACKAGE
    | {
        "setup.py": "import setuptools\n\ndef main():\n    names = ['pkg']\n"
        "    setuptools.setup(name='case', version='1', packages=names)\n\n"
        "if __name__ == '__main__':\n    main()\n"
    },
    "py-computed": PACKAGE
    | script("packages=names", "names = [n for n in ['pkg', 'pkg.sub', 'pkg.tests']]"),
    "py-computed-src": below("src", {"pkg/__init__.py": "", "pkg/m.py": ""})
    | script("packages=names, package_dir={'': 'src'}", "names = [n for n in ('pkg',)]"),
    "py-empty-list": PACKAGE | script("packages=[]"),
    # setup.cfg
    "cfg-list": PACKAGE | cfg("[options]\npackages =\n    pkg\n    pkg.sub\npy_modules = other"),
    "cfg-find": PACKAGE | cfg("[options]\npackages = find:"),
    "cfg-find-src": below("src", PACKAGE)
    | cfg(
        "[options]\npackages = find:\npackage_dir =\n    = src\n"
        "[options.packages.find]\nwhere = src"
    ),
    "cfg-find-src-only": below("src", PACKAGE)
    | cfg("[options]\npackages = find:\n[options.packages.find]\nwhere = src\nexclude = *.tests"),
    "cfg-namespace": below("src", NAMESPACE)
    | cfg(
        "[options]\npackages = find_namespace:\n[options.packages.find]\nwhere=src\ninclude = ns.*"
    ),
    "cfg-data": PACKAGE
    | cfg(
        "[options]\npackages = find:\n[options.package_data]\n* = *.txt, *.json\n"
        "pkg =\n    plain/*\n[options.exclude_package_data]\npkg.sub = *.json"
    ),
    "cfg-include": PACKAGE
    | MANIFEST
    | cfg("[options]\npackages = pkg\ninclude_package_data = yes"),
    "cfg-and-py": PACKAGE
    | {"setup.cfg": "[options]\npackages = tests\npy_modules = other\n"}
    | script("packages=['pkg']"),
    # pyproject.toml
    "toml-list": PACKAGE | toml("[tool.setuptools]\npackages = ['pkg']\npy-modules = ['other']"),
    "toml-manifest": PACKAGE | MANIFEST | toml("[tool.setuptools]\npackages = ['pkg']"),
    "toml-no-include": PACKAGE
    | MANIFEST
    | toml("[tool.setuptools]\npackages = ['pkg']\ninclude-package-data = false"),
    "toml-find": PACKAGE | toml("[tool.setuptools.packages.find]\ninclude = ['pkg*']"),
    "toml-find-regular": PACKAGE
    | toml("[tool.setuptools.packages.find]\nnamespaces = false\nexclude = ['tests']"),
    "toml-find-src": below("src", PACKAGE)
    | toml("[tool.setuptools.packages.find]\nwhere = ['src']"),
    "toml-find-two": below("one", {"a/__init__.py": ""})
    | below("two", {"b/__init__.py": "", "b/c/x.py": ""})
    | toml("[tool.setuptools.packages.find]\nwhere = ['one', 'two']"),
    "toml-package-dir": PACKAGE
    | toml("[tool.setuptools]\npackages = ['top']\npackage-dir = {top = 'pkg'}"),
    "toml-data": PACKAGE
    | toml(
        "[tool.setuptools]\npackages = ['pkg', 'pkg.sub']\ninclude-package-data = false\n"
        "[tool.setuptools.package-data]\n'*' = ['*.json']\npkg = ['data.txt', 'plain/*']\n"
        "[tool.setuptools.exclude-package-data]\npkg = ['*.bin']"
    ),
    "cfg-package-root": AT_ROOT
    | cfg("[options]\npackages = top\npackage_dir =\n  top = .\ninclude_package_data = True"),
    "cfg-namespace-packages": DECLARED
    | cfg("[options]\npackages = find:\nnamespace_packages =\n  ns\n  ns.b"),
    "toml-package-root": AT_ROOT
    | toml("[tool.setuptools]\npackages = ['top']\npackage-dir = {top = './'}"),
    "toml-package-root-data": AT_ROOT
    | toml(
        "[tool.setuptools]\npackages = ['top']\npackage-dir = {top = '.'}\n"
        "[tool.setuptools.package-data]\ntop = ['*.txt', 'sub/*']"
    ),
    "toml-nothing": {"README.md": "", "docs/conf.py": ""} | toml(),
    "toml-and-py": PACKAGE | toml() | script("packages=['pkg'], package_data={'pkg': ['*.txt']}"),
    "toml-over-py": PACKAGE
    | toml("[tool.setuptools]\npackages = ['pkg.sub']")
    | script("packages=['pkg'], package_data={'pkg.sub': ['*.json']}"),
    # nobody names a package
    "auto-src": below("src", PACKAGE) | toml(),
    "auto-src-py": below("src", PACKAGE) | script(""),
    "auto-flat": {path: PACKAGE[path] for path in PACKAGE if path != "other.py"} | toml(),
    "auto-flat-stubs": {"pkg/a.py": "", "pkg-stubs/a.pyi": "", "tests/x.py": ""} | toml(),
    "auto-module": {"one.py": "", "test.py": "", "docs/conf.py": "", "_own.py": ""} | toml(),
    "auto-explicit": PACKAGE | toml("[tool.setuptools]\npackage-dir = {top = 'pkg/sub'}"),
    "auto-lib": below("lib", PACKAGE) | toml("[tool.setuptools]\npackage-dir = {'' = 'lib'}"),
}

COMPUTED = {"py-computed", "py-computed-src", "py-namespace-computed"}


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def build(hook: str, setuptools: Path, project: Path, out: Path) -> Path:
    """The archive that a hook of the build backend (PEP 517) makes, in a process of its own."""
    code = (
        "import os, sys, setuptools.build_meta as backend;"
        "_, hook, project, out = sys.argv; os.chdir(project); sys.argv = ['setup.py'];"
        "print(getattr(backend, hook)(out), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, hook, str(project), str(out)]
    environment = {**os.environ, "PYTHONPATH": str(setuptools)}
    run = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    return out / run.stderr.splitlines()[-1]


@pytest.fixture(scope="session")
def setuptools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that setuptools can be imported from."""
    folder = tmp_path_factory.mktemp("setuptools")
    install(SETUPTOOLS, folder)
    return folder


@pytest.mark.parametrize("case", CASES)
def test_layout_is_that_of_the_wheel(case: str, setuptools: Path, tmp_path: Path) -> None:
    write(tmp_path / "project", CASES[case])
    sdist = build("build_sdist", setuptools, tmp_path / "project", tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    wheel = build("build_wheel", setuptools, tmp_path / "case-1", tmp_path)
    assert derived(sdist) == payload(wheel)


@pytest.mark.parametrize("case", CASES)
def test_layout_of_a_folder_is_that_of_the_wheel(
    case: str, setuptools: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    write(project, CASES[case])
    fresh = derived(project)
    wheel = build("build_wheel", setuptools, project, tmp_path)
    # Without the records of a build, nobody can tell what a script computes.
    assert fresh == ([] if case in COMPUTED else payload(wheel))
    assert (project / "build").is_dir()
    assert derived(project) == fresh


def test_what_a_search_in_the_dot_finds_is_installed_by_way_of_an_sdist(
    setuptools: Path, tmp_path: Path
) -> None:
    """setuptools lists it as `./path`, and knows the package only when it reads its own list."""
    project = tmp_path / "project"
    manifest = {"MANIFEST.in": "recursive-include . *.txt *.bin\nrecursive-exclude . *.bin\n"}
    arguments = "packages=['pkg'], include_package_data=True"
    write(project, PACKAGE | manifest | script(arguments))
    fresh = derived(project)
    assert "pkg/data.txt" in fresh
    assert "pkg/plain/y.bin" not in fresh
    assert "pkg/data.txt" not in payload(build("build_wheel", setuptools, project, tmp_path))
    assert fresh == payload(build("build_wheel", setuptools, project, tmp_path))
    sdist = build("build_sdist", setuptools, project, tmp_path)
    assert derived(sdist) == fresh
