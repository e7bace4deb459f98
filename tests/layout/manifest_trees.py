"""Projects for setuptools with a `MANIFEST.in`, made by chance from a seed."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

FOLDERS = (
    *("pkg", "pkg/sub", "pkg/sub/deep", "pkg/data", "pkg/data/more", "pkg/tests", "pkg/v1.2"),
    *("pkg/.hidden", "pkg/a[b]", "pkg/two words", "pkg/build", "pkg/CVS", "pkg/__pycache__"),
    *("other", "other/data", "docs", "docs/_static", "tests", "test", "build", ".github", ".tox"),
)
STEMS = (
    "a",
    "b",
    "ab",
    "base",
    "test_x",
    "x-y",
    ".dot",
    "[z]",
    "a b",
    "a#b",
    "\xe9",
    "A",
    "^",
    "!",
)
ENDINGS = (".txt", ".json", ".py", ".py", ".pyi", ".tar.gz", "", "~", ".pyc")
#: What is installed without being asked for, or left out, since some release or other.
TAKEN_OTHERWISE = {".pyi", ".dot", ".tox", "test_x"}
AT_ROOT = ("README", "README.md", "README.rst", "LICENSE", "NOTICE.txt", "setup.cfg", "x.txt")


class Project(NamedTuple):
    """The files of a project, without `MANIFEST.in`, and the text of that."""

    files: dict[str, str]
    manifest: str


def generated(seed: int, *, old: bool) -> Project:
    """A project; an `old` one has nothing in it that setuptools took otherwise some years ago."""
    chance = Random(seed)
    folders, stems, endings = (
        [name for name in names if not (old and name in TAKEN_OTHERWISE)]
        for names in (FOLDERS, STEMS, ENDINGS)
    )
    folders = ["pkg", *chance.sample(folders, 8)]
    names = (chance.choice(stems) + chance.choice(endings) for _ in range(30))
    paths = {f"{chance.choice(folders)}/{name}" for name in names}
    paths |= {"pkg/__init__.py", *chance.sample(AT_ROOT, 4)}
    # With the root as a package, all of the manifest is data, but paths as `./a` are as well.
    root = [""] if chance.random() < 0.4 else []
    manifest = _Manifest(chance, sorted(paths), only_normal=old or bool(root)).text()
    packages = [*root, "pkg", *_some_packages(chance, paths)]
    globs = ["*.txt", "pkg/*/a*", "data/*", *([] if old else ["**/*.json"])]
    script = _script(chance, packages, globs)
    return Project(dict.fromkeys(sorted(paths), "") | {"setup.py": script}, manifest)


def _some_packages(chance: Random, paths: set[str]) -> list[str]:
    folders = {path.rpartition("/")[0] for path in paths} - {"pkg"}
    names = sorted(name.replace("/", ".") for name in folders if name.replace("/", "").isalpha())
    return chance.sample(names, chance.randint(0, len(names)))


def _script(chance: Random, packages: list[str], globs: list[str]) -> str:
    arguments: dict[str, object] = {"name": "case", "version": "1", "packages": packages}
    if chance.random() < 0.3:
        arguments["package_data"] = {"pkg": [chance.choice(globs)]}
    if chance.random() < 0.2:
        arguments["license_files"] = [chance.choice(globs)]
    keywords = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    return f"from setuptools import setup\nsetup({keywords}, include_package_data=True)\n"


class _Manifest:
    """Writes commands about the files of a project."""

    def __init__(self, chance: Random, paths: list[str], *, only_normal: bool) -> None:
        self.chance, self.paths, self.only_normal = chance, paths, only_normal

    def text(self) -> str:
        lines = [self._line() for _ in range(self.chance.randint(1, 8))]
        return "\n".join([*lines, ""]).replace("\n", self.chance.choice(("\n", "\r\n", "\r")))

    def _line(self) -> str:
        kind = self.chance.random()
        if kind < 0.05:
            return self.chance.choice(("# include pkg/a.txt", "", "   ", "  # \\"))
        if kind < 0.12:
            return self.chance.choice(("includ a", "include", "graft a b", "recursive-include pkg"))
        gaps = (" ", " ", " ", "\t", "  ", " \\\n", " \\ \n  # x\n ")
        *words, last = self._command()
        line = "".join(word + self.chance.choice(gaps) for word in words) + last
        return line + self.chance.choice(("", "", "", "  ", "\t# x", " #", "#"))

    def _command(self) -> list[str]:
        kind = self.chance.choice(
            ("", "", "global-", "global-", "recursive-", "recursive-", "folder")
        )
        if kind == "folder":
            return [self.chance.choice(("graft", "prune")), self._folder()]
        action = kind + self.chance.choice(("include", "exclude"))
        patterns = [self._pattern() for _ in range(self.chance.randint(1, 3))]
        if kind and self.chance.random() < 0.7:
            patterns = [pattern.rpartition("/")[2] or "*" for pattern in patterns]
        folder = self._folder()
        if action == "recursive-include" and folder == "." and self.only_normal:
            folder = "pkg"
        return [action, *([folder] if kind == "recursive-" else []), *patterns]

    def _folder(self) -> str:
        folder = self.chance.choice(self.paths).rpartition("/")[0] or "."
        return self._spelled(self._varied(folder) if self.chance.random() < 0.5 else folder)

    def _pattern(self) -> str:
        return self._spelled(self._varied(self.chance.choice(self.paths)))

    def _spelled(self, path: str) -> str:
        """The path as a word, sometimes in another spelling."""
        path = path.partition(" ")[0].replace("#", "\\#") or "*"
        other = [f"./{path}", f"{path}/", path.replace("/", "//")]
        if path.isalpha():
            # With a wildcard, it would take setuptools through the whole file system.
            other.append(f"/{path}")
        is_other = not self.only_normal and self.chance.random() < 0.15
        return self.chance.choice(other) if is_other else path

    def _varied(self, path: str) -> str:
        parts = path.split("/")
        for _ in range(self.chance.randint(0, 2)):
            at = self.chance.randrange(len(parts))
            parts[at] = self._varied_part(parts[at])
        return "/".join(parts)

    def _varied_part(self, part: str) -> str:
        at = self.chance.randrange(len(part))
        head, letter, tail = part[:at], part[at], part[at + 1 :]
        whole = ("**", "**", "*", "?*", "*.*", f"*{tail}", f"{head}*", f"{head}**")
        classes = (f"[{letter}]", f"[!{letter}]", "[a-c]", "[!a-c]", "[^a]", "[!x]", "[]a]", "[-a]")
        odd = (
            "[",
            "[z-a]",
            f"[{letter}/]",
            "[!]",
            "[a-]",
            "[.-~]",
            "[\\w]",
            "[[]",
            "[!!]",
            "[a-c-e]",
        )
        inside = self.chance.choice(("?", self.chance.choice(classes), self.chance.choice(odd)))
        return self.chance.choice((*whole, *[f"{head}{inside}{tail}"] * len(whole)))
