"""Resource modules hold what CPython's `repr` says, byte for byte."""

from __future__ import annotations

import random
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from tests.archive_rules import installed_by_upip
from tests.conversion import convert
from tests.resources import module

EVERY_BYTE = bytes(range(256))
QUOTES = ["".join(quotes) for size in range(5) for quotes in product("'\"\\a", repeat=size)]
#: mpconvert decides by version 14.0 of Unicode what can be printed, as CPython 3.11 does.
SAME_UNICODE = unicodedata.unidata_version == "14.0.0"


def printed(folder: Path, names: Sequence[str]) -> bytes:
    """What `mpconvert resources` prints of the files of these names in `folder`."""
    command = [sys.executable, "-m", "mpconvert", "resources", *names]
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    return run.stdout


def converted(folder: Path, resources: Mapping[str, bytes]) -> bytes:
    """The module in the conversion of a wheel with these files."""
    with zipfile.ZipFile(folder / "foo-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            "foo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n"
        )
        wheel.writestr("foo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("foo/__init__.py", "")
        for name, content in resources.items():
            wheel.writestr(f"foo/{name}", content)
        source = Path(str(wheel.filename))
    # Without the files, whose names could be too long.
    (made,) = convert(source, "--resources", "module", out=folder / "out")
    installed = installed_by_upip(made)
    assert installed.keys() == {"foo/__init__.py", "foo/R.py"}
    return installed["foo/R.py"]


def contents() -> Iterator[bytes]:
    """Each byte, all bytes, all ways to mix quotes, and whatever chance brings."""
    yield from (bytes([byte]) for byte in EVERY_BYTE)
    yield EVERY_BYTE
    yield from (quotes.encode() for quotes in QUOTES)
    source = random.Random(3)
    for alphabet in (EVERY_BYTE, b"ab'\"\\\n\t\r", bytes(range(0x20, 0x7F))):
        yield from (bytes(source.choices(alphabet, k=source.randrange(300))) for _ in range(200))


def characters() -> list[str]:
    """Everything that a name can be made of, as far as this Python and mpconvert think alike: with
    another version of Unicode, what has not changed since version 3.2."""
    old = unicodedata.ucd_3_2_0
    found = (chr(code) for code in range(1, sys.maxunicode + 1))
    return [
        character
        for character in found
        if character != "/"
        and (category := unicodedata.category(character)) != "Cs"
        and (SAME_UNICODE or category == old.category(character) != "Cn")
    ]


def test_contents_are_what_repr_says(tmp_path: Path) -> None:
    resources = {f"data/{number:04}": content for number, content in enumerate(contents())}
    assert converted(tmp_path, resources) == module(resources)


def test_names_are_what_repr_says_of_every_character(tmp_path: Path) -> None:
    allowed = [
        character
        for character in characters()
        if unicodedata.category(character) != "Cc" and character != "\\"
    ]
    assert len(allowed) > 90_000
    random.Random(14).shuffle(allowed)
    names = ["n" + "".join(allowed[start : start + 200]) for start in range(0, len(allowed), 200)]
    resources = dict.fromkeys(sorted(names), b"")
    assert converted(tmp_path, resources) == module(resources)


def test_printed_modules_are_what_python_prints(tmp_path: Path) -> None:
    source, alphabet = random.Random(15), characters()
    names = [f"q{quotes}" for quotes in QUOTES]
    names += ["r" + "".join(source.choices(alphabet, k=source.randrange(60))) for _ in range(500)]
    names += [f"c{chr(code)}" for code in range(1, 256) if chr(code) != "/"]
    source.shuffle(names)
    resources = dict.fromkeys(names, b"")
    for name, content in zip(names, contents(), strict=False):
        resources[name] = content
    for name, content in resources.items():
        (tmp_path / name).write_bytes(content)
    assert printed(tmp_path, list(resources)) == module(resources)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    command = [sys.executable, "-m", "mpconvert", "resources", "a", "nowhere"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"nowhere: No such file" in run.stderr
