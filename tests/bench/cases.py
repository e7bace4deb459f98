"""What is compared with what, and how it is wanted to come out."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from process import Command, Runs, run_in_turn
from report import Case
from sdists import make_sdist, unpacked_size

SIZES = {"10 kB": 10_000, "1 MB": 1_000_000, "50 MB": 50_000_000}

REFERENCE = Path(__file__).with_name("reference.py")

# The reference pipeline as its users run it: once for each archive.
ONE_BY_ONE = (
    'python=$1 script=$2 out=$3; shift 3; for sdist; do "$python" "$script" "$out" "$sdist"; done'
)


@dataclass(frozen=True)
class Bench:
    """The programs to measure and a folder to work in, which is emptied by no one else."""

    mpconvert: Path
    compressor: Path
    folder: Path
    rounds: int

    def fresh(self, name: str) -> Path:
        """The empty folder `name`."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def set_aside(self, *paths: Path) -> None:
        """Moves folders away that are there. They are not deleted before all is measured: file
        systems make new files slowly where many were just deleted."""
        aside = self.folder / "aside"
        aside.mkdir(exist_ok=True)
        for path in paths:
            if path.exists():
                path.rename(aside / f"{len(list(aside.iterdir()))}")

    def convert(self, source: Path, out: Path) -> Command:
        # The reference makes no resource modules either.
        return [self.mpconvert, "convert", "-q", "--resources", "files", source, "--out", out]


def one_sdist(bench: Bench, name: str, size: int) -> list[Case]:
    """One archive: time against compressor and reference; of a large one, also the memory."""
    sdist = make_sdist(bench.fresh("input"), size)
    out = bench.fresh("out")
    tar = _converted_tar(bench, sdist, out)
    runs = run_in_turn(
        {
            "mpconvert": bench.convert(sdist, out),
            "compressor": [bench.compressor, tar, out / "deflated"],
            "reference": [sys.executable, REFERENCE, out, sdist],
        },
        bench.rounds,
        prepare=lambda: bench.fresh("out"),
    )
    name = f"sdist of {name}"
    if size < 50_000_000:
        return [
            _slowdown(name, runs, "mpconvert", "compressor"),
            speedup(name, runs, "mpconvert", "reference"),
        ]
    return [
        _slowdown(name, runs, "mpconvert", "compressor", 1.1),
        speedup(name, runs, "mpconvert", "reference"),
        _memory(name, runs["mpconvert"].peak_memory, unpacked_size(sdist)),
    ]


def batch(bench: Bench, corpus: Path) -> list[Case]:
    """All sdists of a folder that both sides can convert, in one run; times are per archive."""
    source, out = bench.fresh("input"), bench.fresh("out")
    for sdist in sorted(corpus.rglob("*.tar.gz")):
        commands: list[Command] = [
            bench.convert(sdist, out),
            [sys.executable, REFERENCE, out, sdist],
        ]
        if all(_succeeds(command) for command in commands):
            shutil.copy(sdist, source)
    sdists = sorted(source.iterdir())
    if not sdists:
        message = f"error: no sdist in {corpus} that both sides can convert"
        raise SystemExit(message)
    runs = run_in_turn(
        {
            "mpconvert": bench.convert(source, out),
            "reference": [sys.executable, REFERENCE, out, *sdists],
            "reference one by one": [
                "sh", "-c", ONE_BY_ONE, "sh", sys.executable, REFERENCE, out, *sdists
            ],
        },
        bench.rounds,
        prepare=lambda: bench.fresh("out"),
    )  # fmt: skip
    for command in runs.values():
        command.seconds = [seconds / len(sdists) for seconds in command.seconds]
    name = f"{len(sdists)} sdists, each"
    return [
        speedup(name, runs, "mpconvert", "reference", 10.0),
        speedup(name, runs, "mpconvert", "reference one by one"),
    ]


def start(bench: Bench, python: Path) -> list[Case]:
    """What `python -m mpconvert` costs before it does anything."""
    runs = run_in_turn(
        {
            "-m mpconvert --version": [python, "-m", "mpconvert", "--version"],
            "-c pass": [python, "-c", "pass"],
        },
        8 * bench.rounds,
    )
    return [_slowdown("start of Python", runs, "-m mpconvert --version", "-c pass", 1.5)]


def _converted_tar(bench: Bench, sdist: Path, out: Path) -> Path:
    """The tar that mpconvert makes of `sdist`: what its compressor has to compress."""
    subprocess.run(bench.convert(sdist, out), check=True, stdout=subprocess.DEVNULL)
    (archive,) = out.glob("*.tar.gz")
    tar = bench.folder / "converted.tar"
    with gzip.open(archive) as source, tar.open("wb") as target:
        shutil.copyfileobj(source, target)
    return tar


def _succeeds(command: Command) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def figures_of(runs: dict[str, Runs], *names: str) -> dict[str, float]:
    figures = {}
    for name in names:
        figures[f"{name} min"] = runs[name].best
        figures[f"{name} median"] = runs[name].median
    return figures


def _memory(name: str, peak: int, unpacked: int) -> Case:
    figures = {"peak bytes": peak, "unpacked bytes": unpacked}
    return Case(name, "peak memory", "unpacked size", figures, peak / unpacked, 3.0)


def _slowdown(
    name: str, runs: dict[str, Runs], measured: str, against: str, wanted: float | None = None
) -> Case:
    figures = figures_of(runs, measured, against)
    return Case(name, measured, against, figures, runs[measured].best / runs[against].best, wanted)


def speedup(
    name: str, runs: dict[str, Runs], measured: str, against: str, wanted: float | None = None
) -> Case:
    figures = figures_of(runs, measured, against)
    ratio = runs[against].best / runs[measured].best
    return Case(name, measured, against, figures, ratio, wanted, faster=True)
