"""Messages that Python shows hold no character that a terminal obeys or hides."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from zipfile import ZipFile

import mpconvert
import pytest
from mpconvert._hook import after_build

#: CSI in C1, a control of direction, a zero-width space, a line separator, and a forged line.
HIDDEN = "\x9b\u202e\u200b\u2028\nerror: forged"


def assert_safe(text: str) -> None:
    hidden = [letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"}]
    assert set(hidden) <= {"\n"}, text
    assert not any(line.startswith("error: forged") for line in text.splitlines()), text


def test_exceptions_cannot_command_a_terminal(tmp_path: Path) -> None:
    archive = tmp_path / f"foo{HIDDEN}-1.0.zip"
    archive.write_bytes(b"no archive")
    with pytest.raises(mpconvert.Refused) as refused:
        mpconvert.convert(archive)
    with pytest.raises(mpconvert.UsageError) as usage:
        mpconvert.convert(archive, resources=HIDDEN)
    with pytest.raises(mpconvert.FileError) as missing:
        mpconvert.convert(tmp_path / f"{HIDDEN}.zip")
    for error in (refused.value, usage.value, missing.value):
        assert_safe(str(error))
        assert "\n" not in str(error)
    assert_safe(refused.value.input)
    assert_safe(usage.value.help)


def test_hooks_cannot_command_a_terminal(tmp_path: Path) -> None:
    archive = tmp_path / f"foo{HIDDEN}-1.0.zip"
    # What is wrong is about a member, so that the archive is named beside it.
    with ZipFile(archive, "w") as file:
        file.writestr("foo-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n")
        file.writestr("foo-1.0/../evil.py", "")
    (tmp_path / "pyproject.toml").write_text("[tool.mpconvert]\n")
    told: list[str] = []
    after_build([archive], tmp_path, told.append, told.append)
    assert "MP103" in told[-1]
    for text in told:
        assert_safe(text)
