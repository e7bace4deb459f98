//! Runs of the program under limits that the system enforces.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::fixtures::{File, metadata, tar_gz};

/// Seconds of processor time for one run. A build without optimisation is at most six times as slow.
const SECONDS: u32 = if cfg!(debug_assertions) { 12 } else { 2 };

/// Megabytes of address space for one run, beside what its input unpacks to: 200 of memory, and the
/// program itself with the stacks of its threads.
const MEGABYTES: usize = 300;

/// How a run ended.
pub struct Ended {
    /// What it wrote to stdout and stderr.
    pub text: String,
    /// Its exit code.
    pub code: i32,
}

/// Runs the program with these arguments in a folder of its own, with a file of this name and
/// content there, and `unpacked` bytes of memory more than others. One that is stopped by a limit, or
/// panics, fails the test.
pub fn run(name: &str, data: &[u8], unpacked: usize, arguments: &[&str]) -> Ended {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), data).unwrap();
    run_in(folder.path(), unpacked, arguments)
}

/// The same in a folder that is there.
pub fn run_in(folder: &Path, unpacked: usize, arguments: &[&str]) -> Ended {
    let kilobytes = MEGABYTES * 1024 + unpacked / 1024;
    let script = format!("ulimit -t {SECONDS} && ulimit -v {kilobytes} && exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_mpconvert")])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("MPCONVERT_CACHE", folder.join("cache"))
        // Threads reserve address space that they never use.
        .env("RAYON_NUM_THREADS", "1")
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let start: String = text.chars().take(2000).collect();
    let code = output.status.code();
    assert!(code.is_some_and(|code| code <= 2), "{arguments:?}: {}: {start}", output.status);
    assert!(!text.contains("panicked") && !text.contains("ulimit"), "{start}");
    Ended { text, code: code.unwrap() }
}

/// Inspects a source distribution with these files beside its metadata and one module.
pub fn inspect_sdist(files: &[(&str, &[u8])]) -> Ended {
    let info = metadata("foo", "1.0", "");
    let noise = noise(60_000);
    let mut members = vec![
        ("foo-1.0/PKG-INFO".to_owned(), info.as_bytes()),
        ("foo-1.0/foo/__init__.py".to_owned(), &b""[..]),
        ("foo-1.0/noise".to_owned(), &noise),
    ];
    members.extend(files.iter().map(|(path, data)| (format!("foo-1.0/{path}"), *data)));
    let members: Vec<_> = members.iter().map(|(path, data)| File(path, data)).collect();
    let unpacked = members.len() * 1024 + files.iter().map(|(_, data)| data.len()).sum::<usize>();
    run("foo-1.0.tar.gz", &tar_gz(&members), unpacked, &["inspect", "foo-1.0.tar.gz"])
}

/// Bytes that no compressor makes smaller, so that no ratio is too high.
pub fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(&mut next).take(size).collect()
}
