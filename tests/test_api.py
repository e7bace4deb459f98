"""The Python door: `import mpconvert`."""

from __future__ import annotations

import errno
import gzip
import importlib.resources
import random
import shutil
from pathlib import Path

import mpconvert
import pytest

from tests.archive_rules import installed_by_upip, members, violations
from tests.crafted import archive
from tests.threads import large_wheel, run_beside_a_thread

ROOT = "foo_bar-1.0"
PKG_INFO = """\
Metadata-Version: 2.1
Name: Foo.Bar
Version: 1.0
Summary: What it is for
Requires-Dist: other>=2
Requires-Dist: more; extra == "all"
Requires-Dist: posix; sys_platform == "linux"
Requires-Dist: old; python_version < "3.5"
Provides-Extra: all
"""
FILES = {
    f"{ROOT}/PKG-INFO": PKG_INFO,
    f"{ROOT}/foo_bar/__init__.py": "value = 1\n",
    f"{ROOT}/foo_bar/data.txt": "text",
    f"{ROOT}/tests/test_foo_bar.py": "",
}
OUTPUT = "foo_bar-1.0.tar.gz"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder with one sdist in it."""
    return archive(tmp_path / "dist", FILES).parent


@pytest.fixture
def sdist(dist: Path) -> Path:
    return dist / "foo_bar-1.0.tar.gz"


@pytest.fixture
def compiled(dist: Path) -> Path:
    """An archive with native code in it, in the same folder."""
    files: dict[str, str | bytes] = {
        "native-1.0/native.py": "",
        "native-1.0/_native.so": b"\x7fELF",
    }
    return archive(dist, files, name="native-1.0.tar.gz")


def convert_one(source: Path | bytes, **options: object) -> mpconvert.Converted:
    (converted,) = mpconvert.convert(source, **options)  # type: ignore[arg-type]
    return converted


def paths(release: mpconvert.Package) -> list[str]:
    return [file.path for file in release.files]


def codes(findings: list[mpconvert.Finding]) -> set[str]:
    return {finding.code for finding in findings}


# What `read` gives.


def test_a_package_says_what_it_holds(sdist: Path) -> None:
    package = mpconvert.read(sdist)
    assert (package.name, package.version) == ("Foo.Bar", "1.0")
    assert package.summary == "What it is for"
    assert package.requires == [
        "other>=2",
        'more; extra == "all"',
        'posix; sys_platform == "linux"',
        'old; python_version < "3.5"',
    ]
    assert [(file.path, file.size, file.data) for file in package.files] == [
        ("foo_bar/__init__.py", 10, b"value = 1\n"),
        ("foo_bar/data.txt", 4, b"text"),
        ("tests/test_foo_bar.py", 0, b""),
    ]
    assert codes(package.findings) == {"MP405"}


class PathLike:
    """Knows a path, and is neither a text nor a `pathlib.Path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


@pytest.mark.parametrize("kind", [str, Path, PathLike, Path.read_bytes])
def test_an_archive_is_given_in_many_ways(sdist: Path, kind: type) -> None:
    assert paths(mpconvert.read(kind(sdist))) == paths(mpconvert.read(sdist))
    converted = convert_one(kind(sdist), dry_run=True)
    assert (converted.name, converted.version) == ("Foo.Bar", "1.0")


def test_bytes_have_the_name_that_they_are_given(tmp_path: Path) -> None:
    nameless = archive(tmp_path, {"x-1/a.py": ""}).read_bytes()
    package = mpconvert.read(nameless, name="thing-3.1.tar.gz")
    assert (package.name, package.version) == ("thing", "3.1")
    assert codes(package.findings) == {"MP202", "MP405"}
    with pytest.raises(mpconvert.Refused, match=r"\(MP201\)") as refusal:
        mpconvert.read(nameless)
    assert refusal.value.input == "archive"


def test_what_convert_refuses_can_be_looked_at(compiled: Path) -> None:
    package = mpconvert.read(compiled)
    assert paths(package) == ["_native.so", "native.py"]
    assert "MP501" in codes(package.findings)
    with pytest.raises(mpconvert.Refused) as refusal:
        mpconvert.convert(compiled)
    (finding,) = (one for one in refusal.value.findings if one.severity == "error")
    assert (finding.code, finding.path) == ("MP501", "_native.so")
    assert finding.found
    assert finding.help
    assert finding.found in finding.text
    assert str(finding) == f"error MP501: {finding.text}"


# What `convert` does.


def test_a_file_is_converted_to_a_sibling_of_its_folder(sdist: Path, tmp_path: Path) -> None:
    converted = convert_one(sdist)
    made = tmp_path / "dist-micropython" / OUTPUT
    assert converted.path == made
    assert converted.outcome == "written"
    assert converted.data is None
    assert converted.requires == ["other"]
    assert violations(made) == []
    assert sorted(installed_by_upip(made)) == converted.files
    assert convert_one(sdist).outcome == "unchanged"


def test_a_folder_is_converted_to_where_it_is_told(dist: Path, tmp_path: Path) -> None:
    archive(dist, {"other-2.0/other.py": ""}, name="other-2.0.tar.gz")
    converted = mpconvert.convert(dist, tmp_path / "out")
    assert [one.name for one in converted] == ["Foo.Bar", "other"]
    assert [one.path for one in converted] == sorted((tmp_path / "out").iterdir())


def test_a_project_is_read_and_converted_from_its_folder(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "foo_bar").mkdir(parents=True)
    (project / "foo_bar" / "__init__.py").write_text("value = 1\n")
    (project / "pyproject.toml").write_text("[project]\nname = 'Foo.Bar'\nversion = '1.0'\n")
    package = mpconvert.read(project)
    assert (package.name, package.version) == ("Foo.Bar", "1.0")
    assert [(file.path, file.data) for file in package.files] == [
        ("foo_bar/__init__.py", b"value = 1\n")
    ]
    assert convert_one(project).path == project / "dist-micropython" / OUTPUT


def test_bytes_become_the_bytes_that_a_file_becomes(sdist: Path, tmp_path: Path) -> None:
    converted = convert_one(sdist.read_bytes(), name=sdist.name)
    assert converted.path is None
    assert converted.outcome == "in-memory"
    made = convert_one(sdist, out=tmp_path / "out").path
    assert made
    assert converted.data == made.read_bytes()
    with pytest.raises(mpconvert.UsageError):
        mpconvert.convert(sdist.read_bytes(), tmp_path)


@pytest.mark.parametrize(
    ("options", "requires"),
    [
        ({}, ["other"]),
        ({"extras": ["all"]}, ["other", "more"]),
        ({"sys_platform": "linux"}, ["other", "posix"]),
        ({"python_version": "3.4"}, ["other", "old"]),
    ],
)
def test_options_decide_on_dependencies(
    sdist: Path, options: dict[str, object], requires: list[str]
) -> None:
    assert convert_one(sdist, dry_run=True, **options).requires == requires


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, ["foo_bar/R.py", "foo_bar/__init__.py", "foo_bar/data.txt"]),
        (
            {"include": ["tests"]},
            ["foo_bar/R.py", "foo_bar/__init__.py", "foo_bar/data.txt", "tests/test_foo_bar.py"],
        ),
        ({"exclude": ["**/*.txt"]}, ["foo_bar/__init__.py"]),
        ({"include": ["tests"], "exclude": ["*/*_bar.py", "foo_bar/d*"]}, ["foo_bar/__init__.py"]),
    ],
)
def test_options_decide_on_files(sdist: Path, options: dict[str, object], kept: list[str]) -> None:
    assert convert_one(sdist, dry_run=True, **options).files == kept


def test_a_dry_run_writes_nothing(sdist: Path, tmp_path: Path) -> None:
    converted = convert_one(sdist, out=tmp_path / "out", dry_run=True)
    assert (converted.outcome, converted.path) == ("dry-run", tmp_path / "out" / OUTPUT)
    assert not (tmp_path / "out").exists()


def test_only_force_overwrites_what_differs(sdist: Path, tmp_path: Path) -> None:
    (tmp_path / OUTPUT).write_bytes(b"another")
    with pytest.raises(mpconvert.Refused) as refusal:
        mpconvert.convert(sdist, tmp_path)
    assert "MP601" in codes(refusal.value.findings)
    assert (tmp_path / OUTPUT).read_bytes() == b"another"
    assert convert_one(sdist, out=tmp_path, force=True).outcome == "written"
    assert (tmp_path / OUTPUT).read_bytes() != b"another"


@pytest.mark.parametrize(
    ("options", "code"),
    [({"max_size": 9999}, "MP106"), ({"max_ratio": 1}, "MP107"), ({"max_members": 3}, "MP108")],
)
def test_limits_stop_it(tmp_path: Path, options: dict[str, int], code: str) -> None:
    digits = random.Random(0).randbytes(600_000).hex()
    large = archive(tmp_path, {**FILES, f"{ROOT}/foo_bar/digits.txt": digits})
    for source in (large, large.read_bytes()):
        for call in (mpconvert.read, mpconvert.convert):
            with pytest.raises(mpconvert.Refused) as refusal:
                call(source, **options)  # type: ignore[arg-type]
            assert codes(refusal.value.findings) == {code}


def test_members_have_the_time_of_source_date_epoch(
    sdist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    data = convert_one(sdist.read_bytes()).data
    assert data
    tar = gzip.decompress(data)
    assert {int(member.header[136:147], 8) for member in members(tar)} == {1234567890}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")
    with pytest.raises(mpconvert.UsageError, match="tomorrow"):
        mpconvert.convert(sdist.read_bytes())


# What is raised.


def test_exceptions_are_a_tree() -> None:
    for raised in (
        mpconvert.Refused,
        mpconvert.UsageError,
        mpconvert.FetchError,
        mpconvert.FileError,
    ):
        assert issubclass(raised, mpconvert.Error)
    assert issubclass(mpconvert.UsageError, ValueError)
    assert issubclass(mpconvert.FileError, OSError)


@pytest.mark.parametrize("call", [mpconvert.read, mpconvert.convert])
def test_a_missing_file_is_an_error_of_the_system(call: type, tmp_path: Path) -> None:
    missing = tmp_path / "missing.tar.gz"
    with pytest.raises(mpconvert.FileError) as error:
        call(missing)
    with pytest.raises(OSError) as usual:  # noqa: PT011 - its text is what is compared
        missing.open()
    assert error.value.errno == errno.ENOENT
    assert error.value.filename == str(missing)
    assert str(error.value) == str(usual.value)
    assert error.value.converted == []
    assert error.value.others == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"python_version": "three"}, "three"),
        ({"include": ["[a"]}, r"\[a"),
        ({"exclude": ["[a"]}, r"\[a"),
    ],
)
def test_options_that_make_no_sense(sdist: Path, options: dict, complaint: str) -> None:
    with pytest.raises(mpconvert.UsageError, match=complaint) as error:
        mpconvert.convert(sdist, dry_run=True, **options)
    assert error.value.help


def test_one_refusal_does_not_stop_the_others(dist: Path, compiled: Path, tmp_path: Path) -> None:
    archive(dist, {"z-1/PKG-INFO": "nothing else"}, name="z-1.tar.gz")
    with pytest.raises(mpconvert.Refused, match=r"_native\.so") as refusal:
        mpconvert.convert(dist, tmp_path / "out")
    error = refusal.value
    assert error.input == compiled.name
    assert "MP501" in codes(error.findings)
    (other,) = error.others
    assert isinstance(other, mpconvert.Refused)
    assert other.input == "z-1.tar.gz"
    assert "MP502" in codes(other.findings)
    assert [one.path for one in error.converted] == [tmp_path / "out" / OUTPUT]
    assert [one.name for one in (tmp_path / "out").iterdir()] == [OUTPUT]


def test_several_sources_are_given_as_a_list(sdist: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(sdist, tmp_path / "again.tar.gz"))
    converted = mpconvert.convert([sdist, str(other)], tmp_path / "out", dry_run=True)
    assert [one.outcome for one in converted] == ["dry-run", "dry-run"]
    assert converted[0].members[0].endswith("/PKG-INFO")


def test_settings_of_the_project_hold(sdist: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    text = "[tool.mpconvert]\nexclude = ['**/*']\nstrict = true\nout = 'there'\n"
    (project / "pyproject.toml").write_text(text)
    settings = mpconvert.settings(project)
    assert settings["strict"] is True
    assert settings["out"] == str(project / "there")
    assert settings["build-backend"] is None
    with pytest.raises(mpconvert.Refused, match="MP502"):
        mpconvert.convert(sdist, project=project)
    [converted] = mpconvert.convert(sdist, project=project, exclude=[])
    assert converted.path == project / "there" / OUTPUT
    (project / "pyproject.toml").write_text("[tool.mpconvert]\nstrickt = true\n")
    with pytest.raises(mpconvert.UsageError) as mistake:
        mpconvert.settings(project)
    assert "`strict`" in mistake.value.help


@pytest.mark.parametrize("call", [mpconvert.read, mpconvert.convert])
def test_what_no_call_takes_is_a_type_error(call: type, sdist: Path) -> None:
    with pytest.raises(TypeError, match="speed"):
        call(sdist, speed=2)
    for source in (None, 3, [3], [b""]):
        with pytest.raises(TypeError, match=r"bytes, str or os\.PathLike"):
            call(source)
    with pytest.raises(TypeError, match="positional"):
        call(sdist, None, None)


# How it fits in.


@pytest.mark.parametrize("call", ["read", "convert"])
def test_other_threads_run_meanwhile(call: str, tmp_path: Path) -> None:
    run_beside_a_thread(call, large_wheel(tmp_path))


def test_all_that_is_public_is_documented() -> None:
    for name in mpconvert.__all__:
        public = getattr(mpconvert, name)
        assert name == "__version__" or public.__doc__, name
    for call in (mpconvert.read, mpconvert.convert):
        assert all(part in str(call.__doc__) for part in ("Args:", "Returns:", "Raises:"))


def test_types_are_told() -> None:
    package = importlib.resources.files(mpconvert)
    assert (package / "py.typed").is_file()
    assert (package / "_native.pyi").is_file()
