"""Reads the match distances out of a gzip file, by RFC 1951 and RFC 1952 alone.

No byte is unpacked: the codes say all there is to know. It is a second opinion on mpconvert's own
scanner, and shares nothing with it.
"""

from __future__ import annotations

from typing import NamedTuple

HEADER_SIZE = 10
#: Base value and number of extra bits of each length code, from 257 on, and distance code.
LENGTHS = [
    *((3 + i, 0) for i in range(8)),
    *((((4 + i % 4) << (i // 4 - 1)) + 3, i // 4 - 1) for i in range(8, 28)),
    (258, 0),
]
DISTANCES = [
    *((1 + i, 0) for i in range(4)),
    *((((2 + i % 2) << (i // 2 - 1)) + 1, i // 2 - 1) for i in range(4, 30)),
]
CODE_LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
END_OF_BLOCK = 256

#: Symbol by code, its first bit highest, behind a one that keeps leading zeros apart.
Table = dict[int, int]


class Scan(NamedTuple):
    """What a gzip member holds."""

    #: The longest match distance; 0 where nothing is matched.
    distance: int
    #: Number of bytes it unpacks to.
    unpacked: int
    #: Number of bytes of the file, trailer included.
    packed: int


class _Bits:
    def __init__(self, data: bytes, start: int) -> None:
        self.data, self.position, self.value, self.count = data, start, 0, 0

    def take(self, count: int) -> int:
        """The next bits as a number, the first one lowest."""
        while self.count < count:
            self.value |= self.data[self.position] << self.count
            self.position += 1
            self.count += 8
        taken = self.value & ((1 << count) - 1)
        self.value >>= count
        self.count -= count
        return taken

    def symbol(self, table: Table) -> int:
        code = 1
        while code < 1 << 16:
            if not self.count:
                self.value = self.data[self.position]
                self.position += 1
                self.count = 8
            code = code << 1 | self.value & 1
            self.value >>= 1
            self.count -= 1
            if code in table:
                return table[code]
        raise ValueError("no such code")

    def to_byte(self) -> None:
        """Drops what is left of the current byte."""
        self.value >>= self.count % 8
        self.count -= self.count % 8


def _table(lengths: list[int]) -> Table:
    table: Table = {}
    code = 0
    for length in range(1, 16):
        for symbol, own in enumerate(lengths):
            if own == length:
                table[1 << length | code] = symbol
                code += 1
        code <<= 1
    return table


FIXED = (_table([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8), _table([5] * 30))


def scan(data: bytes) -> Scan:
    """Scans the first gzip member, whose header must have no optional fields."""
    if data[:3] != b"\x1f\x8b\x08" or data[3] != 0:
        raise ValueError("no gzip header without optional fields")
    bits = _Bits(data, HEADER_SIZE)
    longest = unpacked = last = 0
    while not last:
        last, kind = bits.take(1), bits.take(2)
        if kind == 0:
            distance, size = 0, _stored(bits)
        else:
            distance, size = _compressed(bits, FIXED if kind == 1 else _tables(bits))
        longest, unpacked = max(longest, distance), unpacked + size
    bits.to_byte()
    return Scan(longest, unpacked, bits.position - bits.count // 8 + 8)


def _stored(bits: _Bits) -> int:
    bits.to_byte()
    size, check = bits.take(16), bits.take(16)
    if size ^ check != 0xFFFF:
        raise ValueError("stored block with wrong size")
    bits.position += size - bits.count // 8
    bits.value = bits.count = 0
    return size


def _tables(bits: _Bits) -> tuple[Table, Table]:
    literals, distances, codes = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    code_lengths = [0] * 19
    for place in CODE_LENGTH_ORDER[:codes]:
        code_lengths[place] = bits.take(3)
    table = _table(code_lengths)
    lengths: list[int] = []
    while len(lengths) < literals + distances:
        symbol = bits.symbol(table)
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7))
    return _table(lengths[:literals]), _table(lengths[literals:])


def _compressed(bits: _Bits, tables: tuple[Table, Table]) -> tuple[int, int]:
    literals, distances = tables
    longest = size = 0
    while (symbol := bits.symbol(literals)) != END_OF_BLOCK:
        if symbol < END_OF_BLOCK:
            size += 1
            continue
        base, extra = LENGTHS[symbol - 257]
        size += base + bits.take(extra)
        base, extra = DISTANCES[bits.symbol(distances)]
        longest = max(longest, base + bits.take(extra))
    return longest, size
