//! Packages of an index that is served, and by URL.

use super::*;
use crate::Origin;
use crate::cache::Cache;
use crate::net::fetch::server::{Server, answer, found};

impl Index {
    /// Serves the files of the folder.
    fn serve(&self) -> Server {
        let root = self.0.path().to_owned();
        Server::new(move |request, _| match fs::read_to_string(root.join(&request.path[1..])) {
            Ok(content) => found(&content),
            Err(_) => answer("404 Not Found", "", ""),
        })
    }

    /// A client whose downloads are kept in the folder.
    fn web_client(&self, server: &Server) -> Client {
        let cache = Cache::below(self.0.path(), "kept");
        let fetcher = Fetcher::new(FetchOptions { cache, ..FetchOptions::default() });
        Client::new(fetcher, Some(Location::parse(&server.url("index.json")).unwrap()))
    }
}

fn paths(server: &Server) -> Vec<String> {
    let mut paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    paths.sort();
    paths
}

fn sources(package: &Fetched) -> Vec<(&str, &[u8], &str)> {
    package.files.iter().map(source).collect()
}

fn source(file: &File) -> (&str, &[u8], &str) {
    let Origin::Fetched { place } = &file.origin else { panic!("{:?}", file.origin) };
    (file.path.as_str(), &file.data, place)
}

#[test]
fn a_diamond_is_asked_for_once_and_kept() {
    let index = Index::new();
    index.add("top", "1.0", &[("left", "1.0"), ("right", "1.0")]);
    index.add("left", "1.0", &[("base", "1.0")]);
    index.add("right", "1.0", &[("base", "1.0")]);
    index.add("base", "1.0", &[]);
    let server = index.serve();
    let closure = || {
        let client = index.web_client(&server);
        client.closure(&[dependency("top", "latest")], SOURCE_VARIANT).unwrap().0
    };
    let packages = closure();
    assert_eq!(names(&packages), ["top 1.0", "left 1.0", "base 1.0", "right 1.0"]);
    let requests = paths(&server);
    assert_eq!(requests.len(), 8, "{requests:?}");
    assert!(requests.contains(&"/package/py/base/1.0.json".to_owned()));

    assert_eq!(names(&closure()), names(&packages));
    let again = paths(&server);
    assert_eq!(again.len(), 4, "{again:?}");
    assert!(again.iter().all(|path| path.starts_with("/package/")), "contents have hashes");
}

