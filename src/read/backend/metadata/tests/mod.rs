mod scripts;

use bytes::Bytes;

use super::*;
use crate::read::dependencies::Declaration;

fn tree(files: &[(&str, &str)]) -> SourceTree {
    let file = |(path, text): &(&str, &str)| {
        (path.parse().unwrap(), Bytes::copy_from_slice(text.as_bytes()))
    };
    files.iter().map(file).collect()
}

/// What the configuration in these files says.
fn described(files: &[(&str, &str)]) -> ProjectMetadata {
    let mut described = ProjectMetadata::default();
    complete(&tree(files), &mut described).unwrap();
    described
}

/// The values of a field; the dependencies for `requires-dist`.
fn field(described: &ProjectMetadata, name: &str) -> Vec<String> {
    if name == "requires-dist" {
        let requirements = described.declarations.iter().flat_map(|one| &one.requirements);
        return requirements.map(ToString::to_string).collect();
    }
    described.metadata.fields().remove(name).unwrap_or_default()
}

fn findings(described: &ProjectMetadata) -> Vec<String> {
    let all = described.findings.iter().chain(&described.uncertain);
    all.map(crate::Finding::facts).collect()
}

/// Name and version, and the findings.
fn identity(files: &[(&str, &str)]) -> (Option<String>, Option<String>, Vec<String>) {
    let described = described(files);
    let findings = findings(&described);
    (described.metadata.name, described.metadata.version, findings)
}

fn known(version: &str) -> (Option<String>, Option<String>, Vec<String>) {
    (Some("x".to_owned()), Some(version.to_owned()), vec![])
}

fn unknown(finding: &str) -> (Option<String>, Option<String>, Vec<String>) {
    (Some("x".to_owned()), None, vec![finding.to_owned()])
}

fn with_backend(backend: &str, tables: &str) -> String {
    format!("{tables}\n[build-system]\nbuild-backend = '{backend}'\n")
}

const DYNAMIC: &str = "[project]\nname = 'x'\ndynamic = ['version']\n";
const LEFT: &str = "pyproject.toml [project]: `version`, which the build computes";

#[test]
fn a_setup_script_of_micropython_lib_is_whole() {
    let script = "import sys\nsys.path.pop(0)\nfrom setuptools import setup\nsys.path.append('..')\n\
        import sdist_upip\nwith open('README') as f: text = f.read().strip()\n\
        setup(name='micropython-x', version='0.3', description='x module', long_description=text,\n\
        url='https://example.org', author='A', author_email='a@example.org', maintainer='M',\n\
        license='MIT', cmdclass={'sdist': sdist_upip.sdist}, py_modules=['x'],\n\
        install_requires=['micropython-y>=1'])";
    let described = described(&[("setup.py", script), ("README", "Long.\n"), ("x.py", "")]);
    assert_eq!(findings(&described), [""; 0]);
    for (name, value) in [
        ("name", "micropython-x"),
        ("version", "0.3"),
        ("summary", "x module"),
        ("description", "Long."),
        ("home-page", "https://example.org"),
        ("author", "A"),
        ("author-email", "a@example.org"),
        ("maintainer", "M"),
        ("license", "MIT"),
        ("requires-dist", "micropython-y>=1"),
    ] {
        assert_eq!(field(&described, name), [value], "{name}");
    }
}

#[test]
fn what_is_known_already_stays() {
    let mut described = ProjectMetadata::default();
    described.metadata.put("name", "known");
    described.metadata.put("version", "1");
    described.metadata.put("summary", "Known.");
    described.declarations.push(Declaration { source: "PKG-INFO".into(), requirements: vec![] });
    let script = "setup(name='x', version=v(), description='x', author='A', keywords=k(),\n\
                  long_description=read(), install_requires=['a'] + more())";
    complete(&tree(&[("setup.py", script)]), &mut described).unwrap();
    assert_eq!(field(&described, "name"), ["known"]);
    assert_eq!(field(&described, "summary"), ["Known."]);
    assert_eq!(field(&described, "author"), ["A"]);
    assert_eq!(described.declarations.len(), 1);
    assert_eq!(
        findings(&described),
        ["setup.py: `description`, `keywords`, which the build computes"]
    );
}

