use super::*;
use crate::finding::Code;
use crate::package::Origin;

/// A package of these files; each holds its own path.
fn package(paths: &[&str]) -> Package {
    let mut package = Package::empty("x", "1".parse().unwrap());
    package.files = paths
        .iter()
        .map(|path| File {
            path: path.parse().unwrap(),
            data: path.as_bytes().to_vec().into(),
            origin: Origin::Generated { by: "test" },
        })
        .collect();
    package.files.sort_by(|one, other| one.path.cmp(&other.path));
    package
}

fn adapted(mode: &str, mut package: Package) -> Package {
    let resources = Resources { mode: mode.parse().unwrap(), ..Resources::default() };
    resources.apply(&mut package);
    package
}

fn paths(package: &Package) -> Vec<&str> {
    package.files.iter().map(|file| file.path.as_str()).collect()
}

fn text<'a>(package: &'a Package, path: &str) -> &'a str {
    let file = package.files.iter().find(|file| file.path.as_str() == path).unwrap();
    str::from_utf8(&file.data).unwrap()
}

fn findings(package: &Package) -> Vec<(Code, &str)> {
    package.findings.iter().map(|it| (it.code, it.path.as_deref().unwrap_or_default())).collect()
}

const FILES: &[&str] =
    &["foo/__init__.py", "foo/LICENSE", "foo/sub/__init__.py", "foo/sub/a b.txt"];

#[test]
fn each_top_level_package_has_one_module() {
    let made = adapted("both", package(&[FILES, &["bar/x", "bar/y.py"]].concat()));
    assert_eq!(text(&made, "bar/R.py"), "R = {\n'x': b'bar/x',\n}\n");
    assert_eq!(
        text(&made, "foo/R.py"),
        "R = {\n'LICENSE': b'foo/LICENSE',\n'sub/a b.txt': b'foo/sub/a b.txt',\n}\n"
    );
    assert_eq!(made.files.len(), FILES.len() + 4);
    assert!(made.files.is_sorted_by_key(|file| &file.path));
    assert!(made.findings.is_empty());
}

#[test]
fn files_go_where_the_mode_says() {
    let code = ["foo/__init__.py", "foo/sub/__init__.py"];
    assert_eq!(paths(&adapted("module", package(FILES))), ["foo/R.py", code[0], code[1]]);
    assert_eq!(paths(&adapted("files", package(FILES))), paths(&package(FILES)));
    assert_eq!(paths(&adapted("none", package(FILES))), code);
}

#[test]
fn a_subpackage_has_a_module_of_its_own_and_the_top_hides_nothing() {
    let made = adapted("per-package", package(FILES));
    assert_eq!(text(&made, "foo/sub/R.py"), "R = {\n'a b.txt': b'foo/sub/a b.txt',\n}\n");
    assert_eq!(text(&made, "foo/R.py"), text(&adapted("both", package(FILES)), "foo/R.py"));
}

#[test]
fn a_namespace_stays_free_for_others() {
    let made = adapted("module", package(&["ns/foo/__init__.py", "ns/foo/data/x"]));
    assert_eq!(paths(&made), ["ns/foo/R.py", "ns/foo/__init__.py"]);
    assert_eq!(text(&made, "ns/foo/R.py"), "R = {\n'data/x': b'ns/foo/data/x',\n}\n");
    // Where the namespace has data itself, its module must not hide those of its packages.
    let made = adapted("both", package(&["ns/foo/__init__.py", "ns/foo/x", "ns/y"]));
    assert_eq!(text(&made, "ns/R.py"), "R = {\n'foo/x': b'ns/foo/x',\n'y': b'ns/y',\n}\n");
    assert!(paths(&made).contains(&"ns/foo/R.py"));
}

#[test]
fn code_and_types_are_no_resources() {
    let code = ["foo/a.mpy", "foo/a.py", "foo/a.pyi", "foo/py.typed"];
    for mode in ["both", "module", "files", "none"] {
        assert_eq!(paths(&adapted(mode, package(&code))), code, "{mode}");
    }
}

