"""The build hook for pdm-backend, which also leaves an archive for MicroPython.

It is enabled for projects that require mpconvert in their pyproject.toml:

    [build-system]
    requires = ["pdm-backend", "mpconvert"]
    build-backend = "pdm.backend"
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Not from `typing`: pdm-backend imports this for every project, and most do not use mpconvert.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pdm.backend.hooks import Context


REQUIREMENT = re.compile(r"\s*mpconvert(?![\w.-])", re.IGNORECASE)


def pdm_build_hook_enabled(context: Context) -> bool:
    """Tell whether the project itself requires mpconvert, not just its environment."""
    system = context.config.data.get("build-system", {})
    # `mpconvert.backend` converts the archives itself.
    if context.target == "editable" or system.get("build-backend") == "mpconvert.backend":
        return False
    return any(REQUIREMENT.match(line) for line in system.get("requires", ()))


def pdm_build_finalize(context: Context, artifact: Path) -> None:
    """Convert the archive that has just been built."""
    from mpconvert._frontend import archive_built  # noqa: PLC0415 - see `TYPE_CHECKING`
    from mpconvert._hook import BuildFailed  # noqa: PLC0415

    try:
        archive_built(artifact, context.root, print, _warn)
    except BuildFailed as error:
        _warn(str(error))
        sys.exit(1)


def _warn(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - frontends pass it on
