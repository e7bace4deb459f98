//! Source distributions around the file that is fuzzed.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use mpconvert::ReadOptions;
use tar::{Builder, Header};

/// Reads a source distribution that has these files beside its metadata and two modules.
pub fn read(files: &[(&str, &[u8])]) {
    let mut tar = Builder::new(Vec::new());
    let metadata = b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n";
    let common: [(&str, &[u8]); 3] =
        [("PKG-INFO", metadata), ("x/__init__.py", b"import y\n"), ("src/y.py", b"")];
    for (path, data) in common.iter().chain(files) {
        let mut header = Header::new_ustar();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        if tar.append_data(&mut header, format!("x-1.0/{path}"), *data).is_err() {
            return;
        }
    }
    if let Ok(tar) = tar.into_inner() {
        read_tar(&tar);
    }
}

/// Reads a source distribution that is this tar archive.
pub fn read_tar(tar: &[u8]) {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    if gzip.write_all(tar).is_ok()
        && let Ok(data) = gzip.finish()
    {
        let _answer = mpconvert::read::read_bytes("x-1.0.tar.gz", data, &ReadOptions::default());
    }
}
