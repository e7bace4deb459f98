"""`poetry build` with mpconvert installed beside Poetry, in its versions of today and of old."""

from __future__ import annotations

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.archive_rules import installed_by_upip, requirements, violations
from tests.conversion import convert
from tests.e2e.build_tools import BuildTools
from tests.e2e.own_wheel import unpack_wheel
from tests.e2e.private_index import PASSWORD, USER, PrivateIndex, serving
from tests.e2e.projects import Project, dependency_files
from tests.e2e.upip_client import Upip, installed_tree
from tests.fetch import index_url

EXAMPLE = Path(__file__).parents[1] / "example" / "foo-bar"
SDIST, WHEEL = "foo_bar-0.1.0.tar.gz", "foo_bar-0.1.0-py3-none-any.whl"
LINE = f"  - Built dist-micropython/{SDIST}"


class Poetry:
    """Poetry in a copy of the example."""

    def __init__(self, tools: BuildTools, project: Path) -> None:
        self.tools = tools
        self.project = project
        #: Where it keeps what is not of the project.
        self.own = {
            f"POETRY_{name}_DIR": str(project.with_name("poetry") / name.lower())
            for name in ("CONFIG", "DATA", "CACHE")
        }

    def __call__(self, *arguments: str | Path, **variables: str) -> CompletedProcess[str]:
        run = self.tools.attempt(
            "poetry",
            "--no-interaction",
            *arguments,
            cwd=self.project,
            PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
            **self.own,
            **variables,
        )
        assert "Traceback" not in run.stdout + run.stderr
        return run

    def add(self, path: str, text: str | bytes) -> None:
        target = self.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def append(self, text: str) -> None:
        """Puts more into pyproject.toml."""
        file = self.project / "pyproject.toml"
        file.write_text(f"{file.read_text()}\n{text}\n")

    def break_conversion(self) -> None:
        """Puts something into the package that no device runs."""
        self.add("foo_bar/fast.so", b"\x7fELF")

    def names(self, folder: str = "dist-micropython") -> list[str]:
        """What lies in a folder of the project."""
        return sorted(installed_tree(self.project / folder))


@pytest.fixture
def poetry(hooked_tools: BuildTools, tmp_path: Path) -> Poetry:
    return Poetry(hooked_tools, Path(shutil.copytree(EXAMPLE, tmp_path / "foo-bar")))


# What a build leaves.


def test_the_converted_archive_is_there_after_a_build(poetry: Poetry) -> None:
    run = poetry("build")
    assert run.returncode == 0, run.stderr
    assert poetry.names("dist") == [WHEEL, SDIST]
    (made,) = (poetry.project / "dist-micropython").iterdir()
    assert made.name == SDIST
    assert violations(made) == []
    assert requirements(made) == ["micropython-logging"]
    assert installed_by_upip(made) == {
        f"foo_bar/{name}.py": (poetry.project / "foo_bar" / f"{name}.py").read_bytes()
        for name in ("__init__", "light")
    }


@pytest.mark.parametrize("form", ["sdist", "wheel"])
def test_of_what_was_built_in_the_folder_that_was_asked_for(poetry: Poetry, form: str) -> None:
    run = poetry("build", "--format", form, "--output", "out")
    assert run.returncode == 0, run.stderr
    assert poetry.names("out-micropython") == [SDIST]
    assert not (poetry.project / "dist-micropython").exists()


def test_in_a_folder_elsewhere(poetry: Poetry, tmp_path: Path) -> None:
    run = poetry("build", "-o", tmp_path / "out")
    assert f"  - Built {tmp_path / 'out-micropython' / SDIST}\n" in run.stdout
    assert poetry.names() == []


def test_in_the_folder_that_the_settings_name(poetry: Poetry) -> None:
    poetry.append("[tool.mpconvert]\nout = 'device'\nexclude = ['foo_bar/light.py']")
    poetry("build")
    (made,) = (poetry.project / "device").iterdir()
    assert list(installed_by_upip(made)) == ["foo_bar/__init__.py"]


