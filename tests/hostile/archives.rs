//! Archives that unpack to more than they should, or take long to be unpacked.

use crate::bounded::{Ended, noise, run};
use crate::damage::{bzip2, gzip};
use crate::fixtures::{File, PURE, Symlink, tar_gz, wheel, zip};

const SETUP: &[u8] = b"from setuptools import setup\nsetup(name='foo', packages=['foo'])\n";
const SDIST: &str = "foo-1.0.tar.gz";
const WHEEL: &str = "foo-1.0-py3-none-any.whl";

fn inspect(name: &str, data: &[u8], unpacked: usize) -> Ended {
    run(name, data, unpacked, &["inspect", name])
}

fn sdist() -> Vec<u8> {
    tar_gz(&[File("foo-1.0/setup.py", SETUP), File("foo-1.0/foo/__init__.py", b"")])
}

#[test]
fn thousands_of_empty_streams_are_refused() {
    let mut tar = Vec::new();
    std::io::copy(&mut flate2::read::GzDecoder::new(&sdist()[..]), &mut tar).unwrap();
    let streams = [bzip2(&tar), bzip2(b"").repeat(50_000)].concat();
    let ended = inspect("foo-1.0.tar.bz2", &streams, tar.len());
    assert!(ended.code == 1 && ended.text.contains("MP116"), "{}", ended.text);
    let members = [sdist(), gzip(b"").repeat(500_000)].concat();
    let ended = inspect(SDIST, &members, members.len());
    assert!(ended.code == 1 && ended.text.contains("MP121"), "{}", ended.text);
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![0; 64 << 20];
    let ended = inspect(SDIST, &gzip(&zeros), 16 << 20);
    assert!(ended.text.contains("MP107"), "{}", ended.text);
    let ended = inspect("foo-1.0.tar.bz2", &bzip2(&zeros), 16 << 20);
    assert!(ended.text.contains("MP107"), "{}", ended.text);
    let ended = inspect(WHEEL, &wheel("foo", "1.0", PURE, "", &[("foo/x", &zeros)]), 16 << 20);
    assert!(ended.text.contains("MP107"), "{}", ended.text);
}

#[test]
fn a_directory_of_a_million_members_is_refused() {
    let entry = |name: &[u8]| {
        let mut entry = [0_u8; 46];
        entry[..4].copy_from_slice(b"PK\x01\x02");
        entry[28] = 1;
        [&entry[..], name].concat()
    };
    let directory = entry(b"a").repeat(1_000_000);
    let end = |count: u64, size: u64, offset: u64| {
        let mut end =
            [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8]].concat();
        for number in [count, count, size, offset] {
            end.extend(number.to_le_bytes());
        }
        let at = offset + size;
        end.extend([&b"PK\x06\x07"[..], &[0; 4], &at.to_le_bytes(), &[1, 0, 0, 0]].concat());
        end.extend([&b"PK\x05\x06"[..], &[0; 4], &[0xff; 12], &[0; 2]].concat());
        end
    };
    let local = [&b"PK\x03\x04"[..], &[0; 22], &[1, 0, 0, 0], b"a"].concat();
    let end = end(1_000_000, directory.len() as u64, local.len() as u64);
    let data = [local, directory, end].concat();
    assert_eq!(inspect(WHEEL, &data, data.len()).code, 1);
}

#[test]
fn ends_of_a_directory_without_end_take_no_time() {
    let names: Vec<String> = (0..20_000).map(|number| format!("foo/f{number}")).collect();
    let mut members: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    members.push(("foo/__init__.py", b""));
    let mut data = zip(&members);
    let end = data.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
    let record = data[end..end + 20].to_vec();
    let comment = [record, vec![0; 2]].concat().repeat(2_900);
    let length = u16::try_from(comment.len()).unwrap();
    data[end + 20..end + 22].copy_from_slice(&length.to_le_bytes());
    data.extend(comment);
    inspect(WHEEL, &data, 20_000 * 1024);
}

#[test]
fn deep_names_and_links_take_no_time() {
    let deep = "d/".repeat(45);
    let names: Vec<String> = (0..5_000).map(|number| format!("{deep}{number}")).collect();
    let mut members = vec![File("foo-1.0/setup.py", SETUP), File("foo-1.0/foo/__init__.py", b"")];
    members.extend(names.iter().map(|name| File(name, b"")));
    inspect(SDIST, &tar_gz(&members), members.len() * 1024);
    let links: Vec<(String, String)> =
        (1..20_000).map(|link| (format!("foo-1.0/foo/{link}"), (link - 1).to_string())).collect();
    let mut members = vec![File("foo-1.0/setup.py", SETUP), File("foo-1.0/foo/0", b"")];
    members.extend(links.iter().map(|(path, target)| Symlink(path, target)));
    inspect(SDIST, &tar_gz(&members), members.len() * 1024);
    let folders: Vec<String> = (0..2_000).map(|link| format!("foo-1.0/foo/l{link}")).collect();
    let files: Vec<String> = (0..100).map(|file| format!("foo-1.0/a/{file}")).collect();
    let mut members: Vec<_> = files.iter().map(|file| File(file, b"")).collect();
    members.extend(folders.iter().map(|path| Symlink(path, "../a")));
    let ended = inspect(SDIST, &tar_gz(&members), members.len() * 1024);
    assert!(ended.text.contains("MP108"), "{}", ended.text);
}

#[test]
fn modules_without_end_are_read_in_time() {
    let module = noise(4 << 20);
    let lines = b"import os\n".repeat(100_000);
    let data = wheel("foo", "1.0", PURE, "", &[("foo/a.py", &module), ("foo/b.py", &lines)]);
    run(WHEEL, &data, 16 << 20, &["mip", WHEEL, "--out", "out"]);
}
