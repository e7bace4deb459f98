"""Resource modules as CPython itself writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath


def module(resources: Mapping[str, bytes]) -> bytes:
    """The text of a module `R.py`, with the resources in their order."""
    lines = [f"{name!r}: {content!r},\n" for name, content in resources.items()]
    return "".join(["R = {\n", *lines, "}\n"]).encode()


def is_resource(path: str) -> bool:
    """Whether the file is data: neither code nor for type checkers."""
    name = PurePosixPath(path).name
    return name != "py.typed" and not name.endswith((".py", ".mpy", ".pyi"))


def with_modules(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, and the modules that are made of them unless told otherwise: one in each top-level
    package, which is the outermost folder with an `__init__.py`, or else the outermost at all."""
    packages = {str(PurePosixPath(path).parent) for path in files if path.endswith("/__init__.py")}
    homes = set()
    for path in filter(is_resource, files):
        folders = [str(folder) for folder in reversed(PurePosixPath(path).parents)][1:]
        homes.update([folder for folder in folders if folder in packages][:1] or folders[:1])
    made = {}
    for home in homes:
        inside = sorted(path for path in files if path.startswith(f"{home}/") and is_resource(path))
        made[f"{home}/R.py"] = module({path[len(home) + 1 :]: files[path] for path in inside})
    return {**made, **files}
