"""Projects of flit."""

from tests.layout.projects.model import JUNK, PACKAGE, Family, Project

ALL = ("flit_core==3.12.0", "flit_core==4.2.0")
SINCE_4 = ALL[1:]
WITH_OLD_TABLE = ("flit_core==2.3.0", "flit_core==3.12.0")

DOC = '"""A project."""\n__version__ = "1.0"\n'

flit = Family("flit", ALL)
flit_old = Family("flit", WITH_OLD_TABLE, metadata="flit")

PROJECTS: list[Project] = [
    flit("package", "", *PACKAGE, *JUNK),
    flit("module", "", "demo.py", "other.py"),
    flit("src-package", "", *[f"src/{path}" for path in PACKAGE + JUNK]),
    flit("src-module", "", "src/demo.py", "src/other.py"),
    flit("name", "", "Demo_kit/__init__.py", name="Demo-kit"),
    flit(
        "module-name",
        '[tool.flit.module]\nname = "other"',
        *PACKAGE,
        "other/__init__.py",
        "other/a/b.txt",
    ),
    flit(
        "namespace",
        '[tool.flit.module]\nname = "space.demo"',
        "space/demo/__init__.py",
        "space/other/__init__.py",
    ),
    flit(
        "namespace-src",
        '[tool.flit.module]\nname = "space.demo"',
        "src/space/demo/__init__.py",
        "src/space/x.py",
    ),
    flit(
        "namespace-module", '[tool.flit.module]\nname = "space.demo"', "space/demo.py", "space/x.py"
    ),
    flit(
        "stubs",
        "",
        "demo_x-stubs/__init__.pyi",
        "demo_x-stubs/py.typed",
        name="demo-x-stubs",
        by=SINCE_4,
    ),
    flit(
        "external-data",
        '[tool.flit.external-data]\ndirectory = "data"',
        *PACKAGE,
        "data/share/a.txt",
    ),
    flit(
        "sdist",
        '[tool.flit.sdist]\ninclude = ["doc/"]\nexclude = ["demo/data.txt"]',
        *PACKAGE,
        "doc/a.txt",
    ),
    flit_old(
        "metadata",
        'module = "demo"',
        *PACKAGE,
        *JUNK,
        texts={"demo/__init__.py": DOC},
    ),
    flit_old(
        "metadata-src",
        'module = "demo"',
        "src/demo.py",
        texts={"src/demo.py": DOC},
    ),
]
