"""What mpconvert reads off a project's bare files equals what the real backend writes of it."""

from __future__ import annotations

import io
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conversion import convert
from tests.layout.compare import build_with, build_with_each
from tests.metadata.projects import PROJECTS, Project, backend

REQUIREMENTS = sorted({requirement for project in PROJECTS for requirement in project.by})
CASES = [(project, requirement) for project in PROJECTS for requirement in project.by]
TEXTS = (
    "Name",
    "Summary",
    "Home-page",
    "Download-URL",
    "Author",
    "Author-email",
    "Maintainer",
    "Maintainer-email",
    "License-Expression",
)
LISTS = ("Platform", "Classifier", "Project-URL", "Provides-Extra")


def write(files: dict[str, str], root: Path) -> None:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def built_with(requirement: str, folder: Path) -> dict[str, dict[str, str]]:
    """Builds all projects of one backend release; results by the ids of the projects."""
    jobs = {}
    for project in PROJECTS:
        if requirement in project.by:
            root, out = folder / project.id / "project", folder / project.id / "out"
            out.mkdir(parents=True)
            write(project.texts(requirement), root)
            jobs[project.id] = {"root": str(root), "backend": backend(requirement), "out": str(out)}
    return build_with(requirement, jobs, folder)


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, str]]]:
    return build_with_each(REQUIREMENTS, built_with, tmp_path_factory)


def of_wheel(path: Path) -> Message:
    with zipfile.ZipFile(path) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


def bare_sdist(files: dict[str, str], path: Path) -> Path:
    """An archive of the files without records."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"bare/{name}")
            data = text.encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def of_converted(source: Path, out: Path) -> Message:
    """What mpconvert makes of an archive, whose name must tell nothing, or of a project."""
    (converted,) = convert(source, out=out)
    with tarfile.open(converted) as archive:
        (name,) = (name for name in archive.getnames() if name.count("/") == 1 and "PKG" in name)
        file = archive.extractfile(name)
        assert file is not None
        return Parser().parsestr(file.read().decode())


def comparable(message: Message) -> dict[str, object]:
    """The fields, each in a form in which only its meaning counts."""
    fields: dict[str, object] = {name: message[name] for name in TEXTS}
    fields |= {name: sorted(message.get_all(name, ())) for name in LISTS}
    fields["Version"] = Version(message["Version"])
    fields["Keywords"] = sorted(word.strip() for word in (message["Keywords"] or "").split(","))
    fields["Requires-Python"] = SpecifierSet(message["Requires-Python"] or "")
    fields["Requires-Dist"] = sorted(
        requirement(text) for text in message.get_all("Requires-Dist", ())
    )
    fields["Description-Content-Type"] = message["Description-Content-Type"] or "text/plain"
    fields["License"] = (message["License"] or "").split()
    fields["Description"] = str(message.get_payload()).split()
    return fields


def requirement(text: str) -> tuple[str, ...]:
    """A dependency; of its marker only the comparisons, in any order."""
    parsed = Requirement(text)
    marker = str(parsed.marker or "").replace("(", "").replace(")", "").split(" and ")
    return (
        canonicalize_name(parsed.name),
        *sorted(parsed.extras),
        str(parsed.specifier),
        *sorted(marker),
    )


@pytest.mark.parametrize(
    ("project", "release"), CASES, ids=[f"{project.id}-{release}" for project, release in CASES]
)
def test_metadata_equal_those_of_the_wheel(
    project: Project,
    release: str,
    builds: dict[str, dict[str, dict[str, str]]],
    tmp_path: Path,
) -> None:
    result = builds[release][project.id]
    assert "error" not in result, result["error"]
    expected = comparable(of_wheel(Path(result["wheel"])))
    files = project.texts(release)
    write(files, tmp_path / "folder")
    sources = [bare_sdist(files, tmp_path / "bare.tar.gz"), tmp_path / "folder"]
    apart = set(project.apart)
    if not expected["Description"]:
        # There always is one in what is converted.
        apart |= {"Description", "Description-Content-Type"}
    for source in sources:
        found = comparable(of_converted(source, tmp_path / f"{source.name}-out"))
        assert {name: found[name] for name in found.keys() - apart} == {
            name: expected[name] for name in expected.keys() - apart
        }