#[test]
fn authors_with_an_address_are_no_unknown_authors() {
    let table = "[project]\nname = 'x'\nversion = '1'\nauthors = [{ name = 'A', email = 'a@host' }]\n\
                 license = 'MIT'\n";
    let script = "setup(author=who(), license=terms(), maintainer=who())";
    let described = described(&[("pyproject.toml", table), ("setup.py", script)]);
    assert_eq!(field(&described, "author-email"), ["A <a@host>"]);
    let said = findings(&described).join("; ");
    assert!(!said.contains("`author`") && !said.contains("`license`"), "{said}");
    let mut known = ProjectMetadata::default();
    known.metadata.put("author-email", "A <a@host>");
    complete(&tree(&[("setup.py", "setup(name='x', version='1', author=who())")]), &mut known)
        .unwrap();
    assert_eq!(findings(&known), Vec::<String>::new());
}

#[test]
fn a_part_of_the_dependencies_is_better_than_none() {
    let script = "setup(name='x', version='1', install_requires=['a'] + more())";
    let described = described(&[("setup.py", script)]);
    assert_eq!(field(&described, "requires-dist"), ["a"]);
    assert_eq!(findings(&described), ["setup.py: `requires-dist`, which the build computes"]);
}

#[test]
fn of_several_calls_only_what_they_agree_on_is_known() {
    let script = "if a:\n  setup(name='x', version='1', license='MIT')\nelse:\n  setup(name='x', version='2')";
    let described = described(&[("setup.py", script)]);
    assert_eq!(described.metadata.name.as_deref(), Some("x"));
    assert_eq!(described.metadata.version, None);
    assert_eq!(findings(&described), ["setup.py: `license`, `version`, which the build computes"]);
}

#[test]
fn scripts_that_may_give_anything_leave_the_rest_to_setup_cfg() {
    let cfg = "[metadata]\nname = x\nsummary = A %(name)s.\nhome-page = https://example.org/%%\n";
    for script in ["setup(**load())", "setup(pbr=True)", "run()"] {
        let described = described(&[("setup.py", script), ("setup.cfg", cfg)]);
        assert_eq!(field(&described, "name"), ["x"], "{script}");
        assert_eq!(field(&described, "home-page"), ["https://example.org/%"]);
        let found = findings(&described);
        assert!(
            found[0].ends_with("`requires-dist`, `summary`, `version`, which the build computes"),
            "{found:?}"
        );
    }
}

#[test]
fn versions_that_setuptools_would_run_code_for_are_unknown() {
    let attr = format!("{DYNAMIC}[tool.setuptools.dynamic]\nversion = {{ attr = 'x.v' }}\n");
    let files = |source| [("pyproject.toml", attr.as_str()), ("src/x/__init__.py", source)];
    assert_eq!(identity(&files("v = 'a'\nv = f()")), known("a"));
    assert_eq!(identity(&files("v = (1, 2, '3')")), known("1.2.3"));
    assert_eq!(identity(&files("v = f()\nv = '1'")), unknown(LEFT));
    assert_eq!(identity(&files("from y import v")), unknown(LEFT));
    assert_eq!(identity(&[("pyproject.toml", DYNAMIC)]), unknown(LEFT));
    let script = "setup(name='x', use_scm_version=True)";
    assert_eq!(
        identity(&[("setup.py", script)]),
        unknown("setup.py: `version`, which the build computes"),
    );
}

