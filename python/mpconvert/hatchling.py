"""The build hook for hatchling, which also leaves an archive for MicroPython.

A project enables it with a table in its pyproject.toml, which can be empty:

    [build-system]
    requires = ["hatchling", "mpconvert"]
    build-backend = "hatchling.build"

    [tool.hatch.build.hooks.mpconvert]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl


class BuildHook(BuildHookInterface):
    """Converts the archives of the targets ``sdist`` and ``wheel``."""

    PLUGIN_NAME = "mpconvert"

    def finalize(self, version: str, _: dict[str, Any], artifact_path: str) -> None:
        """Convert the archive that has just been built, except for editable wheels."""
        if version != "standard" or self.target_name not in {"sdist", "wheel"}:
            return
        from mpconvert._frontend import archive_built  # noqa: PLC0415 - other targets
        from mpconvert._hook import BuildFailed  # noqa: PLC0415

        archive, app = Path(artifact_path), self.app
        try:
            archive_built(archive, Path(self.root), app.display_info, app.display_warning)
        except BuildFailed as error:
            app.abort(str(error))


@hookimpl
def hatch_register_build_hook() -> type[BuildHook]:
    """Register the hook with hatchling."""
    return BuildHook