#[test]
fn a_version_that_is_replaced_is_noticed() {
    let index = Index::new();
    index.add("foo", "1.0", &[]);
    let server = index.serve();
    let files = || {
        let client = index.web_client(&server);
        client.package(&dependency("foo", "1.0"), SOURCE_VARIANT).unwrap().files.len()
    };
    assert_eq!(files(), 1);
    index.write("package/py/foo/1.0.json", r#"{"v": 1, "version": "1.0"}"#);
    assert_eq!(files(), 0);
}

#[test]
fn what_is_not_what_the_index_says_is_never_kept() {
    let index = Index::new();
    index.add("foo", "1.0", &[]);
    let hash = short_hash("# foo 1.0\n");
    let path = format!("file/{}/{hash}", &hash[..2]);
    let server = index.serve();
    let package = || index.web_client(&server).package(&dependency("foo", "1.0"), SOURCE_VARIANT);
    index.write(&path, "exchanged");
    assert_eq!(refusal(package()).code, Code::HashDiffers);
    assert_eq!(refusal(package()).code, Code::HashDiffers);
    index.write(&path, "# foo 1.0\n");
    assert_eq!(package().unwrap().files[0].data, "# foo 1.0\n");
}

#[test]
fn names_are_quoted() {
    let index = Index::new();
    let server = index.serve();
    for (name, version, path) in [
        ("a b", ">=1", "/package/py/a%20b/%3E%3D1.json"),
        ("a?b#c", "1%2F", "/package/py/a%3Fb%23c/1%252F.json"),
        ("\u{fc}.x", "1+2", "/package/py/%C3%BC.x/1%2B2.json"),
    ] {
        let package = index.web_client(&server).package(&dependency(name, version), SOURCE_VARIANT);
        assert_eq!(refusal(package).code, Code::NotThere);
        assert_eq!(paths(&server), ["/index.json", path]);
    }
}

#[test]
fn a_package_by_url_has_files_beside_it_and_elsewhere() {
    let index = Index::new();
    index.add("base", "1.0", &[]);
    let server = index.serve();
    let elsewhere = server.url("elsewhere/b.py");
    index.write("elsewhere/b.py", "b");
    index.write("here/src/a%20a.py", "a");
    index.write("elsewhere/one.py", "one");
    let hash = short_hash("# base 1.0\n");
    let one = server.url("elsewhere/one.py");
    index.write(
        "here/package.json",
        &format!(
            r#"{{"hashes": [["c.py", "{hash}"]], "version": "9",
            "urls": [["a.py", "src/a%20a.py"], ["b.py", "{elsewhere}"]],
            "deps": [["base", "latest"], ["{one}", ""]]}}"#
        ),
    );
    let client = index.web_client(&server);
    for url in ["here", "here/", "here/package.json"] {
        let package =
            client.package(&dependency(&server.url(url), "HEAD"), SOURCE_VARIANT).unwrap();
        let [hashed, a] = [format!("file/{}/{hash}", &hash[..2]), "here/src/a%20a.py".to_owned()]
            .map(|path| server.url(&path));
        assert_eq!(
            sources(&package),
            [
                ("a.py", &b"a"[..], a.as_str()),
                ("b.py", b"b", &elsewhere),
                ("c.py", b"# base 1.0\n", &hashed)
            ]
        );
        assert_eq!(
            (package.version.as_str(), package.package_json.version.as_deref()),
            ("HEAD", Some("9"))
        );
    }
    let (packages, _) =
        client.closure(&[dependency(&server.url("here"), "HEAD")], SOURCE_VARIANT).unwrap();
    assert_eq!(packages.len(), 3);
    assert_eq!(sources(&packages[2]), [("one.py", &b"one"[..], one.as_str())]);
}

#[test]
fn a_hostile_package_by_url_is_refused() {
    let index = Index::new();
    index.write("a.py", "a");
    let server = index.serve();
    for (json, code) in [
        (r#"{"urls": [["../a.py", "a.py"]]}"#, Code::InvalidPackageJson),
        (r#"{"urls": [["/../a.py", "a.py"]]}"#, Code::InvalidPackageJson),
        (r#"{"urls": [["a.py", "b.py"]]}"#, Code::NotThere),
        (r#"{"deps": [["/etc/other.json", ""]]}"#, Code::UnsafeReference),
        (r#"{"urls": [["a.py", "a\u0000.py"]]}"#, Code::UnsafeReference),
        ("<html>", Code::InvalidPackageJson),
    ] {
        index.write("package.json", json);
        let package = index.web_client(&server).package(&dependency(&server.url(""), "HEAD"), "py");
        assert_eq!(refusal(package).code, code, "{json}");
    }
    index.write("package.json", r#"{"urls": [["a.py", "file:///etc/passwd"]]}"#);
    let package = index.web_client(&server).package(&dependency(&server.url(""), "HEAD"), "py");
    let finding = refusal(package);
    assert_eq!(
        finding.path,
        Some(server.url("file:///etc/passwd")),
        "below the package, as clients say"
    );
}

#[test]
fn errors_of_the_server_are_no_refusals() {
    let server = Server::new(|_, _| answer("403 Forbidden", "", ""));
    let package =
        Index::new().web_client(&server).package(&dependency("foo", "1.0"), SOURCE_VARIANT);
    assert!(matches!(package, Err(Error::Fetch { fault: FetchError::Status(403), .. })));
}
