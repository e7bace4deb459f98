//! Every way in which an input is refused: by its code, and with nothing written.

use crate::fixtures::{Device, File, PURE, Symlink, tar_gz, upip_sdist, wheel, zip};
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;
use mpconvert::{Code, Error, Limits, Severity};

/// The codes of all refusals that converting gives.
fn refusals_of(name: &str, data: Vec<u8>, options: &ConvertOptions) -> Vec<Code> {
    match convert_bytes(name, data, options) {
        Ok(converted) => panic!("{name} is converted: {:?}", converted.summary.files),
        Err(Error::Refused { findings, .. }) => findings
            .iter()
            .filter(|finding| finding.severity() == Severity::Error)
            .map(|finding| finding.code)
            .collect(),
        Err(error) => panic!("{error}"),
    }
}

fn refusals(data: Vec<u8>) -> Vec<Code> {
    refusals_of("x-1.0.tar.gz", data, &ConvertOptions::default())
}

const CODE: &[u8] = b"import machine\n";

#[test]
fn damaged_archives() {
    let whole = upip_sdist("x", "1.0", &[("x.py", &CODE.repeat(1000))]);
    for cut in [0, 1, 5, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        assert_eq!(refusals(whole[..cut].to_vec()), [Code::Unreadable], "cut at {cut}");
    }
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 0x55;
    assert_eq!(refusals(changed), [Code::Unreadable]);
    assert_eq!(refusals(b"no archive at all".to_vec()), [Code::Unreadable]);
}

#[test]
fn damaged_wheels() {
    let whole = wheel("x", "1.0", PURE, "", &[("x.py", &CODE.repeat(100))]);
    for cut in [4, whole.len() / 2, whole.len() - 1] {
        let codes = refusals_of(
            "x-1.0-py3-none-any.whl",
            whole[..cut].to_vec(),
            &ConvertOptions::default(),
        );
        assert_eq!(codes, [Code::Unreadable], "cut at {cut}");
    }
}

#[test]
fn a_tar_cut_inside_a_member() {
    use std::io::Write;
    let mut tar = Vec::new();
    std::io::copy(
        &mut flate2::read::GzDecoder::new(&upip_sdist("x", "1.0", &[("x.py", &[b'a'; 9000])])[..]),
        &mut tar,
    )
    .unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&tar[..5000]).unwrap();
    assert_eq!(refusals(gzip.finish().unwrap()), [Code::Unreadable]);
}

#[test]
fn formats_of_another_world() {
    for name in ["x-1.0-py2.4.egg", "x-1.0.win32.exe", "x.whatever"] {
        let codes = refusals_of(name, b"MZ\x90\0".to_vec(), &ConvertOptions::default());
        assert_eq!(codes, [Code::UnsupportedFormat], "{name}");
    }
}

#[test]
fn dangerous_paths() {
    for path in [
        "../x.py",
        "/x.py",
        "x-1.0/../../x.py",
        "x-1.0//x.py",
        "x-1.0/a\\b.py",
        "C:/x.py",
        "x-1.0/\u{1b}[2J.py",
    ] {
        let sdist = tar_gz(&[File("x-1.0/PKG-INFO", b""), File(path, CODE)]);
        assert_eq!(refusals(sdist), [Code::UnsafePath], "{path}");
        let wheel = wheel("x", "1.0", PURE, "", &[(path, CODE)]);
        assert_eq!(refusals(wheel), [Code::UnsafePath], "{path}");
    }
}

#[test]
fn all_dangerous_paths_are_reported() {
    let sdist = tar_gz(&[File("../a.py", CODE), File("/b.py", CODE), Device("x-1.0/null")]);
    assert_eq!(refusals(sdist), [Code::UnsafePath, Code::UnsafePath, Code::SpecialMember]);
}

#[test]
fn links_that_leave_the_archive() {
    for target in ["../../etc/passwd", "/etc/passwd", "nothing.py"] {
        let sdist = tar_gz(&[File("x-1.0/PKG-INFO", b""), Symlink("x-1.0/x.py", target)]);
        assert_eq!(refusals(sdist), [Code::UnsafeLink], "{target}");
    }
}

#[test]
fn duplicates_that_differ() {
    let sdist = tar_gz(&[File("x-1.0/x.py", b"1"), File("x-1.0/./x.py", b"2")]);
    assert_eq!(refusals(sdist), [Code::DuplicateMember]);
}

#[test]
fn more_than_the_limits_allow() {
    let zeros = vec![0; 3 << 20];
    let bomb = || upip_sdist("x", "1.0", &[("x.py", &zeros)]);
    assert_eq!(refusals(bomb()), [Code::TooDense]);
    let mut options = ConvertOptions::default();
    options.read.limits = Limits { max_size: 1 << 20, max_ratio: 10_000, ..Limits::default() };
    assert_eq!(refusals_of("x-1.0.tar.gz", bomb(), &options), [Code::TooLarge]);
    options.read.limits = Limits { max_members: 2, ..Limits::default() };
    let crowd = upip_sdist("x", "1.0", &[("a.py", b""), ("b.py", b"")]);
    assert_eq!(refusals_of("x-1.0.tar.gz", crowd, &options), [Code::TooManyMembers]);
    let zip_bomb = wheel("x", "1.0", PURE, "", &[("x.py", &zeros)]);
    assert_eq!(refusals(zip_bomb), [Code::TooDense]);
}

