//! `find_packages` and `find_namespace_packages`, as files and `setup.py` call them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::patterns::NamePatterns;
use super::settings::{join, normal};
use crate::limits::TooMuchWork;
use crate::read::source_tree::SourceTree;

/// Packages that lie deeper are not looked for. Their names are beyond what devices take, and the
/// number of folders of a hostile tree could grow with the square of its size.
const MAX_DEPTH: usize = 64;

/// Which folders are packages, and which of them are wanted.
pub(super) struct Search {
    /// Patterns of wanted names.
    pub include: NamePatterns,
    /// Patterns of unwanted names.
    pub exclude: NamePatterns,
    /// Whether a folder without `__init__.py` is a package too.
    pub namespaces: bool,
    /// Which dotted names can be packages at all.
    pub is_package_name: fn(&str) -> bool,
}

impl Search {
    /// A search as projects ask for it.
    pub fn new<'a>(
        include: impl IntoIterator<Item = &'a str>,
        exclude: impl IntoIterator<Item = &'a str>,
        namespaces: bool,
    ) -> Self {
        // The finders of setuptools' `discovery.py` always leave these out.
        let never = ["ez_setup", "*__pycache__"];
        Self {
            include: NamePatterns::new(include),
            exclude: NamePatterns::new(never.into_iter().chain(exclude)),
            namespaces,
            is_package_name: |_| true,
        }
    }

    /// A search for everything.
    pub fn all(namespaces: bool) -> Self {
        Self::new(["*"], [], namespaces)
    }

    /// The dotted names of the packages in `folder`, sorted; none where looking for them takes too
    /// long, which then is known from the tree's budget.
    pub fn run(&self, tree: &SourceTree, folder: &str) -> Vec<String> {
        self.search(tree, folder).unwrap_or_default()
    }

    fn search(&self, tree: &SourceTree, folder: &str) -> Result<Vec<String>, TooMuchWork> {
        let mut entered: HashSet<&str> = HashSet::new();
        let mut found = Vec::new();
        let candidates = self.candidates(tree, folder)?;
        let weight = 2 + self.include.weight() + self.exclude.weight();
        // A name sorts behind the names that it begins with, hence behind its parent.
        for name in &candidates {
            let is_reachable =
                name.rsplit_once('.').is_none_or(|(parent, _)| entered.contains(parent));
            if !is_reachable || !(self.is_package_name)(name) {
                continue;
            }
            tree.comparisons().charge(weight * (2 + name.len() / 16))?;
            if self.include.is_match(name) && !self.exclude.is_match(name) {
                found.push(name.clone());
            }
            let is_pruned =
                self.exclude.has(&format!("{name}*")) || self.exclude.has(&format!("{name}.*"));
            if !is_pruned {
                entered.insert(name);
            }
        }
        Ok(found)
    }

    /// The dotted names of all folders that look like packages.
    fn candidates(&self, tree: &SourceTree, folder: &str) -> Result<BTreeSet<String>, TooMuchWork> {
        let mut names = BTreeSet::new();
        for path in tree.below(folder).filter_map(|path| path.below(folder)) {
            tree.comparisons().charge(1)?;
            let Some(parent) = path.parent() else { continue };
            if self.namespaces {
                add_folders(&mut names, parent);
            } else if path.file_name() == "__init__.py" && !parent.contains('.') {
                names.insert(parent.replace('/', "."));
            }
        }
        Ok(names)
    }
}

/// Adds `folder` and the folders it lies in, down to the first whose name has a dot in it.
fn add_folders(names: &mut BTreeSet<String>, folder: &str) {
    let parts: Vec<&str> =
        folder.split('/').take_while(|part| !part.contains('.')).take(MAX_DEPTH).collect();
    for count in (1..=parts.len()).rev() {
        let is_new = parts.get(..count).is_some_and(|parts| names.insert(parts.join(".")));
        if !is_new {
            break;
        }
    }
}

