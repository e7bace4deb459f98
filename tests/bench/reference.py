"""The pipeline to compare with, in plain Python: a filter on the tar, then zlib.

Usage: reference.py OUT SDIST...

It keeps what sdist_upip keeps: of the metadata PKG-INFO and requires.txt in the egg-info folder,
every module but the root's setup.py, and every other file that does not lie at the root.
"""

# An import of pathlib would slow the reference down.
# ruff: noqa: PTH118, PTH119, PTH123

from __future__ import annotations

import io
import os
import sys
import tarfile
import zlib


def keeps(name: str) -> bool:
    """Whether the member `name` of an sdist stays in the archive."""
    _, _, path = name.partition("/")
    folder, _, file = path.rpartition("/")
    if folder.endswith(".egg-info"):
        return file in ("PKG-INFO", "requires.txt")
    if not folder:
        return file.endswith(".py") and file != "setup.py"
    return True


def filtered(sdist: str) -> bytes:
    """The tar inside `sdist` with the members that stay."""
    output = io.BytesIO()
    with tarfile.open(sdist, "r:gz") as source, tarfile.open(fileobj=output, mode="w") as target:
        for member in source:
            if keeps(member.name):
                target.addfile(member, source.extractfile(member) if member.isfile() else None)
    return output.getvalue()


def gzipped(data: bytes) -> bytes:
    """`data` as gzip (16) in a window of 12 bits."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 16 + 12)
    return compressor.compress(data) + compressor.flush()


def main() -> None:
    out, *sdists = sys.argv[1:]
    for sdist in sdists:
        with open(os.path.join(out, os.path.basename(sdist)), "wb") as file:
            file.write(gzipped(filtered(sdist)))


if __name__ == "__main__":
    main()
