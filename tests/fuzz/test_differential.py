"""What is accepted of damaged input means the same to the reference implementations."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import mpconvert
import pytest
from packaging.requirements import InvalidRequirement, Requirement

#: Requirements that each part of the grammar occurs in.
REQUIREMENTS = [
    "a",
    "a.b-c_d[e,f]>=1.0,!=1.5.*,<2; python_version >= '3.8'",
    "a (~=1.2.3)",
    "a===1.0+local ; extra == 'x' and (os_name == 'posix' or sys_platform not in 'win32 cygwin')",
    "a[b] @ https://index.example/a-1.0.zip#sha256=00 ; implementation_name != 'cpython'",
    'a>1.0rc1 , <=2!3.0.post1.dev2; "3" in python_full_version',
]

#: What mutations insert.
TOKENS = [
    "a",
    "1",
    ".",
    "*",
    "!",
    "=",
    "==",
    "<",
    "~=",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    "@",
    " ",
    "'",
]
TOKENS += ['"', "and", "or", "not in", "extra", "-", "_", "+", "rc", "é", "\t", "v"]

METADATA = "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"


def mutated(text: str, random_: random.Random) -> str:
    for _ in range(random_.randint(1, 3)):
        start = random_.randrange(len(text) + 1)
        end = start + random_.choice([0, 0, 1, 2])
        text = text[:start] + random_.choice(TOKENS) + text[end:]
    return text


def wheel(requirements: list[str]) -> bytes:
    lines = "".join(f"Requires-Dist: {one}\n" for one in requirements)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("x.py", "")
        archive.writestr("x-1.0.dist-info/METADATA", METADATA + lines)
        archive.writestr("x-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("x-1.0.dist-info/RECORD", "")
    return data.getvalue()


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def meaning(text: str) -> tuple | None:
    """Return what `packaging` makes of a requirement, or None if it refuses it."""
    try:
        one = Requirement(text)
    except InvalidRequirement:
        return None
    return (one.name, frozenset(one.extras), one.specifier, one.url, str(one.marker))


def is_left_to_pip(text: str) -> bool:
    """Whether only `packaging` takes it: `===`, or what PEP 508 excludes."""
    one = Requirement(text)
    is_arbitrary = any(specifier.operator == "===" for specifier in one.specifier)
    is_name = all(name[-1].isalnum() for name in (one.name, *one.extras))
    return is_arbitrary or not is_name or (one.url or "").endswith("@")


@pytest.mark.parametrize("seed", range(10))
def test_a_requirement_means_what_packaging_reads(seed: int, tmp_path: Path) -> None:
    random_ = random.Random(seed)
    for text in {mutated(random_.choice(REQUIREMENTS), random_).strip() for _ in range(400)}:
        expected = meaning(text)
        if expected is None or is_left_to_pip(text):
            continue
        path = write(tmp_path, "x-1.0-py3-none-any.whl", wheel([text]))
        package = mpconvert.read(path)
        assert [meaning(one) for one in package.requires] == [expected], text
        assert "MP305" not in {finding.code for finding in package.findings}, text


def files(package: mpconvert.Package) -> dict[str, bytes]:
    return {file.path: file.data for file in package.files}


def sdist(random_: random.Random) -> bytes:
    """Return a tar with headers of each format, in which bytes of headers were changed."""
    data = io.BytesIO()
    form = random_.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
    names = ["x.py", "y/__init__.py", "y/" + "long_" * 30 + ".py"]
    with tarfile.open(fileobj=data, mode="w", format=form) as archive:
        for name in ["PKG-INFO", *(names[:2] if form == tarfile.USTAR_FORMAT else names)]:
            content = METADATA.encode() if name == "PKG-INFO" else name.encode()
            member = tarfile.TarInfo(f"x-1.0/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    tar = bytearray(data.getvalue().rstrip(b"\0") + bytes(1024))
    start = random_.randrange(0, len(tar) - 512, 512)
    tar[start + random_.randrange(512)] = random_.choice(b"\x00 /.017\x80\xffLKxgS5")
    if random_.random() < 0.8:
        header = tar[start : start + 512]
        header[148:156] = b" " * 8
        tar[start + 148 : start + 156] = b"%06o\0 " % sum(header)
    return bytes(tar)


@pytest.mark.parametrize("seed", range(400))
def test_a_tar_holds_what_tarfile_reads(seed: int, tmp_path: Path) -> None:
    tar = sdist(random.Random(seed))
    path = write(tmp_path, "x-1.0.tar.gz", gzip.compress(tar, mtime=0))
    try:
        found = files(mpconvert.read(path))
    except mpconvert.Refused:
        return
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        members = [(one.name, archive.extractfile(one)) for one in archive if one.isfile()]
        there = {name: file.read() for name, file in members if file}
    assert found.items() <= {(name.removeprefix("x-1.0/"), data) for name, data in there.items()}


@pytest.mark.parametrize("seed", range(400))
def test_a_zip_holds_what_zipfile_reads(seed: int, tmp_path: Path) -> None:
    random_ = random.Random(seed)
    data = bytearray(wheel(["a"]))
    records = [place for place in range(len(data)) if data[place : place + 2] == b"PK"]
    place = random_.choice(records) + random_.randrange(4, 50)
    data[min(place, len(data) - 1)] = random_.choice(b"\x00\x01\x02\x06\x08\x14\x7f\xff/.")
    path = write(tmp_path, "x-1.0-py3-none-any.whl", bytes(data))
    try:
        found = files(mpconvert.read(path))
    except mpconvert.Refused:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            there = {name: archive.read(name) for name in archive.namelist()}
    except NotImplementedError:  # a version that zipfile does not know, so that pip fails
        return
    assert found.items() <= there.items()
