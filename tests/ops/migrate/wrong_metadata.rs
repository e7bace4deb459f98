//! Metadata beside a wheel that are not the wheel's.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use mpconvert::cache::Cache;
use mpconvert::digest::sha256;
use mpconvert::net::fetch::{FetchOptions, Location};
use mpconvert::net::pypi::{Config, Index, IndexName, Pypi};
use mpconvert::read::ReadOptions;
use mpconvert::resolve::{Client, Closure, Releases, ResolveOptions};

use super::requirements;
use crate::fixtures::{PURE, wheel};

/// An index of wheels whose metadata beside them are another file, or are not there.
fn index_with_wrong_metadata(metadata: Option<&'static str>) -> String {
    let wheel_of = |name: &str| {
        let more = if name == "a" { "Requires-Dist: b\n" } else { "" };
        wheel(name, "1", PURE, more, &[(&format!("{name}.py"), b"")])
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let path = head[0].split(' ').nth(1).unwrap();
            let name = if path.contains("/a") { "a" } else { "b" };
            let file = format!("/{name}-1-{PURE}.whl");
            let body = if path.starts_with("/simple/") {
                let [data, other] = [wheel_of(name), b"other".to_vec()].map(|data| sha256(&data));
                let report = format!("data-core-metadata='sha256={other}'");
                Some(format!("<a href='{file}#sha256={data}' {report}>").into_bytes())
            } else if path == file {
                Some(wheel_of(name))
            } else {
                metadata.map(|text| text.as_bytes().to_vec())
            };
            let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
            let body = body.unwrap_or_default();
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n"
            );
            stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
    });
    format!("http://{address}/simple")
}

#[test]
fn wrong_metadata_beside_a_file_hide_no_dependency() {
    for metadata in [Some("Metadata-Version: 2.1\nName: a\nVersion: 1\n"), None] {
        let index = Index {
            name: IndexName::Main,
            location: Location::Url(index_with_wrong_metadata(metadata).into()),
            given: None,
        };
        let config = Config { indexes: vec![index], ..Config::default() };
        let options = FetchOptions { cache: Cache::none(), ..FetchOptions::default() };
        let pypi = Pypi::new(&config, options).unwrap();
        let releases = Releases::new(pypi, &ReadOptions::default(), None);
        let options = ResolveOptions { client: Client::Upip, ..ResolveOptions::default() };
        let closure = Closure::find(&requirements(&["a"]), &releases, None, &options).unwrap();
        let names: Vec<&str> =
            closure.resolution.packages.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
