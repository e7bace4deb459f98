//! From packages and modules to files: what the `build_py` command copies.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::find::is_identifier;
use super::patterns::{FilePatterns, NamePatterns};
use super::settings::{Globs, Settings, join};
use crate::path::MemberPath;
use crate::read::layout::Placed;
use crate::read::source_tree::SourceTree;

/// How many files are looked at, counted once for each package they lie in. A real project stays
/// far below; a hostile one could put thousands of packages into one folder.
const MOST_VISITS: usize = 5_000_000;

/// Data files that are installed without being named, since setuptools 69.
const IMPLICIT_DATA: [&str; 2] = ["*.pyi", "py.typed"];

/// Which data files of the source distribution `include_package_data` brings.
pub(super) enum Manifest<'a> {
    /// The option is off.
    Nothing,
    /// Those that `SOURCES.txt` lists.
    Listed(&'a HashSet<String>),
    /// Those that `SOURCES.txt` lists, except for Python source: it is in a package or not meant.
    ListedData(&'a HashSet<String>),
    /// All that are there: what a source distribution contains, its `MANIFEST.in` asked for.
    Everything,
}

impl Manifest<'_> {
    fn has(&self, path: &MemberPath) -> bool {
        match self {
            Self::Nothing => false,
            Self::Listed(sources) => sources.contains(path.as_str()),
            Self::ListedData(sources) => {
                path.extension() != Some("py") && sources.contains(path.as_str())
            }
            Self::Everything => true,
        }
    }
}

/// The files that `settings` install, sorted by target, or `None` for settings whose evaluation
/// would take too long.
pub(super) fn files(
    tree: &SourceTree,
    settings: &Settings,
    manifest: &Manifest<'_>,
) -> Option<Vec<Placed>> {
    let mut placed = BTreeMap::new();
    for module in settings.py_modules.iter().flatten() {
        place_module(tree, settings, module, &mut placed);
    }
    let packages = Folders::of(settings);
    let mut visits = 0;
    let owners = packages.owners(tree, &mut visits)?;
    for (package, folder) in &packages.by_name {
        let data = PackageData::of(settings, package);
        let target = package.replace('.', "/");
        for path in tree.below(folder) {
            visits += 1;
            if visits > MOST_VISITS {
                return None;
            }
            let Some(inner) = path.below(folder) else { continue };
            let is_listed = || {
                owners.get(path.as_str()) == Some(&folder.as_str())
                    && manifest.has(path)
                    && !is_module(inner.as_str())
            };
            let is_data = || {
                (data.wanted.is_match(inner.as_str()) || is_listed())
                    && !data.unwanted.is_match(inner.as_str())
            };
            if (is_package_module(&inner) && path.as_str() != "setup.py") || is_data() {
                if let Ok(target) = inner.inside(&target) {
                    placed.entry(target).or_insert_with(|| path.clone());
                }
            }
        }
    }
    Some(placed.into_iter().map(|(target, source)| Placed { target, source }).collect())
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

/// The packages and the folders they lie in, each package once.
struct Folders {
    by_name: BTreeMap<String, String>,
}

impl Folders {
    fn of(settings: &Settings) -> Self {
        let names = settings.packages.iter().flatten();
        Self {
            by_name: names
                .filter_map(|name| Some((name.clone(), settings.source_folder(name)?)))
                .collect(),
        }
    }

    /// For each file the folder of the innermost package around it.
    fn owners<'a>(
        &'a self,
        tree: &'a SourceTree,
        visits: &mut usize,
    ) -> Option<HashMap<&'a str, &'a str>> {
        let mut folders: Vec<&str> = self.by_name.values().map(String::as_str).collect();
        folders.sort_unstable_by_key(|folder| folder.len());
        folders.dedup();
        let mut owners = HashMap::new();
        for folder in folders {
            for path in tree.below(folder) {
                *visits += 1;
                if *visits > MOST_VISITS {
                    return None;
                }
                owners.insert(path.as_str(), folder);
            }
        }
        Some(owners)
    }
}

/// Which data files of one package are installed.
struct PackageData {
    wanted: FilePatterns,
    unwanted: NamePatterns,
}

impl PackageData {
    fn of(settings: &Settings, package: &str) -> Self {
        let wanted = patterns(settings.package_data.as_ref(), package);
        Self {
            wanted: FilePatterns::new(wanted.chain(IMPLICIT_DATA)),
            unwanted: NamePatterns::new(patterns(settings.exclude_package_data.as_ref(), package)),
        }
    }
}

fn patterns<'a>(globs: Option<&'a Globs>, package: &'a str) -> impl Iterator<Item = &'a str> {
    let of_all = globs.and_then(|globs| globs.get(""));
    let own = globs.and_then(|globs| globs.get(package)).filter(|_| !package.is_empty());
    of_all.into_iter().chain(own).flatten().map(String::as_str)
}

/// Whether the file lies directly in its package and is Python source, hidden files left out.
fn is_package_module(inner: &MemberPath) -> bool {
    inner.parent().is_none() && !inner.as_str().starts_with('.') && inner.extension() == Some("py")
}

/// Whether the path is a module that the package's own list has already.
fn is_module(inner: &str) -> bool {
    inner.strip_suffix(".py").is_some_and(is_identifier)
}
