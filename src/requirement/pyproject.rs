//! The dependencies in the `[project]` table of `pyproject.toml` (PEP 621).

use toml_edit::{Item, Table, TableLike};

use super::{Collector, Invalid, Marker, Requirement};
use crate::finding::Finding;
use crate::name::normalized_name;

/// The dependencies, those of extras included, that `[project]` names, or `None` if it leaves
/// them to the build or to `[tool.poetry]`.
///
/// `root` is the whole document; errors in it are findings about `at`, the file's path.
///
/// ```
/// use mpconvert::requirement::pyproject;
///
/// let text = "[project]\nname = 'own'\ndependencies = ['foo>=1']\n\
///             [project.optional-dependencies]\nnet = ['bar']\n";
/// let root = text.parse::<toml_edit::DocumentMut>()?;
/// let requirements = pyproject::requirements(&root, "pyproject.toml", &mut Vec::new()).unwrap();
/// assert_eq!(requirements[0].to_string(), "foo>=1");
/// assert_eq!(requirements[1].to_string(), "bar; extra == 'net'");
/// # Ok::<(), toml_edit::TomlError>(())
/// ```
pub fn requirements(
    root: &Table,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Requirement>> {
    let project = root.get("project")?.as_table_like()?;
    let declared = project.get("dependencies");
    if is_dynamic(project, "dependencies")
        || is_dynamic(project, "optional-dependencies")
        || (declared.is_none() && poetry_dependencies(root).is_some())
    {
        return None;
    }
    let mut collector = Collector::new(at);
    let always = Marker::default();
    if let Some(declared) = declared {
        read_array(declared, &always, &mut collector);
    }
    let optional = project.get("optional-dependencies").and_then(Item::as_table_like);
    for (extra, declared) in optional.iter().flat_map(|table| table.iter()) {
        match format!("extra == '{}'", normalized_name(extra)).parse() {
            Ok(marker) => read_array(declared, &marker, &mut collector),
            Err(Invalid(fault)) => collector.fault(format!("the extra `{extra}`: {fault}")),
        }
    }
    Some(collector.finish(findings))
}

/// The extras that the table of a project names, be they empty: that of `[project]`, or Poetry's.
pub(crate) fn extras(root: &Table) -> Vec<String> {
    let project = root.get("project").and_then(|project| project.get("optional-dependencies"));
    let poetry = || root.get("tool")?.get("poetry")?.get("extras");
    let tables = [project, poetry()].into_iter().flatten().filter_map(Item::as_table_like);
    tables.flat_map(TableLike::iter).map(|(name, _)| normalized_name(name)).collect()
}

/// The table `[tool.poetry.dependencies]`.
pub(super) fn poetry_dependencies(root: &Table) -> Option<&dyn TableLike> {
    root.get("tool")?.get("poetry")?.get("dependencies")?.as_table_like()
}

/// Whether the `[project]` table leaves `field` to the build.
pub(crate) fn is_dynamic(project: &dyn TableLike, field: &str) -> bool {
    let dynamic = project.get("dynamic").and_then(Item::as_array);
    dynamic.is_some_and(|fields| fields.iter().any(|name| name.as_str() == Some(field)))
}

fn read_array(declared: &Item, condition: &Marker, collector: &mut Collector<'_>) {
    let Some(array) = declared.as_array() else {
        collector.fault("dependencies that are not an array");
        return;
    };
    for value in array {
        match value.as_str() {
            Some(text) => collector.read(text, condition),
            None => collector.fault("a dependency that is not a string"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Vec<String>>, usize) {
        let root = text.parse::<toml_edit::DocumentMut>().unwrap();
        let mut findings = Vec::new();
        let requirements = requirements(&root, "pyproject.toml", &mut findings);
        let texts = requirements.map(|list| list.iter().map(ToString::to_string).collect());
        (texts, findings.len())
    }

    #[test]
    fn who_speaks() {
        assert_eq!(read("[tool.x]"), (None, 0));
        assert_eq!(read("[project]\nname = 'a'"), (Some(vec![]), 0));
        assert_eq!(read("[project]\ndynamic = ['dependencies']"), (None, 0));
        let poetry = "[project]\nname = 'a'\n[tool.poetry.dependencies]\nb = '*'";
        assert_eq!(read(poetry), (None, 0));
    }

    #[test]
    fn faults_leave_the_rest_alone() {
        let text = "[project]\ndependencies = ['a; os_name == \"x\" or os_name == \"y\"', 1, 'b c']\n\
                    [project.optional-dependencies]\n'X_y' = ['d', 'e; os_name == \"x\"']\n\"o'o\" = ['f']\nz = 1";
        let (requirements, findings) = read(text);
        assert_eq!(findings, 4);
        assert_eq!(
            requirements.unwrap(),
            [
                "a; os_name == \"x\" or os_name == \"y\"",
                "b",
                "d; extra == 'x-y'",
                "e; os_name == \"x\" and extra == 'x-y'",
            ]
        );
    }
}