def test_what_was_built_before_is_left_alone(poetry: Poetry) -> None:
    poetry("build")
    shutil.rmtree(poetry.project / "dist-micropython")
    poetry("version", "0.2.0")
    poetry("build", "-f", "wheel")
    assert poetry.names() == ["foo_bar-0.2.0.tar.gz"]


def test_what_was_built_again_is_converted_again(poetry: Poetry) -> None:
    poetry("build")
    poetry.add("foo_bar/more.py", "more = 1\n")
    assert poetry("build").returncode == 0
    (made,) = (poetry.project / "dist-micropython").iterdir()
    assert "foo_bar/more.py" in installed_by_upip(made)


def test_a_failed_build_leaves_nothing(poetry: Poetry) -> None:
    poetry.append("[[tool.poetry.packages]]\ninclude = 'missing'")
    assert poetry("build").returncode != 0
    assert poetry.names() == []


# What people see.


def test_it_says_so_in_a_line_like_those_of_poetry(poetry: Poetry) -> None:
    run = poetry("build")
    *others, last = run.stdout.splitlines()
    assert last == LINE
    assert f"  - Built {WHEEL}" in others
    assert run.stderr == ""


def test_it_is_as_quiet_and_as_colourful_as_poetry(poetry: Poetry) -> None:
    quiet = poetry("build", "--quiet")
    assert quiet.stdout + quiet.stderr == ""
    assert poetry.names() == [SDIST]
    *_, last = poetry("build", "--ansi").stdout.splitlines()
    assert last.startswith("  - Built \x1b[")
    assert f"dist-micropython/{SDIST}\x1b[" in last
    assert "\x1b" not in poetry("build", "--no-ansi").stdout
    assert LINE in poetry("build", "-vvv").stdout.splitlines()


def test_a_failed_conversion_is_told_and_the_build_goes_on(poetry: Poetry) -> None:
    poetry.break_conversion()
    run = poetry("build")
    assert run.returncode == 0
    assert poetry.names("dist") == [WHEEL, SDIST]
    assert poetry.names() == []
    assert "error[MP501]: " in run.stderr
    assert "foo_bar/fast.so" in run.stderr
    assert run.stderr.endswith("no archive for MicroPython was made; all else was built\n")


@pytest.mark.parametrize("verbosity", [(), ("-vvv",)])
def test_it_fails_a_strict_project(poetry: Poetry, verbosity: tuple[str, ...]) -> None:
    poetry.break_conversion()
    poetry.append("[tool.mpconvert]\nstrict = true")
    run = poetry("build", *verbosity)
    assert run.returncode == 1
    assert "error[MP501]: " in run.stderr
    assert poetry.names() == []


def test_a_setting_that_makes_no_sense_is_told(poetry: Poetry) -> None:
    poetry.append("[tool.mpconvert]\nexlude = ['<b>']")
    run = poetry("build")
    assert run.returncode == 0
    assert "exlude" in run.stderr
    assert "exclude" in run.stderr


def test_a_strict_project_fails_with_its_settings(poetry: Poetry) -> None:
    poetry.append("[tool.mpconvert]\nexlude = []\nstrict = true")
    run = poetry("build")
    assert run.returncode == 1
    assert "exlude" in run.stderr


def test_a_broken_mpconvert_does_not_break_a_build(
    poetry: Poetry, own_wheel: Path, tmp_path: Path
) -> None:
    broken = unpack_wheel(own_wheel, tmp_path / "broken")
    for core in (broken / "mpconvert").glob("_native.*"):
        core.unlink()
    run = poetry("build", PYTHONPATH=str(broken))
    assert run.returncode == 0
    assert "error: mpconvert itself failed: ImportError" in run.stderr
    assert poetry.names("dist") == [WHEEL, SDIST]


