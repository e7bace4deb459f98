"""Where the configuration of a corpus sdist tells name and version, its records agree."""

from __future__ import annotations

import pytest

from tests.corpus.configuration import Comparison, compare, table


@pytest.fixture(scope="module")
def compared() -> list[Comparison]:
    return compare()


def test_what_is_known_is_right(compared: list[Comparison]) -> None:
    known = [one for one in compared if one.configured is not None]
    assert all(one.configured == one.recorded for one in known), table(compared)
    assert len(known) >= 45, table(compared)


def test_what_is_unknown_is_said_to_be(compared: list[Comparison]) -> None:
    for one in compared:
        if one.configured is None:
            assert any("MP201" in finding or "MP401" in finding for finding in one.findings)
