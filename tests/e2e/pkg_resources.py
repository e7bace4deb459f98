"""The two real modules `pkg_resources` for MicroPython, and what they find."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.upip_client import DEVICE, micropython
from tests.fetch import Pin, fetch

PINS = (
    Pin(
        "micropython-pkg_resources",
        "micropython-pkg_resources-0.2.1.tar.gz",
        "1afec8f1e1f1dab9e9012cd29e38f5c78abf5078b0c28d9a1c5374eba78adeb1",
    ),
    Pin(
        "pycopy-pkg_resources",
        "pycopy-pkg_resources-0.2.2.tar.gz",
        "a6ed8aa8073fd210d1356103a7bedfd1132e0080b7f8f3f62af4ac4a0ab507e1",
    ),
)
#: What each of them puts on the device.
INSTALLED = "pkg_resources.py"


def archive(pin: Pin) -> Path:
    """The published archive."""
    return fetch([pin])[pin.filename]


def read(target: Path, *lookups: tuple[str, str]) -> list[tuple[str, bytes]]:
    """What each lookup of a package and a name gives on MicroPython, with nothing but `target` to
    find modules in: the type of the stream and its content, or the type of what is raised and
    nothing."""
    arguments = [f"{package}:{name}" for package, name in lookups]
    outcome = micropython(DEVICE / "read_resources.py", target, *arguments)
    assert outcome.status == 0, outcome.output
    rows = (line.partition(" ") for line in outcome.output.splitlines())
    return [(kind, bytes.fromhex(content)) for kind, _, content in rows]
