//! From packages and modules to files, as the `build_py` command copies them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::find::is_identifier;
use super::manifest::included::Manifest;
use super::patterns::{FilePatterns, NamePatterns};
use super::script;
use super::settings::{Globs, Settings, join};
use super::work::Work;
use crate::finding::Finding;
use crate::path::MemberPath;
use crate::read::backend::placement::Placed;
use crate::read::source_tree::SourceTree;

/// The cost of looking at a package, in comparisons.
const COST_OF_PACKAGE: usize = 50;

/// Data files that are installed without being named, since setuptools 69.
const IMPLICIT_DATA: [&str; 2] = ["*.pyi", "py.typed"];

/// The files that `settings` install, sorted by target.
///
/// # Errors
/// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) for settings whose evaluation would take too long.
pub(super) fn files(
    tree: &SourceTree,
    settings: &Settings,
    manifest: &Manifest<'_>,
) -> Result<Vec<Placed>, Finding> {
    let mut placed = BTreeMap::new();
    for module in settings.py_modules.iter().flatten() {
        place_module(tree, settings, module, &mut placed);
    }
    let packages = packages(settings);
    let mut work =
        Work::new(tree.comparisons(), "too many packages, or patterns of data files", script::PATH);
    let owners = match manifest {
        Manifest::Nothing => HashMap::new(),
        _ => owners(tree, &packages, &mut work)?,
    };
    let of_all = DataPatterns::of(settings, "");
    for (package, folder) in &packages {
        work.spend(COST_OF_PACKAGE)?;
        let own = DataPatterns::of(settings, package);
        let is_mapped_to_root = settings.is_mapped_to_root(package);
        let target = package.replace('.', "/");
        let patterns = of_all.weight() + own.weight();
        for path in tree.below(folder) {
            work.compare(path.as_str(), patterns)?;
            let Some(inner) = path.below(folder) else { continue };
            let name = inner.as_str();
            let is_listed = || {
                !is_mapped_to_root
                    && owners.get(path.as_str()) == Some(&folder.as_str())
                    && manifest.has(path)
                    && !is_listed_module(name)
            };
            let is_data = || {
                (of_all.want(name) || own.want(name) || is_listed())
                    && !of_all.exclude(name)
                    && !own.exclude(name)
            };
            let is_module = is_package_module(&inner) && path.as_str() != script::PATH;
            if (is_module || is_data())
                && let Ok(target) = inner.inside(&target)
            {
                placed.entry(target).or_insert_with(|| path.clone());
            }
        }
    }
    Ok(placed.into_iter().map(|(target, source)| Placed { target, source }).collect())
}

/// Leaves out the `__init__.py` of the packages that are named, and of those around them, as
/// setuptools does where pip is to install a namespace (`get_exclusions` of its `install_lib`).
pub(super) fn without_namespaces<'a>(
    files: &mut Vec<Placed>,
    namespaces: impl Iterator<Item = &'a String>,
) {
    let names: BTreeSet<String> = namespaces.map(|name| name.replace('.', "/")).collect();
    let is_namespace = |folder: &str| {
        let below = format!("{folder}/");
        let next = names.range(below.clone()..).next();
        names.contains(folder) || next.is_some_and(|name| name.starts_with(&below))
    };
    files.retain(|file| {
        !file.target.as_str().strip_suffix("/__init__.py").is_some_and(is_namespace)
    });
}

fn place_module(
    tree: &SourceTree,
    settings: &Settings,
    module: &str,
    placed: &mut BTreeMap<MemberPath, MemberPath>,
) {
    let (package, name) = module.rsplit_once('.').unwrap_or(("", module));
    let Some(folder) = settings.source_folder(package) else { return };
    let target = package.replace('.', "/");
    // A module brings the package that it lies in.
    let init = (!package.is_empty()).then_some("__init__");
    for name in init.into_iter().chain([name]) {
        let file = format!("{name}.py");
        let source = join(&folder, &file).parse::<MemberPath>();
        let target = join(&target, &file).parse::<MemberPath>();
        if let (Ok(source), Ok(target)) = (source, target)
            && tree.has_file(source.as_str())
        {
            placed.entry(target).or_insert(source);
        }
    }
}

/// The packages, each once, and the folders they lie in.
fn packages(settings: &Settings) -> BTreeMap<String, String> {
    let names = settings.packages.iter().flatten();
    names.filter_map(|name| Some((name.clone(), settings.source_folder(name)?))).collect()
}

/// For each file the folder of the innermost package around it.
fn owners<'a>(
    tree: &'a SourceTree,
    packages: &'a BTreeMap<String, String>,
    work: &mut Work,
) -> Result<HashMap<&'a str, &'a str>, Finding> {
    let mut folders: Vec<&str> = packages.values().map(String::as_str).collect();
    folders.sort_unstable_by_key(|folder| (folder.len(), *folder));
    folders.dedup();
    let mut owners = HashMap::new();
    for folder in folders {
        for path in tree.below(folder) {
            work.compare(path.as_str(), 1)?;
            owners.insert(path.as_str(), folder);
        }
    }
    Ok(owners)
}

/// The patterns that the settings have for one package, or for all by the empty name.
struct DataPatterns {
    wanted: FilePatterns,
    unwanted: NamePatterns,
}

impl DataPatterns {
    fn of(settings: &Settings, package: &str) -> Self {
        let implicit: &[&str] = if package.is_empty() { &IMPLICIT_DATA } else { &[] };
        let wanted = patterns(settings.package_data.as_ref(), package);
        let unwanted = patterns(settings.exclude_package_data.as_ref(), package);
        Self {
            wanted: FilePatterns::new(wanted.chain(implicit.iter().copied())),
            unwanted: NamePatterns::new(unwanted),
        }
    }

    fn weight(&self) -> usize {
        self.wanted.weight() + self.unwanted.weight()
    }

    fn want(&self, name: &str) -> bool {
        self.wanted.is_match(name)
    }

    fn exclude(&self, name: &str) -> bool {
        self.unwanted.is_match(name)
    }
}

fn patterns<'a>(globs: Option<&'a Globs>, package: &str) -> impl Iterator<Item = &'a str> {
    globs.and_then(|globs| globs.get(package)).into_iter().flatten().map(String::as_str)
}

/// Whether the file lies directly in its package and is Python source, hidden files left out.
fn is_package_module(inner: &MemberPath) -> bool {
    inner.parent().is_none() && !inner.as_str().starts_with('.') && inner.extension() == Some("py")
}

/// Whether the path is a module that the package's own list has already.
fn is_listed_module(inner: &str) -> bool {
    inner.strip_suffix(".py").is_some_and(is_identifier)
}
