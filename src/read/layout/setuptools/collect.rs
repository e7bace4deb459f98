//! From packages and modules to files: what the `build_py` command copies.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::find::is_identifier;
use super::patterns::{FilePatterns, NamePatterns};
use super::settings::{Globs, Settings, join};
use super::setup_py;
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
    let packages = packages(settings);
    let mut visits = 0;
    let owners = match manifest {
        Manifest::Nothing => HashMap::new(),
        _ => owners(tree, &packages, &mut visits)?,
    };
    let of_all = DataPatterns::of(settings, "");
    for (package, folder) in &packages {
        let own = DataPatterns::of(settings, package);
        let target = package.replace('.', "/");
        for path in tree.below(folder) {
            visits += 1;
            if visits > MOST_VISITS {
                return None;
            }
            let Some(inner) = path.below(folder) else { continue };
            let name = inner.as_str();
            let is_listed = || {
                owners.get(path.as_str()) == Some(&folder.as_str())
                    && manifest.has(path)
                    && !is_listed_module(name)
            };
            let is_data = || {
                (of_all.want(name) || own.want(name) || is_listed())
                    && !of_all.exclude(name)
                    && !own.exclude(name)
            };
            let is_module = is_package_module(&inner) && path.as_str() != setup_py::PATH;
            if (is_module || is_data())
                && let Ok(target) = inner.inside(&target)
            {
                placed.entry(target).or_insert_with(|| path.clone());
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

/// The packages, each once, and the folders they lie in.
fn packages(settings: &Settings) -> BTreeMap<String, String> {
    let names = settings.packages.iter().flatten();
    names.filter_map(|name| Some((name.clone(), settings.source_folder(name)?))).collect()
}

/// For each file the folder of the innermost package around it.
fn owners<'a>(
    tree: &'a SourceTree,
    packages: &'a BTreeMap<String, String>,
    visits: &mut usize,
) -> Option<HashMap<&'a str, &'a str>> {
    let mut folders: Vec<&str> = packages.values().map(String::as_str).collect();
    folders.sort_unstable_by_key(|folder| (folder.len(), *folder));
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

/// The patterns that the settings have for one package, or for all by the empty name.
struct DataPatterns {
    wanted: FilePatterns,
    unwanted: NamePatterns,
}

impl DataPatterns {
    fn of(settings: &Settings, package: &str) -> Self {
        let patterns = |globs: &'_ Option<Globs>| {
            let patterns = globs.as_ref().and_then(|globs| globs.get(package));
            patterns.cloned().unwrap_or_default()
        };
        let mut wanted = patterns(&settings.package_data);
        if package.is_empty() {
            wanted.extend(IMPLICIT_DATA.map(str::to_owned));
        }
        let unwanted = patterns(&settings.exclude_package_data);
        Self {
            wanted: FilePatterns::new(wanted.iter().map(String::as_str)),
            unwanted: NamePatterns::new(unwanted.iter().map(String::as_str)),
        }
    }

    fn want(&self, name: &str) -> bool {
        self.wanted.is_match(name)
    }

    fn exclude(&self, name: &str) -> bool {
        self.unwanted.is_match(name)
    }
}

/// Whether the file lies directly in its package and is Python source, hidden files left out.
fn is_package_module(inner: &MemberPath) -> bool {
    inner.parent().is_none() && !inner.as_str().starts_with('.') && inner.extension() == Some("py")
}

/// Whether the path is a module that the package's own list has already.
fn is_listed_module(inner: &str) -> bool {
    inner.strip_suffix(".py").is_some_and(is_identifier)
}
