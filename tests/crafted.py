"""Archives made by hand, good and bad ones."""

from __future__ import annotations

import io
import random
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from tests.archive_rules import GZIP_HEADER

#: Names for zlib's windows: 4 KiB as devices have it, and the usual 32 KiB; both framed as gzip.
SMALL, USUAL = 28, 31


def archive(
    folder: Path,
    files: Mapping[str, str | bytes],
    name: str = "foo_bar-1.0.tar.gz",
    form: int = tarfile.USTAR_FORMAT,
    window: int = SMALL,
) -> Path:
    """A `.tar.gz` of these files as the tool that mpconvert replaces would write it, but for
    `form` and `window`."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=form) as tar:
        for path, text in files.items():
            content = text.encode() if isinstance(text, str) else text
            info = tarfile.TarInfo(path)
            info.size = len(content)
            # What makes a build tool write pax headers is a time with a fraction.
            info.mtime = 0.5 if form == tarfile.PAX_FORMAT else 0
            tar.addfile(info, io.BytesIO(content))
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    packed = packer.compress(plain.getvalue()) + packer.flush()
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / name
    made.write_bytes(GZIP_HEADER + packed[len(GZIP_HEADER) :])
    return made


def repeating_at(distance: int) -> bytes:
    """A file's content that compresses with a match at exactly that distance, and none beyond."""
    # The zeros keep those at the end of the tar from being matched with the far header.
    block = random.Random(distance).randbytes(distance - 300) + bytes(300)
    return block * 2