#[test]
fn versions_are_found_by_the_patterns_of_build_tools() {
    let hatch = |table: &str| {
        let tables = format!("{DYNAMIC}[tool.hatch.version]\n{table}\npath = 'v.py'\n");
        with_backend("hatchling.build", &tables)
    };
    let source = "version = 0\n# VERSION = '1'\nVersion = \"v2'3\"\n__version__ = '4'\n";
    let of = |config: &str, source: &str| identity(&[("pyproject.toml", config), ("v.py", source)]);
    assert_eq!(of(&hatch(""), source), known("2'3"));
    assert_eq!(of(&hatch("pattern = '^# \\w+ = .(?P<version>\\d)'"), source), known("1"));
    assert_eq!(of(&hatch("source = 'vcs'"), source), unknown(LEFT));
    assert_eq!(of(&hatch(""), "v = 1"), unknown("pyproject.toml [project]: no version in v.py"),);
    for pattern in [
        "(?<=v)(?P<version>1)",
        "(?P<version>[[])",
        "(?P<version>\\w{500}){500}",
        "[ab]*a[ab]{5000}(?P<version>c)",
    ] {
        let (_, version, found) = of(&hatch(&format!("pattern = '{pattern}'")), source);
        assert_eq!(version, None);
        assert!(found[0].ends_with("is not supported"), "{found:?}");
    }
    let tables = format!("{DYNAMIC}[tool.pdm.version]\nsource = 'file'\npath = 'v.py'\n");
    assert_eq!(of(&with_backend("pdm.backend", &tables), source), known("4"));
}

#[test]
fn beside_a_project_table_setuptools_keeps_people_only() {
    let script = "setup(name='y', author='A', url='https://example.org', description='No.',\n\
                  install_requires=['no'])";
    let table = "[project]\nname = 'x'\nversion = '1'\nauthors = [{ email = 'b@example.org' }]\n";
    let described = described(&[("setup.py", script), ("pyproject.toml", table)]);
    assert_eq!(described.metadata.author.as_deref(), Some("A"));
    assert_eq!(described.metadata.author_email.as_deref(), Some("b@example.org"));
    assert_eq!(described.metadata.home_page.as_deref(), Some("https://example.org"));
    assert_eq!(described.metadata.summary, None);
    assert_eq!(field(&described, "requires-dist"), [""; 0]);
}

#[test]
fn a_version_that_poetry_replaces_is_unknown() {
    let table = "[tool.poetry]\nname = 'x'\nversion = '0.0.0'\n";
    let plug_in = format!("{table}[tool.poetry-dynamic-versioning]\nenable = true\n");
    let plug_in = with_backend("poetry_dynamic_versioning.backend", &plug_in);
    let left = "pyproject.toml [tool.poetry]: `version`, which the build computes";
    assert_eq!(identity(&[("pyproject.toml", &plug_in)]), unknown(left));
    // A source distribution has what it was replaced by.
    assert_eq!(identity(&[("pyproject.toml", &plug_in.replace("0.0.0", "2"))]), known("2"));
    let poetry = with_backend("poetry.core.masonry.api", table);
    assert_eq!(identity(&[("pyproject.toml", &poetry)]), known("0.0.0"));
}

#[test]
fn a_table_of_poetry_counts_where_nothing_else_names_the_project() {
    let table = "[tool.poetry]\nname = 'x'\nversion = '1'\n[tool.poetry.dependencies]\na = '*'\n";
    let other = with_backend("own.backend", table);
    let described = described(&[("pyproject.toml", &other)]);
    assert_eq!(field(&described, "version"), ["1"]);
    assert_eq!(field(&described, "requires-dist"), ["a"]);
}

#[test]
fn no_file_outside_of_the_tree_is_read() {
    let config = "[project]\nname = 'x'\nversion = '1'\nreadme = '../README.md'\n\
                  license = { file = '/etc/passwd' }\n";
    let described = described(&[("pyproject.toml", config), ("README.md", "no")]);
    assert_eq!(
        findings(&described),
        [
            "pyproject.toml [project]: `../README.md` for the description, which does not exist",
            "pyproject.toml [project]: `/etc/passwd` for the license, which does not exist",
        ]
    );
}

