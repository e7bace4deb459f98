//! The project's own build, run only where the user asks for it.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bytes::Bytes;

use super::archive::{self, WHEEL_SUFFIX};
use super::distribution::Distribution;
use super::limits::Limits;
use super::source_tree::SourceTree;
use super::wheel;
use crate::file;
use crate::finding::{Code, Finding};
use crate::program::Interpreter;

/// The wheel that `python -m build` makes of `tree` in an isolated environment (PEP 517). The
/// build's own output goes to stderr.
///
/// # Errors
/// All findings, at least one of them an error.
pub(super) fn wheel(
    name: &str,
    tree: &SourceTree,
    root: &str,
    python: &Interpreter,
    limits: Limits,
) -> Result<Distribution, Vec<Finding>> {
    let unpacked = || {
        let scratch = python.environment().scratch()?;
        // Some projects read their version off the name of the folder.
        let source = scratch.path().join(root);
        unpack(tree, &source)?;
        io::Result::Ok((scratch, source))
    };
    let (_scratch, source) = unpacked().map_err(|error| vec![failed(name, error.to_string())])?;
    in_place(&source, name, python, limits)
}

/// The wheel that `python -m build` makes of the project in `folder`: there and not in a copy, since
/// a build may look at the repository around it. The wheel goes to a folder of its own; what else
/// lies in `folder` afterwards was left by the project's build tool.
///
/// # Errors
/// All findings, at least one of them an error.
pub(super) fn in_place(
    folder: &Path,
    name: &str,
    python: &Interpreter,
    limits: Limits,
) -> Result<Distribution, Vec<Finding>> {
    let built = run(folder, python, limits).map_err(|reason| vec![failed(name, reason)])?;
    let (file_name, data) = built;
    wheel::read(archive::read(&file_name, &data, limits)?)
}

fn failed(name: &str, reason: String) -> Finding {
    Finding::new(Code::BuildFailed, reason).at(name).expected("one wheel")
}

/// Builds, and gives the wheel's name and content, or why there is none.
fn run(source: &Path, python: &Interpreter, limits: Limits) -> Result<(String, Bytes), String> {
    let text = |error: io::Error| error.to_string();
    let environment = python.environment();
    let dist = environment.scratch().map_err(text)?;
    let does_not_run =
        |error: io::Error| format!("{} does not run: {error}", python.name().display());
    let program = python.find().map_err(does_not_run)?;
    // Which variables a project's build looks at is not known.
    let isolation = environment.inherited().map_err(text)?;
    let status = program
        .module("build", &isolation)
        .args(["--wheel", "--outdir"])
        .args([dist.path(), &environment.absolute(source).map_err(text)?])
        .stdin(Stdio::null())
        // Data alone goes to stdout, and this is none.
        .stdout(io::stderr())
        .status()
        .map_err(does_not_run)?;
    if !status.success() {
        return Err(format!("{} -m build ended with {status}", python.name().display()));
    }
    let wheels = wheels_in(dist.path()).map_err(text)?;
    let [path] = &wheels[..] else { return Err(format!("{} wheels", wheels.len())) };
    let mut data = Vec::new();
    let file = file::open(path).map_err(text)?;
    file.take(limits.max_size.saturating_add(1)).read_to_end(&mut data).map_err(text)?;
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((file_name, data.into()))
}

fn wheels_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let is_wheel = |path: &PathBuf| path.to_string_lossy().ends_with(WHEEL_SUFFIX);
    paths.filter(|path| path.as_ref().map_or(true, is_wheel)).collect()
}

fn unpack(tree: &SourceTree, folder: &Path) -> io::Result<()> {
    for path in tree.paths() {
        let target = folder.join(path.as_str());
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&target, tree.get(path.as_str()).unwrap_or(&Bytes::new()))?;
    }
    Ok(())
}
