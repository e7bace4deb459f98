//! Tar archives whose extended headers, names and links are long, many, empty or against each other.

use crate::bounded::{Ended, noise, run};
use crate::damage::{checked, gzip};

const NAME: &str = "foo-1.0.tar.gz";
const INFO: &[u8] = b"Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n";

/// A member with its content, whose size field is right.
fn member(name: &[u8], kind: u8, link: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[156] = kind;
    header[157..157 + link.len()].copy_from_slice(link);
    header[257..265].copy_from_slice(b"ustar\x0000");
    let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
    [checked(header), content.to_vec(), padding].concat()
}

fn file(name: &[u8], content: &[u8]) -> Vec<u8> {
    member(name, b'0', b"", content)
}

/// A source distribution with these members before its module.
fn inspect(members: &[Vec<u8>]) -> Ended {
    let noise = file(b"foo-1.0/noise", &noise(60_000));
    let start = [file(b"foo-1.0/PKG-INFO", INFO), noise].concat();
    let tar = [start, members.concat(), file(b"foo-1.0/foo.py", b"x = 1\n"), vec![0; 1024]];
    let tar = tar.concat();
    run(NAME, &gzip(&tar), tar.len(), &["inspect", NAME])
}

fn assert_refused(what: &str, members: &[Vec<u8>]) {
    let ended = inspect(members);
    assert_eq!(ended.code, 1, "{what}: {}", ended.text);
}

/// A record of a pax header, whose length counts itself.
fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length =
        (rest..rest + 20).find(|length| rest + length.to_string().len() == *length).unwrap();
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

fn pax(kind: u8, records: &[u8]) -> Vec<u8> {
    member(b"PaxHeader", kind, b"", records)
}

#[test]
fn members_without_tricks_are_read() {
    for members in [
        vec![],
        vec![pax(b'x', &record("path", b"foo-1.0/foo/a.py")), file(b"a", b"")],
        vec![member(b"././@LongLink", b'L', b"", b"foo-1.0/foo/b.py\0"), file(b"b", b"")],
        vec![pax(b'g', &record("comment", b"fine"))],
    ] {
        let ended = inspect(&members);
        assert_eq!(ended.code, 0, "{}", ended.text);
    }
}

#[test]
fn pax_headers_that_are_empty_or_many_take_no_time() {
    inspect(&[pax(b'x', b"")]);
    inspect(&[pax(b'g', b"")]);
    inspect(&vec![pax(b'g', b""); 20_000]);
    inspect(&vec![pax(b'g', &record("comment", &[b'c'; 400])); 20_000]);
    inspect(&[pax(b'x', &record("comment", b"c").repeat(400_000))]);
    let pair = [pax(b'x', &record("mtime", b"1.5")), file(b"foo-1.0/foo.py", b"x = 1\n")].concat();
    inspect(&vec![pair; 9_000]);
}

#[test]
fn pax_records_of_two_meanings_are_refused() {
    let one = record("path", b"foo-1.0/a.py");
    let other = record("path", b"foo-1.0/b.py");
    let twice = [one.clone(), other.clone()].concat();
    assert_refused("a path twice", &[pax(b'x', &twice)]);
    assert_refused("two headers", &[pax(b'x', &one), pax(b'x', &other)]);
    assert_refused("a path of all members", &[pax(b'g', &one)]);
    assert_refused("a size of all members", &[pax(b'g', &record("size", b"1"))]);
    let long = member(b"././@LongLink", b'L', b"", b"foo-1.0/c.py\0");
    assert_refused("both forms", &[long, pax(b'x', &one)]);
}

#[test]
fn pax_sizes_and_lengths_out_of_range_are_refused() {
    for size in [
        "",
        "-1",
        "18446744073709551615",
        "99999999999999999999999",
        "1e9",
        "0x10",
        &"9".repeat(65_536),
    ] {
        assert_refused(size, &[pax(b'x', &record("size", size.as_bytes()))]);
    }
    for records in [
        &b"0 path=x\n"[..],
        b"-5 path=x\n",
        b"99999999999999999999 path=x\n",
        b"4294967295 path=x\n",
        b"10 path=x",
        b"path=x\n",
        b" \n",
        &[b'1'; 16_000],
        &[0xff; 1024],
    ] {
        assert_refused(&format!("{:?}", &records[..records.len().min(30)]), &[pax(b'x', records)]);
    }
}

