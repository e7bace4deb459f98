//! Packages of indexes that are folders, and local ones.

use super::*;

#[test]
fn a_package_of_an_index_has_its_files() {
    let index = Index::new();
    index.add("foo", "1.0", &[("bar", "2.0")]);
    let package = index.client().package(&dependency("foo", "latest"), SOURCE_VARIANT).unwrap();
    assert_eq!(names(std::slice::from_ref(&package)), ["foo 1.0"]);
    assert_eq!(package.deps, [dependency("bar", "2.0")]);
    let [file] = &package.files[..] else { panic!("{:?}", package.files) };
    assert_eq!((file.path.as_str(), &file.data[..]), ("foo.py", &b"# foo 1.0\n"[..]));
    assert!(matches!(&file.origin, crate::Origin::Fetched { place } if place.contains("file")));
}

#[test]
fn an_index_may_be_named_by_its_list() {
    let index = Index::new();
    index.write("index.json", r#"{"v": 2, "packages": [{"name": "foo"}]}"#);
    let client = client(Some(&index.0.path().join("index.json")));
    assert!(client.index_json().unwrap().package("foo").is_some());
}

#[test]
fn a_file_that_differs_from_its_hash_is_refused() {
    let index = Index::new();
    index.add("foo", "1.0", &[]);
    let hash = short_hash("# foo 1.0\n");
    index.write(&format!("file/{}/{hash}", &hash[..2]), "# foo 1.1\n");
    let finding = refusal(index.closure(&[("foo", "1.0")]));
    assert_eq!(finding.code, Code::HashDiffers);
    assert_eq!(finding.expected, Some(hash));
    assert!(finding.found.ends_with(&short_hash("# foo 1.1\n")), "{}", finding.found);
}

#[test]
fn missing_packages_are_reported_with_the_available_ones() {
    let index = Index::new();
    index.add("foo", "1.0", &[]);
    index.write(
        "index.json",
        r#"{"v": 2, "packages": [{"name": "foo", "versions": {"py": ["1.0", "1.1"], "6": ["1.1"]}}]}"#,
    );
    let expected = |name, variant: &str| {
        let finding = refusal(index.client().package(&dependency(name, "2.0"), variant));
        assert_eq!(finding.code, Code::NotThere);
        finding.expected.unwrap()
    };
    assert_eq!(expected("foo", "5"), "`foo` in one of its variants: 6 (1.1), py (1.0, 1.1)");
    assert!(expected("Foo", "py").starts_with("`foo` in"));
    assert_eq!(expected("bar", "py"), "a package of the index, which has none of this name");
}

#[test]
fn a_missing_dependency_says_who_needs_it() {
    let index = Index::new();
    index.add("app", "1.0", &[("middle", "1.0")]);
    index.add("middle", "1.0", &[("gone", "1.0"), ("app", "1.0")]);
    let finding = refusal(index.closure(&[("app", "1.0")]));
    assert!(finding.found.ends_with("; needed by middle, needed by app, asked for"), "{finding}");
    let finding = refusal(index.closure(&[("gone", "1.0")]));
    assert!(!finding.found.contains("asked for"), "{finding}");
}

#[test]
fn a_package_whose_file_is_missing_is_refused() {
    let index = Index::new();
    index.write("package/py/foo/1.0.json", r#"{"hashes": [["foo.py", "0123abcd"]]}"#);
    let finding = refusal(index.closure(&[("foo", "1.0")]));
    assert_eq!(finding.code, Code::NotThere);
    assert!(finding.path.unwrap().ends_with("0123abcd"));
}

#[test]
fn names_and_versions_stay_in_the_index() {
    let index = Index::new();
    index.write("secret.json", "{}");
    for (name, version) in
        [("..", "x"), ("foo", "../../secret"), ("a/b", "1"), ("", "1"), ("a\\b", "1"), (".", "1")]
    {
        let finding = refusal(index.closure(&[(name, version)]));
        assert_eq!(finding.code, Code::UnsafeReference, "{name} {version}");
    }
}

#[test]
fn a_diamond_is_fetched_once_in_the_order_of_clients() {
    let index = Index::new();
    index.add("top", "1.0", &[("left", "1.0"), ("right", "1.0")]);
    index.add("left", "1.0", &[("base", "1.0")]);
    index.add("right", "1.0", &[("base", "latest")]);
    index.add("base", "1.0", &[]);
    let (packages, findings) = index.closure(&[("top", "latest"), ("right", "1.0")]).unwrap();
    assert_eq!(names(&packages), ["top 1.0", "left 1.0", "base 1.0", "right 1.0"]);
    assert_eq!(findings, []);
    assert_eq!(packages[3].deps, [dependency("base", "latest")]);
}

#[test]
fn a_circle_is_cut_and_told() {
    let index = Index::new();
    index.add("a", "1.0", &[("b", "1.0"), ("c", "1.0")]);
    index.add("b", "1.0", &[("a", "latest"), ("c", "1.0")]);
    index.add("c", "1.0", &[("c", "1.0")]);
    let (packages, findings) = index.closure(&[("a", "1.0")]).unwrap();
    assert_eq!(names(&packages), ["a 1.0", "b 1.0", "c 1.0"]);
    let found: Vec<_> = findings.iter().map(|finding| finding.found.as_str()).collect();
    assert_eq!(found, ["a circle: a 1.0 → b 1.0 → a 1.0", "a circle: c 1.0 → c 1.0"]);
    assert!(findings.iter().all(|finding| finding.code == Code::DependencyCycle));
    assert_eq!(packages[1].deps, [dependency("c", "1.0")]);
    assert_eq!(packages[2].deps, []);
    assert_eq!(packages[2].package_json.deps, [dependency("c", "1.0")], "what it says is kept");
}

#[test]
fn two_versions_of_a_package_are_reported() {
    let index = Index::new();
    index.add("base", "1.0", &[]);
    index.add("base", "2.0", &[]);
    index.add("top", "1.0", &[("base", "2.0"), ("base", "1.0")]);
    let (packages, findings) = index.closure(&[("top", "1.0")]).unwrap();
    assert_eq!(names(&packages), ["top 1.0", "base 2.0", "base 1.0"]);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.code, Code::VersionsCollide);
    assert_eq!(finding.facts(), "base: found the versions 2.0, 1.0, expected one version");
}

#[test]
fn packages_without_end_are_refused() {
    let index = Index::new();
    for number in 0..120 {
        let next = (number + 1).to_string();
        index.add(&number.to_string(), "1.0", &[(&next, "1.0")]);
    }
    index.add("120", "1.0", &[]);
    let finding = refusal(index.closure(&[("0", "1.0")]));
    assert_eq!(finding.code, Code::TooManyPackages);
    assert!(index.closure(&[("50", "1.0")]).is_ok());

    let limited = |limits: Limits| {
        let client = Client { limits, ..index.client() };
        refusal(client.closure(&[dependency("100", "1.0")], SOURCE_VARIANT)).found
    };
    let limits = Limits::default();
    assert_eq!(limited(Limits { packages: 20, ..limits }), "more than 20 packages");
    assert_eq!(limited(Limits { files: 20, ..limits }), "more than 20 files");
    assert_eq!(limited(Limits { file: 9, ..limits }), "more than 9 bytes");
    assert_eq!(limited(Limits { package_json: 10, ..limits }), "more than 10 bytes");
    assert_eq!(limited(Limits { bytes: 500, ..limits }), "more than 500 bytes");
}

#[test]
fn a_local_package_has_the_files_of_its_folder() {
    let index = Index::new();
    let json =
        r#"{"urls": [["foo/a.py", "src/a%20b.py"], ["foo/b.py", "src/b.py"]], "version": "3"}"#;
    index.write("here/package.json", json);
    index.write("here/src/a%20b.py", "a");
    index.write("here/src/b.py", "b");
    let path = index.0.path().join("here/package.json");
    let wanted = dependency(path.to_str().unwrap(), "HEAD");
    let package = client(None).package(&wanted, SOURCE_VARIANT).unwrap();
    let files: Vec<_> =
        package.files.iter().map(|file| (file.path.as_str(), &file.data[..])).collect();
    assert_eq!(files, [("foo/a.py", &b"a"[..]), ("foo/b.py", &b"b"[..])]);
    assert_eq!(package.package_json.version.as_deref(), Some("3"));
}

#[test]
fn a_hostile_local_package_is_refused() {
    let index = Index::new();
    index.write("secret.py", "s");
    index.write("here/a.py", "a");
    let path = index.0.path().join("here/package.json");
    let wanted = dependency(path.to_str().unwrap(), "HEAD");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.py", index.0.path().join("here/link.py")).unwrap();
    for (json, code) in [
        (r#"{"urls": [["a.py", "../secret.py"]]}"#, Code::UnsafeReference),
        (r#"{"urls": [["a.py", "/etc/passwd"]]}"#, Code::UnsafeReference),
        #[cfg(unix)]
        (r#"{"urls": [["a.py", "link.py"]]}"#, Code::UnsafeReference),
        (r#"{"urls": [["../a.py", "a.py"]]}"#, Code::InvalidPackageJson),
        (r#"{"urls": [["a.py", "missing.py"]]}"#, Code::NotThere),
        (r#"{"deps": [["/etc/other.json", ""]]}"#, Code::UnsafeReference),
        (r#"{"urls": [["a.py", "github:o"]]}"#, Code::UnsafeReference),
    ] {
        index.write("here/package.json", json);
        let finding = refusal(client(None).package(&wanted, SOURCE_VARIANT));
        assert_eq!(finding.code, code, "{json}");
    }
}

#[test]
fn an_index_is_asked_for_where_there_is_none() {
    let package = client(None).package(&dependency("foo", "1.0"), SOURCE_VARIANT);
    assert!(matches!(package, Err(Error::Usage { .. })));
}