#[test]
fn values_of_wrong_types_are_left_out() {
    let config = "[project]\nname = 'x'\nversion = 1\ndescription = ['a']\nkeywords = 'k'\nurls = { a = 1 }\n\
                  classifiers = ['A', 2]\nreadme = 3\nlicense = 4\nrequires-python = 'new'\n\
                  authors = [{ age = 3 }, 'me']\n";
    let described = described(&[("pyproject.toml", config)]);
    assert_eq!(field(&described, "classifier"), ["A"]);
    assert_eq!(described.metadata.requires_python, None);
    let expected = [
        "`version` that is not a string",
        "`description` that is not a string",
        "`keywords` that is not a list of strings",
        "`classifiers` that is not a list of strings",
        "`urls` that is not a table of strings",
        "`readme` that is neither a path nor a table",
        "`license` that is neither an expression nor a table",
        "an entry of `authors` without a name",
        "found requires-python `new`, expected version specifiers",
    ];
    let place = "pyproject.toml [project]";
    assert_eq!(findings(&described), expected.map(|found| format!("{place}: {found}")));
}

#[test]
fn what_setup_cfg_computes_counts_only_where_setup_py_is_silent() {
    let cfg = "[metadata]\nversion = attr: x.missing\nsummary = %(name)s\n";
    let files = [("setup.py", "setup(name='x', version='1')"), ("setup.cfg", cfg)];
    assert_eq!(
        identity(&files),
        (
            Some("x".to_owned()),
            Some("1".to_owned()),
            vec!["setup.py: `summary`, which the build computes".to_owned(),]
        ),
    );
}

#[test]
fn files_that_are_named_over_and_over_are_read_a_few_times() {
    let extras: Vec<String> =
        (0..20_000).map(|number| format!("e{number} = {{ file = 'r' }}\n")).collect();
    let config = format!(
        "[project]\nname = 'x'\nversion = '1'\ndynamic = ['optional-dependencies']\n\
         [tool.setuptools.dynamic.optional-dependencies]\n{}",
        extras.concat(),
    );
    let lines = "#\n".repeat(1 << 19);
    let described = described(&[("pyproject.toml", &config), ("r", &lines)]);
    assert!(described.findings.len() <= 51);
    let readme = format!("[tool.poetry]\nname = 'x'\nreadme = [{}]\n", "'r',".repeat(20_000));
    let described = self::described(&[("pyproject.toml", &readme), ("r", &lines)]);
    assert!(described.metadata.description.is_some_and(|text| text.len() < 9 << 20));
    assert_eq!(described.findings.len(), 51);
}

#[test]
fn costly_patterns_end_soon() {
    let source = "ab ".repeat(1 << 20);
    for pattern in [
        "(?P<version>(\\w+\\s?){8}!)",
        "(?P<version>(a?b?c?){40}(.*.*.*)!)",
        "(?P<version>.*.*=.*x)",
    ] {
        let tables =
            format!("{DYNAMIC}[tool.hatch.version]\npath = 'v.py'\npattern = '{pattern}'\n");
        let config = with_backend("hatchling.build", &tables);
        let (_, version, _) =
            identity(&[("pyproject.toml", &config), ("v.py", &source[..2 << 20])]);
        assert_eq!(version, None);
    }
}

#[test]
fn texts_that_a_script_repeats_fill_no_memory() {
    let script = format!(
        "t = '{}'\nl = [t, t, t, t]\n{}setup(name='x', version='1', classifiers=l, keywords=l)",
        "x".repeat(5000),
        "l = l + l\n".repeat(10),
    );
    let described = described(&[("setup.py", &script)]);
    let size: usize = described.metadata.classifiers.iter().map(String::len).sum();
    assert!(size < 5 << 20);
    assert_eq!(findings(&described).len(), 1);
}
