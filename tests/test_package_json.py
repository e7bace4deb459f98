"""The schema of package.json takes what clients take, and nothing at which they crash."""

from __future__ import annotations

import jsonschema
import pytest

from tests.package_json import SCHEMA, validate


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "document",
    [
        {"urls": [["a/b c.py", "github:org/repo/a/b%20c.py"]], "deps": [["x", "latest"]]},
        {"hashes": [["a.mpy", "0123abcd"]], "version": "1.0", "v": 1},
        {"urls": [[".hidden", "../shared/a.py"]], "scripts": {}},
        {"deps": [["github:org/repo", "HEAD"]]},
    ],
)
def test_what_clients_take_is_valid(document: object) -> None:
    validate(document)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"name": "not-for-mip", "dependencies": {}},
        {"deps": ["x"]},
        {"deps": [["x"]]},
        {"deps": [["x", "latest", "more"]]},
        {"deps": [["x", ">=1.0"]]},
        {"deps": [["x>=1.0", "latest"]]},
        {"deps": [["x", None]]},
        {"urls": [["a.py"]]},
        {"urls": [["a.py", "a b.py"]]},
        {"urls": [["a.py", "ä.py"]]},
        {"urls": [["a.py", "a.py?raw=1"]]},
        {"urls": [["../a.py", "a.py"]]},
        {"urls": [["/a.py", "a.py"]]},
        {"urls": [["a//b.py", "a.py"]]},
        {"urls": [["a\\b.py", "a.py"]]},
        {"hashes": [["a.py", "0123ABC"]]},
        {"urls": [], "description": "two\nlines"},
    ],
)
def test_what_clients_crash_at_is_not(document: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate(document)
