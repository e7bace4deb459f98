//! The layout of projects that hatchling builds (hatchling's `builders/config.py`,
//! `builders/wheel.py` and `builders/plugin/interface.py`).

use std::collections::BTreeSet;

use super::config::Config;
use crate::finding::{Code, Finding};
use crate::path::inside;
use crate::read::backend::pattern::{Ignore, check_work, check_work_on};
use crate::read::backend::placement::{Layout, LayoutBuilder};
use crate::read::repository::RepositoryContext;
use crate::read::source_tree::SourceTree;

/// Folders that hatchling never enters.
const SKIPPED_FOLDERS: &[&str] = &[
    "__pycache__",
    ".venv",
    ".git",
    ".hg",
    ".hatch",
    ".tox",
    ".nox",
    ".ruff_cache",
    ".pytest_cache",
    ".mypy_cache",
    ".pixi",
];

/// Files that hatchling never takes.
const SKIPPED_FILES: &[&str] = &[".DS_Store", ".git"];

/// The install layout by hatchling's rules; `None` if they give no file.
///
/// A `.gitignore` or `.hgignore` counts as it does for hatchling, tracked or not.
///
/// # Errors
/// [`Code::InvalidConfiguration`] if `pyproject.toml` or `hatch.toml` cannot be read.
pub(crate) fn layout(tree: &SourceTree, project_name: &str) -> Result<Option<Layout>, Finding> {
    let Some(config) = Config::read(tree, project_name)? else { return Ok(None) };
    let wheel = Wheel::new(tree, &config)?;
    let mut placement = LayoutBuilder::default();
    if config.explicit.is_empty() {
        wheel.add_selected(&mut placement)?;
    }
    for source in &config.explicit {
        wheel.add_explicit(source, &mut placement)?;
    }
    wheel.add_forced(&mut placement)?;
    for hook in &config.hooks {
        if hook.path.as_deref().is_none_or(|path| !tree.has_file(path)) {
            placement.note(
                Finding::new(Code::LayoutUncertain, format!("the build hook {}", hook.name))
                    .at("pyproject.toml"),
            );
        }
    }
    Ok(placement.finish("hatchling"))
}

/// Whether the wheel of a project for which [`layout`] gives no file has none: its configuration says
/// what to select, and neither names something that is missing nor runs code.
pub(crate) fn installs_nothing(tree: &SourceTree, project_name: &str) -> Result<bool, Finding> {
    let config = Config::read(tree, project_name)?;
    let exists = |path: &String| tree.has_file(path) || tree.has_folder(path);
    Ok(config.is_some_and(|config| {
        config.hooks.is_empty()
            && config.explicit.iter().chain(config.force_include.keys()).all(exists)
    }))
}

/// A configuration made ready for being asked about files.
struct Wheel<'a> {
    tree: &'a SourceTree,
    config: &'a Config,
    include: Ignore,
    exclude: Ignore,
    artifacts: Ignore,
    hook_artifacts: Ignore,
    /// Where sources of `force-include` would have gone otherwise.
    reserved: BTreeSet<String>,
}

impl<'a> Wheel<'a> {
    fn new(tree: &'a SourceTree, config: &'a Config) -> Result<Self, Finding> {
        let mut exclude = vec!["*.py[cdo]".to_owned(), "/dist".to_owned()];
        if !config.ignore_vcs {
            exclude.extend(vcs_patterns(tree)?);
        }
        exclude.extend(config.exclude.iter().cloned());
        let hook_artifacts: Vec<_> = config
            .hooks
            .iter()
            .filter_map(|hook| hook.path.as_ref().map(|path| format!("/{path}")))
            .collect();
        let patterns = [&config.include, &exclude, &config.artifacts, &hook_artifacts];
        let patterns = patterns.into_iter().flatten().map(String::as_str);
        let patterns = patterns.chain(config.source_prefixes());
        if config.explicit.is_empty() {
            check_work(tree, patterns)?;
        } else {
            let named = config.explicit.iter().map(String::as_str);
            let compared = named.chain(config.force_include.keys().map(String::as_str));
            check_work_on(
                tree,
                compared.flat_map(|path| tree.below(path)).map(AsRef::as_ref),
                patterns,
            )?;
        }
        Ok(Self {
            tree,
            config,
            include: Ignore::new(config.include.iter().map(String::as_str)),
            exclude: Ignore::new(exclude.iter().map(String::as_str)),
            artifacts: Ignore::new(config.artifacts.iter().map(String::as_str)),
            hook_artifacts: Ignore::new(hook_artifacts.iter().map(String::as_str)),
            reserved: config.force_include.keys().map(|source| config.target(source)).collect(),
        })
    }

