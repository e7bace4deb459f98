//! The layout of a wheel built by setuptools, derived from the project's files alone.
//!
//! setuptools joins the arguments of `setup()` with `setup.cfg` and `pyproject.toml`. Where
//! an argument is computed, the records that it left in the source distribution are the witness;
//! if no packages are listed, its automatic discovery is.

mod arguments;
mod call;
mod collect;
pub(in crate::read) mod copier;
mod discovery;
mod egg_info;
mod find;
mod finder;
mod function;
pub(in crate::read) mod literal;
mod manifest;
mod patterns;
mod pyproject;
pub(in crate::read) mod script;
mod settings;
pub(in crate::read) mod setup_cfg;
mod setup_py;
mod text;
pub(in crate::read) mod value;
mod work;

use std::collections::BTreeSet;

use crate::finding::{Code, Finding};
use crate::read::backend::placement::Layout;
use crate::read::source_tree::SourceTree;
use egg_info::EggInfo;
use manifest::included::Manifest;
use settings::{Settings, join};

/// The layout of the wheel that setuptools (or, before it, distutils) builds from `tree`; `None`
/// if it would find no package or module.
///
/// The layout is without files where the configuration names only packages that do not exist.
///
/// ```
/// use mpconvert::read::backend::layout;
/// use mpconvert::read::source_tree::SourceTree;
///
/// let script = "from setuptools import setup\nsetup(py_modules=['foo'], package_dir={'': 'lib'})";
/// let tree: SourceTree = [("setup.py", script), ("lib/foo.py", "")]
///     .into_iter()
///     .map(|(path, text)| Ok((path.parse()?, text.into())))
///     .collect::<Result<_, mpconvert::PathError>>()?;
/// let layout = layout::derive(&tree, "foo").unwrap();
/// assert_eq!(layout.files[0].target.as_str(), "foo.py");
/// assert_eq!(layout.files[0].source.as_str(), "lib/foo.py");
/// # Ok::<(), mpconvert::PathError>(())
/// ```
///
/// # Errors
/// [`Code::InvalidConfiguration`] if `pyproject.toml`, `setup.cfg` or `MANIFEST.in` cannot be
/// understood, or what is configured would take too long to follow.
pub fn layout(tree: &SourceTree, project_name: &str) -> Result<Option<Layout>, Finding> {
    let (named_in, settings) = configured(tree)?;
    let egg_info = EggInfo::find(tree, project_name);
    let Some((rules, chosen)) = choose(tree, named_in, &settings, egg_info.as_ref()) else {
        return Ok(native_only(&settings));
    };
    let (manifest, faults) = Manifest::of(tree, &chosen, egg_info.as_ref())?;
    let mut files = collect::files(tree, &chosen, &manifest)?;
    let recorded = egg_info.iter().filter(|_| tree.has_records());
    let namespaces = recorded.flat_map(|records| &records.namespace_packages);
    collect::without_namespaces(&mut files, namespaces.chain(&chosen.namespace_packages));
    let mut findings = findings(&settings);
    findings.extend(faults);
    if let Some(finder) = settings.file_finder
        && files.iter().any(|file| manifest.is_guess(&file.source))
    {
        let found = format!("data files that {finder} gets from version control");
        findings.push(Finding::new(Code::LayoutUncertain, found));
    }
    if rules == DISCOVERY {
        findings.push(Finding::new(Code::LayoutDiscovered, "the project lists no packages"));
    }
    Ok(Some(Layout { rules, files, findings }))
}

/// Whether the wheel of a project for which [`layout`] gives no file has none: it lists no packages and
/// modules, or only packages without files, and all of that is certain.
///
/// # Errors
/// Those of [`layout`].
pub fn installs_nothing(tree: &SourceTree, project_name: &str) -> Result<bool, Finding> {
    let (_, settings) = configured(tree)?;
    let is_certain =
        !settings.computes_payload() && !settings.own_commands && settings.native.is_empty();
    let is_recorded =
        EggInfo::find(tree, project_name).is_some_and(|records| !records.top_level.is_empty());
    if !is_certain || !has_configuration(tree) || (tree.has_records() && is_recorded) {
        return Ok(false);
    }
    let listed = if settings.names_payload() {
        // Code that no list names was rather forgotten.
        if !discovery::finds_nothing(tree) {
            return Ok(false);
        }
        settings
    } else if let Some(discovered) = discovery::discover(tree, &settings) {
        discovered
    } else {
        return Ok(discovery::finds_nothing(tree));
    };
    let exists = |package: &String| {
        listed.source_folder(package).is_some_and(|folder| tree.has_folder(&folder))
    };
    let has_modules = listed.py_modules.iter().flatten().next().is_some();
    Ok(!has_modules && listed.packages.iter().flatten().all(exists))
}

