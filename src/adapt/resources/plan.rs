//! Which resource modules a payload gets, and which of its files they replace.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashSet};

use super::module::{MAX_RESOURCES_SIZE, resource_module};
use super::packages::{Packages, is_importable};
use super::{RESOURCES, Resources, is_resource};
use crate::finding::{Code, Finding};
use crate::package::{File, Origin};
use crate::path::{MemberPath, PathError};

/// The plan for the resources of a payload.
#[derive(Default)]
pub(super) struct Plan {
    /// Modules that are not there yet.
    pub(super) made: Vec<File>,
    /// Files that are in a module.
    pub(super) replaced: HashSet<MemberPath>,
    pub(super) findings: Vec<Finding>,
}

impl Plan {
    /// The plan for `files`, which are sorted by path.
    pub(super) fn new(files: &[File], settings: &Resources) -> Self {
        let mut plan = Self::default();
        let resources: Vec<&File> = files.iter().filter(|file| is_resource(file)).collect();
        let folders = plan.folders(files, &resources, settings.mode.per_package);
        let all = folders.iter().flat_map(|folder| below(&resources, folder));
        let size: usize = all.map(|file| file.path.as_str().len() + file.data.len()).sum();
        if size > MAX_RESOURCES_SIZE {
            let finding = Finding::new(Code::ResourcesTooLarge, format!("{size} bytes"))
                .expected(format!("at most {MAX_RESOURCES_SIZE} bytes to make modules of"));
            plan.findings.push(finding);
            return plan;
        }
        let mut kept = HashSet::new();
        for folder in folders {
            let inside = below(&resources, folder);
            match module(folder, inside, files) {
                Ok(module) => {
                    plan.findings.extend(too_large(&module, settings.max_size));
                    plan.replaced.extend(inside.iter().map(|file| file.path.clone()));
                    if find(files, module.path.as_str()).is_none() {
                        plan.made.push(module);
                    }
                }
                Err(finding) => {
                    plan.findings.push(finding);
                    kept.extend(folder.split('/').next());
                }
            }
        }
        // One that is kept may hold less than it should, and may be what a lookup comes to.
        plan.replaced.retain(|path| path.parts().next().is_none_or(|top| !kept.contains(top)));
        plan
    }

    /// The folders that are to have a module.
    fn folders<'a>(
        &mut self,
        files: &[File],
        resources: &[&'a File],
        per_package: bool,
    ) -> BTreeSet<&'a str> {
        let packages = Packages::of(files);
        let (mut folders, mut homeless) = (BTreeSet::new(), BTreeSet::new());
        for file in resources {
            match packages.home(&file.path) {
                Some(home) if is_importable(home) => folders.insert(home),
                Some(home) => homeless.insert((home, "a folder with a dot in its name")),
                None => homeless.insert((file.path.as_str(), "a file at the root")),
            };
            if per_package {
                folders.extend(packages.innermost(&file.path).filter(|path| is_importable(path)));
            }
        }
        let finding = |(path, found)| Finding::new(Code::NoResourceModule, found).at(path);
        self.findings.extend(homeless.into_iter().map(finding));
        folders
    }
}

/// The module of `folder` with the resources `inside`, or why the project's own stays.
fn module(folder: &str, inside: &[&File], files: &[File]) -> Result<File, Finding> {
    let kept = |path: String, found| Err(Finding::new(Code::ResourceModuleKept, found).at(path));
    let package = format!("{folder}/R");
    if !below(files, &package).is_empty() {
        return kept(package, "a folder that is imported instead of `R.py`");
    }
    let compiled = format!("{folder}/R.mpy");
    if find(files, &compiled).is_some() {
        return kept(compiled, "a compiled module");
    }
    let path = format!("{folder}/R.py");
    let name_start = folder.len() + "/".len();
    let resources = inside.iter().map(|file| (&file.path.as_str()[name_start..], &file.data[..]));
    let text = resource_module(resources);
    if find(files, &path).is_some_and(|own| own.data != text) {
        return kept(path, "a resource module with different content");
    }
    let path = path
        .parse()
        .map_err(|fault: PathError| Finding::new(Code::UnsafePath, fault.to_string()).at(&path))?;
    Ok(File { path, data: text.into(), origin: Origin::Generated { by: RESOURCES } })
}

fn too_large(module: &File, max_size: u64) -> Option<Finding> {
    (module.data.len() as u64 > max_size).then(|| {
        Finding::new(Code::ResourcesTooLarge, format!("a module of {} bytes", module.data.len()))
            .at(module.path.as_str())
            .expected(format!("at most {max_size} bytes"))
    })
}

/// Those of the sorted `files` that lie below `folder`.
fn below<'a, F: Borrow<File>>(files: &'a [F], folder: &str) -> &'a [F] {
    let first = format!("{folder}/");
    let start = files.partition_point(|file| file.borrow().path.as_str() < first.as_str());
    let rest = &files[start..];
    &rest[..rest.partition_point(|file| file.borrow().path.as_str().starts_with(&first))]
}

/// The one of the sorted `files` at `path`.
fn find<'a>(files: &'a [File], path: &str) -> Option<&'a File> {
    files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|place| &files[place])
}
