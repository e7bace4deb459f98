//! Archives that two programs read in different ways are refused. Each is made byte by byte of a good one.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod fixtures;

use std::io::Write;

use fixtures::{metadata, record};
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;
use mpconvert::{Code, Error};

const CODE: &[u8] = b"import machine\n";

/// The first refusal, if there is one.
fn refusal(name: &str, data: &[u8]) -> Option<Code> {
    match convert_bytes(name, data.to_vec(), &ConvertOptions::default()) {
        Ok(_) => None,
        Err(Error::Refused { findings, .. }) => {
            findings.iter().find(|finding| finding.is_error()).map(|finding| finding.code)
        }
        Err(error) => panic!("{error}"),
    }
}

fn crc(data: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(data);
    crc.sum()
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// One of the two headers of a member.
#[derive(Clone)]
struct Header {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    packed_size: u32,
    size: u32,
    extra: Vec<u8>,
}

impl Header {
    /// What both headers have, from the flags to the sizes.
    fn fields(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in [20, self.flags, self.method, 0, 0x21] {
            bytes.extend(u16::to_le_bytes(field));
        }
        for field in [self.crc, self.packed_size, self.size] {
            bytes.extend(field.to_le_bytes());
        }
        for length in [self.name.len(), self.extra.len()] {
            bytes.extend(u16::try_from(length).unwrap().to_le_bytes());
        }
        bytes
    }
}

/// A member of a zip file, with all that may be written of it.
#[derive(Clone)]
struct Member {
    local: Header,
    central: Header,
    data: Vec<u8>,
    descriptor: Vec<u8>,
    /// Bytes before its local header.
    before: Vec<u8>,
    is_listed: bool,
}

impl Member {
    fn new(name: &str, data: &[u8]) -> Self {
        let size = u32::try_from(data.len()).unwrap();
        let name = name.as_bytes().to_vec();
        let (flags, method, extra) = (0, 0, Vec::new());
        let local = Header { name, flags, method, crc: crc(data), packed_size: size, size, extra };
        Self {
            central: local.clone(),
            local,
            data: data.to_vec(),
            descriptor: Vec::new(),
            before: Vec::new(),
            is_listed: true,
        }
    }

    /// As a tool writes it that does not know the sizes in advance.
    fn streamed(mut self, wide: bool, with_signature: bool) -> Self {
        self.data = deflated(&self.data);
        let packed_size = u32::try_from(self.data.len()).unwrap();
        let Header { crc, size, .. } = self.central;
        self.central.packed_size = packed_size;
        for header in [&mut self.local, &mut self.central] {
            (header.flags, header.method) = (8, 8);
        }
        (self.local.crc, self.local.packed_size, self.local.size) = (0, 0, 0);
        if with_signature {
            self.descriptor.extend(b"PK\x07\x08");
        }
        self.descriptor.extend(crc.to_le_bytes());
        for size in [packed_size, size] {
            self.descriptor.extend(size.to_le_bytes());
            self.descriptor.extend(if wide { &[0; 4][..] } else { &[] });
        }
        self
    }
}

/// What is done to a member.
type Change = fn(&mut Member);

/// What the end record says, beside what is right.
#[derive(Default)]
struct End<'a> {
    zip64: Option<u64>,
    entries_more: u16,
    comment: &'a [u8],
}

