//! Releases that devices cannot have, and what only they need.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use mpconvert::digest::sha256;

use super::*;

const NATIVE: &[(&str, &[u8])] = &[("native.so", b"\x7fELF"), ("native.py", b"")];

/// `app` needs `native`, which is refused and alone needs `helper`, and `both` needs `shared`, too.
fn world() -> World {
    let world = World::new();
    world.add("app", "1.0", &["native", "shared"]).add("shared", "1.0", &[]);
    world.add_with("native", "1.0", &["helper", "shared", "micropython-logging"], NATIVE);
    world.add("helper", "1.0", &["deeper"]).add("deeper", "1.0", &[]);
    world
}

fn errors(migrated: &Migrated) -> Vec<String> {
    let all = migrated.results.iter().filter_map(|result| result.as_ref().err());
    all.map(|error| match error {
        Error::Refused { input, findings } => {
            let errors = findings.iter().filter(|finding| finding.is_error());
            let errors: Vec<String> = errors.map(ToString::to_string).collect();
            format!("{input}: {}", errors.join("; "))
        }
        other => other.to_string(),
    })
    .collect()
}

#[test]
fn what_only_a_refused_release_needs_is_not_migrated() {
    for (client, make, made) in [
        (Client::Mip, OutputOptions::Mip(mip(None)), "app-1.0 shared-1.0"),
        (Client::Upip, OutputOptions::Upip, "app-1.0.tar.gz shared-1.0.tar.gz"),
        (
            Client::Mip,
            OutputOptions::Flat { options: mip(None), name: None },
            "app.py package.json shared.py",
        ),
    ] {
        let world = world();
        let migrated = world.migrate(&["app"], client, make);
        let files = fs::read_dir(world.out()).unwrap();
        let mut files: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files.join(" "), made);
        assert!(migrated.left.is_empty(), "only native needs {:?}", migrated.left);
        assert_eq!(
            errors(&migrated),
            [
                "native-1.0.tar.gz: native.so: a device cannot run an ELF file; needed by app, asked \
             for"
            ]
        );
    }
}

#[test]
fn what_cannot_be_found_says_who_needs_it() {
    let world = World::new();
    world.add("app", "1.0", &["middle"]).add("middle", "1.0", &["gone"]);
    let closure = world.closure(&["app"], Client::Mip, None).unwrap();
    let [left] = &closure.resolution.left[..] else { panic!("{closure:?}") };
    let told = "no project of this name; needed by middle, needed by app, asked for";
    assert_eq!(left.findings[0].found, told);
    let closure = world.closure(&["gone", "app"], Client::Mip, None).unwrap();
    assert_eq!(closure.resolution.left[0].findings[0].found, "no project of this name");
}

#[test]
fn nothing_is_made_flat_of_refused_releases() {
    let world = world();
    let make = OutputOptions::Flat { options: mip(None), name: None };
    let migrated = world.migrate(&["native"], Client::Mip, make);
    assert_eq!(errors(&migrated).len(), 1, "{migrated:?}");
    assert!(migrated.is_refused() && !world.out().exists());
}

#[test]
fn names_that_only_upip_cuts_stop_only_upip() {
    let long = format!("long/{}.py", "a".repeat(100));
    for (client, make, is_made) in [
        (Client::Mip, OutputOptions::Mip(mip(None)), true),
        (Client::Upip, OutputOptions::Upip, false),
    ] {
        let world = World::new();
        world.add("app", "1.0", &["long"]).add("helper", "1.0", &[]);
        let archive = wheel("long", "1.0", PURE, "Requires-Dist: helper\n", &[(&long, b"")]);
        fs::write(world.files().join(format!("long-1.0-{PURE}.whl")), archive).unwrap();
        let migrated = world.migrate(&["app"], client, make);
        assert_eq!(migrated.is_refused(), !is_made);
        assert_eq!(migrated.results.iter().flatten().count(), if is_made { 3 } else { 1 });
    }
}

/// Serves a project `a` with a source distribution and wheels, and notes which files are downloaded.
fn index(wheels: &'static [&'static str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let downloads = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&downloads);
    std::thread::spawn(move || {
        let info = metadata("a", "1", "");
        let sdist = tar_gz(&[File("a-1/PKG-INFO", info.as_bytes()), File("a-1/a.py", b"")]);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let path = head[0].split(' ').nth(1).unwrap();
            let body = if path.starts_with("/simple/") {
                let link = |name: &str| format!("<a href='/{name}#sha256={}'>", sha256(&sdist));
                let names = wheels.iter().copied().chain(["a-1.tar.gz"]);
                names.map(link).collect::<String>().into_bytes()
            } else {
                noted.lock().unwrap().push(path.to_owned());
                sdist.clone()
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
    });
    (format!("http://{address}/simple"), downloads)
}

#[test]
fn releases_that_their_wheels_tell_to_be_compiled_are_not_downloaded() {
    for (wheels, is_compiled) in [
        (&["a-1-cp312-cp312-win_amd64.whl", "a-1-cp39-abi3-manylinux_2_17_x86_64.whl"][..], true),
        (&["a-1-pp310-pypy310_pp73-win_amd64.whl"], true),
        (&["a-1-py3-none-win_amd64.whl"], false),
        (&[], false),
    ] {
        let world = World::new();
        let (url, downloads) = index(wheels);
        let location = Location::Url(url.into());
        let index = Index { name: IndexName::Main, location, given: None };
        let config = Config { indexes: vec![index], ..Config::default() };
        let options = FetchOptions { cache: Cache::none(), ..FetchOptions::default() };
        let pypi = Pypi::new(&config, options).unwrap();
        let releases = Releases::new(pypi, &ReadOptions::default(), None);
        let closure = find(&["a"], &releases, Client::Mip).unwrap();
        let migrated = world.make(&closure, &releases, OutputOptions::Mip(mip(None)));
        assert_eq!(migrated.is_refused(), is_compiled, "{wheels:?}");
        assert_eq!(downloads.lock().unwrap().is_empty(), is_compiled, "{wheels:?}");
        if is_compiled {
            let told = format!("a device cannot run compiled modules, such as {}", wheels[0]);
            assert!(errors(&migrated)[0].contains(&told), "{:?}", errors(&migrated));
        }
    }
}

#[test]
fn what_is_said_of_a_dependency_is_said_once() {
    let world = World::new();
    let needs = &["x @ git+https://github.com/org/repo@v1", "micropython-logging"][..];
    world.add("a", "1.0", needs).add("b", "1.0", needs);
    let migrated = world.migrate(&["a", "b"], Client::Mip, OutputOptions::Mip(mip(None)));
    let packages = migrated.results.iter().map(|result| match result {
        Ok(Artifact::Package(packed)) => &packed.findings,
        other => panic!("{other:?}"),
    });
    let left = migrated.left.iter().map(|left| &left.findings);
    let all: Vec<String> = packages.chain(left).flatten().map(ToString::to_string).collect();
    for about in ["github:org/repo", "now logging"] {
        assert_eq!(all.iter().filter(|one| one.contains(about)).count(), 1, "{all:?}");
    }
}
