"""A wheel of the mpconvert that runs the tests, for the environments of other tools.

`python -m tests.e2e.own_wheel FOLDER` installs it into a folder.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import mpconvert

DESCRIBING = ("METADATA", "WHEEL", "entry_points.txt")


def write_wheel(folder: Path) -> Path:
    """Writes the wheel into `folder`, from what is installed, be it so for development only."""
    installed = distribution("mpconvert")
    about = f"mpconvert-{installed.version}.dist-info"
    files = {f"{about}/{name}": (installed.read_text(name) or "").encode() for name in DESCRIBING}
    package = Path(mpconvert.__file__).parent
    for path in sorted(package.iterdir()):
        if path.is_file():
            files[f"{package.name}/{path.name}"] = path.read_bytes()
    (tag,) = (
        line.removeprefix("Tag: ")
        for line in files[f"{about}/WHEEL"].decode().splitlines()
        if line.startswith("Tag: ")
    )
    record = [f"{name},{_digest(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{about}/RECORD"] = "".join([*record, f"{about}/RECORD,,\n"]).encode()
    wheel = folder / f"mpconvert-{installed.version}-{tag}.whl"
    with ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


def unpack_wheel(wheel: Path, folder: Path) -> Path:
    """Installs the wheel into `folder`, from where Python imports it if it is told to."""
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={digest.decode().rstrip('=')}"


if __name__ == "__main__":
    unpack_wheel(write_wheel(Path(sys.argv[1])), Path(sys.argv[1]))
