//! Any tree of files becomes an archive that gives the same tree by upip's rules.

#![expect(clippy::expect_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::io::Read;

use crate::fixtures::{PURE, upip_sdist, wheel};
use mpconvert::deflate::{HEADER, WINDOW, scan_gzip};
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// What upip installs of an archive: `upip.install_tar` read once more, from its source.
/// Of each header only the name (100 bytes) and the size (11 octal digits) count.
fn installed(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(archive).read_to_end(&mut tar).unwrap();
    let mut files = BTreeMap::new();
    let mut rest = &tar[..];
    while rest.len() >= 512 && rest[..512].iter().any(|byte| *byte != 0) {
        let (header, behind) = rest.split_at(512);
        let name = header[..100].split(|byte| *byte == 0).next().unwrap();
        let name = String::from_utf8(name.to_vec()).unwrap();
        let size = std::str::from_utf8(&header[124..135]).unwrap();
        let size = usize::from_str_radix(size, 8).unwrap();
        rest = &behind[size.next_multiple_of(512)..];
        let (_, stripped) = name.split_once('/').expect("upip stops at a name without a slash");
        let is_skipped = ["setup.", "PKG-INFO", "README"].iter().any(|s| stripped.starts_with(s))
            || stripped.contains(".egg-info");
        if !is_skipped {
            let earlier = files.insert(stripped.to_owned(), behind[..size].to_vec());
            assert!(earlier.is_none(), "{name} twice");
        }
    }
    assert!(rest.len() >= 1024 && rest.iter().all(|byte| *byte == 0), "no end of archive");
    files
}

fn trees() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let part = "[a-z_čß☃][a-z0-9_.č]{0,8}";
    let path = vec(part, 1..4).prop_map(|parts| format!("p{}.py", parts.join("/")));
    let content = prop_oneof![
        vec(any::<u8>(), 0..1500),
        ("[ -~\n]{0,40}", 0..400_usize).prop_map(|(line, times)| line.repeat(times).into_bytes()),
    ];
    btree_map(path, content, 1..12)
        .prop_filter("no file is a folder too", |tree| {
            tree.keys().all(|path| !tree.keys().any(|other| other.starts_with(&format!("{path}/"))))
        })
        .prop_filter("no names of devices, which are refused", |tree| {
            let is_device = |part: &str| {
                let stem = part.split('.').next().unwrap_or_default();
                matches!(stem, "con" | "prn" | "aux" | "nul")
                    || stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"))
            };
            !tree.keys().any(|path| path.split('/').any(is_device))
        })
        // Random bytes may look like a program for a computer, which is refused.
        .prop_filter("no native code", |tree| {
            tree.values().all(|data| !data.starts_with(b"\x7fELF"))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_tree_goes_through_unchanged(tree in trees()) {
        let files: Vec<(&str, &[u8])> =
            tree.iter().map(|(path, data)| (path.as_str(), data.as_slice())).collect();
        let options = ConvertOptions::default();
        let of_wheel =
            convert_bytes("in.whl", wheel("x_y", "1.0", PURE, "", &files), &options).unwrap();
        prop_assert_eq!(&installed(&of_wheel.data), &tree);
        prop_assert_eq!(&of_wheel.data[..10], HEADER);
        prop_assert!(scan_gzip(&of_wheel.data).unwrap().max_distance <= WINDOW);

        let of_sdist =
            convert_bytes("x_y-1.0.tar.gz", upip_sdist("x_y", "1.0", &files), &options).unwrap();
        prop_assert_eq!(&installed(&of_sdist.data), &tree);
        prop_assert_eq!(&of_sdist.data, &of_wheel.data);

        let again = convert_bytes("x_y-1.0.tar.gz", of_wheel.data.clone(), &options).unwrap();
        prop_assert_eq!(again.data, of_wheel.data);
    }
}

#[test]
fn links_become_files() {
    let sdist = crate::fixtures::tar_gz(&[
        crate::fixtures::File(
            "x-1.0/PKG-INFO",
            crate::fixtures::metadata("x", "1.0", "").as_bytes(),
        ),
        crate::fixtures::File("x-1.0/x/__init__.py", b"a = 1"),
        crate::fixtures::Symlink("x-1.0/x/twin.py", "__init__.py"),
        crate::fixtures::Symlink("x-1.0/y", "x"),
    ]);
    let converted = convert_bytes("x-1.0.tar.gz", sdist, &ConvertOptions::default()).unwrap();
    let paths: Vec<_> = installed(&converted.data).into_keys().collect();
    assert_eq!(paths, ["x/__init__.py", "x/twin.py", "y/__init__.py", "y/twin.py"]);
}

#[test]
fn equal_input_gives_equal_bytes() {
    let convert = || {
        let more = "Requires-Dist: b>=1\nRequires-Dist: a\n";
        let wheel = wheel("x", "1.0", PURE, more, &[("x.py", b"a = 1\n")]);
        convert_bytes("x-1.0-py3-none-any.whl", wheel, &ConvertOptions::default()).unwrap()
    };
    assert_eq!(convert().summary.requires, ["b", "a"]);
    assert_eq!(convert().data, convert().data);
}
