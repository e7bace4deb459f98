//! Which files of a source distribution are installed, and where: the rules of each build tool,
//! applied without running it.

use std::collections::BTreeMap;

use super::build_tool::{self, BuildTool};
use super::{flit, hatchling, pattern, pdm, poetry, setuptools, upip, uv};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
pub(crate) use crate::read::source_tree::SourceTree;

/// The install layout that one build tool's rules give for a source tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Whose rules were applied, as users know it: `poetry`, `setuptools (setup.cfg)`.
    pub rules: &'static str,
    /// The installed files, sorted by target, each target once.
    pub files: Vec<Placed>,
    /// Findings, such as settings that only have an effect when they run.
    pub findings: Vec<Finding>,
}

/// One installed file: from where in the source tree to where in `site-packages`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// Relative to `site-packages`.
    pub target: MemberPath,
    /// Relative to the root of the source tree.
    pub source: MemberPath,
}

/// The install layout of the project in `tree`: the files that a wheel built from it would have
/// outside of `*.dist-info` and `*.data`, found without running any of its code.
///
/// Tried in this order: the convention of archives made for upip, the rules of the build tool
/// that `pyproject.toml` names (setuptools where it names none), setuptools' automatic discovery. For
/// the folder of a project the rules of its tool alone count.
/// `project_name` counts where the project's configuration gives no name.
///
/// # Errors
/// The reasons to refuse the project: [`Code::NativeCode`] if its build tool compiles,
/// [`Code::InvalidConfiguration`] if a configuration file cannot be read, [`Code::TooMuchWork`] if
/// following it takes too long, [`Code::NoLayout`] if no rules give a file.
///
/// ```
/// use mpconvert::read::backend::layout;
/// use mpconvert::read::source_tree::SourceTree;
///
/// let pyproject = "[build-system]\nbuild-backend = \"flit_core.buildapi\"\n";
/// let tree: SourceTree = [("pyproject.toml", pyproject), ("src/foo.py", ""), ("test_foo.py", "")]
///     .into_iter()
///     .map(|(path, text)| Ok((path.parse()?, text.into())))
///     .collect::<Result<_, mpconvert::PathError>>()?;
/// let layout = layout::derive(&tree, "foo").unwrap();
/// assert_eq!(layout.rules, "flit");
/// assert_eq!(layout.files.len(), 1);
/// assert_eq!(layout.files[0].target.as_str(), "foo.py");
/// # Ok::<(), mpconvert::PathError>(())
/// ```
pub fn derive(tree: &SourceTree, project_name: &str) -> Result<Layout, Vec<Finding>> {
    let layout = by_rules(tree, project_name);
    let says_why = |findings: &Vec<Finding>| {
        findings.iter().any(|finding| finding.code == Code::InvalidConfiguration)
    };
    // A search that ended early has found too little.
    if tree.comparisons().is_spent() && !layout.as_ref().is_err_and(says_why) {
        return Err(refusal(
            Finding::new(Code::TooMuchWork, "too many patterns and folders to compare")
                .expected("a project that takes seconds to read"),
        ));
    }
    layout
}

fn by_rules(tree: &SourceTree, project_name: &str) -> Result<Layout, Vec<Finding>> {
    let mut tried = Vec::new();
    if tree.has_records() {
        tried.push("the convention of upip archives");
        if let Some(layout) = upip::layout(tree) {
            return Ok(layout);
        }
    }
    let choice = build_tool::choose(tree).map_err(refusal)?;
    let found = match choice.tool {
        BuildTool::Poetry => attempt("Poetry", poetry::layout, tree, project_name, &mut tried),
        BuildTool::Flit => attempt("flit", flit::layout, tree, project_name, &mut tried),
        BuildTool::Hatchling => {
            attempt("hatchling", hatchling::layout, tree, project_name, &mut tried)
        }
        BuildTool::Pdm => attempt("pdm", pdm::layout, tree, project_name, &mut tried),
        BuildTool::Uv => attempt("uv_build", uv::layout, tree, project_name, &mut tried),
        BuildTool::Setuptools => Ok(None),
    }?;
    if let Some(layout) = found {
        return Ok(with_findings(layout, choice.findings));
    }
    let foreign = (choice.tool != BuildTool::Setuptools).then(|| tried.last().copied()).flatten();
    // An archive may have been made by another tool than it states; a project is built by its tool.
    let found = if foreign.is_some() && !tree.has_records() {
        None
    } else {
        attempt("setuptools", setuptools::layout, tree, project_name, &mut tried)?
    };
    match found {
        Some(layout) if !layout.files.is_empty() => {
            let uncertain = foreign.map(|tool| {
                Finding::new(Code::LayoutUncertain, format!("no files that {tool} would install"))
                    .at("pyproject.toml")
                    .expected("packages or modules")
            });
            Ok(with_findings(layout, choice.findings.into_iter().chain(uncertain)))
        }
        found => {
            let none = Finding::new(
                Code::NoLayout,
                format!("no files that {} would install", tried.join(", then ")),
            )
            .expected("packages or modules");
            let noticed = found.into_iter().flat_map(|layout| layout.findings);
            Err([none].into_iter().chain(choice.findings).chain(noticed).collect())
        }
    }
}

fn with_findings(mut layout: Layout, findings: impl IntoIterator<Item = Finding>) -> Layout {
    layout.findings.extend(findings);
    layout
}

