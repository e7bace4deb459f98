//! Hashes that requirements, URLs and wheels give: each is verified or refused, and none is passed over.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use crate::fixtures::sandbox::{Sandbox, is_sandbox};
use crate::fixtures::{PURE, metadata, record, wheel, zip};
use mpconvert::digest::sha256;
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;
use mpconvert::{Code, Error};
use sha2::{Digest, Sha224, Sha384, Sha512};

/// A folder with the wheels of `foo`, which needs `bar`, and of `bar` in `dist`.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    fn new() -> Self {
        let place = Self(Sandbox::new());
        place.write(&in_dist("foo"), &foo());
        place.write(&in_dist("bar"), &bar());
        place
    }

    /// What a run that must end with this status prints and says.
    fn run(&self, status: i32, arguments: &str) -> String {
        self.0.run(status, &format!("{arguments} --no-index --find-links dist"))
    }

    fn install(&self, status: i32, what: &str) -> String {
        let text = self.run(status, &format!("install -p lib {what}"));
        assert_eq!(self.path("lib").exists(), status == 0, "{what}: {text}");
        let _ = fs::remove_dir_all(self.path("lib"));
        text
    }
}

fn foo() -> Vec<u8> {
    wheel("foo", "1.0", PURE, "Requires-Dist: bar\n", &[("foo.py", b"foo\n")])
}

fn bar() -> Vec<u8> {
    wheel("bar", "1.0", PURE, "", &[("bar.py", b"bar\n")])
}

fn in_dist(name: &str) -> String {
    format!("dist/{name}-1.0-{PURE}.whl")
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Answers requests with this file, as long as the test runs; tells the URL of it.
fn serve(name: &str, data: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/{name}-1.0-{PURE}.whl", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length";
            write!(stream, "{head}: {}\r\n\r\n", data.len()).unwrap();
            stream.write_all(&data).unwrap();
        }
    });
    url
}

#[test]
fn one_hash_asks_for_the_hashes_of_all_with_their_dependencies() {
    let place = Place::new();
    let hashed = format!("foo==1.0 --hash=sha256:{}\n", sha256(&foo()));
    place.write("r.txt", &hashed);
    for command in
        ["lock -r r.txt", "download -r r.txt --to out", "migrate -r r.txt --to mip --out out"]
    {
        let text = place.run(1, command);
        assert!(
            text.contains("error[MP761]") && text.contains("bar: the requirement has no hash"),
            "{text}"
        );
        assert!(text.contains("needed by foo"), "{text}");
        assert!(!place.path("out").exists() && !place.path("mpconvert.lock").exists());
    }
    assert!(
        place
            .install(1, "-r r.txt")
            .contains("error[MP761]: requirements: bar: the requirement has no hash")
    );
    // Nor is it enough that bar is asked for, wherever the hash of foo is given.
    place.write("outer.txt", "-r r.txt\nbar==1.0\n");
    assert!(place.install(1, "-r outer.txt").contains("MP761"));
    assert!(place.install(1, "-r r.txt bar==1.0").contains("MP761"));
    assert!(place.install(1, &format!("-r r.txt {}", in_dist("bar"))).contains("MP761"));
    place.write("r.txt", &format!("{hashed}bar==1.0 --hash=sha256:{}\n", sha256(&bar())));
    place.install(0, "-r outer.txt");
    place.run(0, "lock -r outer.txt");
    place.run(0, "download -r outer.txt --to out");
    place.write("none.txt", "foo\n");
    place.install(0, "-r none.txt");
}

#[test]
fn any_of_several_hashes_is_enough() {
    let place = Place::new();
    let wrong = "0".repeat(64);
    for (name, digits) in [
        ("sha256", sha256(&bar())),
        ("sha384", hexadecimal(&Sha384::digest(bar()))),
        ("sha512", hexadecimal(&Sha512::digest(bar()))),
    ] {
        place.write("r.txt", &format!("bar==1.0 --hash=sha256:{wrong} --hash {name}:{digits}\n"));
        place.install(0, "-r r.txt");
        place.run(0, "download -r r.txt --to out");
        place.write("r.txt", &format!("bar==1.0 --hash={name}:{}\n", "0".repeat(digits.len())));
        assert!(place.install(1, "-r r.txt").contains("error[MP703]"), "{name}");
        assert!(place.run(1, "lock -r r.txt").contains("error[MP703]"), "{name}");
        for wrong in [&digits[1..], &digits.replace(|_| true, "x"), ""] {
            place.write("r.txt", &format!("bar==1.0 --hash={name}:{wrong}\n"));
            place.install(2, "-r r.txt");
        }
    }
    for (name, digits) in [("md5", 32), ("sha1", 40), ("sha224", 56), ("blake2b", 128)] {
        place.write("r.txt", &format!("bar==1.0 --hash={name}:{}\n", "0".repeat(digits)));
        assert!(place.install(2, "-r r.txt").contains("instead of sha256"), "{name}");
    }
}

