//! Zip files that two programs read in different ways are refused. Each is made byte by byte of a good one.

use std::io::Write;

use crate::ambiguous_tar::{gzip, tar};
use crate::fixtures::{metadata, record};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;
use mpconvert::{Code, Error};

pub const CODE: &[u8] = b"import machine\n";

/// The first refusal, if there is one.
pub fn refusal(name: &str, data: &[u8]) -> Option<Code> {
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
