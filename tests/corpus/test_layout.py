"""Layouts derived from sdists of the corpus equal the wheels of the same releases, but for what is
named here with its reason."""

from __future__ import annotations

import pytest

from tests.corpus.layout import BAR, Comparison, compare, score, table

#: Releases that count and whose layouts differ, with the paths that do.
MISSES = {
    # `setup.py` lists packages, and none of them has this module. Its bytes are those of
    # `wheel/signatures/keys.py`: the file was moved, and stayed in the `build` folder of whoever
    # made the wheel.
    "wheel 0.10.0": ["wheel/keys.py"],
}
#: Releases that do not count, with how many files the wheel installs, and how many of those are
#: not in the sdist.
OUTSIDE = {
    # The wheel has nothing but metadata; no layout is found for the sdist.
    "micropython-h3lis200dl 0.1.0": (0, 0),
    # The configuration names the folder `_mpy_shed`, and the sdist has no such folder.
    "micropython-stdlib-stubs 1.24.1": (67, 12),
}


@pytest.fixture(scope="module")
def compared() -> list[Comparison]:
    return compare()


def test_the_bar_is_kept(compared: list[Comparison]) -> None:
    equal, counted = score(compared)
    assert equal / counted >= BAR, table(compared)
    assert counted > 30


def test_the_misses_are_those_that_are_known(compared: list[Comparison]) -> None:
    misses = {one.release: one.differing for one in compared if one.counts and one.differing}
    assert misses == MISSES, table(compared)


def test_the_releases_outside_are_those_that_are_known(compared: list[Comparison]) -> None:
    outside = {one.release: (one.files, len(one.absent)) for one in compared if not one.counts}
    assert outside == OUTSIDE, table(compared)


def test_outside_too_only_what_is_not_in_the_sdist_is_missing(compared: list[Comparison]) -> None:
    for one in compared:
        if not one.counts:
            assert one.differing == one.absent
