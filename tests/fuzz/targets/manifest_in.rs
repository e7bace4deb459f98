//! MANIFEST.in of setuptools.

#![no_main]

#[path = "../sdist/mod.rs"]
mod sdist;

const SETUP: &[u8] =
    b"from setuptools import setup\nsetup(packages=['x'], include_package_data=True)\n";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    sdist::read(&[
        ("setup.py", SETUP),
        ("MANIFEST.in", data),
        ("x/a.txt", b""),
        ("x/b/c.dat", b""),
    ]);
});
