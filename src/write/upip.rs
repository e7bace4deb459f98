//! Archives for upip, MicroPython's first installer.

use super::pip;
use super::sink::Sink;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::package::{self, Package};
use crate::path::MemberPath;
use crate::requirement::egg_info;
use crate::translate::DependencyOptions;
use crate::translate::upip::bare_names;

/// Options for an archive for upip.
#[derive(Clone, Debug, Default)]
pub struct UpipOptions {
    /// Which dependencies are wanted, and by which names.
    pub dependencies: DependencyOptions,
    /// Whether `pip install` accepts the archive, too.
    pub pip_installable: bool,
}

/// An archive that was written for upip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upip {
    /// The names in `requires.txt`.
    pub requires: Vec<String>,
    /// The members in their order, with the root folder.
    pub members: Vec<MemberPath>,
    /// Findings: constraints that are lost, names that collide.
    pub findings: Vec<Finding>,
}

/// Writes `package` to `sink` in the layout that upip installs: everything below one folder
/// `{name}-{version}/`, metadata in files that upip skips, dependencies as bare names in
/// `{name}.egg-info/requires.txt` (`_.egg-info` for a long name), and the payload. For `pip install`, `setup.cfg` and `setup.py`
/// describe the same package to setuptools.
///
/// # Errors
/// [`Error::Refused`] for a finding that refuses it (nothing is written then), [`Error::Io`] if
/// the sink fails.
///
/// ```no_run
/// use mpconvert::write::{TarGz, UpipOptions, upip};
///
/// let package = mpconvert::read("dist/foo_bar-0.1.0.tar.gz")?;
/// let mut archive = TarGz::new(Vec::new(), 0)?;
/// let written = upip(&package, &UpipOptions::default(), &mut archive)?;
/// assert_eq!(written.requires, ["micropython-logging"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn upip(package: &Package, options: &UpipOptions, sink: &mut impl Sink) -> Result<Upip> {
    let wanted = options.dependencies.clone().providing(&package.metadata.provides_extra);
    let bare = bare_names(&package.requirements, &package.name, &wanted);
    let root = package.file_stem();
    let requires_path = (!bare.names.is_empty()).then(|| package.requires_path());

    let mut findings = package::payload(package);
    findings.extend(requires_path.iter().filter_map(|path| package::too_long(&root, path)));
    if package.findings.iter().chain(&findings).any(Finding::is_error) {
        let mut all = package.findings.clone();
        all.append(&mut findings);
        return Err(Error::Refused { input: package.name.clone(), findings: all });
    }
    findings.extend(bare.findings);

    let for_pip = options.pip_installable.then(|| pip::setup_cfg(package));
    findings.extend(for_pip.iter().flat_map(|(_, findings)| findings.iter().cloned()));

    let version = package.version.to_string();
    let mut members = Vec::new();
    let mut put = |path: String, data: &[u8]| {
        let path: MemberPath = path.parse().map_err(|fault: crate::PathError| {
            std::io::Error::new(std::io::ErrorKind::InvalidInput, fault)
        })?;
        sink.file(&path, data)?;
        members.push(path);
        Ok(())
    };
    let mut put_all = || -> std::io::Result<()> {
        let metadata = &package.metadata;
        put(format!("{root}/PKG-INFO"), metadata.to_pkg_info(&package.name, &version).as_bytes())?;
        put(
            format!("{root}/{}/PKG-INFO", package.egg_info()),
            metadata.to_egg_info(&package.name, &version).as_bytes(),
        )?;
        if let Some(path) = &requires_path {
            let text = egg_info::requires_txt(&bare.names);
            put(format!("{root}/{path}"), text.as_bytes())?;
        }
        if let Some((text, _)) = &for_pip {
            put(format!("{root}/setup.cfg"), text.as_bytes())?;
            put(format!("{root}/setup.py"), pip::SETUP_PY.as_bytes())?;
        }
        package.files.iter().try_for_each(|file| put(format!("{root}/{}", file.path), &file.data))
    };
    put_all().map_err(Error::io(&root))?;
    Ok(Upip { requires: bare.names, members, findings })
}