fn zip_with(members: &[Member], end: &End) -> Vec<u8> {
    let (mut zip, mut directory, mut entries) = (Vec::new(), Vec::new(), 0_u16);
    for member in members {
        zip.extend(&member.before);
        let offset = u32::try_from(zip.len()).unwrap();
        zip.extend(b"PK\x03\x04");
        zip.extend(member.local.fields());
        for part in [&member.local.name, &member.local.extra, &member.data, &member.descriptor] {
            zip.extend(part);
        }
        if !member.is_listed {
            continue;
        }
        entries += 1;
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(member.central.fields());
        directory.extend([0; 6]);
        directory.extend((0o100_644_u32 << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&member.central.name);
        directory.extend(&member.central.extra);
    }
    let (start, size) = (zip.len() as u64, directory.len() as u64);
    zip.extend(&directory);
    if let Some(entries) = end.zip64 {
        let at = zip.len() as u64;
        zip.extend(b"PK\x06\x06");
        zip.extend(44_u64.to_le_bytes());
        zip.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [entries, entries, size, start] {
            zip.extend(value.to_le_bytes());
        }
        zip.extend(b"PK\x06\x07\0\0\0\0");
        zip.extend(at.to_le_bytes());
        zip.extend(1_u32.to_le_bytes());
    }
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend((entries + end.entries_more).to_le_bytes());
    zip.extend((entries + end.entries_more).to_le_bytes());
    zip.extend(u32::try_from(size).unwrap().to_le_bytes());
    zip.extend(u32::try_from(start).unwrap().to_le_bytes());
    zip.extend(u16::try_from(end.comment.len()).unwrap().to_le_bytes());
    zip.extend(end.comment);
    zip
}

fn zip(members: &[Member]) -> Vec<u8> {
    zip_with(members, &End::default())
}

/// The members of a wheel whose last one is the module `x.py`.
fn members() -> Vec<Member> {
    let info = metadata("x", "1.0", "");
    let wheel = b"Wheel-Version: 1.0\nTag: py3-none-any\n";
    let files = [
        ("x-1.0.dist-info/METADATA", info.as_bytes()),
        ("x-1.0.dist-info/WHEEL", &wheel[..]),
        ("x.py", CODE),
    ];
    let record = record(&files, "x-1.0.dist-info/RECORD");
    let mut members = vec![Member::new("x-1.0.dist-info/RECORD", record.as_bytes())];
    members.extend(files.iter().map(|(name, data)| Member::new(name, data)));
    members
}

const WHEEL: &str = "x-1.0-py3-none-any.whl";

/// The refusal of the wheel whose last member is changed.
fn changed(change: impl FnOnce(&mut Member)) -> Option<Code> {
    let mut members = members();
    change(members.last_mut().unwrap());
    refusal(WHEEL, &zip(&members))
}

fn extra(id: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// Another spelling of the name of the module.
fn unicode_path(name: &str) -> Vec<u8> {
    extra(0x7075, &[&[1][..], &crc(b"x.py").to_le_bytes(), name.as_bytes()].concat())
}

#[test]
fn good_zip_files_of_all_kinds_are_read() {
    assert_eq!(refusal(WHEEL, &zip(&members())), None);
    assert_eq!(
        refusal(WHEEL, &zip_with(&members(), &End { zip64: Some(4), ..End::default() })),
        None
    );
    let comment = End { comment: b"made by hand", ..End::default() };
    assert_eq!(refusal(WHEEL, &zip_with(&members(), &comment)), None);
    for wide in [false, true] {
        for with_signature in [false, true] {
            let streamed: Vec<Member> =
                members().into_iter().map(|one| one.streamed(wide, with_signature)).collect();
            assert_eq!(refusal(WHEEL, &zip(&streamed)), None, "{wide} {with_signature}");
        }
    }
    assert_eq!(changed(|member| member.central.extra = unicode_path("x.py")), None);
    assert_eq!(changed(|member| member.local.extra = extra(0x5455, &[1, 0, 0, 0, 0])), None);
    let sizes = [15_u64.to_le_bytes(), 15_u64.to_le_bytes()].concat();
    let in_zip64 = |member: &mut Member| {
        (member.local.size, member.local.packed_size) = (u32::MAX, u32::MAX);
        member.local.extra = extra(1, &sizes);
    };
    assert_eq!(changed(in_zip64), None);
}

#[test]
fn local_headers_that_differ_from_the_directory_are_refused() {
    let changes: [(&str, Change); 9] = [
        ("name", |member| member.local.name = b"y.py".to_vec()),
        ("method", |member| member.local.method = 8),
        ("flags", |member| member.local.flags = 1 << 11),
        ("descriptor", |member| member.local.flags = 8),
        ("CRC-32", |member| member.local.crc ^= 1),
        ("size", |member| member.local.size -= 1),
        ("packed size", |member| member.local.packed_size -= 1),
        ("Unicode path", |member| member.central.extra = unicode_path("y.py")),
        ("local Unicode path", |member| member.local.extra = unicode_path("y.py")),
    ];
    for (what, change) in changes {
        assert_eq!(changed(change), Some(Code::AmbiguousArchive), "{what}");
    }
}

#[test]
fn values_that_a_zip64_field_repeats_are_refused() {
    let sizes = [15_u64.to_le_bytes(), 16_u64.to_le_bytes()].concat();
    for change in [
        &(|member: &mut Member| member.central.extra = extra(1, &sizes)) as &dyn Fn(&mut Member),
        &|member| member.local.extra = extra(1, &sizes),
        &|member| {
            member.central.size = u32::MAX;
            member.central.extra = [extra(1, &sizes[..8]), extra(1, &sizes[8..])].concat();
        },
    ] {
        assert_eq!(changed(change), Some(Code::AmbiguousArchive));
    }
}

#[test]
fn members_that_the_directory_does_not_list_are_refused() {
    let mut hidden = members();
    hidden.insert(1, Member { is_listed: false, ..Member::new("hidden.py", CODE) });
    assert_eq!(refusal(WHEEL, &zip(&hidden)), Some(Code::DataOutsideArchive));
    let mut last = members();
    last.push(Member { is_listed: false, ..Member::new("hidden.py", CODE) });
    assert_eq!(refusal(WHEEL, &zip(&last)), Some(Code::DataOutsideArchive));
    let gap = changed(|member| member.before = b"gap".to_vec());
    assert_eq!(gap, Some(Code::DataOutsideArchive));
    // Behind the end of its own stream, within its packed size.
    let mut packed = members().pop().unwrap().streamed(false, true);
    packed.data.extend(zip(&members()));
    packed.central.packed_size = u32::try_from(packed.data.len()).unwrap();
    packed.descriptor[8..12].copy_from_slice(&packed.central.packed_size.to_le_bytes());
    let found = changed(|member| *member = packed);
    assert_eq!(found, Some(Code::DataOutsideArchive));
}

#[test]
fn a_wrong_data_descriptor_is_refused() {
    for place in [4, 8, 12] {
        let found = changed(|member| {
            *member = member.clone().streamed(false, true);
            member.descriptor[place] ^= 1;
        });
        assert_eq!(found, Some(Code::DataOutsideArchive), "{place}");
    }
}

#[test]
fn two_zip_files_in_one_are_refused() {
    let one = zip(&members());
    for data in [[&one[..], &one].concat(), [&one[..], b"PK"].concat(), [&one[..], b"\0"].concat()]
    {
        assert_eq!(refusal(WHEEL, &data), Some(Code::DataOutsideArchive));
    }
    let comment = End { comment: &one, ..End::default() };
    let nested = zip_with(&members(), &comment);
    assert!(refusal(WHEEL, &nested).is_some(), "a zip file as a comment");
    let empty = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0";
    let comment = End { comment: empty, ..End::default() };
    let found = refusal(WHEEL, &zip_with(&members(), &comment));
    assert_eq!(found, Some(Code::AmbiguousArchive), "an end record in a comment");
}

#[test]
fn end_records_that_disagree_are_refused() {
    for end in [
        End { zip64: Some(3), ..End::default() },
        End { entries_more: 1, ..End::default() },
        End { zip64: Some(5), entries_more: 1, ..End::default() },
    ] {
        let found = refusal(WHEEL, &zip_with(&members(), &end));
        assert_eq!(found, Some(Code::AmbiguousArchive));
    }
}

#[test]
fn a_name_that_is_listed_twice_is_refused() {
    let mut twice = members();
    twice.push(Member::new("x.py", CODE));
    assert_eq!(refusal(WHEEL, &zip(&twice)), Some(Code::DuplicateMember));
    assert_eq!(
        changed(|member| {
            for header in [&mut member.local, &mut member.central] {
                header.name = b"x.py\0.txt".to_vec();
            }
        }),
        Some(Code::UnsafePath)
    );
}

#[test]
fn overlapping_members_are_refused() {
    let mut members = members();
    let inner = Member { is_listed: false, ..Member::new("inner.py", CODE) };
    let outer = Member::new("x.py", &zip(std::slice::from_ref(&inner)));
    *members.last_mut().unwrap() = outer;
    let mut data = zip(&members);
    // A second entry whose local header lies in the content of the first.
    let directory = data.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let entry = data[directory..data.len() - 22].to_vec();
    let inner = data.windows(8).position(|name| name == b"inner.py").unwrap() - 30;
    let mut second = entry;
    second[42..46].copy_from_slice(&u32::try_from(inner).unwrap().to_le_bytes());
    let end = data.len() - 22;
    data.splice(end..end, second.iter().copied());
    let end = data.len() - 22;
    data[end + 8] += 1;
    data[end + 10] += 1;
    let size = u32::from_le_bytes(data[end + 12..end + 16].try_into().unwrap());
    let size = size + u32::try_from(second.len()).unwrap();
    data[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    assert!(refusal(WHEEL, &data).is_some());
}

#[test]
fn a_folder_that_is_a_file_too_is_refused() {
    let mut members = members();
    members.push(Member::new("x.py/", b""));
    assert_eq!(refusal(WHEEL, &zip(&members)), Some(Code::AmbiguousArchive));
}

#[test]
fn a_tar_file_that_is_a_zip_file_too_is_refused() {
    // A field in the header of gzip holds the zip file, whose comment is the rest.
    let packed = gzip(&[tar(&[]), vec![0; 1024]].concat());
    let comment = End { comment: &packed[10..], ..End::default() };
    let hidden = zip_with(&[Member::new("hidden.py", CODE)], &comment);
    let length = hidden.len() - comment.comment.len();
    let field = u16::try_from(length).unwrap().to_le_bytes();
    let data = [&packed[..3], &[4], &packed[4..10], &field, &hidden].concat();
    assert_eq!(refusal("x-1.0.tar.gz", &data), Some(Code::AmbiguousArchive));
}

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

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A source distribution that ends in these blocks.
fn tar(blocks: &[Vec<u8>]) -> Vec<u8> {
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
