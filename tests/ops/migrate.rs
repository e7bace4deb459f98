//! Migrations of releases in a folder, through the library.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::{File, PURE, metadata, tar_gz, wheel};
use mpconvert::adapt::Bytecode;
use mpconvert::cache::Cache;
use mpconvert::mip::{IndexJson, PackageJson};
use mpconvert::net::fetch::{FetchOptions, Fetcher, Location};
use mpconvert::net::mip::Client as MipClient;
use mpconvert::net::pypi::{Config, Index, IndexName, Pypi};
use mpconvert::ops::closure::{ClosureRequest, ResolvedRequirements};
use mpconvert::ops::index::AddOptions;
use mpconvert::ops::migrate::{Artifact, MigrateOptions, Migrated, OutputOptions, migrate};
use mpconvert::ops::mip::{Layout, MipOptions};
use mpconvert::options::ConvertOptions;
use mpconvert::read::ReadOptions;
use mpconvert::requirement::Requirement;
use mpconvert::resolve::lockfile::Lockfile;
use mpconvert::resolve::{Client, Closure, Releases, ResolveOptions};
use mpconvert::settings::{IndexOptions, IndexSettings};
use mpconvert::translate::Pinning;
use mpconvert::write::index::LockTimeout;
use mpconvert::{Code, Error};

mod refused;
mod wrong_metadata;

/// A folder with releases, and one for results.
struct World(Sandbox);

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path("files")).unwrap();
        Self(sandbox)
    }

    /// Adds a release whose module says which it is.
    fn add(&self, name: &str, version: &str, requires: &[&str]) -> &Self {
        let code = format!("NAME = '{name} {version}'\n");
        self.add_with(name, version, requires, &[(&format!("{name}.py"), code.as_bytes())])
    }

    fn add_with(
        &self,
        name: &str,
        version: &str,
        requires: &[&str],
        files: &[(&str, &[u8])],
    ) -> &Self {
        let root = format!("{name}-{version}");
        let info = metadata(name, version, "");
        let requires = requires.join("\n");
        let mut members = vec![
            (format!("{root}/PKG-INFO"), info.as_bytes()),
            (format!("{root}/{name}.egg-info/requires.txt"), requires.as_bytes()),
        ];
        members.extend(files.iter().map(|(path, data)| (format!("{root}/{path}"), *data)));
        let members: Vec<_> = members.iter().map(|(path, data)| File(path, data)).collect();
        fs::write(self.files().join(format!("{root}.tar.gz")), tar_gz(&members)).unwrap();
        self
    }

    fn files(&self) -> PathBuf {
        self.0.path("files")
    }

    fn out(&self) -> PathBuf {
        self.0.path("out")
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.out().join(path)).unwrap()
    }

    fn pypi(&self) -> Pypi {
        let config = Config {
            find_links: vec![Index {
                name: IndexName::Links(1),
                location: Location::Path(self.files()),
                given: None,
            }],
            ..Config::default()
        };
        Pypi::new(&config, FetchOptions::default()).unwrap()
    }

    fn releases(&self, lock: Option<&Lockfile>) -> Releases {
        Releases::new(self.pypi(), &ReadOptions::default(), lock.cloned())
    }

    fn closure(
        &self,
        roots: &[&str],
        client: Client,
        lock: Option<&Lockfile>,
    ) -> mpconvert::Result<Closure> {
        find(roots, &self.releases(lock), client)
    }

    /// An index for mip that has `logging` 0.6.
    fn index(&self) -> PathBuf {
        let index = self.0.path("index");
        let file = |path: &str, text: &str| {
            let path = index.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let list = r#"{"v": 2, "packages": [{"name": "logging", "version": "0.6", "versions": {"py": ["0.6"]}}]}"#;
        assert!(IndexJson::parse(list.as_bytes(), "").is_ok());
        file("index.json", list);
        let hash = mpconvert::digest::sha256(b"LOG = 1\n");
        let release = format!(
            r#"{{"v": 1, "version": "0.6", "hashes": [["logging.py", "{}"]]}}"#,
            &hash[..8]
        );
        for version in ["0.6", "latest"] {
            file(&format!("package/py/logging/{version}.json"), &release);
        }
        file(&format!("file/{}/{}", &hash[..2], &hash[..8]), "LOG = 1\n");
        index
    }

    fn migrate(&self, roots: &[&str], client: Client, make: OutputOptions) -> Migrated {
        let releases = self.releases(None);
        self.make(&find(roots, &releases, client).unwrap(), &releases, make)
    }

    fn make(&self, closure: &Closure, releases: &Releases, make: OutputOptions) -> Migrated {
        let options = MigrateOptions { convert: ConvertOptions::default(), out: self.out(), make };
        migrate(closure, releases, options, &|| {}).unwrap()
    }
}

