"""Projects of pdm-backend and, before it, pdm-pep517."""

from tests.layout.projects.model import JUNK, PACKAGE, Family, Project

ALL = ("pdm-pep517==1.1.4", "pdm-backend==2.5.0")
OLD = ALL[:1]
NEW = ALL[1:]

pdm = Family("pdm", ALL)
pdm_build = Family("pdm", ALL, table="[tool.pdm.build]")

PROJECTS: list[Project] = [
    pdm("package", "", *PACKAGE, *JUNK, "tests/__init__.py"),
    pdm("several-packages", "", *PACKAGE, "other/__init__.py", "plain/a.py", "top.py"),
    pdm("src-package", "", *[f"src/{path}" for path in PACKAGE + JUNK], "src/top.py"),
    pdm("modules", "", "demo.py", "other.py", "docs/a.py"),
    pdm("src-modules", "", "src/demo.py", "src/other.py", "top.py"),
    pdm("stubs", "", "demo-stubs/__init__.pyi", "demo-stubs/a.pyi", by=NEW),
    pdm_build(
        "includes",
        'includes = ["demo", "extra/*.txt", "top.py"]',
        *PACKAGE,
        "extra/a.txt",
        "extra/b.py",
        "top.py",
        "other/__init__.py",
    ),
    pdm_build(
        "includes-glob",
        'includes = ["demo/**/*.py", "lib/**"]',
        *PACKAGE,
        "demo/.x.py",
        "lib/a/b.txt",
        "lib/.c",
    ),
    pdm_build("includes-src", 'includes = ["src/demo"]', "src/demo/a.py", "src/other/b.py"),
    pdm_build(
        "includes-src-excluded",
        'includes = ["src/demo"]\nexcludes = ["src/"]',
        "src/demo/a.py",
        by=NEW,
    ),
    pdm_build("includes-beside-src", 'includes = ["lib"]', "src/demo/__init__.py", "lib/a.py"),
    pdm_build(
        "excludes",
        'excludes = ["demo/data.txt", "demo/sub", "**/x.py"]',
        *PACKAGE,
        "demo/x.py",
        "demo/sub/b/c.py",
    ),
    pdm_build(
        "excludes-weaker",
        'includes = ["demo/sub/keep.py", "demo/**/*.txt"]\nexcludes = ["demo/**/*"]',
        *PACKAGE,
        "demo/sub/keep.py",
        "demo/b.txt",
    ),
    pdm_build(
        "excludes-folder",
        'includes = ["demo"]\nexcludes = ["demo/**/cache"]',
        *PACKAGE,
        "demo/cache/a.py",
        "demo/a/b/cache/c.py",
    ),
    pdm_build(
        "source-includes",
        'source-includes = ["docs", "demo/data.txt"]',
        *PACKAGE,
        "docs/a.txt",
        "tests/__init__.py",
    ),
    pdm_build(
        "package-dir",
        'package-dir = "lib"',
        "lib/demo/__init__.py",
        "lib/other/__init__.py",
        "demo/__init__.py",
    ),
    pdm_build(
        "package-dir-includes",
        'package-dir = "lib"\nincludes = ["lib/demo", "other"]',
        "lib/demo/__init__.py",
        "other/a.py",
    ),
    pdm_build(
        "package-dir-empty",
        'package-dir = ""',
        "demo/__init__.py",
        "src/other/__init__.py",
        by=NEW,
    ),
    pdm_build("is-purelib", "is-purelib = true", *PACKAGE),
    pdm_build(
        "wheel-data",
        """
        [tool.pdm.build.wheel-data]
        purelib = [{ path = "extra/**/*.txt", relative-to = "extra" }, "flat/*.txt"]
        data = ["share/*"]
        """,
        *PACKAGE,
        "extra/a/b.txt",
        "flat/c.txt",
        "share/d.txt",
        by=NEW,
    ),
    pdm(
        "old-tables",
        '[tool.pdm]\nincludes = ["lib/demo"]\nexcludes = ["lib/demo/b.py"]\npackage-dir = "lib"',
        "lib/demo/a.py",
        "lib/demo/b.py",
        by=OLD,
    ),
    pdm("tables-of-old", '[tool.pdm]\nincludes = ["lib"]', *PACKAGE, "lib/a.py", by=NEW),
    pdm("nothing", "", "README.md", "docs/conf.py"),
]
