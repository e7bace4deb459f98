//! The index that pip uses by default, as its help page names it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cache::{Cache, Key};
use crate::error::{Error, Result};
use crate::program::{Interpreter, Program};

/// Columns of the help page, so that no URL is broken into lines.
const COLUMNS: &str = "1000";

/// Leads to other entries of the cache when pip is asked in another way: the first could ask a
/// `pip.py` of the current folder.
const GENERATION: &[u8] = b"2";

/// The URL that pip of the interpreter `python` takes by default, which is kept in `cache`.
pub(super) fn index_url(python: &Interpreter, cache: &Cache) -> Result<String> {
    let environment = python.environment();
    let python = python.find().ok();
    let key = python.as_ref().and_then(key);
    let kept = key.as_ref().and_then(|key| cache.get(key));
    if let Some(kept) = kept.and_then(|kept| String::from_utf8(kept.to_vec()).ok()) {
        return Ok(kept);
    }
    let isolation = environment.minimal().map_err(Error::io(environment.temporary()))?;
    let module = || python.as_ref().and_then(|python| asked(python.module("pip", &isolation)));
    let program = || asked(environment.find(Path::new("pip")).ok()?.command(&isolation));
    let url = module().or_else(program).ok_or_else(|| Error::Usage {
        message: "no package index is set, and pip, which knows the default index, was not found"
            .to_owned(),
        help: "name one with --index-url or PIP_INDEX_URL".to_owned(),
    })?;
    if let Some(key) = key {
        // A cache that cannot be written to costs time only.
        let _ = cache.put(&key, url.as_bytes());
    }
    Ok(url)
}

/// Stands for this interpreter as it is now, in the environment that it belongs to.
fn key(python: &Program) -> Option<Key> {
    let changed = fs::metadata(python.path()).ok()?.modified().ok()?;
    let changed = changed.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos().to_le_bytes();
    Some(Key::of([GENERATION, python.path().as_os_str().as_encoded_bytes(), &changed]))
}

/// What `pip install --help` says of its default.
fn asked(mut pip: Command) -> Option<String> {
    let output = pip
        // Isolated, it shows what is built in and not what is configured.
        .args(["--isolated", "install", "--help"])
        .env("COLUMNS", COLUMNS)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    in_help(&String::from_utf8_lossy(&output.stdout))
}

fn in_help(text: &str) -> Option<String> {
    let option = text.split_once("--index-url <url>")?.1;
    let default = option.split_once("(default ")?.1;
    let url = default.split([')', ' ', '\n']).next()?;
    url.starts_with("https://").then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Environment;

    #[test]
    fn pip_tells_its_default() {
        let help = "  --pre\n\n  -i, --index-url <url>  Base URL (default\n https://x/simple).\n";
        assert_eq!(
            in_help(&help.replace("\n https", " https")).as_deref(),
            Some("https://x/simple")
        );
        for other in ["", "--index-url <url> Base", "--index-url <url> (default x)"] {
            assert_eq!(in_help(other), None);
        }
    }

    /// An interpreter whose pip has this default, written by another process: while a file is open
    /// for writing in this one, which starts programs in other threads, it cannot be run.
    #[cfg(unix)]
    fn interpreter(folder: &Path) -> Program {
        let path = folder.join("python");
        let script = "#!/bin/sh\n[ \"$*\" = '-m pip --isolated install --help' ] || exit 1\n\
                      echo \"  -i, --index-url <url>  Base URL (default https://x/$COLUMNS).\"\n";
        let write = r#"printf %s "$1" > "$0" && chmod +x "$0""#;
        let environment = Environment::of_tests();
        let shell = environment.find(Path::new("sh")).unwrap();
        let isolation = environment.minimal().unwrap();
        let mut command = shell.command(&isolation);
        assert!(command.arg("-c").arg(write).arg(&path).arg(script).status().unwrap().success());
        environment.find(&path).unwrap()
    }

    #[cfg(unix)]
    fn named(python: &Program) -> Interpreter {
        Interpreter::new(python.path(), python.environment().clone())
    }

    #[cfg(unix)]
    #[test]
    fn pip_of_the_interpreter_is_asked_once() {
        let folder = tempfile::tempdir().unwrap();
        let (python, cache) = (interpreter(folder.path()), Cache::below(folder.path(), "pypi"));
        assert_eq!(index_url(&named(&python), &cache).unwrap(), "https://x/1000");
        let kept = key(&python).unwrap();
        cache.put(&kept, b"https://kept").unwrap();
        assert_eq!(index_url(&named(&python), &cache).unwrap(), "https://kept");
    }

    #[cfg(unix)]
    #[test]
    fn what_pip_of_the_current_folder_may_have_said_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (python, cache) = (interpreter(folder.path()), Cache::below(folder.path(), "pypi"));
        let changed = fs::metadata(python.path()).unwrap().modified().unwrap();
        let changed = changed.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        // As the first version kept it.
        let parts = [python.path().as_os_str().as_encoded_bytes(), &changed.to_le_bytes()];
        cache.put(&Key::of(parts), b"https://evil.example/simple").unwrap();
        let url = index_url(&named(&python), &cache).unwrap();
        assert!(!url.contains("evil"), "{url}");
        assert_eq!(cache.get(&key(&python).unwrap()).unwrap(), url.as_bytes());
    }
}
