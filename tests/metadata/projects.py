"""Small projects that say as much of themselves as their build backend takes.

To add one, append a `Project`. It is built with every release that it is ``by``, and read by
mpconvert from its bare files.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from tests.layout.projects.model import BACKENDS

SETUPTOOLS = ("setuptools==84.2.1",)
POETRY = ("poetry-core==1.9.1", "poetry-core==2.5.0")
FLIT = ("flit_core==3.12.0", "flit_core==4.2.0")
HATCHLING = ("hatchling==1.33.0",)
PDM = ("pdm-backend==2.5.0",)
UV = ("uv_build==0.13.6",)
STANDARD = (*SETUPTOOLS, *FLIT, *HATCHLING, *PDM, *UV)


@dataclass(frozen=True)
class Project:
    """A project tree, and the backend releases that build it."""

    id: str
    by: tuple[str, ...]
    #: The files with their content. ``pyproject.toml`` is preceded by the table `[build-system]`.
    files: dict[str, str]
    #: Fields of core metadata in which this backend is known to go its own way.
    apart: frozenset[str] = frozenset()

    def texts(self, requirement: str) -> dict[str, str]:
        """The files as one backend release needs them."""
        texts = {path: dedent(text) for path, text in self.files.items()}
        if "pyproject.toml" in texts:
            system = (
                f'[build-system]\nrequires = ["{requirement}"]\n'
                f'build-backend = "{backend(requirement)}"\n\n'
            )
            texts["pyproject.toml"] = system + texts.get("pyproject.toml", "")
        return texts


def backend(requirement: str) -> str:
    """The module of the hooks that ``requirement`` brings."""
    name = requirement.partition("==")[0]
    return "setuptools.build_meta" if name == "setuptools" else BACKENDS[name]


MODULE = {
    "demo/__init__.py": '''\
        """A project that says it all.

        And more.
        """

        __version__ = "1.2.3"
        ''',
    "README.md": "# Demo\n\nIt says it all: ü.\n",
    "LICENSE": "Take it.\n\n  Or leave it.\n",
}
SRC_MODULE = {**MODULE, "src/demo/__init__.py": MODULE["demo/__init__.py"]}
del SRC_MODULE["demo/__init__.py"]

FULL = """\
    [project]
    name = "demo"
    version = "1.2.3"
    description = "A project that says it all."
    readme = "README.md"
    requires-python = ">=3.8,<4"
    license = "MIT"
    license-files = ["LICENSE"]
    authors = [{ name = "Ann Author", email = "ann@example.org" }, { name = "Ben" }]
    maintainers = [{ email = "team@example.org" }, { name = "Doe, J.", email = "doe@example.org" }]
    keywords = ["one", "two words"]
    classifiers = ["Topic :: Software Development", "Development Status :: 4 - Beta"]
    dependencies = ["micropython-logging>=0.3", "aioble[central]>=0.2,<1; sys_platform == 'rp2'"]

    [project.optional-dependencies]
    Net_work = ["micropython-umqtt.simple", "micropython-ssl; os_name != 'posix'"]
    empty = []

    [project.urls]
    Homepage = "https://example.org/"
    "Bug tracker" = "https://example.org/bugs"
    """

TABLES = """\
    [project]
    name = "demo"
    version = "1.2.3"
    description = "A project that says it all."
    readme = { text = "Some *words*.", content-type = "text/markdown" }
    license = { text = "MIT" }
    """

LICENSE_FILE = """\
    [project]
    name = "demo"
    version = "1.2.3"
    description = "A project that says it all."
    readme = { file = "docs/long.txt", content-type = "text/plain" }
    license = { file = "LICENSE" }
    """

POETRY_FULL = """\
    [tool.poetry]
    name = "demo"
    version = "1.2.3"
    description = "A project that says it all."
    authors = ["Ann Author <ann@example.org>", "Ben <ben@example.org>"]
    maintainers = ["Doe <doe@example.org>"]
    license = "MIT"
    readme = ["README.md", "docs/more.md"]
    homepage = "https://example.org/"
    repository = "https://example.org/code"
    documentation = "https://example.org/docs"
    keywords = ["one", "two"]
    classifiers = ["Topic :: Software Development"]

    [tool.poetry.urls]
    "Bug tracker" = "https://example.org/bugs"

    [tool.poetry.dependencies]
    python = "^3.8"
    micropython-logging = "^0.3"
    aioble = { version = "~0.2", extras = ["central"], optional = true }

    [tool.poetry.extras]
    net = ["aioble"]

    [tool.poetry.group.dev.dependencies]
    pytest = "*"
    """

FLIT_OLD = """\
    [tool.flit.metadata]
    module = "demo"
    dist-name = "micropython-demo"
    author = "Ann Author"
    author-email = "ann@example.org"
    maintainer = "Doe"
    maintainer-email = "doe@example.org"
    home-page = "https://example.org/"
    requires = ["micropython-logging >=0.3", "aioble; sys_platform == 'rp2'"]
    requires-python = ">=3.8"
    description-file = "README.md"
    classifiers = ["Topic :: Software Development"]
    keywords = "one,two"
    license = "MIT"

    [tool.flit.metadata.urls]
    Docs = "https://example.org/docs"

    [tool.flit.metadata.requires-extra]
    test = ["pytest"]
    """

SETUP_CFG = """\
    [metadata]
    name = demo
    version = attr: demo.__version__
    description = A project that says it all.
    long_description = file: README.md, docs/more.md
    long_description_content_type = text/markdown
    author = Ann Author
    author_email = ann@example.org
    maintainer = Doe
    maintainer-email = doe@example.org
    license = MIT
    url = https://example.org/
    download_url = https://example.org/100%%
    project_urls =
        Docs = https://example.org/docs
        Bug tracker = https://example.org/bugs?a=b
    keywords = one, two words
    classifiers =
        Topic :: Software Development
        Development Status :: 4 - Beta
    platforms = any

    [options]
    packages = find:
    python_requires = >=3.8
    install_requires =
        micropython-logging >= 0.3
        # a comment
        aioble[central] ~= 0.2; sys_platform == 'rp2'

    [options.extras_require]
    net = micropython-umqtt.simple; micropython-ssl
    test =
        pytest
        coverage; python_version < "4"
    """

SETUP_PY = """\
    import sys
    from setuptools import setup, find_packages

    NAME = 'demo'
    urls = {'Docs': 'https://example.org/docs'}
    urls['Bug tracker'] = 'https://example.org/bugs'
    requires = ['micropython-logging >= 0.3']
    requires.append("aioble[central]~=0.2; sys_platform == 'rp2'")

    setup(
        name='micropython-' + NAME,
        version='1.2.3',
        description='A project that says it all.',
        long_description='Some *words*\\n\\n  and more.',
        long_description_content_type='text/markdown',
        author='Ann Author',
        author_email='ann@example.org',
        maintainer='Doe',
        maintainer_email='doe@example.org',
        url='https://example.org/',
        download_url='https://example.org/all',
        project_urls=urls,
        license='MIT',
        keywords='one, two',
        platforms=['any'],
        classifiers=['Topic :: Software Development'],
        python_requires='>=3.8',
        install_requires=requires,
        extras_require={'net': ['micropython-ssl'], ':python_version < "4"': 'typing\\nabc'},
        packages=find_packages(),
    )
    """

MICROPYTHON_LIB = """\
    import sys

    # Remove current dir from sys.path, otherwise setuptools will peek up our module.
    sys.path.pop(0)
    from setuptools import setup

    setup(
        name="micropython-demo",
        version="0.3.1",
        description="demo module for MicroPython",
        long_description="This is a module reimplemented specifically for MicroPython.",
        url="https://example.org/micropython-lib",
        author="micropython-lib Developers",
        author_email="dev@example.org",
        maintainer="micropython-lib Developers",
        maintainer_email="dev@example.org",
        license="MIT",
        packages=["demo"],
        install_requires=["micropython-os", "micropython-re-pcre"],
    )
    """

DYNAMIC_TABLE = """\
    [project]
    name = "demo"
    requires-python = ">=3.8"
    dynamic = [
        "version", "description", "readme", "classifiers", "dependencies", "optional-dependencies",
        "keywords", "authors",
    ]

    [tool.setuptools]
    packages = ["demo"]

    [tool.setuptools.dynamic]
    version = { attr = "demo.about.VERSION" }
    description = { file = "summary.txt" }
    readme = { file = ["README.md", "docs/more.md"], content-type = "text/markdown" }
    classifiers = { file = "classifiers.txt" }
    dependencies = { file = ["requirements.txt"] }

    [tool.setuptools.dynamic.optional-dependencies]
    test = { file = "test.txt" }
    """

DYNAMIC_FILES = {
    "demo/about.py": "import os\n\nVERSION: tuple = (1, 2, '3rc1')\n",
    "summary.txt": "A project that says it all.\n",
    "docs/more.md": "More.\n",
    "classifiers.txt": "Topic :: Software Development\nDevelopment Status :: 4 - Beta\n",
    "requirements.txt": "# what it needs\nmicropython-logging>=0.3\n\naioble\n",
    "test.txt": "pytest\n",
    "setup.py": "from setuptools import setup\n"
    "setup(keywords=['one', 'two'], author='Ann', url='https://example.org/', license='ignored')\n",
}

IGNORED = {
    "setup.py": "from setuptools import setup\n"
    "setup(name='other', version='9', description='No.', author='No', install_requires=['no'],\n"
    "      url='https://example.org/', classifiers=['No'])\n",
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1.2.3"\n',
}


def dynamic(*fields: str, tables: str = "") -> str:
    named = ", ".join(f'"{name}"' for name in fields)
    head = f'[project]\nname = "demo"\ndynamic = [{named}]\n'
    summary = "" if "description" in fields else 'description = "A project that says it all."\n'
    return head + summary + dedent(tables)


#: Poetry adds classifiers for licence and versions of Python.
POETRYS_OWN = frozenset({"Classifier"})
#: pdm calls somebody without a name `Unknown`.
PDMS_OWN = frozenset({"Maintainer-email"})
#: uv names somebody with an address among those without, too, and puts no name in quotes.
UVS_OWN = frozenset({"Author", "Maintainer", "Maintainer-email"})

PROJECTS = [
    Project("full", (*SETUPTOOLS, *FLIT, *HATCHLING), {**MODULE, "pyproject.toml": FULL}),
    Project("full-pdm", PDM, {**MODULE, "pyproject.toml": FULL}, apart=PDMS_OWN),
    Project("full-uv", UV, {**SRC_MODULE, "pyproject.toml": FULL}, apart=UVS_OWN),
    Project("full-poetry", POETRY[1:], {**MODULE, "pyproject.toml": FULL}, apart=POETRYS_OWN),
    Project("tables", STANDARD, {**SRC_MODULE, "pyproject.toml": TABLES}),
    Project(
        "license-file",
        STANDARD,
        {**SRC_MODULE, "docs/long.txt": "Long.\n", "pyproject.toml": LICENSE_FILE},
    ),
    Project(
        "poetry-table",
        POETRY[1:],
        {**MODULE, "docs/more.md": "More.\n", "pyproject.toml": POETRY_FULL},
        apart=POETRYS_OWN,
    ),
    Project(
        "poetry-table-old",
        POETRY[:1],
        {**MODULE, "docs/more.md": "More.\n", "pyproject.toml": POETRY_FULL},
        # The home page had a field of its own.
        apart=POETRYS_OWN | {"Home-page", "Project-URL"},
    ),
    Project("flit-old", ("flit_core==2.3.0", FLIT[0]), {**MODULE, "pyproject.toml": FLIT_OLD}),
    Project("flit-module", FLIT, {**MODULE, "pyproject.toml": dynamic("version", "description")}),
    Project(
        "flit-version-file",
        FLIT[1:],
        {
            **MODULE,
            "demo/__init__.py": "'One line.'\nfrom ._version import __version__\n",
            "demo/_version.py": "__version__: str = '2.0'\n",
            "pyproject.toml": dynamic("version", "description"),
        },
    ),
    Project(
        "hatch-version",
        HATCHLING,
        {
            **MODULE,
            "demo/about.py": "version = 3\nVersion = 'v2.0.dev1'\n",
            "pyproject.toml": dynamic(
                "version", tables='[tool.hatch.version]\npath = "demo/about.py"\n'
            ),
        },
    ),
    Project(
        "hatch-pattern",
        HATCHLING,
        {
            **MODULE,
            "demo/about.py": "# BUILD = 1\nBUILD = 7 # (4.5)\n",
            "hatch.toml": "[version]\npath = 'demo/about.py'\n"
            "pattern = '^BUILD.*\\((?P<version>[^\\)]+)'\n",
            "pyproject.toml": dynamic("version"),
        },
    ),
    Project(
        "pdm-version",
        PDM,
        {
            **MODULE,
            "pyproject.toml": dynamic(
                "version",
                tables='[tool.pdm.version]\nsource = "file"\npath = "demo/__init__.py"\n',
            ),
        },
    ),
    Project(
        "pdm-pattern",
        PDM,
        {
            **MODULE,
            "VERSION.txt": "release: 4.0\n",
            "pyproject.toml": dynamic(
                "version",
                tables="[tool.pdm.version]\nsource = 'file'\npath = 'VERSION.txt'\n"
                "pattern = 'release: (.+)$'\n",
            ),
        },
    ),
    Project("setup-py", SETUPTOOLS, {**MODULE, "setup.py": SETUP_PY}),
    Project("micropython-lib", SETUPTOOLS, {**MODULE, "setup.py": MICROPYTHON_LIB}),
    Project(
        "setup-cfg",
        SETUPTOOLS,
        {**MODULE, "docs/more.md": "More.\n", "setup.cfg": SETUP_CFG},
    ),
    Project(
        "setup-cfg-src",
        SETUPTOOLS,
        {
            "src/demo/__init__.py": "__version__ = '1' '.2'\n",
            "setup.cfg": "[metadata]\nname = demo\nversion = attr: demo.__version__\n"
            "summary = A project.\nhome-page = https://example.org/\n"
            "[options]\npackages = find:\ninstall_requires = file: needs.txt\n"
            "package_dir =\n    = src\n[options.packages.find]\nwhere = src\n",
            "needs.txt": "aioble\n",
        },
    ),
    Project(
        "setup-py-and-cfg",
        SETUPTOOLS,
        {
            **MODULE,
            "setup.py": "from setuptools import setup\n"
            "setup(name='demo', version='2', license='', install_requires=['aioble'])\n",
            "setup.cfg": SETUP_CFG,
            "docs/more.md": "More.\n",
        },
    ),
    Project(
        "setup-cfg-version-file",
        SETUPTOOLS,
        {
            **MODULE,
            "VERSION": "4.0.post1\n",
            "setup.cfg": "[metadata]\nname = demo\nversion = file: VERSION\n",
        },
    ),
    Project(
        "setuptools-dynamic",
        SETUPTOOLS,
        {**MODULE, **DYNAMIC_FILES, "pyproject.toml": DYNAMIC_TABLE},
    ),
    Project(
        "setuptools-discovered-attr",
        SETUPTOOLS,
        {
            "src/demo/__init__.py": "x = f()\nv = '7'\n",
            "pyproject.toml": dynamic(
                "version", tables='[tool.setuptools.dynamic]\nversion = { attr = "demo.v" }\n'
            ),
        },
    ),
    Project(
        "setuptools-version-file",
        SETUPTOOLS,
        {
            **MODULE,
            "VERSION": "4.0\n",
            "pyproject.toml": dynamic(
                "version", tables='[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n'
            ),
        },
    ),
    Project("project-over-setup-py", SETUPTOOLS, {**MODULE, **IGNORED}),
]
