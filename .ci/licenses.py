"""Collect the licence texts of all crates that are linked into the program.

`python .ci/licenses.py` writes THIRD-PARTY-LICENSES.txt, with `--check` it fails if that is out of
date. Crates under the same text share it, with the copyright lines of each.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OUT = ROOT / "THIRD-PARTY-LICENSES.txt"
FEATURES = "cli,net,python"
#: One of each system for which there are wheels; other targets of it link the same crates.
PLATFORMS = ("x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin")
LICENSE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
#: Lines of a text among which are those that say whose it is.
TOP = 40
COPYRIGHT = re.compile(
    r"(.{0,40}(copyright|\(c\)|©)\s*(\(c\)|©)?\s*[\d<]|copyright ).{0,150}$", re.IGNORECASE
)
HEAD = """\
The licences of the crates that mpconvert is linked with
========================================================

This file is made by `make licenses`. Of crates under a choice of licences, MIT is taken where it is
offered. A text that several crates have stands here once.
"""

Crate = dict[str, Any]


def crates() -> list[Crate]:
    """Find all crates that are linked, on any system, sorted by name."""
    linked: dict[str, Crate] = {}
    for platform in PLATFORMS:
        command = ["cargo", "metadata", "--locked", "--format-version=1"]
        command += ["--no-default-features", f"--features={FEATURES}"]
        command += [f"--filter-platform={platform}"]
        run = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
        metadata = json.loads(run.stdout)
        packages = {package["id"]: package for package in metadata["packages"]}
        nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
        root = metadata["resolve"]["root"]
        todo, seen = [root], {root}
        while todo:
            for dependency in nodes[todo.pop()]["deps"]:
                package = packages[dependency["pkg"]]
                is_normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
                if is_normal and not is_macro(package) and package["id"] not in seen:
                    seen.add(package["id"])
                    todo.append(package["id"])
                    linked[package["id"]] = package
    return sorted(linked.values(), key=lambda crate: (crate["name"], crate["version"]))


def is_macro(crate: Crate) -> bool:
    """Tell a crate that runs in the compiler only."""
    return any("proc-macro" in target["kind"] for target in crate["targets"])


def texts(crate: Crate) -> list[str]:
    """Read the licence texts of a crate: that of MIT where it can be chosen, else all."""
    folder = Path(crate["manifest_path"]).parent
    files = sorted(
        path for path in folder.iterdir() if path.is_file() and LICENSE_FILE.match(path.name)
    )
    options = re.split(r" OR |/", crate["license"] or "")
    if "MIT" in options:
        mit = [path for path in files if "mit" in path.name.lower()]
        notices = [path for path in files if re.match("copyright|notice", path.name, re.IGNORECASE)]
        files = mit + notices if mit else files
    return [path.read_text(encoding="utf-8", errors="replace") for path in files]


def parted(text: str) -> tuple[str, list[str]]:
    """Part a text from its copyright lines at the top."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")]
    top, below = lines[:TOP], lines[TOP:]
    own = [line.strip() for line in top if COPYRIGHT.match(line.strip())]
    rest = [line for line in top if line.strip() not in own] + below
    return "\n".join(rest).strip(), own


def document() -> str:
    """Write the texts, each with the crates that it is for."""
    bodies: dict[str, str] = {}
    users: dict[str, list[str]] = defaultdict(list)
    without = []
    for crate in crates():
        title = f"{crate['name']} {crate['version']} ({crate['license']})"
        found = texts(crate)
        if not found:
            by = ", ".join(re.sub(r" <.*>", "", author) for author in crate["authors"])
            without.append(f"- {title}{f', by {by}' if by else ''}")
        for text in found:
            body, own = parted(text)
            key = re.sub(r"\W+", " ", body).lower().strip()
            bodies.setdefault(key, body)
            users[key].append("\n".join([f"- {title}", *(f"  {line}" for line in own)]))
    parts = [HEAD]
    if without:
        parts.append(
            "Crates whose packages have no licence text; the texts of their licences are below:\n\n"
            + "\n".join(without)
            + "\n"
        )
    parts.extend(
        "\n\n".join(["-" * 80, "\n".join(users[key]), bodies[key] + "\n"])
        for key in sorted(bodies, key=lambda key: (-len(users[key]), key))
    )
    return "\n".join(parts)


def main() -> int:
    """Write the file, or compare it."""
    made = document()
    if "--check" not in sys.argv[1:]:
        OUT.write_text(made, encoding="utf-8", newline="\n")
        return 0
    if OUT.is_file() and OUT.read_text(encoding="utf-8") == made:
        return 0
    print(f"{OUT.name} is out of date: run `make licenses`", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
