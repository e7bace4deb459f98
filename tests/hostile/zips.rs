//! Zip archives whose directories lie about sizes and places.

use crate::bounded::{Ended, noise, run};
use crate::fixtures::{PURE, record, wheel, zip};

const NAME: &str = "foo-1.0-py3-none-any.whl";

fn inspect(data: &[u8]) -> Ended {
    run(NAME, data, 16 << 20, &["inspect", NAME])
}

fn assert_refused(what: &str, data: &[u8]) {
    let ended = inspect(data);
    assert_eq!(ended.code, 1, "{what}: {}", ended.text);
}

fn pure_wheel() -> Vec<u8> {
    wheel("foo", "1.0", PURE, "", &[("foo/__init__.py", &noise(5_000))])
}

/// Where the headers with this signature start.
fn places(data: &[u8], signature: &[u8]) -> Vec<usize> {
    let windows = data.windows(4).enumerate();
    windows.filter(|(_, found)| found == &signature).map(|(place, _)| place).collect()
}

/// An extra field of zip64 with these values.
fn zip64(values: &[u64]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let length = u16::try_from(bytes.len()).unwrap();
    [&1_u16.to_le_bytes()[..], &length.to_le_bytes(), &bytes].concat()
}

/// The wheel with the sizes or the place of its first entry of the directory at their greatest, and
/// with this extra field.
fn lying(fields: &[usize], extra: &[u8]) -> Vec<u8> {
    let mut data = pure_wheel();
    let entry = places(&data, b"PK\x01\x02")[0];
    for field in fields {
        data[entry + field..entry + field + 4].fill(0xff);
    }
    let name = usize::from(data[entry + 28]);
    data[entry + 30..entry + 32]
        .copy_from_slice(&u16::try_from(extra.len()).unwrap().to_le_bytes());
    data.splice(entry + 46 + name..entry + 46 + name, extra.iter().copied());
    let end = places(&data, b"PK\x05\x06")[0];
    let size = u32::try_from(end - entry).unwrap();
    data[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    data
}

#[test]
fn the_wheel_to_lie_about_is_read() {
    let ended = inspect(&lying(&[], b""));
    assert_eq!(ended.code, 0, "{}", ended.text);
}

#[test]
fn greatest_sizes_and_places_without_zip64_are_refused() {
    for fields in [&[20][..], &[24], &[42], &[20, 24], &[20, 24, 42]] {
        assert_refused(&format!("{fields:?}"), &lying(fields, b""));
        assert_refused(&format!("{fields:?}, too short"), &lying(fields, &zip64(&[])));
    }
}

#[test]
fn lies_of_zip64_are_refused() {
    for value in [0, 1, 1 << 31, 1 << 32, 1 << 40, i64::MAX.cast_unsigned(), u64::MAX - 1, u64::MAX]
    {
        for fields in [&[20][..], &[24], &[42], &[20, 24, 42]] {
            let extra = zip64(&vec![value; fields.len()]);
            // The first member is the metadata, which is not empty, and lies at the start.
            if fields != [42] || value != 0 {
                assert_refused(&format!("{value} in {fields:?}"), &lying(fields, &extra));
            }
        }
    }
    let twice = [zip64(&[5]), zip64(&[6])].concat();
    assert_refused("twice", &lying(&[24], &twice));
    assert_refused("longer than it is", &lying(&[24], &[1, 0, 0xff, 0xff, 0, 0]));
}

#[test]
fn an_end_of_zip64_out_of_range_is_refused() {
    let wheel = pure_wheel();
    let end = places(&wheel, b"PK\x05\x06")[0];
    for value in [0, 1, 1 << 32, i64::MAX.cast_unsigned(), u64::MAX] {
        for lie in 0..5 {
            let number = |place, truth: u64| if place == lie { value } else { truth }.to_le_bytes();
            let start = places(&wheel, b"PK\x01\x02")[0] as u64;
            let count = places(&wheel, b"PK\x01\x02").len() as u64;
            let mut data = wheel[..end].to_vec();
            data.extend(
                [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8]].concat(),
            );
            data.extend(number(0, count));
            data.extend(number(1, count));
            data.extend(number(2, end as u64 - start));
            data.extend(number(3, start));
            data.extend(
                [&b"PK\x06\x07"[..], &[0; 4], &number(4, end as u64), &[1, 0, 0, 0]].concat(),
            );
            data.extend([&b"PK\x05\x06"[..], &[0; 4], &[0xff; 12], &[0; 2]].concat());
            assert_refused(&format!("{value} in {lie}"), &data);
        }
    }
}

#[test]
fn thousands_of_entries_that_overlap_are_refused() {
    let mut data = wheel("foo", "1.0", PURE, "", &[("foo/a", &vec![0; 8 << 20])]);
    let entries = places(&data, b"PK\x01\x02");
    let (start, end) = (entries[0], places(&data, b"PK\x05\x06")[0]);
    let bomb = data[entries[2]..entries[3]].to_vec();
    // Names differ so that only the bytes are shared.
    let copies: Vec<Vec<u8>> = (0..9_000_u32)
        .map(|number| {
            let name = format!("foo/{number}");
            let mut entry = bomb[..46].to_vec();
            entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
            [&entry[..], name.as_bytes()].concat()
        })
        .collect();
    let directory = copies.concat();
    let count = u16::try_from(entries.len() + copies.len()).unwrap().to_le_bytes();
    let size = u32::try_from(end - start + directory.len()).unwrap().to_le_bytes();
    data[end + 8..end + 10].copy_from_slice(&count);
    data[end + 10..end + 12].copy_from_slice(&count);
    data[end + 12..end + 16].copy_from_slice(&size);
    data.splice(end..end, directory);
    assert_refused("overlapping", &data);
}

#[test]
fn names_of_60000_letters_are_refused() {
    let long = "a".repeat(60_000);
    let folders = "a/".repeat(30_000);
    for name in [&long, &folders] {
        assert_refused(&name[..4], &wheel("foo", "1.0", PURE, "", &[(name, b"x")]));
    }
    let mut data = wheel("foo", "1.0", PURE, "", &[("foo/aa.py", b"x = 1\n")]);
    for place in 0..data.len() - 9 {
        if &data[place..place + 9] == b"foo/aa.py" {
            data[place + 4..place + 6].fill(0xff);
        }
    }
    inspect(&data);
}

/// Inspects a wheel whose RECORD goes on with these lines.
fn inspect_record(more: &str) {
    let (module, noise) = (noise(100), noise(1 << 20));
    let info = crate::fixtures::metadata("foo", "1.0", "");
    let tags = format!("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {PURE}\n");
    let path = "foo-1.0.dist-info/RECORD";
    let mut members: Vec<(&str, &[u8])> = vec![
        ("foo/__init__.py", &module),
        ("foo/noise", &noise),
        ("foo-1.0.dist-info/METADATA", info.as_bytes()),
        ("foo-1.0.dist-info/WHEEL", tags.as_bytes()),
    ];
    let lines = record(&members, path) + more;
    members.push((path, lines.as_bytes()));
    run(NAME, &zip(&members), lines.len(), &["inspect", NAME]);
}

#[test]
fn a_record_of_a_million_lines_takes_no_time() {
    for line in ["foo/absent.py,sha256=x,1\n", "foo/__init__.py,,\n", "a\n", ",,\n", "\"\n", "\n"] {
        inspect_record(&line.repeat(1_000_000));
    }
    let numbered: Vec<String> = (0..1_000_000).map(|number| format!("f{number},,\n")).collect();
    inspect_record(&numbered.concat());
}
