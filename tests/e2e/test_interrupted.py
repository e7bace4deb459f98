"""Whatever stops a conversion, no archive under its final name is anything but whole."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crafted import USUAL, archive
from tests.e2e.upip_client import installed_tree

ROUNDS = 12
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two releases in it, large enough to be interrupted half-way."""
    folder = tmp_path_factory.mktemp("large")
    for name in ("first", "second"):
        numbers = random.Random(name)
        metadata = f"Metadata-Version: 1.0\nName: {name}\nVersion: 1.0\n"
        files = {f"{name}-1.0/PKG-INFO": metadata}
        for n in range(4):
            files[f"{name}-1.0/{name}/part{n}.py"] = f"x = '{numbers.randbytes(MEGABYTE).hex()}'\n"
        archive(folder, files, name=f"{name}-1.0.tar.gz", window=USUAL)
    return folder


def start(source: Path, out: Path, prepare: Callable[[], None] | None = None) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "mpconvert", str(source), "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509 - no thread is running
    )


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The archives of a conversion that nobody stops."""
    out = tmp_path_factory.mktemp("whole")
    conversion = start(source, out)
    printed, _ = conversion.communicate()
    assert conversion.returncode == 0, printed
    tree = installed_tree(out)
    assert sorted(tree) == ["first-1.0.tar.gz", "second-1.0.tar.gz"]
    return tree


def final(out: Path) -> dict[str, bytes]:
    """What an uploader or an index would take for an archive."""
    suffixes = (".gz", ".tgz", ".whl", ".zip")
    return {path: data for path, data in installed_tree(out).items() if path.endswith(suffixes)}


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_at_any_moment(
    source: Path, whole: dict[str, bytes], tmp_path: Path, kind: signal.Signals
) -> None:
    # The first is stopped at once; the others come ever closer to the moment of their end.
    delay, stopped = 0.0, 0
    for n in range(ROUNDS):
        out = tmp_path / str(n)
        conversion = start(source, out)
        time.sleep(delay)
        conversion.send_signal(kind)
        conversion.communicate()
        is_stopped = conversion.returncode != 0
        stopped += is_stopped
        delay = max(delay * (1.6 if is_stopped else 0.85), 0.05)
        assert final(out).items() <= whole.items()
    assert stopped, "every conversion was faster than the signal"

    # What a stopped conversion left is not in the way of the next.
    last = tmp_path / str(ROUNDS - 1)
    assert start(source, last).wait() == 0
    assert final(last) == whole


def test_a_limit_of_file_size(source: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    largest = min(map(len, whole.values())) // 2

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    conversion = start(source, tmp_path, limit)
    printed, _ = conversion.communicate()
    assert conversion.returncode not in (0, None)
    assert "Traceback" not in printed
    assert "panicked" not in printed
    assert installed_tree(tmp_path) == {}


@pytest.fixture
def small_disk(whole: dict[str, bytes], tmp_path: Path) -> Iterator[Path]:
    """A file system that holds one of the archives, but not both."""
    size = max(map(len, whole.values())) * 3 // 2
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or not mount or subprocess.run([mount, *options], check=False).returncode:
        pytest.skip("only root may mount a small file system, and not everywhere")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(source: Path, whole: dict[str, bytes], small_disk: Path) -> None:
    conversion = start(source, small_disk / "out")
    printed, _ = conversion.communicate()
    assert conversion.returncode not in (0, None)
    assert "Traceback" not in printed
    assert "panicked" not in printed
    left = installed_tree(small_disk / "out")
    assert left.items() <= whole.items()
