"""Whole processes, measured side by side."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Command = Sequence["str | os.PathLike[str]"]


@dataclass
class Runs:
    """What the runs of one command took: seconds each, and the most memory of any in bytes."""

    seconds: list[float] = field(default_factory=list)
    peak_memory: int = 0

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def run_in_turn(
    commands: dict[str, Command],
    rounds: int,
    prepare: Callable[[], object] = lambda: None,
    statuses: Sequence[int] = (0,),
) -> dict[str, Runs]:
    """Run all `commands` one after the other, `rounds` times, after one round that is not counted.

    Taking turns lets the noise of the machine fall on all of them alike. `prepare` is called
    before each run. A status that is not among `statuses` is an error.
    """
    results = {name: Runs() for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            prepare()
            seconds, peak_memory = _run(command, statuses)
            if turn > 0:
                results[name].seconds.append(seconds)
            results[name].peak_memory = max(results[name].peak_memory, peak_memory)
    return results


def _run(command: Command, statuses: Sequence[int]) -> tuple[float, int]:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        words = " ".join(map(str, command[:4]))
        message = f"error: `{words} …` ended with status {process.returncode}"
        raise SystemExit(message)
    # Linux counts in KiB, macOS in bytes. On Linux a process starts with what its parent had,
    # so this program must itself stay small: it never holds an archive in memory.
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
