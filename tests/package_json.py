"""Packages for mip, each `package.json` of which keeps to docs/package.schema.json."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from tests.conversion import run_mpconvert

SCHEMA = json.loads(Path(__file__).parents[1].joinpath("docs/package.schema.json").read_text())


def validate(document: object) -> None:
    """Refuses what is no package.json that clients can take."""
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)


def read(path: Path) -> dict:
    """The document, once it is validated."""
    document: dict = json.loads(path.read_bytes())
    validate(document)
    return document


def pack(*arguments: str | Path) -> list[Path]:
    """`mpconvert mip` with these arguments, none of whose inputs may be refused; returns where the
    package.json of each lies."""
    run = run_mpconvert("mip", *arguments)
    assert run.status == 0, run
    paths = [result.path for result in run.results if result.path is not None]
    for path in paths:
        read(path)
    return paths
