//! Whatever bytes come in: an answer, in bounded time and memory, and never a panic.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use mpconvert::Error;
use mpconvert::ops::convert_bytes;
use mpconvert::options::ConvertOptions;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fixtures::{File, PURE, Symlink, metadata, tar_gz, wheel, zip};

const CODE: &[u8] = b"import machine\n";

/// Archives of each kind, with something in them for every reader.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let info = metadata("x", "1.0", "Requires-Dist: a[b]>=1; extra == 'c'\n");
    let setup = b"from setuptools import setup, find_packages\nsetup(packages=find_packages())\n";
    let sdist = [
        ("x-1.0/PKG-INFO", info.as_bytes()),
        ("x-1.0/setup.py", &setup[..]),
        ("x-1.0/setup.cfg", b"[options]\npy_modules = y\n"),
        ("x-1.0/pyproject.toml", b"[project]\nname = 'x'\ndependencies = ['a']\n"),
        ("x-1.0/x.egg-info/requires.txt", b"a\n[c]\nb\n"),
        ("x-1.0/x/__init__.py", CODE),
    ];
    let mut members: Vec<_> = sdist.iter().map(|(path, data)| File(path, data)).collect();
    members.push(Symlink("x-1.0/x/link.py", "__init__.py"));
    vec![
        ("x-1.0.tar.gz", tar_gz(&members)),
        ("x-1.0.zip", zip(&sdist)),
        ("x-1.0-py3-none-any.whl", wheel("x", "1.0", PURE, "", &[("x/__init__.py", CODE)])),
    ]
}

/// Converts, and gives the code of the refusal if there is one.
fn convert(name: &str, data: Vec<u8>) -> Option<String> {
    match convert_bytes(name, data, &ConvertOptions::default()) {
        Ok(_) => None,
        Err(error @ Error::Refused { .. }) => Some(error.to_string()),
        Err(error) => panic!("an archive in memory cannot fail by {error:?}"),
    }
}

#[test]
fn samples_are_good() {
    for (name, data) in samples() {
        assert_eq!(convert(name, data), None, "{name}");
    }
}

#[test]
fn a_hundred_notes_hide_no_refusal() {
    let info = metadata("x", "1.0", "");
    let mut members: Vec<_> =
        std::iter::repeat_with(|| File("x-1.0/PKG-INFO", info.as_bytes())).take(103).collect();
    members.extend([File("x-1.0/x.py", CODE), File("x-1.0/x.py", b"import other\n")]);
    let refusal = convert("x-1.0.tar.gz", tar_gz(&members));
    assert!(refusal.is_some_and(|text| text.contains("x-1.0/x.py")));
}

#[test]
fn endless_paths_are_refused() {
    let info = metadata("x", "1.0", "");
    for end in ["x".repeat(1000), "x/".repeat(100) + "y"] {
        let path = format!("x-1.0/{end}.py");
        let members = [("x-1.0/PKG-INFO", info.as_bytes()), ("x-1.0/x.py", CODE), (&path, CODE)];
        let refusal = convert("x-1.0.zip", zip(&members)).unwrap();
        assert!(refusal.contains(&path[..100]) && !refusal.contains(&path[..101]), "{refusal}");
    }
}

fn change(data: &mut [u8], changes: &[(prop::sample::Index, u8)]) {
    for (place, value) in changes {
        data[place.index(data.len())] = *value;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn changed_archives_get_an_answer(
        sample in 0..3_usize,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let (name, mut data) = samples().swap_remove(sample);
        change(&mut data, &changes);
        convert(name, data);
    }

    #[test]
    fn changed_tars_get_an_answer(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let (name, data) = samples().swap_remove(0);
        let mut tar = Vec::new();
        GzDecoder::new(&data[..]).read_to_end(&mut tar).unwrap();
        // The tail is zeros only.
        tar.truncate(tar.len() - 1024);
        change(&mut tar, &changes);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&tar).unwrap();
        convert(name, gzip.finish().unwrap());
    }

    #[test]
    fn changed_texts_get_an_answer(
        sample in 0..5_usize,
        changes in vec((any::<prop::sample::Index>(), "[ -~\\n\\[\\](){}'\"=;,*]"), 1..12),
    ) {
        let texts: [(&str, &str); 5] = [
            ("setup.py", "from setuptools import setup\nsetup(packages=['x'], package_data={'': ['*.txt']})\n"),
            ("setup.cfg", "[options]\npackages = find:\n[options.packages.find]\nwhere = src\n"),
            ("pyproject.toml", "[tool.poetry]\nname = 'x'\npackages = [{include = 'x', from = 'src'}]\n"),
            ("pyproject.toml", "[build-system]\nbuild-backend = 'hatchling.build'\n[tool.hatch.build.targets.wheel]\ninclude = ['/x/**/*.py']\n"),
            ("x.egg-info/requires.txt", "a>=1,<2\n[c:python_version<'3']\nb[d]==1.*\n"),
        ];
        let (path, text) = texts[sample];
        let mut text: Vec<char> = text.chars().collect();
        for (place, value) in changes {
            let place = place.index(text.len());
            text.splice(place..=place, value.chars());
        }
        let text: String = text.into_iter().collect();
        let info = metadata("x", "1.0", "");
        let path = format!("x-1.0/{path}");
        let members = [
            File("x-1.0/PKG-INFO", info.as_bytes()),
            File(&path, text.as_bytes()),
            File("x-1.0/x/__init__.py", CODE),
            File("x-1.0/src/x/__init__.py", CODE),
        ];
        convert("x-1.0.tar.gz", tar_gz(&members));
    }

    #[test]
    fn noise_is_refused(data in vec(any::<u8>(), 0..4096)) {
        prop_assert!(convert("x-1.0.tar.gz", data).is_some());
    }
}
