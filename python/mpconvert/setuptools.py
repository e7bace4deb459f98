"""Commands for setuptools that make archives for MicroPython.

``sdist`` replaces ``sdist_upip.sdist`` in setup.py:

    import mpconvert.setuptools
    from setuptools import setup

    setup(
        name="my_app",
        version="1.0",
        packages=["my_app"],
        cmdclass={"sdist": mpconvert.setuptools.sdist},
    )

``bdist_micropython`` is available wherever mpconvert is installed, and needs no change to setup.py:

    $ python setup.py bdist_micropython
    creating dist-micropython/my_app-1.0.tar.gz

Both convert the files that setuptools would install, and run no code that setup.py has not run
already. Since the user has asked for the archive, a conversion that fails is an error here, strict
or not, and leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from setuptools import Command, Distribution
from setuptools.command.sdist import sdist as setuptools_sdist
from setuptools.errors import ExecError

import mpconvert
from mpconvert._hook import printable, reasons, remarks

# After setuptools, which provides it for Python versions without distutils.
from distutils import log  # isort: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mpconvert import Converted


class sdist(setuptools_sdist):  # noqa: N801 - commands are named as they are typed
    """``python setup.py sdist``, with an archive that upip installs.

    As with ``sdist_upip``, the archive replaces the usual one under the same name, and contains
    each file from MANIFEST.in that is inside a package, whether pip would install it or not.
    """

    user_options: ClassVar = [
        *setuptools_sdist.user_options,
        ("manifest-only", "o", "only list the members that the archive would have"),
    ]
    boolean_options: ClassVar = ["manifest-only", "keep-temp"]
    formats: list[str]

    def finalize_options(self) -> None:
        """Allow only the format that upip reads."""
        super().finalize_options()
        if self.formats != ["gztar"]:
            log.warn("warning: upip takes no other format than gztar, which is what is made")
            self.formats = ["gztar"]

    def run(self) -> None:
        """Make the archive, or list its members and write nothing."""
        if not self.manifest_only:
            super().run()
            return
        with TemporaryDirectory() as scratch:
            # The oldest supported setuptools does not accept an absolute path here.
            self.reinitialize_command("egg_info", egg_base=os.path.relpath(scratch))
            super().run()

    def make_distribution(self) -> None:
        """Make the archive from the files that setuptools would install."""
        self.archive_files = []
        with TemporaryDirectory() as scratch, _including_package_data(self.distribution):
            payload = _payload(self, Path(scratch))
            made = _convert(self, payload, Path(scratch, "out"))
            if self.manifest_only:
                sys.stdout.writelines(f"{path}\n" for path in made.members)
            else:
                archive = Path(self.dist_dir, payload.name)
                log.info(f"creating {printable(archive)}")
                _copy_whole(str(made.path), archive)
                self.archive_files.append(str(archive))


class bdist_micropython(Command):  # type: ignore[misc, unused-ignore]  # noqa: N801 - as above
    """``python setup.py bdist_micropython``: an archive for upip in a folder of its own."""

    description = "create an archive for MicroPython"
    user_options: ClassVar = [
        ("dist-dir=", "d", "directory to put the archive in [default: dist-micropython]"),
    ]

    def initialize_options(self) -> None:
        """Start without options."""
        self.dist_dir: str | None = None

    def finalize_options(self) -> None:
        """Keep the options: the project's settings supply the defaults."""

    def run(self) -> None:
        """Make the archive."""
        self.run_command("egg_info")
        with TemporaryDirectory() as scratch:
            payload = _payload(self, Path(scratch))
            made = _convert(self, payload, Path(self.dist_dir or _out(self)))
            log.info(f"creating {printable(str(made.path))}")


def _payload(command: Command, scratch: Path) -> Path:
    """Pack the files that setuptools would install, and the metadata, as an sdist."""
    distribution = command.distribution
    # A separate command object: the distribution's own one may still have to build elsewhere.
    build_py = distribution.get_command_class("build_py")(distribution)
    build_py.build_lib = str(scratch / "lib")
    build_py.ensure_finalized()
    build_py.run()
    name = distribution.get_fullname()
    egg_info = Path(command.get_finalized_command("egg_info").egg_info)
    packed = scratch / f"{name}.tar.gz"
    with tarfile.open(packed, "w:gz", compresslevel=0) as archive:
        if Path(build_py.build_lib).exists():
            archive.add(build_py.build_lib, name)
        for metadata in ("PKG-INFO", "requires.txt"):
            if (egg_info / metadata).exists():
                archive.add(egg_info / metadata, f"{name}/{egg_info.name}/{metadata}")
    return packed


@contextmanager
def _including_package_data(distribution: Distribution) -> Iterator[None]:
    """Treat files from MANIFEST.in as data of the packages that contain them."""
    before = distribution.include_package_data
    distribution.include_package_data = True
    with warnings.catch_warnings():
        # setuptools warns at length that pip would not install them.
        warnings.filterwarnings("ignore", module=r"setuptools\.command\.build_py")
        try:
            yield
        finally:
            distribution.include_package_data = before


def _root(command: Command) -> Path:
    return Path(command.distribution.src_root or os.curdir)


def _out(command: Command) -> Path:
    """Return the folder in the project's settings, or the default one."""
    with _plain_errors():
        out = mpconvert.settings(_root(command))["out"]
    return Path(out) if out else _root(command) / "dist-micropython"


def _convert(command: Command, payload: Path, out: Path) -> Converted:
    """Convert `payload` into a file in `out`, and log the warnings."""
    distribution = command.distribution
    if distribution.has_ext_modules() or getattr(distribution, "rust_extensions", None):
        raise ExecError("setup.py builds native code, which no device takes")
    # Without a pyproject.toml, a project has no settings.
    project = _root(command) if (_root(command) / "pyproject.toml").exists() else None
    with _plain_errors():
        (converted,) = mpconvert.convert(payload, out, project=project, force=True)
    for text in remarks(converted):
        log.warn(text)
    return converted


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn any failure of a conversion into an error that setuptools prints without a traceback."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    # A panic of the core is not an `Exception`.
    except BaseException as error:
        text = "\n".join(reasons(error))
        raise ExecError(f"no archive for MicroPython was made\n{text}") from error


def _copy_whole(source: str, target: Path) -> None:
    """Copy a file atomically: it appears under its name complete or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