    /// Walks the whole project and takes the files that the patterns select.
    fn add_selected(&self, placement: &mut LayoutBuilder) -> Result<(), Finding> {
        for file in self.tree.paths().map(AsRef::as_ref) {
            if !is_skipped(file) && !self.is_cut_off(file) && self.takes(file, false) {
                self.add(file, file, placement)?;
            }
        }
        Ok(())
    }

    /// Takes a file, or the files below a folder that are not excluded.
    fn add_explicit(&self, source: &str, placement: &mut LayoutBuilder) -> Result<(), Finding> {
        if self.tree.has_file(source) {
            return self.add(source, source, placement);
        }
        if !self.tree.has_folder(source) {
            placement.missing(source, self.config.explicit_field);
        }
        for file in self.tree.below(source).map(AsRef::as_ref) {
            if !is_skipped(below(file, source)) && self.takes(file, true) {
                self.add(file, file, placement)?;
            }
        }
        Ok(())
    }

    fn add_forced(&self, placement: &mut LayoutBuilder) -> Result<(), Finding> {
        for (source, target) in &self.config.force_include {
            if self.tree.has_file(source) {
                placement.put(source, &self.config.target(target))?;
                continue;
            }
            if !self.tree.has_folder(source) {
                placement.missing(source, "force-include");
            }
            for file in self.tree.below(source).map(AsRef::as_ref) {
                let rest = below(file, source);
                if !is_skipped(rest) {
                    self.add(file, &inside(target, rest), placement)?;
                }
            }
        }
        Ok(())
    }

    fn add(&self, file: &str, path: &str, placement: &mut LayoutBuilder) -> Result<(), Finding> {
        let target = self.config.target(path);
        if self.reserved.contains(&target) {
            return Ok(());
        }
        placement.put(file, &target)
    }

    /// Whether the patterns take `file`; one that was reached by `only-include` or `packages`
    /// needs no `include`.
    fn takes(&self, file: &str, explicit: bool) -> bool {
        if self.hook_artifacts.matches(file) || self.artifacts.matches(file) {
            return true;
        }
        if self.config.only_packages && !self.is_in_package(file) {
            return false;
        }
        if self.config.exclude_all || self.exclude.matches(file) {
            return false;
        }
        explicit || self.include.is_empty() || self.include.matches(file)
    }

    fn is_in_package(&self, file: &str) -> bool {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.tree.has_file(&inside(folder, "__init__.py"))
    }

    /// Whether a folder above `file` is not entered at all.
    fn is_cut_off(&self, file: &str) -> bool {
        let mut path = file;
        while let Some((folder, _)) = path.rsplit_once('/') {
            if self.reserved.contains(folder)
                || (self.config.skip_excluded_dirs && self.exclude.matches_folder(folder))
            {
                return true;
            }
            path = folder;
        }
        false
    }
}

fn below<'p>(file: &'p str, folder: &str) -> &'p str {
    file.strip_prefix(folder).map_or(file, |rest| rest.trim_start_matches('/'))
}

fn is_skipped(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    SKIPPED_FILES.contains(&name) || folders.split('/').any(|part| SKIPPED_FOLDERS.contains(&part))
}