/// Whether a file says that setuptools builds the project.
fn has_configuration(tree: &SourceTree) -> bool {
    ["setup.py", "setup.cfg", "pyproject.toml"].iter().any(|file| tree.has_file(file))
}

const DISCOVERY: &str = "setuptools (automatic discovery)";

/// What the three files say together, and the rules by which the one of them that names packages
/// and modules is known.
fn configured(tree: &SourceTree) -> Result<(&'static str, Settings), Finding> {
    let script = setup_py::read(tree);
    let file = setup_cfg::read(tree)?;
    let mut rules = match (script.names_payload(), file.names_payload()) {
        (false, true) => "setuptools (setup.cfg)",
        _ => "setuptools (setup.py)",
    };
    let settings = script.or_setup_cfg(file);
    let table = pyproject::read(tree, settings.include_package_data)?;
    if table.names_payload() {
        rules = "setuptools (pyproject.toml)";
    }
    Ok((rules, settings.overridden_by(table)))
}

/// The file of the module with the dotted name `name` (`_find_module` of setuptools'
/// `config/expand.py`).
pub(in crate::read) fn module_file(tree: &SourceTree, name: &str) -> Option<String> {
    let (_, settings) = configured(tree).ok()?;
    let discovered = || discovery::discover(tree, &settings);
    let settings = if settings.names_payload() { None } else { discovered() }.unwrap_or(settings);
    let path = settings.source_folder(name)?;
    [format!("{path}.py"), join(&path, "__init__.py")].into_iter().find(|path| tree.has_file(path))
}

/// By which rules packages and modules are known, and the settings with them.
fn choose(
    tree: &SourceTree,
    named_in: &'static str,
    settings: &Settings,
    egg_info: Option<&EggInfo>,
) -> Option<(&'static str, Settings)> {
    let recorded = || {
        let completed = egg_info?.complete(tree, settings)?;
        Some(("setuptools (egg-info)", completed))
    };
    if settings.computes_payload() {
        return recorded().or_else(|| {
            Some(("setuptools (setup.py, in part)", with_subpackages(tree, settings)?))
        });
    }
    if settings.names_payload() {
        return Some((named_in, settings.clone()));
    }
    let discovered = || Some((DISCOVERY, discovery::discover(tree, settings)?));
    has_configuration(tree).then(discovered).flatten().or_else(recorded)
}

/// Settings whose known packages stand for everything below them.
fn with_subpackages(tree: &SourceTree, settings: &Settings) -> Option<Settings> {
    let known = settings.packages.iter().flatten();
    let tops = known.map(|name| name.split('.').next().unwrap_or_default());
    let tops: BTreeSet<&str> = tops.collect();
    let (packages, modules) = egg_info::below(tree, settings, tops.into_iter());
    let mut settings = settings.clone();
    let named = settings.py_modules.take().into_iter().flatten();
    let modules = named.chain(modules).collect();
    settings.put_computed(packages, modules);
    settings.names_payload().then_some(settings)
}

/// A project that gives a compiler something to do, but names no package.
fn native_only(settings: &Settings) -> Option<Layout> {
    let findings = findings(settings);
    (!settings.native.is_empty()).then(|| Layout {
        rules: "setuptools",
        files: Vec::new(),
        findings,
    })
}

