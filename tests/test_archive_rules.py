"""The rules must find what is wrong before their silence means anything."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.archive_rules import installed_by_upip, requirements, violations
from tests.crafted import SMALL, USUAL, archive, repeating_at

GOOD = {
    "foo_bar-1.0/PKG-INFO": "Name: foo-bar\n",
    "foo_bar-1.0/foo_bar.egg-info/requires.txt": "a\nb-c\n",
    "foo_bar-1.0/foo_bar/__init__.py": "x = 1\n",
}


def test_nothing_is_wrong_with_a_good_archive(tmp_path: Path) -> None:
    good = archive(tmp_path, GOOD)
    assert violations(good) == []
    assert installed_by_upip(good) == {"foo_bar/__init__.py": b"x = 1\n"}
    assert requirements(good) == ["a", "b-c"]


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("other-1.0/foo.py", "", "no file in foo_bar-1.0/"),
        ("foo_bar-1.0/../evil.py", "", "leave its folder"),
        ("foo_bar-1.0/setup.py", "", "a build script"),
        ("foo_bar-1.0/pyproject.toml", "", "a build script"),
        ("foo_bar-1.0/README.md", "", "upip would skip it"),
        ("foo_bar-1.0/foo_bar.egg-info/SOURCES.txt", "", "upip would skip it"),
        (f"foo_bar-1.0/{'long/' * 30}a.py", "", "a link name or a prefix"),
        ("foo_bar-1.0/foo_bar.egg-info/requires.txt", "a>=1\n", "'a>=1' is no bare name"),
        ("foo_bar-1.0/foo_bar.egg-info/requires.txt", "a\n\nb\n", "'' is no bare name"),
        ("foo_bar-1.0/foo_bar.egg-info/requires.txt", "a\r\n", "is no bare name"),
        ("foo_bar-1.0/foo_bar.egg-info/requires.txt", "[extra]\na\n", "is no bare name"),
        ("foo_bar-1.0/foo_bar.egg-info/requires.txt", "a\na\n", "a name twice"),
    ],
)
def test_a_bad_member_is_found(tmp_path: Path, path: str, text: str, complaint: str) -> None:
    assert complaint in "\n".join(violations(archive(tmp_path, {**GOOD, path: text})))


def test_a_pax_header_is_found(tmp_path: Path) -> None:
    found = "\n".join(violations(archive(tmp_path, GOOD, form=tarfile.PAX_FORMAT)))
    assert "typeflag b'x'" in found


def test_a_long_distance_is_found(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {**GOOD, "foo_bar-1.0/foo_bar/data": repeating_at(4097)}
    assert violations(archive(tmp_path, files, window=SMALL)) == []
    (violation,) = violations(archive(tmp_path, files, window=USUAL))
    assert violation.startswith("match distance ")


def test_other_faults_are_found(tmp_path: Path) -> None:
    assert "PEP 625" in violations(archive(tmp_path, GOOD, name="Foo-Bar-1.0.tar.gz"))[0]
    no_metadata = {path: text for path, text in GOOD.items() if "/PKG-INFO" not in path}
    assert violations(archive(tmp_path, no_metadata)) == ["no PKG-INFO in the root folder"]
    good = archive(tmp_path, GOOD)
    good.write_bytes(good.read_bytes() + b"junk")
    with pytest.raises(OSError, match="Not a gzipped file"):
        violations(good)
