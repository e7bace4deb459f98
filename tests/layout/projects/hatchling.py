"""Projects of hatchling."""

from tests.layout.projects.model import JUNK, PACKAGE, Family, Project

ALL = ("hatchling==1.5.0", "hatchling==1.33.0")
NEW = ALL[1:]

hatch = Family("hatchling", ALL)
hatch_wheel = Family("hatchling", ALL, table="[tool.hatch.build.targets.wheel]")

PROJECTS: list[Project] = [
    hatch("package", "", *PACKAGE, *JUNK),
    hatch("skipped", "", *PACKAGE, "demo/.DS_Store", "demo/.venv/a.py", by=NEW),
    hatch("src-package", "", *[f"src/{path}" for path in PACKAGE + JUNK], "src/other.py"),
    hatch("module", "", "demo.py", "other.py", by=NEW),
    hatch("namespace", "", "space/demo/__init__.py", "space/other/__init__.py", "x.py"),
    hatch(
        "name",
        "",
        "Demo_Kit/__init__.py",
        "demo_kit/__init__.py",
        name="Demo-Kit",
        by=NEW,
    ),
    hatch("name-normalised", "", "demo_kit/__init__.py", name="Demo.Kit"),
    hatch_wheel(
        "packages",
        'packages = ["src/demo", "other"]',
        "src/demo/a.py",
        "src/x.py",
        "other/b.py",
        "src/demo/c/d",
    ),
    hatch_wheel(
        "packages-namespace",
        'packages = ["lib/space"]',
        "lib/space/demo/__init__.py",
        "lib/other.py",
    ),
    hatch_wheel(
        "only-include", 'only-include = ["src/demo", "x.py"]', "src/demo/a.py", "x.py", "y.py"
    ),
    hatch_wheel(
        "only-include-sources",
        'only-include = ["src/demo", "src/b"]\nsources = ["src"]',
        "src/demo/a.py",
        "src/b/c.py",
        "src/d.py",
    ),
    hatch_wheel(
        "include",
        'include = ["demo/*.py", "/x.py", "*.txt"]',
        *PACKAGE,
        "x.py",
        "demo/x.py",
        "doc/a.txt",
        "y.py",
    ),
    hatch_wheel("include-folder", 'include = ["lib/"]', "lib/a.py", "demo/lib/b.py", "demo/c.py"),
    hatch_wheel(
        "include-negated", 'include = ["lib", "!lib/b.py"]', "lib/a.py", "lib/b.py", "lib/lib/c.py"
    ),
    hatch_wheel(
        "include-and-packages",
        'include = ["other"]\npackages = ["demo"]',
        *PACKAGE,
        "other/__init__.py",
    ),
    hatch_wheel(
        "exclude",
        'exclude = ["*.txt", "demo/sub", "/core.py", "demo/**/x.py"]',
        *PACKAGE,
        "demo/core.py",
        "demo/a/b/x.py",
        "demo/x.py",
        "demo/y.py",
    ),
    hatch_wheel(
        "exclude-negated",
        'exclude = ["demo/data/*", "!demo/data/keep.txt", "*.log", "!demo/sub/"]',
        *PACKAGE,
        "demo/data/keep.txt",
        "demo/data/drop.txt",
        "demo/sub/a.log",
        "demo/data/b/c.txt",
        by=NEW,
    ),
    hatch_wheel(
        "exclude-class",
        'exclude = ["demo/[a-c]*.py", "demo/?.txt", "demo/\\\\!x"]',
        *PACKAGE,
        "demo/abc.py",
        "demo/z.txt",
        "demo/!x",
        "demo/zz.txt",
    ),
    hatch_wheel(
        "exclude-anchored",
        'exclude = ["sub/a.py", "demo/sub/b.py"]',
        *PACKAGE,
        "demo/sub/a.py",
        "demo/sub/b.py",
    ),
    hatch_wheel(
        "skip-excluded-dirs",
        'include = ["demo"]\nskip-excluded-dirs = true\nexclude = ["sub/", "!keep.py"]',
        *PACKAGE,
        "demo/sub/keep.py",
        by=NEW,
    ),
    hatch_wheel(
        "artifacts",
        'artifacts = ["demo/gen/*.py"]\nexclude = ["gen"]',
        *PACKAGE,
        "demo/gen/a.py",
        "demo/gen/b.txt",
    ),
    hatch(
        "gitignore",
        "",
        *PACKAGE,
        ".gitignore",
        "demo/build/a.py",
        "demo/x.log",
        texts={".gitignore": "# junk\n*.log\nbuild/\n/demo/data.txt\n"},
        by=NEW,
    ),
    hatch(
        "gitignore-artifacts",
        '[tool.hatch.build]\nartifacts = ["*.log"]',
        *PACKAGE,
        ".gitignore",
        "demo/x.log",
        texts={".gitignore": "*.log\n"},
    ),
    hatch(
        "ignore-vcs",
        "[tool.hatch.build]\nignore-vcs = true",
        *PACKAGE,
        ".gitignore",
        "demo/x.log",
        texts={".gitignore": "*.log\n"},
    ),
    hatch(
        "hgignore",
        "",
        *PACKAGE,
        ".hgignore",
        "demo/x.log",
        "demo/y.log",
        texts={".hgignore": "syntax: regexp\n.*y.log\nsyntax: glob\n*x.log\n"},
        by=NEW,
    ),
    # Not with `lib/demo`: its archive would have the package at the root, and its wheel nothing.
    hatch(
        "for-all-targets",
        '[tool.hatch.build]\npackages = ["demo"]\nexclude = ["*.txt"]',
        *PACKAGE,
        "c.py",
    ),
    hatch(
        "target-over-all",
        """
        [tool.hatch.build]
        exclude = ["*.txt"]
        [tool.hatch.build.targets.wheel]
        exclude = ["core.py"]
        """,
        *PACKAGE,
        by=NEW,
    ),
    hatch_wheel(
        "sources-removed",
        'include = ["src", "lib/x"]\nsources = ["src", "lib/x"]',
        "src/demo/a.py",
        "lib/x/b.py",
    ),
    hatch(
        "sources-replaced",
        '[tool.hatch.build.targets.wheel]\ninclude = ["src", "lib"]\n'
        '[tool.hatch.build.targets.wheel.sources]\n"src/demo" = "other/name"\n"lib" = ""',
        "src/demo/a.py",
        "src/x.py",
        "lib/b.py",
        by=NEW,
    ),
    hatch(
        "sources-added",
        '[tool.hatch.build.targets.wheel]\ninclude = ["*.py"]\nexclude = ["tests"]\n'
        '[tool.hatch.build.targets.wheel.sources]\n"" = "demo"',
        "a.py",
        "sub/b.py",
        "tests/c.py",
        by=NEW,
    ),
    hatch(
        "packages-renamed",
        '[tool.hatch.build.targets.wheel]\npackages = ["src/demo"]\n'
        '[tool.hatch.build.targets.wheel.sources]\n"src/demo" = "renamed"',
        "src/demo/a.py",
        "src/demo/b/c.py",
    ),
    hatch(
        "force-include",
        """
        [tool.hatch.build.targets.wheel.force-include]
        "extra/data.txt" = "demo/got.txt"
        "assets" = "demo/assets"
        "demo/core.py" = "demo/moved.py"
        """,
        *PACKAGE,
        "extra/data.txt",
        "assets/a.txt",
        "assets/b/c.txt",
        "assets/__pycache__/d.pyc",
        "assets/e.pyc",
        by=NEW,
    ),
    hatch(
        "force-include-only",
        '[tool.hatch.build.targets.wheel.force-include]\n"lib" = "target"',
        "lib/a.py",
        "other.py",
        by=NEW,
    ),
    hatch(
        "force-include-sources",
        '[tool.hatch.build.targets.wheel]\npackages = ["src/demo"]\n'
        '[tool.hatch.build.targets.wheel.force-include]\n"data.txt" = "src/demo/data.txt"',
        "src/demo/a.py",
        "data.txt",
    ),
    hatch_wheel(
        "bypass-selection",
        "bypass-selection = true\nartifacts = ['lib/*.py']",
        "lib/a.py",
        "other.py",
        by=NEW,
    ),
    hatch_wheel(
        "only-packages",
        "only-packages = true\ninclude = ['*']",
        "demo/__init__.py",
        "demo/a.txt",
        "loose/b.py",
        "demo/plain/c.py",
        by=NEW,
    ),
    hatch(
        "version-hook",
        '[tool.hatch.build.hooks.version]\npath = "demo/_version.py"',
        *PACKAGE,
        "demo/_version.py",
        ".gitignore",
        texts={
            ".gitignore": "_version.py\n",
            "demo/_version.py": '__version__ = "1.0"\nVERSION = __version__\n',
        },
    ),
    hatch(
        "shared",
        '[tool.hatch.build.targets.wheel.shared-data]\n"share" = "share/demo"',
        *PACKAGE,
        "share/a.txt",
    ),
    hatch(
        "own-file",
        '[tool.hatch.build]\npackages = ["wrong"]',
        *PACKAGE,
        "hatch.toml",
        "lib/x/a.py",
        "wrong/a.py",
        texts={"hatch.toml": '[build.targets.wheel]\npackages = ["lib/x"]\n'},
        by=NEW,
    ),
    hatch_wheel(
        "dots",
        'packages = ["./src/demo/"]\nexclude = ["/src/demo/b.py"]',
        "src/demo/a.py",
        "src/demo/b.py",
    ),
    hatch_wheel(
        "whole-tree",
        'include = ["*"]\nexclude = ["tests", "/dist", "*.toml"]',
        "a.py",
        "demo/b.py",
        "tests/c.py",
        ".hidden/d.py",
        by=NEW,
    ),
    hatch_wheel("nothing", "bypass-selection = true", "README.md"),
]
