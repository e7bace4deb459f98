//! Which files of a source distribution are installed, and where: the rules of each build tool,
//! applied without running it.

use super::build_tool::{self, BuildTool};
use super::placement::Rules;
pub use super::placement::{Layout, Placed};
use super::{flit, hatchling, native, pdm, poetry, setuptools, upip, uv};
use crate::finding::{Code, Finding};
use crate::read::source_tree::SourceTree;

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
    let found = match by_rules(tree, project_name)? {
        Search::Found(layout) => Search::Found(with_native_code(tree, layout)?),
        nothing @ Search::Nothing { .. } => nothing,
    };
    // A search that ended early has found too little.
    if tree.comparisons().is_spent() {
        return Err(refusal(
            Finding::new(Code::TooMuchWork, "too many patterns and folders to compare")
                .expected("a project that takes seconds to read"),
        ));
    }
    match found {
        Search::Found(layout) => Ok(layout),
        Search::Nothing { tried, noticed } => {
            let found = format!("no files that {} would install", tried.join(", then "));
            let none = Finding::new(Code::NoLayout, found).expected("packages or modules");
            Err([none].into_iter().chain(noticed).collect())
        }
    }
}

/// The result of following the rules.
enum Search {
    Found(Layout),
    /// None of the rules that were tried gives a file.
    Nothing {
        tried: Vec<&'static str>,
        noticed: Vec<Finding>,
    },
}

/// The layout with why its files do not work without what a build would compile.
fn with_native_code(tree: &SourceTree, layout: Layout) -> Result<Layout, Vec<Finding>> {
    let is_known = layout.findings.iter().any(|finding| finding.code == Code::NativeCode);
    if is_known || layout.files.is_empty() || layout.rules == upip::RULES {
        return Ok(layout);
    }
    let finding = native::check(tree, &layout).map_err(refusal)?;
    Ok(with_findings(layout, finding))
}

fn by_rules(tree: &SourceTree, project_name: &str) -> Result<Search, Vec<Finding>> {
    let mut tried = Vec::new();
    if tree.has_records() {
        tried.push("the convention of upip archives");
        if let Some(layout) = upip::layout(tree) {
            return Ok(Search::Found(layout));
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
        return Ok(Search::Found(with_findings(layout, choice.findings)));
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
            let findings = choice.findings.into_iter().chain(uncertain);
            Ok(Search::Found(with_findings(layout, findings)))
        }
        _ if choice.findings.is_empty()
            && tree.barriers().next().is_none()
            && installs_nothing(choice.tool, tree, project_name)? =>
        {
            let rules = choice.tool.name();
            Ok(Search::Found(Layout { rules, files: Vec::new(), findings: Vec::new() }))
        }
        found => {
            let noticed = found.into_iter().flat_map(|layout| layout.findings);
            let noticed = choice.findings.into_iter().chain(noticed).collect();
            Ok(Search::Nothing { tried, noticed })
        }
    }
}

/// Whether `tool` certainly makes a wheel of the project that has no files. Poetry and flit make
/// none.
fn installs_nothing(
    tool: BuildTool,
    tree: &SourceTree,
    project_name: &str,
) -> Result<bool, Vec<Finding>> {
    match tool {
        BuildTool::Hatchling => hatchling::installs_nothing(tree, project_name),
        BuildTool::Pdm => pdm::installs_nothing(tree),
        BuildTool::Setuptools => setuptools::installs_nothing(tree, project_name),
        BuildTool::Uv => uv::installs_nothing(tree),
        BuildTool::Poetry | BuildTool::Flit => Ok(false),
    }
    .map_err(refusal)
}

fn with_findings(mut layout: Layout, findings: impl IntoIterator<Item = Finding>) -> Layout {
    layout.findings.extend(findings);
    layout
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::placement::tests::tree;

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
}