#[test]
fn a_header_that_lies_about_its_size() {
    let mut lie = upip_sdist("x", "1.0", &[("x.py", CODE)]);
    let end = lie.len() - 4;
    lie[end..].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(refusals(lie), [Code::Unreadable]);
}

#[test]
fn packages_that_do_not_exist() {
    let setup = b"from setuptools import setup\nsetup(packages=['nope'])\n";
    let sdist = tar_gz(&[
        File("x-1.0/PKG-INFO", crate::fixtures::metadata("x", "1.0", "").as_bytes()),
        File("x-1.0/setup.py", setup),
        File("x-1.0/other.py", CODE),
    ]);
    assert_eq!(refusals(sdist), [Code::NoLayout]);
}

#[test]
fn no_single_root_folder() {
    for members in
        [&[File("x.py", CODE)][..], &[File("x-1.0/PKG-INFO", b""), File("y-1.0/y.py", CODE)]]
    {
        assert_eq!(refusals(tar_gz(members)), [Code::NoRootFolder]);
    }
}

#[test]
fn no_name_or_version() {
    let sdist = tar_gz(&[File("x/x.py", CODE)]);
    assert_eq!(refusals_of("x.tar.gz", sdist, &ConvertOptions::default()), [Code::NoIdentity]);
}

#[test]
fn native_code() {
    let platform = wheel("x", "1.0", "cp312-cp312-linux_x86_64", "", &[("x.py", CODE)]);
    assert_eq!(refusals(platform), [Code::NativeCode]);
    let disguised = wheel("x", "1.0", PURE, "", &[("x/__init__.py", CODE), ("x/_c.so", b"?")]);
    assert_eq!(refusals(disguised), [Code::NativeCode]);
    let renamed = wheel("x", "1.0", PURE, "", &[("x/__init__.py", CODE), ("x/c", b"\x7fELF\x02")]);
    assert_eq!(refusals(renamed), [Code::NativeCode]);
}

#[test]
fn payloads_that_upip_would_not_install_whole() {
    let empty = wheel("x", "1.0", PURE, "", &[]);
    assert_eq!(refusals(empty), [Code::EmptyPayload]);
    let long = format!("x/{}.py", "a".repeat(95));
    assert_eq!(refusals(wheel("x", "1.0", PURE, "", &[(&long, CODE)])), [Code::NameTooLong]);
    for path in ["READMEs/a.py", "setup.helpers.py", "a/b.egg-info/c.py"] {
        let wheel = wheel("x", "1.0", PURE, "", &[(path, CODE)]);
        assert_eq!(refusals(wheel), [Code::NameSkippedByUpip], "{path}");
    }
}

#[test]
fn a_file_that_is_a_folder_too() {
    let wheel = wheel("x", "1.0", PURE, "", &[("x", CODE), ("x/a.py", CODE)]);
    assert_eq!(refusals(wheel), [Code::FileIsFolder]);
}

#[test]
fn a_project_whose_name_leaves_no_room() {
    let name = "n".repeat(85);
    assert_eq!(refusals(wheel(&name, "1.0", PURE, "", &[("x.py", CODE)])), [Code::NameTooLong]);
}

#[test]
fn a_long_name_of_a_project_takes_a_short_egg_info_folder() {
    let name = "n".repeat(60);
    for (requires, members) in [
        ("", &["PKG-INFO", "_.egg-info/PKG-INFO", "x.py"][..]),
        (
            "Requires-Dist: a\n",
            &["PKG-INFO", "_.egg-info/PKG-INFO", "_.egg-info/requires.txt", "x.py"],
        ),
    ] {
        let made = wheel(&name, "1.0", PURE, requires, &[("x.py", CODE)]);
        let made = convert_bytes("x.whl", made, &ConvertOptions::default()).unwrap();
        let root = format!("{name}-1.0/");
        let found: Vec<_> =
            made.summary.members.iter().map(mpconvert::MemberPath::as_str).collect();
        let found: Vec<_> = found.iter().filter_map(|path| path.strip_prefix(&root)).collect();
        assert_eq!(found, members);
        let file = format!("{name}-1.0.tar.gz");
        let again = convert_bytes(&file, made.data.clone(), &ConvertOptions::default()).unwrap();
        assert_eq!(again.data, made.data);
    }
    // The folder keeps its full name as long as there is room.
    let name = "n".repeat(36);
    let made = wheel(&name, "1.0", PURE, "Requires-Dist: a\n", &[("x.py", CODE)]);
    let made = convert_bytes("x.whl", made, &ConvertOptions::default()).unwrap();
    let path = format!("{name}-1.0/{name}.egg-info/requires.txt");
    assert!(made.summary.members.iter().any(|member| member.as_str() == path));
}

#[test]
fn a_zip_that_lists_a_path_twice() {
    let mut data = zip(&[("x-1.0/PKG-INFO", b""), ("x-1.0/aa.py", CODE), ("x-1.0/ab.py", CODE)]);
    while let Some(place) = data.windows(5).position(|bytes| bytes == b"ab.py") {
        data[place + 1] = b'a';
    }
    assert_eq!(refusals(data), [Code::DuplicateMember]);
}