/// Searches several folders, as the tables of configuration files ask for it, and notes in
/// `package_dir` where the packages lie (`find_packages` of setuptools' `config/expand.py`).
pub(super) fn in_folders(
    tree: &SourceTree,
    folders: &[String],
    search: &Search,
    package_dir: &mut BTreeMap<String, String>,
) -> Vec<String> {
    let folders: BTreeSet<String> = folders.iter().filter_map(|folder| normal(folder)).collect();
    if let (1, Some(only)) = (folders.len(), folders.first())
        && !only.is_empty()
    {
        package_dir.entry(String::new()).or_insert_with(|| only.clone());
    }
    let mut packages = Vec::new();
    for folder in &folders {
        let found = search.run(tree, folder);
        let is_default = package_dir.get("").and_then(|root| normal(root)).as_ref() == Some(folder);
        if !is_default && !folder.is_empty() {
            for package in without_nested(&found) {
                package_dir.insert(package.to_owned(), join(folder, &package.replace('.', "/")));
            }
        }
        packages.extend(found);
    }
    packages
}

/// The names that lie in none of the other packages of the sorted list.
pub(super) fn without_nested(packages: &[String]) -> Vec<&str> {
    let all: HashSet<&str> = packages.iter().map(String::as_str).collect();
    let has_parent =
        |name: &str| name.match_indices('.').any(|(dot, _)| all.contains(&name[..dot]));
    packages.iter().map(String::as_str).filter(|name| !has_parent(name)).collect()
}

/// Whether `name` can stand in an `import` statement.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
}

/// The stems of the `.py` files directly in `folder` that can be imported.
pub(super) fn modules(tree: &SourceTree, folder: &str) -> Vec<String> {
    tree.below(folder)
        .filter_map(|path| path.below(folder))
        .filter(|path| path.parent().is_none())
        .filter_map(|path| path.as_str().strip_suffix(".py").map(str::to_owned))
        .filter(|stem| is_identifier(stem))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::setuptools::layout::tests::tree;

    #[test]
    fn packages_need_an_init_file_all_the_way_up() {
        let tree = tree(&[
            "a/__init__.py",
            "a/B/__init__.py",
            "a/data/x.py",
            "a/data/deep/__init__.py",
            "b.c/__init__.py",
            "__pycache__/__init__.py",
            "n/x.py",
        ]);
        assert_eq!(Search::all(false).run(&tree, ""), ["a", "a.B"]);
        assert_eq!(Search::all(true).run(&tree, ""), ["a", "a.B", "a.data", "a.data.deep", "n"]);
        assert_eq!(Search::all(true).run(&tree, "a"), ["B", "data", "data.deep"]);
    }

    #[test]
    fn excluded_packages_are_still_searched() {
        let tree = tree(&["a/__init__.py", "a/b/__init__.py", "t/__init__.py", "t/u/__init__.py"]);
        let search = |exclude: &[&'static str]| {
            Search::new(["*"], exclude.iter().copied(), false).run(&tree, "")
        };
        assert_eq!(search(&["a"]), ["a.b", "t", "t.u"]);
        assert_eq!(search(&["t", "t.*"]), ["a", "a.b"]);
        assert_eq!(search(&["*"]), Vec::<String>::new());
    }

    #[test]
    fn several_folders_are_mapped_package_by_package() {
        let tree = tree(&["x/a/__init__.py", "x/a/b/__init__.py", "y/c/__init__.py"]);
        let mut folders = BTreeMap::new();
        let wheres = ["x".to_owned(), "y/".to_owned()];
        let found = in_folders(&tree, &wheres, &Search::all(true), &mut folders);
        assert_eq!(found, ["a", "a.b", "c"]);
        let expected = [("a", "x/a"), ("c", "y/c")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(folders, BTreeMap::from(expected));
    }

    #[test]
    fn deep_trees_do_not_explode() {
        let deep = format!("{}x.py", "a/".repeat(30_000));
        assert_eq!(Search::all(true).run(&tree(&[&deep]), "").len(), MAX_DEPTH);
    }
}