pub(crate) type Rules = fn(&SourceTree, &str) -> Result<Option<Layout>, Finding>;

fn attempt(
    name: &'static str,
    rules: Rules,
    tree: &SourceTree,
    project_name: &str,
    tried: &mut Vec<&'static str>,
) -> Result<Option<Layout>, Vec<Finding>> {
    tried.push(name);
    rules(tree, project_name).map_err(refusal)
}

fn refusal(finding: Finding) -> Vec<Finding> {
    vec![finding]
}

/// Whether `path` is that of a module compiled by CPython.
pub(crate) fn is_compiled(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "pyc")
}

/// A layout in the making.
#[derive(Debug, Default)]
pub(crate) struct LayoutBuilder {
    /// The sources by their targets.
    files: BTreeMap<MemberPath, MemberPath>,
    findings: Vec<Finding>,
}

impl LayoutBuilder {
    /// Installs `source`, which lies below the folder `root`, where it lies relative to that, in
    /// the folder `to` of `site-packages` (both may be empty).
    pub(crate) fn add(&mut self, source: &str, root: &str, to: &str) -> Result<(), Finding> {
        let path = match root {
            "" => source,
            _ => {
                source.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).unwrap_or(source)
            }
        };
        self.put(source, &if to.is_empty() { path.to_owned() } else { format!("{to}/{path}") })
    }

    /// Installs `source` as `target`, unless something is installed there already.
    pub(crate) fn put(&mut self, source: &str, target: &str) -> Result<(), Finding> {
        let outside = |_| {
            Finding::new(Code::InvalidConfiguration, format!("the target {target} for {source}"))
                .at("pyproject.toml")
                .expected("a path below site-packages")
        };
        let normal = pattern::normal_path(target).unwrap_or_else(|| target.to_owned());
        let target = normal.parse().map_err(outside)?;
        let source = source.parse().map_err(outside)?;
        self.files.entry(target).or_insert(source);
        Ok(())
    }

    pub(crate) fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes that the archive has nothing at a path that the setting `field` names.
    pub(crate) fn missing(&mut self, path: &str, field: &str) {
        self.note(
            Finding::new(
                Code::LayoutUncertain,
                format!("`{path}` in {field}, which does not exist"),
            )
            .at("pyproject.toml")
            .expected("files of the archive"),
        );
    }

    /// The layout, if it has any file.
    pub(crate) fn finish(self, rules: &'static str) -> Option<Layout> {
        if self.files.is_empty() {
            return None;
        }
        let files =
            self.files.into_iter().map(|(target, source)| Placed { target, source }).collect();
        Some(Layout { rules, files, findings: self.findings })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use bytes::Bytes;

    use super::*;

    /// A tree of empty files and a `pyproject.toml`.
    pub(crate) fn tree(pyproject: &str, files: &[&str]) -> SourceTree {
        let config = ("pyproject.toml", Bytes::from(pyproject.to_owned()));
        files
            .iter()
            .map(|path| (*path, Bytes::new()))
            .chain([config])
            .map(|(path, data)| (path.parse().unwrap(), data))
            .collect()
    }

    /// What rules install from such a tree, as `target` or `target < source` where they differ.
    pub(crate) fn installed(rules: Rules, pyproject: &str, files: &[&str]) -> Vec<String> {
        let layout = rules(&tree(pyproject, files), "demo").unwrap();
        layout.map_or_else(Vec::new, |layout| {
            let line = |file: &Placed| match file.source.as_str() {
                source if source == file.target.as_str() => source.to_owned(),
                source => format!("{} < {source}", file.target),
            };
            layout.files.iter().map(line).collect()
        })
    }

    /// The codes of the findings that rules make on such a tree.
    pub(crate) fn codes(rules: Rules, pyproject: &str, files: &[&str]) -> Vec<Code> {
        match rules(&tree(pyproject, files), "demo") {
            Ok(layout) => layout
                .into_iter()
                .flat_map(|layout| layout.findings)
                .map(|found| found.code)
                .collect(),
            Err(finding) => vec![finding.code],
        }
    }

    #[test]
    fn what_was_tried_is_named() {
        let flit = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n";
        let findings = derive(&tree(flit, &["README.md"]), "demo").unwrap_err();
        assert_eq!(findings[0].code, Code::NoLayout);
        assert_eq!(
            findings[0].found,
            "no files that the convention of upip archives, then flit, then setuptools would install",
        );
    }

    #[test]
    fn doubts_about_the_backend_are_kept() {
        let own = "[build-system]\nbuild-backend = 'own'\nbackend-path = ['.']\n\
                   requires = ['flit_core']\n";
        let layout = derive(&tree(own, &["demo.py", "own.py"]), "demo").unwrap();
        assert_eq!(layout.rules, "flit");
        assert_eq!(layout.findings[0].code, Code::LayoutUncertain);
    }

    #[test]
    fn targets_stay_in_site_packages() {
        let mut placement = LayoutBuilder::default();
        assert!(placement.put("a.py", "../a.py").is_err());
        placement.add("lib/a.py", "lib", "./to/").unwrap();
        placement.put("b.py", "to/a.py").unwrap();
        let layout = placement.finish("tests").unwrap();
        assert_eq!(layout.files.len(), 1);
        assert_eq!(layout.files[0].target.as_str(), "to/a.py");
        assert_eq!(layout.files[0].source.as_str(), "lib/a.py");
    }
}