def test_commands_that_build_nothing_do_not_load_the_core(poetry: Poetry) -> None:
    loaded = {
        command: {
            line.rpartition("|")[2].strip()
            for line in poetry(command, PYTHONPROFILEIMPORTTIME="1").stderr.splitlines()
        }
        for command in ("check", "build")
    }
    core = {"mpconvert._hook", "mpconvert._native"}
    assert core <= loaded["build"]
    assert not core & loaded["check"]
    assert "mpconvert._errors" in loaded["check"], "the plugin itself is not there"


# Publishing.


def credentials(index: PrivateIndex, name: str, password: str = PASSWORD) -> dict[str, str]:
    return {
        f"POETRY_REPOSITORIES_{name}_URL": index.url,
        f"POETRY_HTTP_BASIC_{name}_USERNAME": USER,
        f"POETRY_HTTP_BASIC_{name}_PASSWORD": password,
    }


def test_the_build_of_a_publish_is_converted_and_published_apart(
    hooked_tools: BuildTools,
    dependency: Path,
    private_index: PrivateIndex,
    upip: Upip,
    tmp_path: Path,
) -> None:
    project = Project("poetry")
    poetry = Poetry(hooked_tools, project.write(tmp_path))
    with serving(tmp_path / "usual") as usual:
        run = poetry("publish", "--build", "-r", "usual", **credentials(usual, "USUAL"))
        assert run.returncode == 0, run.stdout + run.stderr
        assert installed_tree(usual.packages) == installed_tree(poetry.project / "dist")
    printed = run.stdout.splitlines()
    made = "dist-micropython/e2e_poetry-0.1.0.tar.gz"
    assert printed.index(f"  - Built {made}") < printed.index(
        "Publishing e2e-poetry (0.1.0) to usual"
    )

    publish = ("publish", "--dist-dir", "dist-micropython", "-r", "device")
    assert poetry(*publish, **credentials(private_index, "DEVICE", "a wrong one")).returncode != 0
    assert installed_tree(private_index.packages) == {}
    run = poetry(*publish, **credentials(private_index, "DEVICE"))
    assert run.returncode == 0, run.stdout + run.stderr
    (stored,) = private_index.packages.iterdir()
    assert stored.read_bytes() == (poetry.project / made).read_bytes()

    convert(dependency, out=private_index.packages)
    outcome = upip.install([project.name], private_index.port, tmp_path / "lib")
    assert outcome.status == 0, outcome.output
    assert installed_tree(tmp_path / "lib") == {**project.installed(), **dependency_files()}


def test_nothing_of_a_strict_project_is_published_unconverted(
    poetry: Poetry, private_index: PrivateIndex
) -> None:
    poetry.break_conversion()
    poetry.append("[tool.mpconvert]\nstrict = true")
    run = poetry("publish", "--build", "-r", "device", **credentials(private_index, "DEVICE"))
    assert run.returncode == 1
    assert "error[MP501]: " in run.stderr
    assert installed_tree(private_index.packages) == {}


# Installing it by a project's own wish.


def test_a_project_can_require_it(build_tools: BuildTools, own_wheel: Path, tmp_path: Path) -> None:
    poetry = Poetry(build_tools, Path(shutil.copytree(EXAMPLE, tmp_path / "foo-bar")))
    file = poetry.project / "pyproject.toml"
    file.write_text(file.read_text().replace('micropython-logging = "^0.5"', ""))
    # Poetry solves for all that is installed beside it, with what the index says of that.
    poetry.append(f"""\
[tool.poetry.requires-plugins]
mpconvert = {{ path = "{own_wheel}" }}

[[tool.poetry.source]]
name = "configured"
url = "{index_url()}"
""")
    assert poetry("build").returncode == 0
    assert poetry.names() == []
    run = poetry("install", "--no-root")
    assert run.returncode == 0, run.stdout + run.stderr
    assert LINE in poetry("build").stdout.splitlines()
    assert poetry.names() == [SDIST]
