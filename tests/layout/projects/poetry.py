"""Projects of Poetry, with the metadata table that all its releases know."""

from tests.layout.projects.model import JUNK, PACKAGE, Family, Project

ALL = ("poetry-core==1.0.8", "poetry-core==1.9.1", "poetry-core==2.5.0")
SINCE_1_9 = ALL[1:]
SINCE_2 = ALL[2:]

poetry = Family("poetry", ALL, metadata="poetry")
poetry_2 = Family("poetry", SINCE_2)

PROJECTS: list[Project] = [
    poetry("package", "", *PACKAGE, *JUNK),
    poetry("module", "", "demo.py", "other.py"),
    poetry("src-package", "", *[f"src/{path}" for path in PACKAGE + JUNK]),
    poetry("src-module", "", "src/demo.py", "src/other.py"),
    poetry("name", "", "demo_kit_x/__init__.py", name="Demo.Kit-x"),
    poetry(
        "packages",
        """
        packages = [
            { include = "demo" },
            { include = "extra", format = "wheel" },
            { include = "extra", format = "sdist" },
            { include = "tests", format = "sdist" },
            { include = "both", format = ["sdist", "wheel"] },
        ]
        """,
        *PACKAGE,
        *JUNK,
        "extra/__init__.py",
        "both/__init__.py",
        "other/__init__.py",
    ),
    poetry(
        "from",
        'packages = [{ include = "demo", from = "lib" }]',
        "lib/demo/__init__.py",
        "lib/demo/a/b.py",
        "lib/other.py",
    ),
    poetry(
        "from-module",
        'packages = [{ include = "demo.py", from = "lib" }]',
        "lib/demo.py",
        "lib/demo/__init__.py",
    ),
    poetry(
        "to",
        """
        packages = [
            { include = "demo", from = "lib", to = "target/deep" },
            { include = "other", to = "second" },
        ]
        """,
        "lib/demo/__init__.py",
        "lib/demo/x/y.txt",
        "other/__init__.py",
        by=SINCE_1_9,
    ),
    poetry("glob", 'packages = [{ include = "demo/**/*.py" }]', *PACKAGE, "demo/sub/deep/c.py"),
    poetry("glob-one-level", 'packages = [{ include = "demo/*" }]', *PACKAGE, "demo/sub/deep/c.py"),
    poetry(
        "glob-one-level-format",
        'packages = [{ include = "demo/*", format = ["sdist", "wheel"] }]',
        *PACKAGE,
        "demo/sub/deep/c.py",
        by=SINCE_1_9,
    ),
    poetry(
        "glob-class",
        'packages = [{ include = "demo/[!d]*.py" }]',
        *PACKAGE,
        "demo/data.py",
        "demo/xy.py",
    ),
    poetry(
        "namespace",
        'packages = [{ include = "space/demo" }]',
        "space/demo/__init__.py",
        "space/other/__init__.py",
    ),
    poetry(
        "stubs",
        'packages = [{ include = "demo-stubs" }]',
        "demo-stubs/__init__.pyi",
        "demo-stubs/py.typed",
    ),
    poetry(
        "include",
        'include = ["note.txt", "docs", "assets/*", "deep/**/*.bin", "missing.txt"]',
        *PACKAGE,
        "note.txt",
        "docs/a.txt",
        "assets/b.txt",
        "assets/more/c.txt",
        "deep/a/b/d.bin",
        "deep/a/e.txt",
    ),
    poetry(
        "include-formats",
        """
        include = [
            { path = "only-sdist.txt", format = "sdist" },
            { path = "both.txt", format = ["sdist", "wheel"] },
            { path = "docs", format = ["sdist", "wheel"] },
            { path = "docs/skipped.pyc", format = "sdist" },
            { path = "assets/**/*", format = ["wheel", "sdist"] },
            { path = "tests" },
        ]
        """,
        *PACKAGE,
        *JUNK,
        "only-sdist.txt",
        "both.txt",
        "docs/a.txt",
        "docs/b/c.txt",
        "assets/d.txt",
        "assets/e/f.txt",
    ),
    poetry(
        "exclude",
        'exclude = ["demo/data.txt", "demo/private", "**/*.cfg", "demo/sub/*.py"]',
        *PACKAGE,
        "demo/private/a.py",
        "demo/private/b/c.py",
        "demo/x.cfg",
        "demo/sub/y.cfg",
        "demo/sub/z.txt",
    ),
    poetry(
        "exclude-and-include",
        """
        exclude = ["demo/private/**/*"]
        include = [{ path = "demo/private/keep.py", format = ["sdist", "wheel"] }]
        """,
        *PACKAGE,
        "demo/private/keep.py",
        "demo/private/drop.py",
        "demo/private/b/c.py",
    ),
    poetry(
        "include-in-src",
        'include = [{ path = "src/demo/data.txt", format = ["sdist", "wheel"] }]',
        *[f"src/{path}" for path in PACKAGE],
    ),
    poetry(
        "include-default-and-src",
        'include = ["src/extra.txt"]',
        "src/demo/__init__.py",
        "src/extra.txt",
    ),
    poetry_2("project-table", "", *PACKAGE),
    poetry_2(
        "project-table-packages",
        '[tool.poetry]\npackages = [{ include = "other", from = "src" }]',
        *PACKAGE,
        "src/other/__init__.py",
    ),
]
