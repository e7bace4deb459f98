"""Builds projects with the backend that is importable here: sdist, then wheel from that sdist, and
wheel right from the project's folder.

Runs in a process of its own, with the backend's folder on PYTHONPATH. Reads a JSON list of jobs
``{"root", "backend", "out"}`` from stdin; writes a list of ``{"sdist", "wheel", "direct"}`` or
``{"error"}``, in the order of the jobs, to the file named by the first argument. A job with
``"only": "direct"`` gives the last of the three alone.
"""

import importlib
import json
import os
import sys
import tarfile
import traceback
from pathlib import Path


def build_all(root: str, backend: str, out: str) -> dict[str, str]:
    hooks = importlib.import_module(backend)
    os.chdir(root)
    sdist = Path(out, hooks.build_sdist(out))
    with tarfile.open(sdist) as archive:
        archive.extractall(Path(out, "unpacked"), filter="data")
    (unpacked,) = Path(out, "unpacked").iterdir()
    os.chdir(unpacked)
    wheel = Path(out, hooks.build_wheel(out))
    return {"sdist": str(sdist), "wheel": str(wheel), **build_direct(root, backend, out)}


def build_direct(root: str, backend: str, out: str) -> dict[str, str]:
    hooks = importlib.import_module(backend)
    os.chdir(root)
    beside = Path(out, "direct")
    beside.mkdir()
    return {"direct": str(beside / hooks.build_wheel(str(beside)))}


def attempt(job: dict[str, str]) -> dict[str, str]:
    build = build_direct if job.pop("only", "") == "direct" else build_all
    try:
        return build(**job)
    except BaseException:  # noqa: BLE001 - backends leave by SystemExit as well
        return {"error": traceback.format_exc()}


if __name__ == "__main__":
    # setuptools leaves its own arguments behind.
    _, target = sys.argv
    results = [attempt(job) for job in json.load(sys.stdin)]
    Path(target).write_text(json.dumps(results), encoding="utf-8")