#[test]
fn long_names_of_gnu_out_of_range_are_refused() {
    for kind in [b'L', b'K'] {
        let long = |content: &[u8]| member(b"././@LongLink", kind, b"", content);
        assert_refused("empty", &[long(b"")]);
        assert_refused("NULs", &[long(&[0; 1000])]);
        assert_refused("text behind", &[long(b"foo-1.0/a.py\0b.py")]);
        assert_refused("two", &[long(b"foo-1.0/a.py\0"), long(b"foo-1.0/b.py\0")]);
        assert_refused("a chain", &vec![long(b"foo-1.0/a.py\0"); 20_000]);
        for size in [
            &b"77777777777\0"[..],
            b"\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff",
            &[0xff; 12],
        ] {
            let mut header = long(b"foo-1.0/a.py\0");
            header[124..136].copy_from_slice(size);
            assert_refused("an endless size", &[checked(header)]);
        }
    }
}

#[test]
fn names_of_65536_letters_are_refused() {
    for letter in [&b"a"[..], b"a/", b"../", b"\xff", "é".as_bytes()] {
        let name = [b"foo-1.0/", &letter.repeat(65_536)[..]].concat();
        let told = format!("{letter:?}");
        let end = file(b"foo-1.0/x", b"");
        assert_refused(&told, &[pax(b'x', &record("path", &name)), end.clone()]);
        let long = member(b"././@LongLink", b'L', b"", &[&name[..], b"\0"].concat());
        assert_refused(&told, &[long, end]);
    }
    assert_refused("no UTF-8", &[file(b"foo-1.0/\xff\xfe.py", b"")]);
}

/// Python's `tarfile` takes such a header for the end of the archive.
#[test]
fn fields_that_are_not_numbers_are_refused() {
    for field in [100, 108, 116, 136, 329, 337] {
        let mut header = file(b"foo-1.0/a.py", b"");
        header[field] = b'x';
        assert_refused("a number", &[checked(header)]);
    }
}

#[test]
fn sparse_files_are_refused() {
    assert_refused("of GNU", &[member(b"foo-1.0/s", b'S', b"", &[0; 1024])]);
    let version = [record("GNU.sparse.major", b"1"), record("GNU.sparse.minor", b"0")].concat();
    let size = record("GNU.sparse.realsize", b"1099511627776");
    let name = record("GNU.sparse.name", b"foo-1.0/s.py");
    let records = [version, size, name].concat();
    assert_refused(
        "of pax",
        &[pax(b'x', &records), file(b"foo-1.0/GNUSparseFile.0/s.py", b"1\n0\n")],
    );
}

#[test]
fn chains_of_hard_and_symbolic_links_take_no_time() {
    for kind in [b'1', b'2'] {
        let link = |number: usize| {
            let target = format!("{}{}", if kind == b'1' { "foo-1.0/" } else { "" }, number - 1);
            member(format!("foo-1.0/{number}").as_bytes(), kind, target.as_bytes(), b"")
        };
        let mut members = vec![file(b"foo-1.0/0", b"x = 1\n")];
        members.extend((1..9_000).map(link));
        inspect(&members);
        members.reverse();
        inspect(&members);
    }
    let circle = |from: &[u8], to: &[u8]| member(from, b'2', to, b"");
    assert_refused("a circle", &[circle(b"foo-1.0/a", b"b"), circle(b"foo-1.0/b", b"a")]);
    // Each folder holds the one before it twice.
    let mut members = vec![file(b"foo-1.0/d0/x.py", b"x = 1\n")];
    for level in 1..60 {
        for side in ["a", "b"] {
            let path = format!("foo-1.0/d{level}/{side}");
            let target = format!("../d{}", level - 1);
            members.push(member(path.as_bytes(), b'2', target.as_bytes(), b""));
        }
    }
    assert_refused("doubled folders", &members);
}
