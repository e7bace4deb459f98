"""What was measured, as a table and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Case:
    """One comparison of two figures: `figures` holds seconds, or bytes if the name says so.

    `ratio` is `measured` by `against`, or the other way round where `faster` is set: then it says
    how many times faster the measured side is. `wanted` bounds it: from above, or, where `faster`
    is set, from below.
    """

    name: str
    measured: str
    against: str
    figures: Mapping[str, float]
    ratio: float
    wanted: float | None = None
    faster: bool = False

    @property
    def verdict(self) -> str:
        if self.wanted is None:
            return ""
        met = self.ratio >= self.wanted if self.faster else self.ratio <= self.wanted
        sign = "≥" if self.faster else "≤"
        return f"{sign} {self.wanted:g}: {'met' if met else 'MISSED'}"

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "measured": self.measured,
            "against": self.against,
            "figures": dict(self.figures),
            "ratio": self.ratio,
            "wanted": self.wanted,
            "wanted_is": "least" if self.faster else "most",
        }


def print_table(machine: Mapping[str, object], cases: list[Case]) -> None:
    print(", ".join(f"{key}: {value}" for key, value in machine.items()))
    rows = [("what", "measured by against", "figures", "ratio", "wanted")]
    for case in cases:
        figures = ", ".join(f"{_short(key, value)} {key}" for key, value in case.figures.items())
        pair = f"{case.measured} by {case.against}"
        rows.append((case.name, pair, figures, f"{case.ratio:.2f}", case.verdict))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def _short(key: str, value: float) -> str:
    if key.endswith("bytes"):
        return f"{value / 1e6:.1f} MB"
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"