fn find(roots: &[&str], releases: &Releases, client: Client) -> mpconvert::Result<Closure> {
    let options = ResolveOptions { client, ..ResolveOptions::default() };
    Closure::find(&requirements(roots), releases, None, &options)
}

fn requirements(texts: &[&str]) -> Vec<Requirement> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn mip(index: Option<&Path>) -> MipOptions {
    let index = index.map(|path| Location::Path(path.to_owned()));
    MipOptions {
        url_base: None,
        pinning: Pinning::Pin,
        client: MipClient::new(Fetcher::new(FetchOptions::default()), index),
        bytecode: None,
        layout: Layout::Folders,
        check: false,
    }
}

fn targets(text: &str) -> Vec<String> {
    let package = PackageJson::parse(text.as_bytes(), "package.json").unwrap();
    package.urls.iter().map(|(target, _)| target.to_string()).collect()
}

#[test]
fn each_package_for_mip_brings_what_it_needs() {
    let world = World::new();
    world.add("a", "1.0", &["b>=1", "micropython-logging", "micropython-uasyncio"]);
    world.add("b", "1.0", &["c"]).add("b", "2.0", &["c"]).add("c", "0.1", &["a"]);
    let migrated = world.migrate(&["a", "b<2"], Client::Mip, OutputOptions::Mip(mip(None)));
    assert!(!migrated.is_refused(), "{migrated:?}");
    assert_eq!(targets(&world.read("a-1.0/package.json")), ["a.py", "b.py", "c.py"]);
    assert_eq!(world.read("a-1.0/b.py"), "NAME = 'b 1.0'\n");
    let package = PackageJson::parse(world.read("a-1.0/package.json").as_bytes(), "").unwrap();
    let deps: Vec<String> = package.deps.iter().map(ToString::to_string).collect();
    assert_eq!(deps, ["logging@latest"]);
    let left: Vec<_> =
        migrated.left.iter().map(|left| (left.name.as_str(), left.why.as_str())).collect();
    assert_eq!(
        left,
        [("micropython-logging", "replaced-by"), ("micropython-uasyncio", "built-in")]
    );
}

#[test]
fn what_lies_behind_a_package_without_files_is_kept() {
    let world = World::new();
    world.add("app", "1.0", &["meta"]).add("core", "1.0", &[]);
    world.add_with("meta", "1.0", &["core"], &[]).add_with("empty", "1.0", &[], &[]);
    let migrated = world.migrate(&["app", "empty"], Client::Upip, OutputOptions::Upip);
    let refused = |result: &mpconvert::Result<Artifact>| match result {
        Err(Error::Refused { findings, .. }) => Some(findings[findings.len() - 1].code),
        _ => None,
    };
    let refused: Vec<Code> = migrated.results.iter().filter_map(refused).collect();
    assert_eq!(refused, [Code::EmptyPayload]);
    let names = ["app-1.0.tar.gz", "core-1.0.tar.gz", "meta-1.0.tar.gz"];
    assert!(names.iter().all(|name| world.out().join(name).is_file()));
    world.migrate(&["app"], Client::Mip, OutputOptions::Mip(mip(None)));
    assert_eq!(targets(&world.read("app-1.0/package.json")), ["app.py", "core.py"]);
}

