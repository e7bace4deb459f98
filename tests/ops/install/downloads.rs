//! What a tree gets from elsewhere.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::thread;

use super::Place;
use crate::fixtures::{PURE, wheel};

/// Answers requests with this file, as long as the test runs; tells the URL of it.
fn serve(name: &str, data: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/{name}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let size = data.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
            )
            .unwrap();
            stream.write_all(&data).unwrap();
        }
    });
    url
}

#[test]
fn an_archive_may_be_named_twice() {
    let place = Place::new();
    let more = "Provides-Extra: x\nRequires-Dist: lib; extra == 'x'\n";
    let data = wheel("a", "1.0", PURE, more, &[("a.py", b"a\n")]);
    let url = serve(&format!("a-1.0-{PURE}.whl"), data);
    place.wheel("dist", "lib", "1.0", "", &[("lib.py", b"lib\n")]);
    place.write("requirements.txt", &format!("a @ {url}\na[x] @ {url}\n"));
    let text = place.install(0, "-r requirements.txt");
    assert!(!text.contains("MP705"), "{text}");
    assert_eq!(place.record(), ["a 1.0", "[lib 1.0]"]);
}

#[test]
fn hashes_hold_for_an_archive_that_nobody_names() {
    let place = Place::new();
    let name = format!("a-1.0-{PURE}.whl");
    let url = serve(&name, wheel("a", "1.0", PURE, "", &[("a.py", b"a\n")]));
    let other = "0".repeat(64);
    place.write("requirements.txt", &format!("a==1.0 --hash=sha256:{other}\n"));
    let text = place.install(1, &format!("-r requirements.txt {url}"));
    assert!(text.contains("error[MP703]") && text.contains(&other), "{text}");
    assert!(!place.path("lib").exists());
}

#[test]
fn links_lead_nowhere() {
    for link in ["lib/foo", "lib/foo/a.py", "lib/.mpconvert"] {
        let place = Place::new();
        place.wheel("dist", "foo", "1.0", "", &[("foo/a.py", b"foo\n")]);
        let outside = place.path("outside");
        fs::create_dir(&outside).unwrap();
        let path = place.path(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(&outside, &path).unwrap();
        for force in ["", "--force"] {
            let command = format!("install -p lib --no-index --find-links dist foo {force}");
            assert_ne!(place.output(&command).status.code(), Some(0), "{link}");
        }
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{link}");
        assert!(fs::symlink_metadata(path).unwrap().is_symlink(), "{link}");
    }
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[(".MPCONVERT/lock", b"foo\n")]);
    assert!(place.install(1, "foo --include **").contains("MP103"));
}

#[test]
fn what_cannot_be_had_leaves_no_trace() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "Requires-Dist: nothing\n", &[("foo.py", b"foo\n")]);
    let report = place.install(1, "foo");
    assert!(report.contains("nothing"), "{report}");
    place.wheel("dist", "native", "1.0", "", &[("native.so", b"\x7fELF")]);
    assert!(place.install(1, "native").contains("MP501"));
    place.wheel("dist", "a", "1.0", "Requires-Dist: b<2\n", &[("a.py", b"a\n")]);
    place.wheel("dist", "b", "2.0", "", &[("b.py", b"b\n")]);
    assert!(place.install(1, "a").contains("MP770"));
    assert!(!place.path("lib").exists());
}

#[test]
fn skipped_releases_are_reported() {
    let place = Place::new();
    place.wheel("dist", "a", "1.0", "", &[("a.py", b"a\n")]);
    place.write("dist/a-2.0-cp311-cp311-linux_x86_64.whl", "machine code");
    let text = place.install(0, "a -v");
    assert!(
        text.contains(
            "note[MP755]: lib: a: skipped a newer release: 2.0, which has wheels for platforms only"
        ),
        "{text}"
    );
}

#[test]
fn withdrawn_releases_are_for_those_who_pin_them() {
    let place = Place::new();
    let link = |(version, why): (&str, &str)| {
        place.wheel("simple/a", "a", version, "", &[("a.py", version.as_bytes())]);
        format!("<a href='a-{version}-{PURE}.whl'{why}>a</a>\n")
    };
    let links = [("1.0", ""), ("2.0", " data-yanked='broken'")].map(link).concat();
    place.write("simple/a/index.html", &links);
    let install =
        |what: &str| place.run(0, &format!("install -p lib --index-url simple {what} -v"));
    assert!(
        install("a").contains("note[MP755]: lib: a: skipped a newer release: 2.0, yanked: broken")
    );
    assert_eq!(place.record(), ["a 1.0"]);
    assert!(
        install("a==2.0")
            .contains("warning[MP754]: lib: a: used a yanked release: 2.0, yanked: broken")
    );
    assert_eq!(place.record(), ["a 2.0"]);
    let lock = place.run(0, "lock a --index-url simple -v");
    assert!(lock.contains("note[MP755]"), "{lock}");
    place.run(0, "download a --index-url simple --to files");
    assert!(place.path(&format!("files/a-1.0-{PURE}.whl")).is_file());
}
