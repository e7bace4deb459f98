"""The scanner of match distances must itself be right before it may judge."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from tests.deflate import scan


def gzipped(data: bytes, level: int = 9, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 31, 9, strategy)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY])
def test_sizes_are_those_of_the_trailer(level: int, strategy: int) -> None:
    data = random.Random(1).randbytes(3000) * 30 + b"a" * 70_000
    packed = gzipped(data, level, strategy)
    found = scan(packed + b"trailing")
    assert (found.unpacked, found.packed) == (len(data), len(packed))
    if level == 0 or strategy == zlib.Z_HUFFMAN_ONLY:
        assert found.distance == 0


@pytest.mark.parametrize("distance", [1, 4, 5, 257, 4095, 4096, 4097, 20_000, 32_000])
def test_distance_is_exact(distance: int) -> None:
    block = random.Random(distance).randbytes(distance)
    assert scan(gzipped(block * (2 if distance > 258 else 300))).distance == distance


def test_optional_header_fields_are_not_understood() -> None:
    with pytest.raises(ValueError, match="optional fields"):
        scan(gzip.compress(b"")[:3] + b"\x08" + gzip.compress(b"")[4:])