#[test]
fn a_requirement_with_a_hash_is_pinned() {
    let place = Place::new();
    for constraint in ["", ">=1.0", "==1.*"] {
        place.write("r.txt", &format!("bar{constraint} --hash=sha256:{}\n", sha256(&bar())));
        for command in ["install -p lib -r r.txt", "lock -r r.txt"] {
            assert!(place.run(1, command).contains("error[MP762]"), "{command} {constraint}");
        }
        assert!(!place.path("lib").exists());
    }
}

#[test]
fn archives_of_this_machine_are_held_to_the_hash_of_their_project() {
    let place = Place::new();
    place.write("r.txt", &format!("bar==1.0 --hash=sha256:{}\n", "0".repeat(64)));
    let text = place.install(1, &format!("-r r.txt {}", in_dist("bar")));
    assert!(text.contains("error[MP703]"), "{text}");
    place.write("r.txt", &format!("bar==1.0 --hash=sha256:{}\n", sha256(&bar())));
    place.install(0, &format!("-r r.txt {}", in_dist("bar")));
}

#[test]
fn hashes_in_a_url_are_all_verified_or_refused() {
    let place = Place::new();
    let url = serve("bar", bar());
    let right = [
        ("sha224", hexadecimal(&Sha224::digest(bar()))),
        ("sha256", sha256(&bar())),
        ("sha384", hexadecimal(&Sha384::digest(bar()))),
        ("sha512", hexadecimal(&Sha512::digest(bar()))),
    ];
    for (name, digits) in &right {
        for prefix in ["", "egg=bar&"] {
            place.install(0, &format!("{url}#{prefix}{name}={}", digits.to_uppercase()));
        }
        place.write("r.txt", &format!("bar @ {url}#{name}={digits}\n"));
        place.install(0, "-r r.txt");
        let zeros = "0".repeat(digits.len());
        for wrong in [format!("{name}={zeros}"), format!("{name}={digits}&sha512={:0>128}", 0)] {
            assert!(
                place.install(1, &format!("{url}#{wrong}")).contains("error[MP703]"),
                "{wrong}"
            );
            place.write("r.txt", &format!("bar @ {url}#{wrong}\n"));
            assert!(place.install(1, "-r r.txt").contains("error[MP703]"), "{wrong}");
        }
        for wrong in [&digits[1..], "", &digits.replace(|_| true, "g")] {
            let text = place.install(1, &format!("{url}#{name}={wrong}"));
            assert!(text.contains("error[MP760]"), "{text}");
        }
    }
    let (_, good) = &right[1];
    for weak in ["md5=", "sha1=", "md4=", "sha3_256=", "blake2b="] {
        let text = place.install(1, &format!("{url}#sha256={good}&{weak}{:0>40}", 0));
        assert!(text.contains("error[MP760]") && text.contains("give the SHA-256"), "{text}");
    }
    for (other, code) in [("egg=foo", "MP784"), ("subdirectory=src", "MP763"), ("x", "MP763")] {
        let text = place.install(1, &format!("{url}#sha256={good}&{other}"));
        assert!(text.contains(&format!("error[{code}]")), "{text}");
    }
    let package = url.replace(&format!("bar-1.0-{PURE}.whl"), "package.json");
    let text = place.install(1, &format!("{package}#sha256={good}"));
    assert!(text.contains("do not verify hashes"), "{text}");
}

#[test]
fn a_hash_in_a_url_is_one_of_those_that_are_asked_for() {
    let place = Place::new();
    let (url, hash) = (serve("bar", bar()), sha256(&bar()));
    let foo = format!("foo==1.0 --hash=sha256:{}\n", sha256(&foo()));
    place.write("r.txt", &format!("{foo}bar @ {url}#sha256={hash}\n"));
    place.install(0, "-r r.txt");
    place.write("r.txt", &format!("{foo}bar @ {url} --hash=sha256:{hash}\n"));
    place.install(0, "-r r.txt");
    place.write("r.txt", &format!("{foo}bar @ {url}\n"));
    assert!(place.install(1, "-r r.txt").contains("error[MP761]"));
}

/// What is done to a RECORD.
type Change = fn(String) -> String;