#[test]
fn native_code_is_not_hidden_in_a_module() {
    assert_eq!(paths(&adapted("module", package(&["foo/a.so"]))), ["foo/a.so"]);
    assert_eq!(paths(&adapted("none", package(&["foo/a.so"]))), ["foo/a.so"]);
}

#[test]
fn what_no_module_can_hold_stays_a_file() {
    let files = ["a.b/x", "a.b/y", "ns/c.d/__init__.py", "ns/c.d/x", "root.txt"];
    let made = adapted("module", package(&files));
    assert_eq!(paths(&made), files);
    let note = Code::NoResourceModule;
    assert_eq!(findings(&made), [(note, "a.b"), (note, "ns/c.d"), (note, "root.txt")]);
    assert_eq!(paths(&adapted("none", package(&files))), ["ns/c.d/__init__.py"]);
    assert!(adapted("files", package(&files)).findings.is_empty());
}

#[test]
fn a_module_of_the_projects_own_is_kept_with_the_files() {
    for own in ["foo/R.py", "foo/R.mpy", "foo/R/x"] {
        for mode in ["both", "module"] {
            let files = package(&[own, "bar/x", "foo/data/x"]);
            let made = adapted(mode, files.clone());
            let own_path = own.strip_suffix("/x").unwrap_or(own);
            assert_eq!(findings(&made), [(Code::ResourceModuleKept, own_path)]);
            assert_eq!(text(&made, own), own);
            assert_eq!(text(&made, "foo/data/x"), "foo/data/x");
            assert_eq!(paths(&made).contains(&"bar/x"), mode == "both");
        }
        assert!(adapted("files", package(&[own, "foo/data/x"])).findings.is_empty());
    }
}

#[test]
fn adapting_twice_changes_nothing() {
    let kept = ["foo/sub/R.py", "ns/p/__init__.py", "ns/p/x", "ns/y", "root"];
    for mode in ["both", "module", "files", "none", "per-package", "module,per-package"] {
        for files in [FILES, &[FILES, &kept].concat()] {
            let once = adapted(mode, package(files));
            let twice = adapted(mode, Package { findings: Vec::new(), ..once.clone() });
            assert_eq!(paths(&once), paths(&twice), "{mode}");
            for path in paths(&once) {
                assert_eq!(text(&once, path), text(&twice, path), "{mode}");
            }
            let warnings = |package: &Package| {
                findings(package).contains(&(Code::ResourceModuleKept, "foo/sub/R.py"))
            };
            assert_eq!(warnings(&once), warnings(&twice), "{mode}");
        }
    }
}

#[test]
fn a_module_that_was_made_before_lets_its_files_go() {
    let both = adapted("both", package(FILES));
    assert_eq!(paths(&adapted("module", both)), paths(&adapted("module", package(FILES))));
}

#[test]
fn a_module_above_the_threshold_is_reported() {
    let text_length = text(&adapted("both", package(FILES)), "foo/R.py").len() as u64;
    for (max_size, expected) in
        [(text_length, vec![]), (text_length - 1, vec![(Code::ResourcesTooLarge, "foo/R.py")])]
    {
        let mut package = package(FILES);
        Resources { max_size, ..Resources::default() }.apply(&mut package);
        assert_eq!(findings(&package), expected);
    }
}

#[test]
fn resources_without_end_make_no_module() {
    let mut package = package(&["foo/__init__.py", "foo/sub/__init__.py", "foo/sub/x"]);
    package.files[2].data = vec![0; MAX_RESOURCES_SIZE / 2].into();
    let files = paths(&package).len();
    // Half of it is allowed, but not twice.
    let made = adapted("module,per-package", package);
    assert_eq!(made.files.len(), files);
    assert_eq!(findings(&made), [(Code::ResourcesTooLarge, "")]);
}
