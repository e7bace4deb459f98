"""A build backend that wraps another one and also leaves an archive for MicroPython.

It works with every frontend (``python -m build``, ``uv build``) and every backend. The project
names the backend that does the work:

    [build-system]
    requires = ["mpconvert", "hatchling"]
    build-backend = "mpconvert.backend"

    [tool.mpconvert]
    build-backend = "hatchling.build"

A backend in the project itself is found with ``backend-path`` in the same table, as in PEP 517. All
hooks of PEP 517 and PEP 660 are passed on to the other backend, and hooks that it lacks are absent
here, too. Temporary builds of installers and editable installs are not converted.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import mpconvert

# Not from `typing`: importing the backend should cost nothing if nothing is built.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, NoReturn

    ConfigSettings = Mapping[str, Any] | None


#: The help if no other backend is named.
EXAMPLE = 'write what builds the project without mpconvert: build-backend = "hatchling.build"'


def build_sdist(sdist_directory: str, config_settings: ConfigSettings = None) -> str:
    """Build the sdist (PEP 517) and convert it."""
    root = Path.cwd()
    folder = root / sdist_directory
    name: str = _backend(root).build_sdist(sdist_directory, config_settings)
    _convert(folder / name, root)
    return name


def build_wheel(
    wheel_directory: str,
    config_settings: ConfigSettings = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel (PEP 517) and convert it, together with an sdist beside it."""
    root = Path.cwd()
    folder = root / wheel_directory
    name: str = _backend(root).build_wheel(wheel_directory, config_settings, metadata_directory)
    _convert(folder / name, root)
    return name


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the other backend has
    """Pass on every other hook. An `AttributeError` tells frontends that it does not exist."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_backend(Path.cwd()), name)


@cache
def _backend(root: Path) -> Any:  # noqa: ANN401 - a module or an object
    """Import the backend that the project in this folder names."""
    try:
        settings = mpconvert.settings(root)
    except mpconvert.UsageError as error:
        _stop(str(error), error.help)
    name, path = settings["build-backend"], settings["backend-path"]
    if not name:
        _stop("pyproject.toml: [tool.mpconvert] has no `build-backend`", EXAMPLE)
    module, _, attributes = name.partition(":")
    if module == __name__:
        _stop("pyproject.toml: [tool.mpconvert] names mpconvert itself as `build-backend`", EXAMPLE)
    backend = _import(module, [_inside(root, folder) for folder in path])
    for attribute in attributes.split(".") if attributes else ():
        backend = getattr(backend, attribute)
    return backend


def _import(module: str, folders: list[str]) -> ModuleType:
    """Import the module, from these folders if there are any (PEP 517)."""
    sys.path[:0] = folders
    where = f"in {', '.join(folders)}" if folders else "installed"
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        hint = "name its package in `requires` of [build-system], or its folder in `backend-path`"
        _stop(f"the build backend {module}: found no {error.name}, expected it {where}", hint)
    file = Path(found.__file__ or "").resolve()
    if folders and not any(file.is_relative_to(folder) for folder in folders):
        hint = "leave `backend-path` out for a backend that is installed"
        _stop(f"the build backend {module}: found {file}, expected it {where}", hint)
    return found


def _inside(root: Path, folder: str) -> str:
    """Resolve a folder of `backend-path`, which must be inside the project (PEP 517)."""
    found = (root / folder).resolve()
    if Path(folder).is_absolute() or not found.is_relative_to(root.resolve()):
        hint = "write a folder of the project, relative to pyproject.toml"
        _stop(f"pyproject.toml: [tool.mpconvert] backend-path: found {folder}", hint)
    return str(found)


def _convert(archive: Path, root: Path) -> None:
    from mpconvert._frontend import archive_built  # noqa: PLC0415 - see `TYPE_CHECKING`
    from mpconvert._hook import BuildFailed  # noqa: PLC0415

    try:
        archive_built(archive, root, print, _warn)
    except BuildFailed as error:
        _warn(str(error))
        sys.exit(1)


def _warn(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - frontends pass it on


def _stop(message: str, hint: str) -> NoReturn:
    """Exit with a message only: a traceback through frontend and backend would bury it."""
    _warn(f"error: {message}\n  help: {hint}")
    sys.exit(1)