/// The lines of the `.gitignore`, and those of the `.hgignore` that are globs: each the nearest file
/// at or above the project. Where they match the path of the project itself, which happens by
/// accident, none counts.
fn vcs_patterns(tree: &SourceTree) -> Result<Vec<String>, Finding> {
    let around = tree.surroundings();
    let git = match tree.text(".gitignore")? {
        Some(text) => text,
        None => around.and_then(RepositoryContext::gitignore).unwrap_or_default(),
    };
    let hg = match tree.text(".hgignore")? {
        Some(text) => text,
        None => around.and_then(RepositoryContext::hgignore).unwrap_or_default(),
    };
    let mut patterns: Vec<_> = git.lines().map(str::to_owned).collect();
    let mut globs = false;
    for line in hg.lines() {
        match line.trim().strip_prefix("syntax: ") {
            Some(syntax) => globs = syntax == "glob",
            None if globs => patterns.push(line.to_owned()),
            None => {}
        }
    }
    let all = Ignore::new(patterns.iter().map(String::as_str));
    if around.is_some_and(|around| all.matches(&around.path())) {
        patterns.clear();
    }
    Ok(patterns)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::read::backend::placement::tests::{codes, installed};

    const WHEEL: &str = "[tool.hatch.build.targets.wheel]\n";

    fn wheel(config: &str, files: &[&str]) -> Vec<String> {
        installed(layout, &format!("{WHEEL}{config}"), files)
    }

    #[test]
    fn what_is_named_like_the_project() {
        let files = ["demo/__init__.py", "demo/a.pyc", "demo/.venv/b", "c.py"];
        assert_eq!(wheel("", &files), ["demo/__init__.py"]);
        assert_eq!(
            wheel("", &["src/demo/__init__.py"]),
            ["demo/__init__.py < src/demo/__init__.py"]
        );
        assert_eq!(wheel("", &["demo.py"]), ["demo.py"]);
        assert_eq!(wheel("", &["x/demo/__init__.py", "x/y.py"]), ["x/demo/__init__.py", "x/y.py"]);
        assert!(wheel("", &["x/demo/__init__.py", "y/demo/__init__.py"]).is_empty());
    }

    #[test]
    fn packages_need_no_include() {
        let files = ["src/a/b.py", "src/a/c.txt", "d/e.py"];
        assert_eq!(
            wheel("packages = ['src/a']\ninclude = ['d']\nexclude = ['*.txt']\n", &files),
            ["a/b.py < src/a/b.py"]
        );
        assert_eq!(
            wheel("include = ['d', 'src/**/*.py']\nsources = ['src']\n", &files),
            ["a/b.py < src/a/b.py", "d/e.py"]
        );
    }

    #[test]
    fn the_setting_that_names_what_is_missing_is_named() {
        for field in ["packages", "only-include"] {
            let config = format!("{WHEEL}{field} = ['demo.py', 'gone']\n");
            let tree = crate::read::backend::placement::tests::tree(&config, &["demo.py"]);
            let findings = layout(&tree, "demo").unwrap().unwrap().findings;
            assert_eq!(findings[0].found, format!("`gone` in {field}, which does not exist"));
        }
    }

    #[test]
    fn forced_files_are_not_installed_twice() {
        let config = "packages = ['a']\n[tool.hatch.build.targets.wheel.force-include]\n'a/b.py' = 'c/d.py'\n'e' = 'a/e'\n";
        assert_eq!(
            wheel(config, &["a/b.py", "a/x.py", "e/f/g.bin"]),
            ["a/e/f/g.bin < e/f/g.bin", "a/x.py", "c/d.py < a/b.py"]
        );
        let missing =
            format!("{WHEEL}[tool.hatch.build.targets.wheel.force-include]\n'../x' = 'y'\n");
        assert_eq!(codes(layout, &missing, &["demo.py"]), [Code::LayoutUncertain]);
    }

    #[test]
    fn ignore_files_of_the_archive_count() {
        let tree = |config: &str| {
            SourceTree::from_iter([
                ("demo/__init__.py".parse().unwrap(), Bytes::new()),
                ("demo/a.log".parse().unwrap(), Bytes::new()),
                (".gitignore".parse().unwrap(), "*.log\r\n".into()),
                ("pyproject.toml".parse().unwrap(), config.to_owned().into()),
            ])
        };
        let count = |config: &str| layout(&tree(config), "demo").unwrap().unwrap().files.len();
        assert_eq!(count(""), 1);
        assert_eq!(count("[tool.hatch.build]\nignore-vcs = true\n"), 2);
        assert_eq!(count("[tool.hatch.build]\nartifacts = ['*.log']\n"), 2);
    }

    #[test]
    fn hooks_are_noted_unless_their_file_is_there() {
        let hook = |name: &str| format!("[tool.hatch.build.hooks.{name}]\n");
        let version = hook("vcs") + "version-file = 'demo/_v.py'\n";
        assert!(codes(layout, &version, &["demo/__init__.py", "demo/_v.py"]).is_empty());
        assert_eq!(codes(layout, &version, &["demo/__init__.py"]), [Code::LayoutUncertain]);
        assert_eq!(codes(layout, &hook("custom"), &["demo.py"]), [Code::LayoutUncertain]);
        let off = hook("custom") + "enable-by-default = false\n";
        assert!(codes(layout, &off, &["demo.py"]).is_empty());
        assert!(codes(layout, &hook("mpconvert"), &["demo.py"]).is_empty());
    }
}
