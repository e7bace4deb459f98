"""Whole-process benchmarks: mpconvert, the reference pipeline and the compressor, side by side.

    python tests/bench --mpconvert target/release/mpconvert \
        --compressor target/release/examples/compress [--python .venv/bin/python] [--corpus DIR]
        [--tools DIR] [--mpy-cross PATH]

`make bench` calls it. A figure that misses what is wanted does not fail the run: on a shared
machine that can be chance.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import cases
from closure import can_be_measured, closure
from hooks import hooks
from index import index
from report import Case, print_table


def main() -> None:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="mpconvert-bench-") as folder:
        bench = cases.Bench(
            mpconvert=options.mpconvert.resolve(),
            compressor=options.compressor.resolve(),
            folder=Path(folder),
            rounds=options.rounds,
        )
        results = []
        for name, size in cases.SIZES.items():
            _tell(f"one sdist of {name}")
            results += cases.one_sdist(bench, name, size)
        if options.corpus:
            _tell("the corpus as a batch")
            results += cases.batch(bench, options.corpus)
        if options.corpus and options.compiler:
            _tell("an index of the corpus")
            results += index(bench, options.corpus, options.compiler)
        if can_be_measured():
            _tell("a closure of an index")
            results += closure(bench)
        if options.python:
            _tell("start of the Python module")
            results += cases.start(bench, options.python)
        if options.python and options.tools:
            _tell("the hooks of the build tools")
            results += hooks(bench, options.python, options.tools)
    machine = _machine()
    print_table(machine, results)
    if options.json:
        options.json.write_text(_as_json(machine, results), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    cache = os.environ.get("MPCONVERT_TEST_CACHE")
    parser = argparse.ArgumentParser(prog="tests/bench", description="Benchmark mpconvert.")

    def add_path(name: str, text: str, **options: Any) -> None:
        parser.add_argument(name, type=Path, metavar="PATH", help=text, **options)

    add_path("--mpconvert", "the program, built for release", required=True)
    add_path("--compressor", "the built example `compress`", required=True)
    add_path("--mpy-cross", "the compiler of bytecode", dest="compiler")
    add_path("--python", "a Python that can import mpconvert")
    add_path("--tools", "an environment with Poetry and setuptools, but without mpconvert")
    add_path(
        "--corpus",
        "a folder with sdists; by default $MPCONVERT_TEST_CACHE",
        default=cache and Path(cache),
    )
    add_path("--json", "also write the results to this file")
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of each command")
    return parser


def _tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr)


def _machine() -> dict[str, str | int | None]:
    return {
        "system": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _as_json(machine: dict[str, str | int | None], results: list[Case]) -> str:
    content = {"version": 1, "machine": machine, "cases": [case.as_json() for case in results]}
    return json.dumps(content, indent=2) + "\n"


if __name__ == "__main__":
    main()
