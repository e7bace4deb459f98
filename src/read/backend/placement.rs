//! Where the files of a project are installed: what the rules of a build tool make of its tree.

use std::collections::BTreeMap;

use super::pattern;
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::read::source_tree::SourceTree;

/// The install layout that one build tool's rules give for a source tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Whose rules were applied, as users know it: `poetry`, `setuptools (setup.cfg)`.
    pub rules: &'static str,
    /// The installed files, sorted by target, each target once; none if the tool makes a wheel
    /// without files, as of a project that only has dependencies.
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

/// The rules of one build tool: the layout of a tree, by the project's name; `None` if they install
/// nothing.
pub(crate) type Rules = fn(&SourceTree, &str) -> Result<Option<Layout>, Finding>;

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

    /// Whether anything was noted.
    pub(crate) fn has_findings(&self) -> bool {
        !self.findings.is_empty()
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