/// The codes that are reported for a wheel with these files, of which the change gets the RECORD; refusals
/// alone if there are any.
fn codes(files: &[(&str, &[u8])], change: impl FnOnce(String) -> String) -> Vec<Code> {
    let info = metadata("x", "1.0", "");
    let mut members = vec![("x-1.0.dist-info/METADATA", info.as_bytes()), ("x.py", b"x = 1\n")];
    members.extend_from_slice(files);
    if !files.iter().any(|(name, _)| name.ends_with("/WHEEL")) {
        members.push(("x-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n"));
    }
    let record = change(record(&members, "x-1.0.dist-info/RECORD"));
    members.push(("x-1.0.dist-info/RECORD", record.as_bytes()));
    let wheel = zip(&members);
    match convert_bytes("x-1.0-py3-none-any.whl", wheel, &ConvertOptions::default()) {
        Ok(converted) => converted.summary.findings.iter().map(|finding| finding.code).collect(),
        Err(Error::Refused { findings, .. }) => {
            let refusals = findings.iter().filter(|finding| finding.is_error());
            refusals.map(|finding| finding.code).collect()
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn files_of_a_wheel_are_those_of_its_record() {
    assert_eq!(codes(&[], |record| record), []);
    let signed = [("x-1.0.dist-info/RECORD.jws", &b"{}"[..])];
    let without = |record: String, name: &str| -> String {
        let kept = record.split_inclusive('\n').filter(|line| !line.starts_with(name));
        kept.collect()
    };
    assert_eq!(codes(&signed, |record| without(record, "x-1.0.dist-info/RECORD.jws")), []);
    let changes: [(&str, Change); 8] = [
        ("hash", |record| record.replacen("x.py,sha256=", "x.py,sha256=A", 1)),
        ("size", |record| record.replacen(",6\n", ",7\n", 1)),
        ("missing file", |record| record + "y.py,sha256=AA,1\n"),
        ("missing file without hash", |record| record + "y.py,,\n"),
        ("weak hash", |record| record.replacen("x.py,sha256=", "x.py,md5=", 1)),
        ("other hash", |record| record.replacen("x.py,sha256=", "x.py,sha224=", 1)),
        ("two lines", |record| record + "x.py,,\n"),
        ("no line at all", |record| record + "x.py;y\n"),
    ];
    for (what, change) in changes {
        assert_eq!(codes(&[], change), [Code::RecordDiffers], "{what}");
    }
    assert_eq!(codes(&[], |record| without(record, "x.py")), [Code::RecordIncomplete]);
    assert_eq!(codes(&[], |record| without(record, "x.py") + "x.py,,\n"), [Code::RecordIncomplete]);
    assert_eq!(codes(&[], |_| String::new()), [Code::RecordMissing]);
    let hexadecimal = format!("x.py,sha256={},6\n", sha256(b"x = 1\n"));
    assert_eq!(codes(&[], |record| without(record, "x.py") + &hexadecimal), [], "as some tools do");
}

#[test]
fn the_version_of_the_wheel_specification_is_known() {
    for (text, expected) in [
        ("Wheel-Version: 1.0\n", &[][..]),
        ("wheel-version:1.0\n", &[]),
        ("Wheel-Version: 1.1\n", &[Code::NewerWheel]),
        ("Wheel-Version: 2.0\n", &[Code::UnsupportedWheel]),
        ("Wheel-Version: 999.0\n", &[Code::UnsupportedWheel]),
        ("Wheel-Version: one\n", &[Code::UnsupportedWheel]),
        ("Wheel-Version:\n", &[Code::UnsupportedWheel]),
        ("Tag: py3-none-any\n", &[Code::UnsupportedWheel]),
    ] {
        assert_eq!(codes(&[("x-1.0.dist-info/WHEEL", text.as_bytes())], |record| record), expected);
    }
}

#[test]
fn a_wheel_has_one_dist_info_of_its_own_project() {
    let second = [("y-1.0.dist-info/METADATA", &b""[..])];
    assert_eq!(codes(&second, |record| record), [Code::UnsupportedWheel]);
    let named = |file: &str| {
        let data = wheel("Foo_Bar", "1.0", PURE, "", &[("x.py", b"")]);
        convert_bytes(file, data, &ConvertOptions::default())
    };
    assert!(named("foo_bar-1.0-py3-none-any.whl").is_ok());
    assert!(named("foo.bar-1.0-py3-none-any.whl").is_ok());
    let refused = named("foo-1.0-py3-none-any.whl").unwrap_err();
    assert!(refused.to_string().contains("Foo_Bar-1.0.dist-info"), "{refused}");
}