fn findings(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for argument in &settings.native {
        let file = if *argument == pyproject::EXTENSIONS { pyproject::PATH } else { script::PATH };
        findings.push(Finding::new(Code::NativeCode, format!("`{argument}`")).at(file));
    }
    if !settings.computed.is_empty() {
        let arguments: Vec<_> = settings.computed.iter().map(|name| format!("`{name}`")).collect();
        findings.push(
            Finding::new(
                Code::LayoutUncertain,
                format!("computed arguments of setup(): {}", arguments.join(", ")),
            )
            .at(script::PATH),
        );
    }
    if settings.own_commands {
        findings
            .push(Finding::new(Code::LayoutUncertain, "custom build commands").at(script::PATH));
    }
    findings
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// A tree of empty files.
    pub(super) fn tree(paths: &[&str]) -> SourceTree {
        paths.iter().map(|path| (path.parse().unwrap(), Bytes::new())).collect()
    }

    /// A tree of files with content.
    pub(super) fn tree_of(files: &[(&str, &str)]) -> SourceTree {
        let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        files.iter().map(|(path, text)| (path.parse().unwrap(), bytes(text))).collect()
    }

    /// What such a tree installs, and the codes of the findings.
    pub(super) fn targets(files: &[(&str, &str)]) -> (Vec<String>, Vec<Code>) {
        let layout = layout(&tree_of(files), "pkg").unwrap().unwrap();
        let targets = layout.files.iter().map(|file| file.target.to_string()).collect();
        (targets, layout.findings.iter().map(|finding| finding.code).collect())
    }

    const COMPUTED: &str = "setup(packages=walk(), package_dir={'': 'src'})";

    #[test]
    fn computed_packages_are_read_from_egg_info() {
        let files = [
            ("setup.py", COMPUTED),
            ("src/pkg.egg-info/top_level.txt", "pkg\nsingle\n"),
            ("src/pkg/__init__.py", ""),
            ("src/pkg/sub/__init__.py", ""),
            ("src/pkg/sub/data.txt", ""),
            ("src/single.py", ""),
            ("src/loose.py", ""),
        ];
        let (targets, codes) = targets(&files);
        assert_eq!(targets, ["pkg/__init__.py", "pkg/sub/__init__.py", "single.py"]);
        assert_eq!(codes, [Code::LayoutUncertain]);
    }

    #[test]
    fn the_projects_own_egg_info_counts() {
        let files = [
            ("setup.py", COMPUTED),
            ("a.egg-info/top_level.txt", "a\n"),
            ("lib/src/pkg.egg-info/top_level.txt", "pkg\n"),
            ("src/a.py", ""),
            ("src/pkg.py", ""),
        ];
        assert_eq!(targets(&files).0, ["pkg.py"]);
    }

    #[test]
    fn listed_files_are_included_where_asked_for() {
        let sources = "setup.py\npkg/__init__.py\npkg\\listed.txt\npkg/plain/x.py\n";
        let mut files = [
            ("setup.py", "setup(packages=['pkg'], include_package_data=True)"),
            ("pkg.egg-info/SOURCES.txt", sources),
            ("pkg/__init__.py", ""),
            ("pkg/listed.txt", ""),
            ("pkg/other.txt", ""),
            ("pkg/plain/x.py", ""),
        ];
        let all = ["pkg/__init__.py", "pkg/listed.txt", "pkg/plain/x.py"];
        assert_eq!(targets(&files), (all.map(str::to_owned).to_vec(), vec![]));
        files[0].1 = "setup(packages=['pkg'], package_data={'pkg': walk()})";
        let data = ["pkg/__init__.py", "pkg/listed.txt"].map(str::to_owned).to_vec();
        assert_eq!(targets(&files), (data, vec![Code::LayoutUncertain]));
        files[0].1 = "setup(packages=['pkg'])";
        assert_eq!(targets(&files).0, ["pkg/__init__.py"]);
    }

    #[test]
    fn what_a_script_says_of_packages_is_kept_where_only_modules_are_computed() {
        let files = [
            ("setup.py", "setup(packages=['pkg', 'pkg.plain'], py_modules=glob('*'))"),
            ("pkg.egg-info/top_level.txt", "pkg\nsingle\n"),
            ("pkg/__init__.py", ""),
            ("pkg/plain/x.py", ""),
            ("single.py", ""),
        ];
        assert_eq!(targets(&files).0, ["pkg/__init__.py", "pkg/plain/x.py", "single.py"]);
    }

    #[test]
    fn listed_modules_in_plain_folders_are_of_computed_packages() {
        let sources = "pkg/__init__.py\npkg/plain/x.py\n";
        let mut files = vec![
            ("setup.py", "setup(packages=walk())"),
            ("pkg.egg-info/SOURCES.txt", sources),
            ("pkg.egg-info/top_level.txt", "pkg\n"),
            ("pkg/__init__.py", ""),
            ("pkg/plain/x.py", ""),
            ("pkg/other/y.py", ""),
        ];
        assert_eq!(targets(&files).0, ["pkg/__init__.py", "pkg/plain/x.py"]);
        // It may also be the manifest that lists them.
        files.push(("MANIFEST.in", "graft pkg\n"));
        assert_eq!(targets(&files).0, ["pkg/__init__.py"]);
    }

    #[test]
    fn namespace_packages_are_installed_without_their_init_file() {
        let mut files = vec![
            ("setup.py", "setup(packages=['a', 'a.b', 'a.b.c'], namespace_packages=['a.b'])"),
            ("a/__init__.py", ""),
            ("a/b/__init__.py", ""),
            ("a/b/c/__init__.py", ""),
            ("a/b/x.py", ""),
        ];
        assert_eq!(targets(&files).0, ["a/b/c/__init__.py", "a/b/x.py"]);
        files[0].1 = "setup(packages=['a', 'a.b', 'a.b.c'], namespace_packages=find())";
        files.push(("pkg.egg-info/SOURCES.txt", ""));
        files.push(("pkg.egg-info/namespace_packages.txt", "a\n"));
        assert_eq!(targets(&files).0, ["a/b/__init__.py", "a/b/c/__init__.py", "a/b/x.py"]);
    }

    #[test]
    fn a_package_in_the_root_folder_gets_no_files_of_the_project() {
        for folder in [".", "", "./"] {
            let script = format!(
                "setup(packages=['a'], package_dir={{'a': '{folder}'}}, include_package_data=True)"
            );
            let files =
                [("setup.py", &*script), ("__init__.py", ""), ("README.md", ""), ("LICENSE", "")];
            assert_eq!(targets(&files).0, ["a/__init__.py"], "{folder}");
        }
    }

    #[test]
    fn extensions_are_native_code() {
        let script = ("setup.py", "setup(ext_modules=[Extension('x', ['x.c'])])");
        assert_eq!(targets(&[script]), (vec![], vec![Code::NativeCode]));
        let table = "[project]\nname='x'\n[tool.setuptools]\npackages=[]\next-modules=[{name='x'}]";
        assert_eq!(targets(&[("pyproject.toml", table)]), (vec![], vec![Code::NativeCode]));
    }

    #[test]
    fn named_but_missing_is_empty_and_unnamed_is_none() {
        assert_eq!(targets(&[("setup.py", "setup(py_modules=['gone'])")]), (vec![], vec![]));
        let several = [("setup.py", "setup()"), ("a/x.py", ""), ("b/x.py", "")];
        assert_eq!(layout(&tree_of(&several), "pkg"), Ok(None));
        assert_eq!(layout(&tree(&["a/x.py"]), "pkg"), Ok(None));
    }

    #[test]
    fn unreadable_files_are_errors() {
        for file in [("pyproject.toml", "[tool"), ("setup.cfg", "a = b\n")] {
            let finding = layout(&tree_of(&[file]), "pkg").unwrap_err();
            assert_eq!(
                (finding.code, finding.path.as_deref()),
                (Code::InvalidConfiguration, Some(file.0))
            );
        }
        let wrong = ("pyproject.toml", "[tool.setuptools]\npackages = 'pkg'\n");
        assert!(layout(&tree_of(&[wrong]), "pkg").is_err());
    }

    #[test]
    fn thousands_of_packages_in_one_folder_end_soon() {
        let names: Vec<String> = (0..900).map(|number| format!("'p{number}'")).collect();
        let folders = names.iter().map(|name| format!("{name}: 'x'")).collect::<Vec<_>>();
        // A long pattern counts for many, so that the test is short.
        let script = format!(
            "setup(packages=[{}], package_dir={{{}}}, package_data={{'': ['{}']}})",
            names.join(","),
            folders.join(","),
            "a".repeat(20_000),
        );
        let sources: Vec<String> = (0..300).map(|number| format!("x/m{number}.py")).collect();
        let mut files: Vec<(&str, &str)> = sources.iter().map(|path| (path.as_str(), "")).collect();
        files.push(("setup.py", &script));
        let finding = layout(&tree_of(&files), "pkg").unwrap_err();
        assert_eq!(finding.code, Code::InvalidConfiguration);
    }

    #[test]
    fn patterns_without_end_are_refused() {
        let table = format!(
            "[tool.setuptools]\npackages = ['p']\npackage-data = {{ p = ['{}'] }}\n",
            "a*".repeat(500_000)
        );
        let sources: Vec<String> = (0..200).map(|number| format!("p/m{number}.txt")).collect();
        let mut files: Vec<(&str, &str)> = sources.iter().map(|path| (path.as_str(), "")).collect();
        files.push(("pyproject.toml", &table));
        let finding = layout(&tree_of(&files), "pkg").unwrap_err();
        assert_eq!(finding.code, Code::InvalidConfiguration);
    }
}
