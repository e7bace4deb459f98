"""Fuzzes every parser, seeded from the corpus: python -m tests.fuzz.run [--seconds N] [TARGET ...]

An input that crashes a parser is kept in the folder of its target, whose name the fuzzer prints.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.corpus import archives
from tests.fetch import cache_folder, fetch

FOLDER = Path(__file__).parent

#: The files of archives that seed a target.
FILES = {
    "egg_info": r"requires\.txt",
    "manifest_in": r"MANIFEST\.in",
    "manifest_py": r"manifest\.py",
    "metadata": r"PKG-INFO|METADATA",
    "package_json": r"package\.json",
    "pyproject": r"pyproject\.toml",
    "requirements_txt": r"requirements.*\.txt",
    "setup_cfg": r"setup\.cfg",
    "setup_py": r"setup\.py",
}

#: Seeds that are archives themselves, up to this many bytes.
MAX_ARCHIVE = 20_000


def targets() -> list[str]:
    """Return the names of all targets."""
    return sorted(path.stem for path in FOLDER.glob("targets/*.rs"))


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the base names and contents of the small files in an archive."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            for member in wheel.infolist():
                if member.file_size < MAX_ARCHIVE:
                    yield Path(member.filename).name, wheel.read(member)
    else:
        with tarfile.open(archive) as sdist:
            for one in sdist:
                file = sdist.extractfile(one) if one.isfile() and one.size < MAX_ARCHIVE else None
                if file:
                    yield Path(one.name).name, file.read()


def seeds(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the targets that an archive of the corpus has seeds for, and the seeds."""
    for name, data in members(archive):
        for target, pattern in FILES.items():
            if re.fullmatch(pattern, name):
                yield target, data
        if name in {"PKG-INFO", "METADATA"}:
            for requirement in re.findall(rb"(?m)^Requires-Dist: *(.+)$", data):
                yield "requirement", requirement
    data = archive.read_bytes()
    if len(data) > MAX_ARCHIVE:
        return
    if zipfile.is_zipfile(archive):
        yield "zip", data
    elif archive.name.endswith(".tar.gz"):
        yield "deflate", data
        with tarfile.open(archive) as sdist:
            assert sdist.fileobj
            sdist.fileobj.seek(0)
            yield "tar", sdist.fileobj.read(4 * MAX_ARCHIVE)


def write_seeds(folder: Path) -> None:
    """Write the seeds of all targets below a folder, one file each."""
    found = {(seed.parent.name, seed.read_bytes()) for seed in FOLDER.glob("seeds/*/*")}
    index = FOLDER.parents[1] / ".git" / "index"
    if index.is_file():
        found.add(("git_index", index.read_bytes()))
    for archive in fetch(archive.pin for archive in archives.read()).values():
        found.update(seeds(archive))
    for target, data in found:
        seed = folder / target / "seeds" / hashlib.sha256(data).hexdigest()[:16]
        seed.parent.mkdir(parents=True, exist_ok=True)
        seed.write_bytes(data)


def main() -> int:
    """Fuzz, and return 1 if a target crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("targets", nargs="*", choices=[[], *targets()], metavar="TARGET")
    arguments = parser.parse_args()
    folder = cache_folder() / "fuzz"
    write_seeds(folder)
    # The fuzzer instruments code by flags of the compiler that are not stable yet.
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1"}
    environment.setdefault("CARGO_TARGET_DIR", str(FOLDER.parents[1] / "target" / "fuzz"))
    crashed = []
    for target in arguments.targets or targets():
        print(f"{target}: {arguments.seconds} s", file=sys.stderr, flush=True)
        corpus = folder / target / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        (folder / target / "seeds").mkdir(exist_ok=True)
        # There is no unsafe code to watch over; without that, four times as many inputs are tried.
        command = ["cargo", "fuzz", "run", "--fuzz-dir", str(FOLDER), "--sanitizer", "none", target]
        options = [
            f"-max_total_time={arguments.seconds}",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-max_len=65536",
            "-print_final_stats=1",
            f"-artifact_prefix={folder / target}/",
        ]
        seeded = [str(corpus), str(folder / target / "seeds")]
        run = subprocess.run([*command, *seeded, "--", *options], check=False, env=environment)
        if run.returncode:
            crashed.append(target)
    for target in crashed:
        print(f"{target}: crashed; see {folder / target}", file=sys.stderr)
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
