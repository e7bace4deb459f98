"""What is printed with --output-format json keeps to docs/report.schema.json."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.conversion import REPORT as SCHEMA
from tests.conversion import report
from tests.crafted import archive

FILES: dict[str, str | bytes] = {
    "foo_bar-1.0/foo_bar.py": "",
    "foo_bar-1.0/LICENSE": "",
    "foo_bar-1.0/foo_bar.egg-info/PKG-INFO": "Metadata-Version: 1.0\nName: foo_bar\nVersion: 1.0\n",
    "foo_bar-1.0/foo_bar.egg-info/requires.txt": "other>=1\n",
}


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of mpconvert with these arguments."""
    command = [sys.executable, "-m", "mpconvert", "--output-format", "json", *map(str, arguments)]
    ended = subprocess.run(command, text=True, capture_output=True, timeout=60, check=False)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder with something of each kind: good, refused for what is in it, and unreadable."""
    folder = tmp_path / "dist"
    archive(folder, FILES)
    native: dict[str, str | bytes] = {
        "native-1.0/native.py": "",
        "native-1.0/_native.so": b"\x7fELF",
    }
    archive(folder, native, name="native-1.0.tar.gz")
    (folder / "wrong-1.0.tar.gz").write_bytes(b"no archive")
    return folder


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    (result,) = report("--dry-run", archive(tmp_path / "dist", FILES))
    for wrong in ({**result, "more": 1}, {**result, "status": "fine"}, {"status": "written"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"version": 1, "results": [wrong]}, SCHEMA)


def test_a_conversion_is_reported(tmp_path: Path) -> None:
    source = archive(tmp_path / "dist", FILES)
    made = tmp_path / "dist-micropython" / "foo_bar-1.0.tar.gz"
    planned, written, unchanged = (
        report(*arguments, source)[0] for arguments in (["--dry-run"], [], [])
    )
    assert [one["status"] for one in (planned, written, unchanged)] == [
        "dry-run",
        "written",
        "unchanged",
    ]
    assert {**planned, "status": "written"} == written
    assert {key: written[key] for key in ("name", "version", "requires", "files", "path")} == {
        "name": "foo_bar",
        "version": "1.0",
        "requires": ["other"],
        "files": [{"path": "foo_bar.py", "size": 0}],
        "path": str(made),
    }
    assert written["input_size"] == source.stat().st_size
    assert written["output_size"] == made.stat().st_size
    assert {"MP301", "MP505"} <= {finding["code"] for finding in written["findings"]}


def test_a_package_for_mip_is_reported(tmp_path: Path) -> None:
    source = archive(tmp_path / "dist", FILES)
    made = tmp_path / "site" / "package.json"
    call: list[str | Path] = ["mip", source, "--out", tmp_path / "site"]
    planned, written, unchanged, checked = (
        report(*call, *options)[0] for options in (["--dry-run"], [], [], ["--check"])
    )
    assert [one["status"] for one in (planned, written, unchanged, checked)] == [
        "dry-run",
        "written",
        "unchanged",
        "unchanged",
    ]
    assert {key: written[key] for key in ("name", "deps", "files", "path")} == {
        "name": "foo_bar",
        "deps": [["other", "latest"]],
        "files": [{"path": "foo_bar.py", "size": 0}],
        "path": str(made),
    }
    assert "requires" not in written
    assert written["output_size"] == made.stat().st_size
    made.write_text("{}")
    (stale,) = report(*call, "--check", status=1)
    assert stale["status"] == "refused"
    assert "MP603" in {finding["code"] for finding in stale["findings"]}


def test_frozen_packages_are_reported(tmp_path: Path) -> None:
    source = archive(tmp_path / "dist", FILES)
    module = tmp_path / "other.py"
    module.touch()
    out = tmp_path / "lib"
    call: list[str | Path] = ["freeze", source, module, "--out", out]
    planned, written, unchanged = (report(*call, *options) for options in (["-n"], [], []))
    assert [{one["status"] for one in run} for run in (planned, written, unchanged)] == [
        {"dry-run"},
        {"written"},
        {"unchanged"},
    ]
    assert [(one.get("name"), one.get("version"), one["path"]) for one in written] == [
        ("foo_bar", "1.0", str(out / "foo_bar")),
        ("other", None, str(out / "other")),
        (None, None, str(out / "manifest.py")),
    ]
    assert written[0]["requires"] == ["other"]
    assert written[0]["files"] == [{"path": "foo_bar.py", "size": 0}]
    module.write_text("x = 1\n")
    (differs,) = report(*call, status=1)
    assert {finding["code"] for finding in differs["findings"]} == {"MP601"}


def test_an_index_is_reported(tmp_path: Path) -> None:
    index, base = tmp_path / "index", tmp_path / "base"
    other = archive(tmp_path / "dist", {"other-2.0/other.py": "x = 1\n"}, name="other-2.0.tar.gz")
    source = archive(tmp_path / "dist", FILES)
    report("index", "add", other, "--to", base, "--no-mpy")
    call: list[str | Path] = ["index", "add", source, "--to", index, "--no-mpy"]
    call += ["--base-index", base]
    added, copied = report(*call)
    (again,) = report(*call)
    assert [one["status"] for one in (added, copied, again)] == ["added", "copied", "unchanged"]
    assert {key: added[key] for key in ("name", "version", "forms", "deps")} == {
        "name": "foo_bar",
        "version": "1.0",
        "forms": ["py"],
        "deps": [["other", "2.0"]],
    }
    assert (copied["name"], copied["version"]) == ("other", "2.0")
    listed = report("index", "list", index)
    assert [(one["status"], one["name"]) for one in listed] == [
        ("listed", "foo_bar"),
        ("listed", "other"),
    ]
    assert listed[1]["versions"] == {"py": ["2.0"]}
    (needed,) = report("index", "remove", "other", "--from", index, status=1)
    assert (needed["status"], needed["findings"][0]["code"]) == ("refused", "MP723")
    removed = report("index", "remove", "foo_bar==1.0", "--from", index)
    assert [(one["status"], one["version"]) for one in removed] == [("removed", "1.0")]
    gc: list[str | Path] = ["index", "gc", index, "--older-than", "0"]
    for option, status in ((["-n"], "dry-run"), ([], "removed")):
        files = report(*gc, *option)
        assert files
        assert {one["status"] for one in files} <= {status}
    (checked,) = report("index", "check", index)
    assert (checked["status"], checked["input"]) == ("checked", str(index))
    (index / "index.json").write_text("{}")
    (broken,) = report("index", "check", index, status=1)
    assert broken["status"] == "refused"


def test_what_is_refused_is_reported_among_the_others(dist: Path) -> None:
    results = report(dist, status=1)
    assert [(one["status"], one.get("input")) for one in results] == [
        ("written", None),
        ("refused", "native-1.0.tar.gz"),
        ("refused", "wrong-1.0.tar.gz"),
    ]


def test_what_differs_is_reported(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "foo_bar-1.0.tar.gz").write_bytes(b"another")
    (result,) = report(dist / "foo_bar-1.0.tar.gz", "--out", tmp_path, status=1)
    assert result["status"] == "refused"
    assert "MP601" in {finding["code"] for finding in result["findings"]}


@pytest.mark.parametrize("arguments", [[], ["--all"]])
def test_an_inspection_is_reported(dist: Path, arguments: list[str]) -> None:
    results = report("inspect", *arguments, dist, status=1)
    assert [one["status"] for one in results] == ["convertible", "refused", "refused"]
    good, native, wrong = results
    assert good["requires"] == ["other"]
    assert [file["path"] for file in native["files"]] == ["_native.so", "native.py"]
    assert "files" not in wrong
    assert wrong["findings"]


def test_what_is_fetched_is_reported(dist: Path, tmp_path: Path) -> None:
    places: list[str | Path] = ["--no-index", "--find-links", dist, "--to", tmp_path / "out"]
    good, missing = report("fetch", "Foo-Bar", "missing", *places, status=1)
    assert (good["status"], good["name"], good["version"]) == ("written", "foo-bar", "1.0")
    assert Path(good["path"]).stat().st_size == good["output_size"]
    assert good["index"].startswith("find-links-")
    assert (missing["status"], missing["findings"][0]["code"]) == ("refused", "MP757")


def test_an_output_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    source = archive(tmp_path / "dist", FILES)
    (tmp_path / "out").write_text("no folder")
    (result,) = report(source, "--out", tmp_path / "out" / "below", status=2)
    assert result["status"] == "failed"
    assert result["error"]


def test_what_is_not_there_does_not_stop_the_others(tmp_path: Path) -> None:
    source = archive(tmp_path / "dist", FILES)
    missing, good = report(tmp_path / "missing", source, status=2)
    assert (missing["status"], good["status"]) == ("failed", "written")
    assert str(tmp_path / "missing") in missing["error"]


def test_a_mistaken_call_has_no_report(tmp_path: Path) -> None:
    status, printed, messages = run("convert", tmp_path, "--python-version", "three")
    assert (status, printed) == (2, "")
    assert messages.startswith("error: `three` ")
