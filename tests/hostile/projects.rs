//! Configuration of build tools that takes long to follow, or much memory.

use crate::bounded::inspect_sdist;

/// As many texts, each made of its number.
fn each(count: usize, text: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(text).collect()
}

/// Inspects a project with a file of configuration and many empty files.
fn inspect(path: &str, text: &str, paths: &[String]) -> crate::bounded::Ended {
    let mut all: Vec<(&str, &[u8])> = vec![(path, text.as_bytes())];
    all.extend(paths.iter().map(|path| (path.as_str(), &b""[..])));
    inspect_sdist(&all)
}

fn script(text: &str) -> String {
    format!("from setuptools import setup, find_namespace_packages\n{text}")
}

const SETUP: &str = "setup(name='foo', version='1.0', packages=['foo'])\n";

fn flit(more: &str) -> String {
    let backend = "requires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n";
    format!("[build-system]\n{backend}[project]\nname = 'foo'\nversion = '1.0'\n{more}")
}

#[test]
fn lists_of_a_script_share_what_they_have_in_common() {
    let doubled = "x = x + x\n".repeat(12);
    let sums = each(20_000, |name| format!("a{name:x}=x+y\n")).concat();
    let text = script(&format!("x = ['a']\n{doubled}y = ['b']\n{sums}{SETUP}"));
    assert!(inspect("setup.py", &text, &[]).code < 2);
    let changed = each(10_000, |name| format!("b{name}=x\nb{name}.append(z)\n")).concat();
    let text = script(&format!("x = ['a']\n{doubled}{changed}{SETUP}"));
    assert!(inspect("setup.py", &text, &[]).code < 2);
}

#[test]
fn dictionaries_of_a_script_share_what_they_have_in_common() {
    let entries = each(900, |key| format!("'k{key}': 'v', ")).concat();
    let changed = each(7_000, |name| format!("e{name}=d\ne{name}['z']=1\n")).concat();
    let text = script(&format!("d = {{{entries}}}\n{changed}{SETUP}"));
    assert!(inspect("setup.py", &text, &[]).code < 2);
    let text = script(&format!("d = {{{entries}}}\n{}", "setup(**d)\n".repeat(20_000)));
    assert!(inspect("setup.py", &text, &[]).code < 2);
}

#[test]
fn searches_with_thousands_of_patterns_are_refused() {
    let folders = each(5_000, |number| format!("foo/{}{number}/x.py", "a".repeat(50)));
    let patterns = |from: &str| -> String {
        each(4_000, |number| from.replace('N', &number.to_string())).concat()
    };
    let text = script(&format!(
        "p = [{}]\nsetup(name='foo', version='1.0', packages={}[])\n",
        patterns("'*N*a*b', "),
        "find_namespace_packages(exclude=p) + ".repeat(16)
    ));
    let ended = inspect("setup.py", &text, &folders);
    assert!(ended.text.contains("MP116"), "{}", ended.text);
    let text = format!(
        "[metadata]\nname = foo\n[options]\npackages = find_namespace:\n\
         [options.packages.find]\nexclude =\n{}",
        patterns("  *N*a*b\n")
    );
    let ended = inspect("setup.cfg", &text, &folders);
    assert!(ended.text.contains("MP116"), "{}", ended.text);
}

#[test]
fn a_folder_that_is_named_over_and_over_is_refused() {
    let folders = each(5_000, |number| format!("foo/d{number}/x.py"));
    let named = each(5_000, |number| format!("p{number} = 'foo', ")).concat();
    let text = format!(
        "[project]\nname = 'foo'\nversion = '1.0'\n[tool.setuptools]\npackage-dir = {{{}}}\n",
        named.trim_end_matches(", ")
    );
    assert_eq!(inspect("pyproject.toml", &text, &folders).code, 1);
}

#[test]
fn patterns_of_files_are_bounded_together() {
    let paths = each(5_000, |number| format!("foo/{}{number}.txt", "a".repeat(50)));
    let patterns = each(20_000, |number| format!("*{number}*a*b\n")).concat();
    let hatch = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
                 [project]\nname = 'foo'\nversion = '1.0'\n";
    let mut all: Vec<(&str, &[u8])> =
        vec![("pyproject.toml", hatch.as_bytes()), (".gitignore", patterns.as_bytes())];
    all.extend(paths.iter().map(|path| (path.as_str(), &b""[..])));
    assert!(inspect_sdist(&all).text.contains("MP205"));
    let commands = each(20_000, |number| format!("global-include *{number}*a*b\n")).concat();
    let setup = script("setup(name='foo', packages=['foo'], include_package_data=True)\n");
    all[0] = ("setup.py", setup.as_bytes());
    all[1] = ("MANIFEST.in", commands.as_bytes());
    assert!(inspect_sdist(&all).text.contains("MP205"));
}