#[test]
fn packages_at_a_url_name_each_other() {
    let world = World::new();
    world.add("a", "1.0", &["b>=1"]).add("b", "1.0", &[]);
    let options = MipOptions { url_base: Some("https://host/x".parse().unwrap()), ..mip(None) };
    world.migrate(&["a"], Client::Mip, OutputOptions::Mip(options));
    let package = PackageJson::parse(world.read("a-1.0/package.json").as_bytes(), "").unwrap();
    assert_eq!(package.deps[0].name, "https://host/x/b-1.0/package.json");
    assert_eq!(package.urls.len(), 1);
}

#[test]
fn what_is_refused_stops_nobody() {
    let world = World::new();
    world.add("a", "1.0", &["native", "gone"]);
    world.add_with("native", "1.0", &[], &[("native.so", b"\x7fELF"), ("native.py", b"")]);
    fs::write(world.files().join("broken-1.0.tar.gz"), b"no archive").unwrap();
    let migrated =
        world.migrate(&["a", "native", "broken"], Client::Mip, OutputOptions::Mip(mip(None)));
    assert!(migrated.is_refused());
    let refused: Vec<String> = migrated
        .results
        .iter()
        .filter_map(|result| match result {
            Err(Error::Refused { input, .. }) => Some(input.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(refused, ["broken-1.0.tar.gz", "native-1.0.tar.gz"]);
    assert_eq!(migrated.left[0].name, "gone");
    assert_eq!(targets(&world.read("a-1.0/package.json")), ["a.py"]);
    let package = PackageJson::parse(world.read("a-1.0/package.json").as_bytes(), "").unwrap();
    assert_eq!(package.deps, []);
    let Ok(Artifact::Package(packed)) = &migrated.results[0] else { panic!() };
    let unresolved =
        packed.findings.iter().filter(|finding| finding.code == Code::DependencyRefused);
    assert_eq!(unresolved.count(), 2);
}

#[test]
fn releases_for_platforms_are_skipped_and_reported() {
    let world = World::new();
    world.add("a", "1.0", &["b"]).add("b", "1.0", &[]);
    let files = ["b-2.0-cp311-cp311-linux_x86_64.whl", "c-1.0-cp311-cp311-win_amd64.whl"];
    for file in files {
        fs::write(world.files().join(file), "machine code").unwrap();
    }
    let closure = world.closure(&["a", "c"], Client::Upip, None).unwrap();
    let report = |findings: &[mpconvert::Finding]| -> Vec<String> {
        findings.iter().map(|one| format!("{} {one}", one.code.id())).collect()
    };
    let [b, c] = files;
    let has = "which has wheels for platforms only, such as";
    assert_eq!(
        report(&closure.resolution.findings),
        [format!("MP755 b: skipped a newer release: 2.0, {has} {b}")]
    );
    assert_eq!(
        report(&closure.resolution.left[0].findings),
        [format!("MP759 c: cannot use the release: found 1.0, {has} {c}")]
    );
}

#[test]
fn archives_are_read_once() {
    let world = World::new();
    world.add("a", "1.0", &["b<2"]).add("b", "1.0", &[]).add("b", "2.0", &[]);
    let releases = world.releases(None);
    let closure = find(&["a"], &releases, Client::Upip).unwrap();
    fs::remove_dir_all(world.files()).unwrap();
    let migrated = world.make(&closure, &releases, OutputOptions::Upip);
    assert!(migrated.results.iter().all(Result::is_ok), "{:?}", migrated.results);
    assert!(
        world.out().join("a-1.0.tar.gz").is_file() && world.out().join("b-1.0.tar.gz").is_file()
    );
}

#[test]
fn the_same_content_under_two_names_is_two_archives() {
    let world = World::new();
    world.add("app", "1.0", &["one", "two"]);
    // Without metadata, only the file name identifies this.
    let sdist = tar_gz(&[
        File("x/setup.py", b"from setuptools import setup\nsetup(py_modules=['x'])\n"),
        File("x/x.py", b"x = 1\n"),
    ]);
    for name in ["one", "two"] {
        fs::write(world.files().join(format!("{name}-1.0.tar.gz")), &sdist).unwrap();
    }
    let migrated = world.migrate(&["app"], Client::Upip, OutputOptions::Upip);
    let name = |made: &mpconvert::Result<Artifact>| match made {
        Ok(Artifact::Archive(stored)) => stored.summary.name.clone(),
        other => panic!("{other:?}"),
    };
    let names: Vec<String> = migrated.results.iter().map(name).collect();
    assert_eq!(names, ["app", "one", "two"]);
}

#[test]
fn one_package_has_all() {
    let world = World::new();
    world.add("a", "1.0", &["b", "micropython-logging"]).add("b", "1.0", &["a"]);
    let make = OutputOptions::Flat { options: mip(None), name: None };
    let migrated = world.migrate(&["a"], Client::Mip, make);
    assert!(!migrated.is_refused(), "{migrated:?}");
    let text = world.read("package.json");
    assert_eq!(targets(&text), ["a.py", "b.py"]);
    let package = PackageJson::parse(text.as_bytes(), "").unwrap();
    assert_eq!(package.deps[0].name, "logging");
    assert_eq!((package.name.as_deref(), package.version.as_deref()), (Some("a"), Some("1.0")));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["sha256"][1][0], "b.py");
    assert_eq!(value["sha256"][1][1].as_str().unwrap().len(), 64);
}

#[test]
fn one_package_of_an_index_depends_on_nothing() {
    let world = World::new();
    world.add("a", "1.0", &["micropython-logging"]);
    let index = world.index();
    let make = OutputOptions::Flat { options: mip(Some(&index)), name: Some("mine".to_owned()) };
    let migrated = world.migrate(&["a"], Client::Mip, make);
    assert!(!migrated.is_refused(), "{migrated:?}");
    let package = PackageJson::parse(world.read("package.json").as_bytes(), "").unwrap();
    assert_eq!(package.deps, []);
    assert_eq!(package.name.as_deref(), Some("mine"));
    assert_eq!(world.read("logging.py"), "LOG = 1\n");
}

#[test]
fn what_stands_for_a_release_is_copied_to_an_index() {
    let world = World::new();
    let make = OutputOptions::Index(AddOptions {
        bytecode: Bytecode { compilers: Vec::new(), cache: Cache::none() },
        base: Some(Location::Path(world.index())),
        wanted: Vec::new(),
        fetch: FetchOptions::default(),
        replace: false,
        reports: Cache::none(),
        updated: 0,
        patience: LockTimeout { timeout: Duration::ZERO, waiting: &|| () },
    });
    let migrated = world.migrate(&["micropython-logging"], Client::Mip, make);
    assert!(!migrated.is_refused(), "{migrated:?}");
    let latest = world.read("package/py/logging/latest.json");
    assert!(PackageJson::parse(latest.as_bytes(), "").unwrap().version.is_some(), "{latest}");
}

#[test]
fn archives_for_upip_keep_their_names() {
    let world = World::new();
    world.add("a", "1.0", &["micropython-logging>=0.3", "gone"]);
    world.add("micropython-logging", "0.3", &[]);
    let migrated = world.migrate(&["a"], Client::Upip, OutputOptions::Upip);
    let stored: Vec<_> = migrated.results.iter().flatten().collect();
    let [Artifact::Archive(a), Artifact::Archive(logging)] = &stored[..] else {
        panic!("{stored:?}")
    };
    assert_eq!(a.summary.requires, ["micropython-logging"]);
    assert!(logging.path.ends_with("micropython_logging-0.3.tar.gz"));
}

#[test]
fn what_is_locked_is_taken() {
    let world = World::new();
    world.add("a", "1.0", &["b"]).add("b", "1.0", &[]);
    let roots = requirements(&["a"]);
    let options = ResolveOptions::default();
    let environment = &options.dependencies.environment;
    let closure = world.closure(&["a"], Client::Mip, None).unwrap();
    let lock = Lockfile::of(&roots, &closure, Client::Mip, environment);
    let text = lock.to_text();
    assert_eq!(Lockfile::parse(&text, "").unwrap(), lock);
    assert!(text.contains("index = \"find-links-1\"") && !text.contains("files/"), "{text}");
    // The same files of a folder are as good as those of an index.
    let of_index = Lockfile::parse(&text.replace("find-links-1", "index"), "").unwrap();
    assert_eq!(of_index.differences(&lock), []);
    assert_eq!(lock.differences(&of_index).len(), 2);
    // What is newer is not taken.
    world.add("a", "1.1", &["b"]).add("b", "2.0", &[]);
    let again = world.closure(&["a"], Client::Mip, Some(&lock)).unwrap();
    assert_eq!(lock.differences(&Lockfile::of(&roots, &again, Client::Mip, environment)), []);
    // What differs is refused.
    let codes = |result: mpconvert::Result<Closure>| match result {
        Err(Error::Refused { findings, .. }) => findings[0].code,
        other => panic!("{other:?}"),
    };
    assert_eq!(codes(world.closure(&["a", "c"], Client::Mip, Some(&lock))), Code::LockDiffers);
    world.add_with("b", "1.0", &[], &[("b.py", b"changed = 1\n")]);
    assert_eq!(codes(world.closure(&["a"], Client::Mip, Some(&lock))), Code::LockDiffers);
    fs::remove_file(world.files().join("b-1.0.tar.gz")).unwrap();
    assert_eq!(codes(world.closure(&["a"], Client::Mip, Some(&lock))), Code::LockDiffers);
}

#[test]
fn downloaded_files_are_found_again() {
    let world = World::new();
    world.add("a", "1.0", &["b"]).add("b", "1.0", &[]);
    let closure = world.closure(&["a"], Client::Mip, None).unwrap();
    let paths = closure.download(&world.releases(None), &world.out()).unwrap();
    let names: Vec<_> =
        paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["a-1.0.tar.gz", "b-1.0.tar.gz"]);
    fs::write(&paths[0], "mine").unwrap();
    let again = closure.download(&world.releases(None), &world.out());
    assert!(matches!(again, Err(Error::Refused { .. })), "{again:?}");
    assert_eq!(fs::read(&paths[0]).unwrap(), b"mine");
    fs::remove_file(&paths[0]).unwrap();
    closure.download(&world.releases(None), &world.out()).unwrap();
    let call = IndexOptions {
        no_index: true,
        find_links: vec![world.out().to_str().unwrap().to_owned()],
        ..IndexOptions::default()
    };
    let settings = IndexSettings::resolve(&call, Path::new("python3"), &Cache::none());
    let pypi = Arc::new(Pypi::new(&settings.unwrap().config(), FetchOptions::default()).unwrap());
    assert!(pypi.project("B").unwrap().is_some());
}

#[test]
fn only_the_command_line_could_resolve_requirements() {
    let world = World::new();
    world.add("a", "1.0", &["b"]).add("b", "1.0", &[]);
    let (mip, pypi) = (mip(None).client, || Ok(world.pypi()));
    let find = |requirements: &[String], lock: Option<&Path>| {
        ResolvedRequirements::find(ClosureRequest {
            requirements,
            files: &[],
            lock,
            client: Client::Mip,
            dependencies: ConvertOptions::default().dependencies(),
            read: ReadOptions::default(),
            mip: &mip,
            pypi: &pypi,
        })
    };
    let found = find(&["a".to_owned()], None).unwrap();
    let names: Vec<&str> = found.closure.resolution.names().collect();
    assert_eq!(names, ["a", "b"]);
    let lock = world.0.path("lock");
    fs::write(&lock, found.lockfile.to_text()).unwrap();
    world.add("b", "2.0", &[]);
    assert_eq!(find(&[], Some(&lock)).unwrap().lockfile.to_text(), found.lockfile.to_text());
    assert!(matches!(find(&["b".to_owned()], Some(&lock)), Err(Error::Refused { .. })));
    assert!(matches!(find(&[], None), Err(Error::Usage { .. })));
}
