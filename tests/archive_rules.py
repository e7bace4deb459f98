"""What an archive must be like to be installed by upip, checked byte by byte.

Headers are read here and not by `tarfile`, which forgives what upip does not.
"""

from __future__ import annotations

import gzip
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.deflate import scan

BLOCK = 512
#: Deflate, no optional fields, no time, slowest compression, made on Unix.
GZIP_HEADER = bytes.fromhex("1f 8b 08 00 00 00 00 00 02 03")
WINDOW = 4096
SKIPPED_PREFIXES = ("setup.", "PKG-INFO", "README")
FILE_NAME = re.compile(r"([a-z0-9]+(?:_[a-z0-9]+)*)-([0-9][a-z0-9.!+]*)\.tar\.gz")
BARE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Member(NamedTuple):
    """A member of a tar archive; `header` is its block as it is."""

    name: str
    content: bytes
    header: bytes


def members(tar: bytes) -> Iterator[Member]:
    """The members up to the end mark, as upip reads them: the name field and eleven octal digits,
    nothing else."""
    position = 0
    while (header := tar[position : position + BLOCK]) and header[0]:
        name = header[:100].rstrip(b"\0").decode()
        size = int(header[124:135], 8)
        start = position + BLOCK
        yield Member(name, tar[start : start + size], header)
        position = start + -(-size // BLOCK) * BLOCK


def installed_by_upip(archive: Path) -> dict[str, bytes]:
    """The files that upip makes of the archive, by path relative to where it installs."""
    found = {}
    for member in members(gzip.decompress(archive.read_bytes())):
        path = member.name.partition("/")[2]
        skipped = path.startswith(SKIPPED_PREFIXES) or ".egg-info" in path
        if not skipped and not path.endswith("/"):
            found[posixpath.normpath(path)] = member.content
    return found


def requirements(archive: Path) -> list[str]:
    """The names that upip goes on to install; the last requires.txt counts."""
    names: list[str] = []
    for member in members(gzip.decompress(archive.read_bytes())):
        if ".egg-info" in member.name and member.name.endswith("/requires.txt"):
            text = member.content.decode().rstrip()
            names = text.split("\n") if text else []
    return names


def violations(archive: Path) -> list[str]:
    """A sentence for each rule that the archive breaks."""
    packed = archive.read_bytes()
    tar = gzip.decompress(packed)
    found = [*_gzip_violations(packed, tar)]
    match = FILE_NAME.fullmatch(archive.name)
    if not match:
        return [*found, f"{archive.name} is no {{name}}-{{version}}.tar.gz by PEP 625"]
    root = f"{match[1]}-{match[2]}/"
    names = [member.name for member in members(tar)]
    for member in members(tar):
        found += (f"{member.name}: {text}" for text in _header_violations(member.header))
        found += (f"{member.name}: {text}" for text in _member_violations(member, root))
    found += [f"{name}: twice" for name in sorted(set(names)) if names.count(name) > 1]
    if f"{root}PKG-INFO" not in names:
        found.append("no PKG-INFO in the root folder")
    end = sum(BLOCK + -(-len(member.content) // BLOCK) * BLOCK for member in members(tar))
    if len(tar) < end + 2 * BLOCK or any(tar[end:]):
        found.append("the tar does not end in two empty blocks")
    return found


def _gzip_violations(packed: bytes, tar: bytes) -> Iterator[str]:
    if not packed.startswith(GZIP_HEADER):
        yield f"gzip header {packed[:10].hex(' ')}"
        return
    found = scan(packed)
    if found.unpacked != len(tar) or found.packed != len(packed):
        yield "more than one gzip member, or something behind it"
    if found.distance > WINDOW:
        yield f"match distance {found.distance}"


def _header_violations(header: bytes) -> Iterator[str]:
    if header[257:265] != b"ustar\x0000":
        yield "no plain ustar header"
    if header[156:157] != b"0":
        yield f"typeflag {header[156:157]!r}"
    if any(header[157:257]) or any(header[345:500]):
        yield "a link name or a prefix"
    if not re.fullmatch(rb"[0-7]{11}[ \0]", header[124:136]):
        yield f"size field {header[124:136]!r}"
    checksum = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    if int(header[148:156].strip(b" \0"), 8) != checksum:
        yield "wrong checksum"


def _member_violations(member: Member, root: str) -> Iterator[str]:
    if not member.name.startswith(root) or member.name.endswith("/"):
        yield f"no file in {root}"
        return
    path = member.name.removeprefix(root)
    if any(part in ("", ".", "..") for part in path.split("/")):
        yield "a path that could leave its folder"
    if path in ("setup.py", "setup.cfg", "pyproject.toml"):
        yield "a build script"
    egg_info = re.fullmatch(r"[^/]+\.egg-info/(PKG-INFO|requires\.txt)", path)
    skipped = path.startswith(SKIPPED_PREFIXES) or ".egg-info" in path
    if skipped and not egg_info and path != "PKG-INFO":
        yield "upip would skip it"
    if path.endswith(".egg-info/requires.txt"):
        lines = member.content.decode().removesuffix("\n").split("\n")
        for line in lines:
            if not BARE_NAME.fullmatch(line):
                yield f"line {line!r} is no bare name"
        if len(set(lines)) != len(lines):
            yield "a name twice"
