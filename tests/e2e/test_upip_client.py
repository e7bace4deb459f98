"""upip fails as it is known to, so that its success with converted archives means something."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.archive_rules import installed_by_upip
from tests.crafted import USUAL, archive, repeating_at
from tests.deflate import scan
from tests.e2e.index_server import serving
from tests.e2e.upip_client import Upip, import_modules, installed_tree

ROOT = "foo_bar-1.0"
FILES = {f"{ROOT}/foo_bar/__init__.py": "print('imported')\n", f"{ROOT}/foo_bar/a.txt": "a"}
INSTALLED = {"foo_bar/__init__.py": b"print('imported')\n", "foo_bar/a.txt": b"a"}
REQUIRES = f"{ROOT}/foo_bar.egg-info/requires.txt"


def test_a_good_archive_is_installed_with_its_dependency(upip: Upip, tmp_path: Path) -> None:
    archives = [
        archive(tmp_path, {**FILES, REQUIRES: "other\n"}),
        archive(tmp_path, {"other-2.0/other.py": ""}, name="other-2.0.tar.gz"),
    ]
    target = tmp_path / "lib"
    with serving(archives) as index:
        outcome = upip.install(["foo-bar"], index.port, target)
    assert outcome.status == 0, outcome.output
    assert installed_tree(target) == {**INSTALLED, "other.py": b""}
    assert import_modules(target, ["foo_bar"]).output == "imported\n"
    assert index.requests == [
        "/pypi/foo-bar/json",
        "/files/foo_bar-1.0.tar.gz",
        "/pypi/other/json",
        "/files/other-2.0.tar.gz",
    ]


@pytest.mark.parametrize(
    ("distance", "window", "status"), [(4096, 12, 0), (4097, 12, 1), (4097, 15, 0)]
)
def test_the_window_is_enforced_to_the_byte(
    upip: Upip, tmp_path: Path, distance: int, window: int, status: int
) -> None:
    content = repeating_at(distance)
    made = archive(tmp_path, {f"{ROOT}/data": content}, window=USUAL)
    assert scan(made.read_bytes()).distance == distance
    target = tmp_path / "lib"
    with serving([made]) as index:
        outcome = upip.install(["foo-bar"], index.port, target, window)
    assert outcome.status == status, outcome.output
    left = installed_tree(target)["data"]
    if status:
        assert "OSError: [Errno 22] EINVAL" in outcome.output
        assert len(left) < len(content)
    else:
        assert left == content


def test_a_pax_header_becomes_a_stray_file_without_any_error(upip: Upip, tmp_path: Path) -> None:
    made = archive(tmp_path, FILES, form=tarfile.PAX_FORMAT)
    target = tmp_path / "lib"
    with serving([made]) as index:
        outcome = upip.install(["foo-bar"], index.port, target)
    assert outcome.status == 0
    stray = set(installed_tree(target)) - set(INSTALLED)
    assert stray == {"@PaxHeader"}
    assert installed_tree(target) == installed_by_upip(made)


def test_a_long_name_becomes_a_stray_file_and_a_cut_name(upip: Upip, tmp_path: Path) -> None:
    path = f"foo_bar/{'x' * 120}.py"
    made = archive(tmp_path, {**FILES, f"{ROOT}/{path}": ""}, form=tarfile.GNU_FORMAT)
    target = tmp_path / "lib"
    with serving([made]) as index:
        outcome = upip.install(["foo-bar"], index.port, target)
    assert outcome.status == 0
    cut = f"{ROOT}/{path}"[:100].removeprefix(f"{ROOT}/")
    assert set(installed_tree(target)) - set(INSTALLED) == {"@LongLink", cut}


def test_files_of_some_names_are_skipped_without_any_error(upip: Upip, tmp_path: Path) -> None:
    skipped = ["READMEs/__init__.py", "setup.helpers.py", "foo_bar/x.egg-info.py"]
    spilled = ["pyproject.toml", "LICENSE", "tests/test_a.py", "src/b.py"]
    made = archive(tmp_path, {**FILES, **{f"{ROOT}/{path}": "" for path in skipped + spilled}})
    target = tmp_path / "lib"
    with serving([made]) as index:
        outcome = upip.install(["foo-bar"], index.port, target)
    assert outcome.status == 0
    assert set(installed_tree(target)) - set(INSTALLED) == set(spilled)
    assert installed_tree(target) == installed_by_upip(made)


@pytest.mark.parametrize(
    "line", ["other>=1.0", "other; python_version > '3'", "[extra]", "", "other\r", "Other_Thing"]
)
def test_a_requirement_that_is_no_bare_name_breaks_the_installation(
    upip: Upip, tmp_path: Path, line: str
) -> None:
    archives = [
        archive(tmp_path, {**FILES, REQUIRES: f"{line}\nother-thing\n"}),
        archive(tmp_path, {"other-1.0/other.py": ""}, name="other-1.0.tar.gz"),
        archive(tmp_path, {"other_thing-1.0/thing.py": ""}, name="other_thing-1.0.tar.gz"),
    ]
    target = tmp_path / "lib"
    with serving(archives) as index:
        outcome = upip.install(["foo-bar"], index.port, target)
    assert outcome.status == 1
    assert installed_tree(target) == INSTALLED


def test_a_release_of_two_files_is_not_installed(upip: Upip, tmp_path: Path) -> None:
    wheel = tmp_path / "foo_bar-1.0-py3-none-any.whl"
    wheel.touch()
    with serving([archive(tmp_path, FILES), wheel]) as index:
        outcome = upip.install(["foo-bar"], index.port, tmp_path / "lib")
    assert outcome.status == 1
    assert "AssertionError: \n" in outcome.output


def test_a_member_outside_of_any_folder_stops_the_installation(upip: Upip, tmp_path: Path) -> None:
    with serving([archive(tmp_path, {"a.py": "", **FILES})]) as index:
        outcome = upip.install(["foo-bar"], index.port, tmp_path / "lib")
    assert outcome.status == 1
    assert installed_tree(tmp_path / "lib") == {}
