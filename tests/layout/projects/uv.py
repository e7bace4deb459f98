"""Projects of uv's build backend."""

from tests.layout.projects.model import JUNK, PACKAGE, Family, Project

ALL = ("uv_build==0.13.6",)

SRC = tuple(f"src/{path}" for path in PACKAGE + JUNK)

uv = Family("uv", ALL, table="[tool.uv.build-backend]")

PROJECTS: list[Project] = [
    uv("package", "", *SRC, "src/other.py"),
    uv("name", "", "src/demo_kit_x/__init__.py", name="Demo.Kit--x"),
    uv("flat", 'module-root = ""', *PACKAGE, *JUNK),
    uv("root", 'module-root = "./lib/"', "lib/demo/__init__.py"),
    uv("module-name", 'module-name = "Other"', *SRC, "src/Other/__init__.py", "src/Other/a/b.txt"),
    uv(
        "module-names",
        'module-name = ["demo", "other.deep", "demo.sub"]',
        *SRC,
        "src/other/deep/__init__.py",
        "src/other/x.py",
    ),
    uv(
        "dotted", 'module-name = "space.demo"', "src/space/demo/__init__.py", "src/space/other/a.py"
    ),
    uv(
        "namespace",
        'module-name = "space"\nnamespace = true',
        "src/space/a/__init__.py",
        "src/space/b/__init__.py",
        "src/c.py",
    ),
    uv(
        "namespaces",
        'module-name = ["one", "two.x"]\nnamespace = true',
        "src/one/a.py",
        "src/two/x/b.py",
        "src/two/c.py",
    ),
    uv("stubs", "", "src/demo-stubs/__init__.pyi", "src/demo-stubs/a.pyi", name="demo-stubs"),
    uv("stubs-dotted", 'module-name = "space-stubs.demo"', "src/space-stubs/demo/__init__.pyi"),
    uv(
        "wheel-exclude",
        'wheel-exclude = ["data.txt", "sub", "/src/demo/core.py"]',
        *SRC,
        "src/demo/sub/a/b.py",
    ),
    uv(
        "wheel-exclude-anchored-folder",
        'wheel-exclude = ["/src/demo/sub"]',
        *SRC,
        "src/demo/sub/a/b.py",
    ),
    uv(
        "wheel-exclude-globs",
        'wheel-exclude = ["*.t?t", "sub/**", "[c-d]ore.py", "demo/x/*.py"]',
        *SRC,
        "src/demo/x/a.py",
        "src/demo/x/y/b.py",
    ),
    uv(
        "wheel-exclude-middle",
        'wheel-exclude = ["demo/**/b.py"]',
        *SRC,
        "src/demo/b.py",
        "src/demo/x/y/b.py",
    ),
    uv("source-exclude", 'source-exclude = ["data.txt"]', *SRC),
    uv("no-default-excludes", "default-excludes = false", *SRC),
    uv(
        "data",
        'data = { purelib = "extra", scripts = "bin" }',
        *SRC,
        "extra/a.py",
        "extra/b/c.txt",
        "extra/d.pyc",
        "bin/run",
    ),
    uv("nothing", "module-name = []", "README.md"),
]
