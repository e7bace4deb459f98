//! Local packages by name.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::GatherOptions;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::ops::gather::Local;
use crate::read::Input;
use crate::{file, package};

/// All local packages, by their normalized names.
pub(super) type LocalArchives = BTreeMap<String, Local>;

/// Checks that the package can be installed.
///
/// # Errors
/// [`Error::Refused`] with all findings about its files.
pub(super) fn installable(local: Local) -> Result<Local> {
    let findings = package::installable(&local.package);
    local.checked(findings)
}

/// Verifies the archives of the package, if there are hashes for its project.
pub(super) fn verified(mut local: Local, input: &Input, options: &GatherOptions) -> Result<Local> {
    let name = normalized_name(&local.package.name);
    let projects = options.projects.as_ref();
    if let Some(projects) = projects.filter(|projects| projects.asked().hashes.has(&name))
        && let Input::Archives(paths) = input
    {
        for path in paths {
            let data = file::read(path, options.convert.read.limits.max_size);
            let data = Bytes::from(data.map_err(Error::io(path))?);
            let file_name = path.file_name().unwrap_or_default().to_string_lossy();
            projects.check(&name, &file_name, &sha256(&data), || Ok(data.clone()))?;
        }
        local.has_hash = true;
    }
    Ok(local)
}

/// The packages by name. Packages with the same name share their extras; of several versions the highest
/// is kept, with a finding.
pub(super) fn by_name(all: Vec<Local>, findings: &mut Vec<Finding>) -> LocalArchives {
    let mut locals = LocalArchives::new();
    for mut local in all {
        let name = normalized_name(&local.package.name);
        let Some(known) = locals.get_mut(&name) else {
            locals.insert(name, local);
            continue;
        };
        known.options.extras.extend(local.options.extras.iter().cloned());
        known.has_hash &= local.has_hash;
        if is_same(known, &local) {
            continue;
        }
        let mut versions = [&known.package.version, &local.package.version];
        versions.sort();
        let found = format!("the versions {} and {}", versions[0], versions[1]);
        let finding = Finding::new(Code::VersionsCollide, found).at(&local.package.name);
        findings.push(finding.expected("one version"));
        if local.package.version > known.package.version {
            local.options.extras = std::mem::take(&mut known.options.extras);
            locals.insert(name, local);
        }
    }
    locals
}

/// Whether two packages with the same name install the same files.
fn is_same(one: &Local, other: &Local) -> bool {
    let files = |local: &Local| -> Vec<_> {
        local.package.files.iter().map(|file| (file.path.clone(), file.data.clone())).collect()
    };
    one.package.version == other.package.version && files(one) == files(other)
}
