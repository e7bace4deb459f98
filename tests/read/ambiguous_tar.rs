//! Tar files that two programs read in different ways are refused. Each is made byte by byte of a good one.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use mpconvert::Code;

use crate::ambiguous_zip::{CODE, refusal};
use crate::fixtures::metadata;

/// A tar header and its content.
fn block(name: &str, kind: u8, size: &[u8; 12], link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(size);
    header[136..148].copy_from_slice(b"00000000000\0");
    header[156] = kind;
    header[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut header);
    header.extend(content);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

fn seal(header: &mut [u8]) {
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header[..512].iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn octal(size: usize) -> [u8; 12] {
    format!("{size:011o}\0").into_bytes().try_into().unwrap()
}

fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    block(name, kind, &octal(content.len()), "", content)
}

fn link(name: &str, kind: u8, target: &str) -> Vec<u8> {
    block(name, kind, &octal(0), target, b"")
}

/// A pax header with these records.
fn pax(kind: u8, records: &[(&str, &str)]) -> Vec<u8> {
    let record = |(key, value): &(&str, &str)| {
        let rest = format!(" {key}={value}\n");
        let length = (rest.len()..rest.len() + 9)
            .find(|length| length.to_string().len() + rest.len() == *length);
        format!("{}{rest}", length.unwrap())
    };
    entry("pax", kind, records.iter().map(record).collect::<String>().as_bytes())
}

pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A source distribution that ends in these blocks.
pub fn tar(blocks: &[Vec<u8>]) -> Vec<u8> {
    let info = metadata("x", "1.0", "");
    let setup = b"from setuptools import setup\nsetup(py_modules=['x'])\n";
    let mut tar = entry("x-1.0/PKG-INFO", b'0', info.as_bytes());
    tar.extend(entry("x-1.0/setup.py", b'0', setup));
    tar.extend(entry("x-1.0/x.py", b'0', CODE));
    tar.extend(blocks.concat());
    tar
}

fn sdist(blocks: &[Vec<u8>]) -> Option<Code> {
    let tar = [tar(blocks), vec![0; 1024]].concat();
    refusal("x-1.0.tar.gz", &gzip(&tar))
}

#[test]
fn good_tar_files_of_all_kinds_are_read() {
    let long = format!("x-1.0/{}.py", "y".repeat(120));
    let gnu = format!("{long}\0");
    for blocks in [
        vec![],
        vec![pax(b'g', &[("comment", "0123456789abcdef")]), entry("x-1.0/y.py", b'0', CODE)],
        vec![pax(b'x', &[("path", &long), ("mtime", "1.5")]), entry("x-1.0/y.py", b'0', CODE)],
        vec![pax(b'x', &[("size", "15")]), entry("x-1.0/y.py", 0, CODE)],
        vec![entry("././@LongLink", b'L', gnu.as_bytes()), entry("x-1.0/y.py", b'0', CODE)],
        vec![entry("x-1.0/y/", b'5', b""), entry("x-1.0/z/", 0, b"")],
        vec![link("x-1.0/y.py", b'1', "x-1.0/x.py"), link("x-1.0/z.py", b'2', "x.py")],
    ] {
        assert_eq!(sdist(&blocks), None);
    }
    for end in [0, 512, 4096] {
        let tar = [tar(&[]), vec![0; end]].concat();
        assert_eq!(refusal("x-1.0.tar.gz", &gzip(&tar)), None, "{end} zeros");
    }
}

#[test]
fn extended_headers_that_disagree_are_refused() {
    let file = || entry("x-1.0/y.py", b'0', CODE);
    let long = || entry("././@LongLink", b'L', b"x-1.0/z.py\0");
    for (what, blocks) in [
        ("two paths", vec![pax(b'x', &[("path", "x-1.0/a"), ("path", "x-1.0/b")]), file()]),
        ("an empty path", vec![pax(b'x', &[("path", "")]), file()]),
        ("another size", vec![pax(b'x', &[("size", "512")]), file()]),
        ("a strange size", vec![pax(b'x', &[("size", "+15")]), file()]),
        ("a global path", vec![pax(b'g', &[("path", "x-1.0/a")]), file()]),
        ("a global size", vec![pax(b'g', &[("size", "0")]), file()]),
        ("a global link", vec![pax(b'g', &[("linkpath", "a")]), file()]),
        ("two pax headers", vec![pax(b'x', &[]), pax(b'x', &[]), file()]),
        ("two long names", vec![long(), long(), file()]),
        ("a long name and a path", vec![long(), pax(b'x', &[("path", "x-1.0/a")]), file()]),
        ("a NUL in a long name", vec![entry("x", b'L', b"x-1.0/a\0b\0"), file()]),
        ("sparse", vec![pax(b'x', &[("GNU.sparse.major", "1")]), file()]),
        ("old sparse", vec![entry("x-1.0/y.py", b'S', CODE)]),
        ("contiguous", vec![entry("x-1.0/y.py", b'7', CODE)]),
        ("unknown", vec![entry("x-1.0/y.py", b'Z', CODE)]),
        ("a folder with content", vec![entry("x-1.0/y/", b'5', CODE)]),
        ("a link with content", vec![block("x-1.0/y", b'2', &octal(15), "x.py", CODE)]),
        ("a hard link with content", vec![block("x-1.0/y", b'1', &octal(15), "x-1.0/x.py", CODE)]),
        ("a file with a slash", vec![entry("x-1.0/y/", b'0', b"")]),
        ("a folder and a file", vec![entry("x-1.0/y", b'0', CODE), entry("x-1.0/y/", b'5', b"")]),
        ("a folder and a link", vec![entry("x-1.0/y/", b'5', b""), link("x-1.0/y", b'2', "x.py")]),
        ("a member in a link", vec![link("x-1.0/l", b'2', "."), entry("x-1.0/l/y.py", b'0', CODE)]),
    ] {
        assert_eq!(sdist(&blocks), Some(Code::AmbiguousArchive), "{what}");
    }
}

#[test]
fn sizes_that_are_not_a_number_are_refused() {
    for size in [&[0xff; 12], b"-0000000017\0", b"17 00000000\0", b"0000000001x\0"] {
        let found = sdist(&[block("x-1.0/y.py", b'0', size, "", CODE)]);
        assert_eq!(found, Some(Code::AmbiguousArchive));
    }
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mut file = entry("x-1.0/y.py", b'0', CODE);
    file[0] = b'z';
    assert_eq!(sdist(&[file]), Some(Code::Unreadable));
}

#[test]
fn a_prefix_that_is_not_of_ustar_is_refused() {
    let mut file = entry("y.py", b'0', CODE);
    file[345..350].copy_from_slice(b"x-1.0");
    seal(&mut file);
    assert_eq!(sdist(std::slice::from_ref(&file)), None);
    file[257..265].copy_from_slice(b"ustar  \0");
    seal(&mut file);
    assert_eq!(sdist(&[file]), Some(Code::AmbiguousArchive));
}

#[test]
fn hard_links_to_what_comes_later_are_refused() {
    for target in ["x-1.0/y.py", "x-1.0/z.py"] {
        let blocks = [link("x-1.0/y.py", b'1', target), entry("x-1.0/z.py", b'0', CODE)];
        assert_eq!(sdist(&blocks), Some(Code::UnsafeLink), "{target}");
    }
    let blocks = [entry("x-1.0/x.py", b'0', b"other\n"), link("x-1.0/y.py", b'1', "x-1.0/x.py")];
    assert_eq!(sdist(&blocks), Some(Code::DuplicateMember), "a link to what was overwritten");
}

#[test]
fn data_behind_the_end_of_a_tar_file_is_refused() {
    let hidden = entry("x-1.0/hidden.py", b'0', CODE);
    for zeros in [512, 1024, 10_240] {
        let tar = [tar(&[]), vec![0; zeros], hidden.clone(), vec![0; 1024]].concat();
        let found = refusal("x-1.0.tar.gz", &gzip(&tar));
        assert_eq!(found, Some(Code::DataOutsideArchive), "{zeros}");
    }
    let tar = [tar(&[]), hidden[..100].to_vec()].concat();
    assert_eq!(refusal("x-1.0.tar.gz", &gzip(&tar)), Some(Code::Unreadable));
}

#[test]
fn data_behind_the_first_gzip_member_is_refused() {
    let whole = [tar(&[]), vec![0; 1024]].concat();
    let packed = gzip(&whole);
    let (one, other) = whole.split_at(1024);
    for data in [
        [&packed[..], &packed].concat(),
        [gzip(one), gzip(other)].concat(),
        [&packed[..], b"garbage"].concat(),
    ] {
        assert!(refusal("x-1.0.tar.gz", &data).is_some());
    }
    let found = refusal("x-1.0.tar.gz", &[&packed[..], &packed].concat());
    assert_eq!(found, Some(Code::DataOutsideArchive));
    assert_eq!(refusal("x-1.0.tar.gz", &[&packed[..], &[0; 512]].concat()), None, "padding");
}