#[test]
fn sections_with_long_markers_are_read_in_part() {
    let extras: Vec<String> = (0..400).map(|extra| format!("extra=='e{extra}'")).collect();
    let lines = each(50, |name| format!("d{name}\n")).concat();
    let text = format!("[:{}]\n{lines}", extras.join(" or ")).repeat(90);
    let info = crate::fixtures::metadata("foo", "1.0", "");
    let ended = inspect_sdist(&[
        ("setup.py", script(SETUP).as_bytes()),
        ("foo.egg-info/PKG-INFO", info.as_bytes()),
        ("foo.egg-info/requires.txt", text.as_bytes()),
    ]);
    assert!(ended.text.contains("MP305"), "{}", ended.text);
}

#[test]
fn records_without_end_are_read_in_part() {
    let info = crate::fixtures::metadata("foo", "1.0", "");
    let names = each(500_000, |number| format!("m{number}\n")).concat();
    for record in ["top_level.txt", "SOURCES.txt"] {
        inspect_sdist(&[
            ("setup.py", script("setup(packages=f())").as_bytes()),
            ("foo.egg-info/PKG-INFO", info.as_bytes()),
            (&format!("foo.egg-info/{record}"), names.as_bytes()),
        ]);
    }
}

#[test]
fn nested_toml_is_refused() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    for text in [
        flit(&format!("[{}a]\n", "a.".repeat(100_000))),
        flit(&format!("{}a = 1\n", "a.".repeat(100_000))),
        flit(&format!("x = {}\n", deep("[", "]"))),
        flit(&format!("x = {}\n", deep("{a = ", "}"))),
    ] {
        let ended = inspect("pyproject.toml", &text, &[]);
        assert_eq!(ended.code, 1, "{}", ended.text);
    }
}

#[test]
fn toml_documents_of_too_many_parts_are_refused() {
    let tables = each(12_000, |name| format!("[a.b{name}{}]\n", ".c".repeat(60))).concat();
    let keys = each(12_000, |name| format!("{}k{name} = 1\n", "a.".repeat(60))).concat();
    for text in [
        flit(&tables),
        flit(&format!("[t]\n{keys}")),
        flit(&format!("x = [{}]\n", "1, ".repeat(600_000))),
        flit(&format!("x = [{}]\n", "{}, ".repeat(500_000))),
        flit(&"[[t]]\n".repeat(300_000)),
        flit(&format!("dependencies = [{}]\n", "'a', ".repeat(300_000))),
    ] {
        let ended = inspect("pyproject.toml", &text, &[]);
        assert!(ended.code == 1 && ended.text.contains("MP116"), "{}", ended.text);
    }
}

#[test]
fn constraints_of_poetry_without_end_are_read_in_part() {
    let poetry = "[build-system]\nrequires = ['poetry-core']\n\
                  build-backend = 'poetry.core.masonry.api'\n[tool.poetry]\nname = 'foo'\n\
                  version = '1.0'\n[tool.poetry.dependencies]\n";
    let parts: Vec<String> =
        (0..20_000).map(|number| format!("^{number}.2,!={number}.3")).collect();
    inspect("pyproject.toml", &format!("{poetry}a = '{}'\n", parts.join("||")), &[]);
    let lines = each(5_000, |name| format!("a{name} = '{}'\n", ["^1.2"; 20].join("||"))).concat();
    inspect("pyproject.toml", &format!("{poetry}{lines}"), &[]);
}

#[test]
fn a_tree_of_a_hundred_thousand_folders_is_shown_in_part() {
    let paths = each(3_000, |number| format!("foo/d{number}/{}x.py", "c/".repeat(36)));
    let ended = inspect(
        "setup.py",
        &script("setup(name='foo', packages=['foo'], package_data={'foo': ['**/*.py']})\n"),
        &paths,
    );
    assert!(ended.text.lines().count() < 40_000);
}
