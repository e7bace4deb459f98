"""What the setuptools that is importable here installs of projects, when each is built by way of a
source distribution.

Runs in a process of its own, with the folder of setuptools on PYTHONPATH. Reads a JSON list of the
projects' folders from stdin; writes a list of sorted paths for each, or of a traceback, to the file
named by the first argument.
"""

import json
import os
import runpy
import sys
import tempfile
import traceback
from pathlib import Path


def run(*arguments: str) -> None:
    sys.argv = ["setup.py", "--quiet", *arguments]
    runpy.run_path("setup.py", run_name="__main__")


def installed(root: str) -> list[str]:
    os.chdir(root)
    # Lists the files, as for a source distribution; building a wheel from that reads the list.
    run("egg_info")
    with tempfile.TemporaryDirectory() as out:
        run("build_py", "--build-lib", out)
        files = [path.relative_to(out) for path in Path(out).rglob("*") if path.is_file()]
    return sorted(path.as_posix() for path in files if path.parts[0] != "case.egg-info")


def attempt(root: str) -> list[str]:
    try:
        return installed(root)
    except BaseException:  # noqa: BLE001 - setuptools leaves by SystemExit as well
        return [traceback.format_exc()]


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.write_text(json.dumps([attempt(root) for root in json.load(sys.stdin)]), encoding="utf-8")
