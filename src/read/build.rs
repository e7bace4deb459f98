//! The project's own build, run only where the user asks for it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use bytes::Bytes;

use super::archive;
use super::distribution::Content;
use super::limits::Limits;
use super::source_tree::SourceTree;
use super::wheel;
use crate::check::{Code, Finding};
use crate::package::File;

/// The payload of the wheel that `python -m build` makes of `tree` in an isolated environment
/// (PEP 517). The build's own output goes to stderr.
///
/// # Errors
/// All findings, where at least one is a refusal.
pub(super) fn payload(
    name: &str,
    tree: &SourceTree,
    python: &Path,
    limits: Limits,
) -> Result<(Vec<File>, Vec<Finding>), Vec<Finding>> {
    let failed = |reason: String| {
        vec![Finding::new(Code::BuildFailed, reason).at(name).expected("a pure wheel")]
    };
    let scratch = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    let (source, dist) = (scratch.path().join("source"), scratch.path().join("dist"));
    unpack(tree, &source).map_err(|error| failed(error.to_string()))?;
    let status = Command::new(python)
        .args(["-m", "build", "--wheel", "--outdir"])
        .args([&dist, &source])
        .stdin(Stdio::null())
        // Data alone goes to stdout, and this is none.
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| failed(format!("{} does not run: {error}", python.display())))?;
    if !status.success() {
        return Err(failed(format!("{} -m build ended with {status}", python.display())));
    }
    let built = fs::read_dir(&dist)
        .ok()
        .and_then(|mut entries| entries.next())
        .and_then(Result::ok)
        .ok_or_else(|| failed("no wheel".to_owned()))?;
    let data = fs::read(built.path()).map_err(|error| failed(error.to_string()))?;
    let file_name = built.file_name().to_string_lossy().into_owned();
    let wheel = wheel::read(archive::read(&file_name, &Bytes::from(data), limits)?)?;
    let mut findings = wheel.findings;
    if let Content::Wheel { files, platform: None } = wheel.content {
        return Ok((files, findings));
    }
    findings.push(
        Finding::new(Code::NativeCode, "a wheel for one platform came out of the build")
            .at(file_name),
    );
    Err(findings)
}

fn unpack(tree: &SourceTree, folder: &Path) -> std::io::Result<()> {
    for path in tree.paths() {
        let target = folder.join(path.as_str());
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&target, tree.get(path.as_str()).unwrap_or(&Bytes::new()))?;
    }
    Ok(())
}
