//! Damaged archives: cut short anywhere, and with header fields out of their range.

use std::io::{Cursor, Write};

use bzip2::write::BzEncoder;

use crate::bounded::run;
use crate::fixtures::{File, PURE, metadata, tar_gz, wheel};

const SETUP: &[u8] = b"from setuptools import setup\nsetup(name='x', packages=['x'])\n";

fn ungzipped(data: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    std::io::copy(&mut flate2::read::GzDecoder::new(data), &mut tar).unwrap();
    tar
}

pub fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A source distribution as tar, uncompressed.
fn sdist() -> Vec<u8> {
    let info = metadata("x", "1.0", "");
    let module = "x = 1\n".repeat(500);
    ungzipped(&tar_gz(&[
        File("x-1.0/PKG-INFO", info.as_bytes()),
        File("x-1.0/setup.py", SETUP),
        File("x-1.0/x/__init__.py", module.as_bytes()),
    ]))
}

fn pure_wheel() -> Vec<u8> {
    wheel("x", "1.0", PURE, "", &[("x/__init__.py", "x = 1\n".repeat(500).as_bytes())])
}

/// Converts; whether that is refused.
fn is_refused(name: &str, data: &[u8]) -> bool {
    let ended = run(name, data, 1 << 20, &["convert", name, "--out", "out"]);
    assert!(ended.code < 2, "an archive that is there cannot fail by {}", ended.text);
    ended.code == 1
}

#[test]
fn archives_cut_at_each_per_cent_are_refused() {
    for (name, data) in [
        ("x-1.0.tar.gz", gzip(&sdist())),
        ("x-1.0.tar.bz2", bzip2(&sdist())),
        ("x-1.0-py3-none-any.whl", pure_wheel()),
    ] {
        assert!(!is_refused(name, &data), "{name}");
        for per_cent in 0..100 {
            let end = data.len() * per_cent / 100;
            assert!(is_refused(name, &data[..end]), "{name} cut at {per_cent} %");
        }
    }
}

#[test]
fn cut_tars_in_whole_compression_get_an_answer() {
    let tar = sdist();
    for per_cent in 0..100 {
        is_refused("x-1.0.tar.gz", &gzip(&tar[..tar.len() * per_cent / 100]));
    }
}

/// Sets the checksum of the tar header at the start anew.
pub fn checked(mut tar: Vec<u8>) -> Vec<u8> {
    tar[148..156].fill(b' ');
    let sum: u32 = tar[..512].iter().map(|byte| u32::from(*byte)).sum();
    tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar
}

#[test]
fn tar_header_fields_out_of_range_get_an_answer() {
    let values: [&[u8]; 9] = [
        b"777777777777",
        b"-00000000001",
        b"99999999999\0",
        b"zzzzzzzzzzzz",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x80\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01",
        b"            ",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
    ];
    // Mode, owner, group, size, time, checksum, type, device numbers.
    for (start, length) in
        [(100, 8), (108, 8), (116, 8), (124, 12), (136, 12), (148, 8), (156, 1), (329, 8), (337, 8)]
    {
        for value in values {
            let mut tar = sdist();
            tar[start..start + length].copy_from_slice(&value[..length]);
            is_refused("x-1.0.tar.gz", &gzip(&tar));
            if start != 148 {
                is_refused("x-1.0.tar.gz", &gzip(&checked(tar)));
            }
        }
    }
}

/// Where a field of a header is, and its length.
type Field = (usize, usize);

#[test]
fn zip_header_fields_out_of_range_get_an_answer() {
    let wheel = pure_wheel();
    let places = |signature: &[u8]| -> Vec<usize> {
        let windows = wheel.windows(4).enumerate();
        windows.filter(|(_, found)| found == &signature).map(|(place, _)| place).collect()
    };
    // Of local headers, of the directory, and of its end: times, checksums, sizes, lengths, offsets.
    let fields: [(&[u8], &[Field]); 3] = [
        (b"PK\x03\x04", &[(6, 2), (8, 2), (10, 4), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)]),
        (
            b"PK\x01\x02",
            &[
                (8, 2),
                (10, 2),
                (12, 4),
                (16, 4),
                (20, 4),
                (24, 4),
                (28, 2),
                (30, 2),
                (32, 2),
                (34, 2),
                (38, 4),
                (42, 4),
            ],
        ),
        (b"PK\x05\x06", &[(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)]),
    ];
    for (signature, fields) in fields {
        for place in places(signature) {
            for (offset, length) in fields {
                for value in [0xff, 0x7f, 0x00, 0x01] {
                    let mut changed = wheel.clone();
                    changed[place + offset..place + offset + length].fill(value);
                    is_refused("x-1.0-py3-none-any.whl", &changed);
                }
            }
        }
    }
}

#[test]
fn zip_members_that_share_their_bytes_are_refused() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for name in ["x/a.py", "x/b.py"] {
        writer.start_file(name, options).unwrap();
        writer.write_all(&[b'#'; 10_000]).unwrap();
    }
    let mut data = writer.finish().unwrap().into_inner();
    let second = data.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    data[second + 42..second + 46].fill(0);
    assert!(is_refused("x-1.0-py3-none-any.whl", &data));
}
