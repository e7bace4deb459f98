"""What an index of the corpus costs, against the bare calls of the compiler that it takes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from cases import Bench, figures_of
from process import Command, run_in_turn
from report import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Compiles the files of a list, one after the other. Each line has a file and its target.
ONE_BY_ONE = """
tab=$(printf '\\t')
while IFS=$tab read -r file target; do "$1" -s "$target" -o "$3" "$file"; done < "$2"
"""
#: The same with as many calls at a time as the last argument says.
AT_ONCE = """
sed 's/\\(.*\\)\\t\\(.*\\)/-s "\\2" -o \\/dev\\/null "\\1"/' "$2" | xargs -P "$3" -L 1 "$1"
"""


def index(bench: Bench, corpus: Path, compiler: Path) -> Iterator[Case]:
    """All archives of a folder into an index: the first time, with nothing in any cache, and again
    without any change."""
    target, cache = bench.folder / "index", bench.folder / "cache"
    add: Command = [
        "env", f"MPCONVERT_CACHE={cache}",
        bench.mpconvert, "index", "add", "-qq", "--mpy-cross", compiler, corpus, "--to", target,
    ]  # fmt: skip
    # Some of the corpus is refused, which the exit status tells.
    subprocess.run(add, check=False, stdout=subprocess.DEVNULL)
    sources = bench.folder / "sources.tsv"
    count = _list_sources(target, sources)
    compiled = bench.folder / "compiled.mpy"
    shell: Command = ["sh", "-c", ONE_BY_ONE, "sh", compiler, sources, compiled]

    cores = os.cpu_count() or 1
    at_once: Command = ["sh", "-c", AT_ONCE, "sh", compiler, sources, str(cores)]
    first = run_in_turn(
        {"mpconvert": add, "mpy-cross": shell, "at once": at_once},
        bench.rounds,
        lambda: bench.set_aside(target, cache),
        # Some of the corpus is refused, and xargs tells of modules that do not compile by 123.
        statuses=(0, 1, 123),
    )
    again = run_in_turn({"again": add}, bench.rounds, statuses=(0, 1))
    bare = first["mpy-cross"].best / cores
    figures = {**figures_of(first, *first), "bare calls by cores": bare}
    name = f"index of the corpus, {count} modules"
    ratio = first["mpconvert"].best / bare
    yield Case(name, "mpconvert", "mpy-cross alone, by the cores", figures, ratio, 1.3)
    ratio = first["mpconvert"].best / first["at once"].best
    figures = figures_of(first, "mpconvert", "at once")
    yield Case(name, "mpconvert", "mpy-cross alone, on all cores at once", figures, ratio)
    ratio = again["again"].best / first["mpconvert"].best
    figures = {**figures_of(again, "again"), "first": first["mpconvert"].best}
    yield Case(name, "without a change", "the first time", figures, ratio, 0.1)


def _list_sources(index: Path, listing: Path) -> int:
    """Lists the modules that had to be compiled, each content under each target once."""
    found = set()
    for package in (index / "package" / "py").glob("*/*.json"):
        for target, digest in json.loads(package.read_bytes())["hashes"]:
            if target.endswith(".py"):
                found.add((str(index / "file" / digest[:2] / digest), target))
    # The list outlives the index that it was made of.
    kept = listing.with_suffix(".d")
    kept.mkdir(exist_ok=True)
    rows = []
    for file, target in sorted(found):
        copy = kept / Path(file).name
        shutil.copy(file, copy)
        rows.append(f"{copy}\t{target}\n")
    listing.write_text("".join(rows), encoding="utf-8")
    return len(rows)
