//! The dependencies in the `[tool.poetry]` table of `pyproject.toml`.

mod constraint;

use std::collections::HashMap;

use toml_edit::{Item, Table, TableLike, Value};

use super::pyproject::{is_dynamic, poetry_dependencies};
use super::{Collector, Invalid, Marker, Requirement};
use crate::finding::Finding;
use crate::name::normalized_name;
use constraint::{Alternatives, platform_marker};

/// The dependencies that `[tool.poetry.dependencies]` names, as Poetry writes them into a
/// package's metadata, or `None` if it names none or only adds to those of `[project]`.
///
/// Groups are not a part of a package, nor are optional dependencies without an extra.
/// `root` is the whole document; errors in it are findings about `at`, the file's path,
/// and the name of the dependency is kept.
///
/// ```
/// use mpconvert::requirement::poetry;
///
/// let text = "[tool.poetry.dependencies]\npython = '^3.4'\nfoo = '^1.2'\n\
///             bar = { version = '~1.4', optional = true }\n\
///             [tool.poetry.extras]\nnet = ['bar']\n";
/// let root = text.parse::<toml_edit::DocumentMut>()?;
/// let requirements = poetry::requirements(&root, "pyproject.toml", &mut Vec::new()).unwrap();
/// assert_eq!(requirements[0].to_string(), "foo>=1.2,<2");
/// assert_eq!(requirements[1].to_string(), "bar>=1.4,<1.5; extra == 'net'");
/// # Ok::<(), toml_edit::TomlError>(())
/// ```
pub fn requirements(
    root: &Table,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Requirement>> {
    let dependencies = poetry_dependencies(root)?;
    let project = root.get("project").and_then(Item::as_table_like);
    if project.is_some_and(|project| {
        project.contains_key("dependencies") && !is_dynamic(project, "dependencies")
    }) {
        return None;
    }
    let extras = root.get("tool")?.get("poetry")?.get("extras").and_then(Item::as_table_like);
    let extras = extras.map(by_dependency).unwrap_or_default();
    let mut collector = Collector::new(at);
    for (name, entry) in dependencies.iter() {
        let normalized = normalized_name(name);
        if normalized == "python" {
            continue;
        }
        let in_extras = extras.get(&normalized).map(Vec::as_slice).unwrap_or_default();
        for alternative in alternatives(entry) {
            match requirement(name, alternative, in_extras) {
                Ok(Some(requirement)) => collector.push(requirement),
                Ok(None) => {}
                Err(Invalid(fault)) => {
                    collector.fault(format!("`{name}`: {fault}"));
                    let mut ignored = Vec::new();
                    if let Some(bare) = Requirement::read(name, at, &mut ignored) {
                        collector.push(bare);
                    }
                }
            }
        }
    }
    Some(collector.finish(findings))
}

/// The versions of Python that `[tool.poetry.dependencies]` allows, as specifiers of PEP 440;
/// `None` where all are, or the constraint cannot be understood.
pub(crate) fn python_specifiers(root: &Table) -> Option<String> {
    let constraint = poetry_dependencies(root)?.get("python")?.as_str()?.trim();
    // A bare version stands for its series.
    let numbers = constraint.split('.').filter(|number| number.parse::<u32>().is_ok()).count();
    let constraint = match (numbers, constraint.split('.').count()) {
        (1, 1) => format!("^{constraint}.0"),
        (2, 2) => format!("~{constraint}"),
        _ => constraint.to_owned(),
    };
    let specifiers = constraint.parse::<Alternatives>().ok()?.specifiers();
    Some(specifiers).filter(|specifiers| !specifiers.is_empty())
}

/// What stands behind a dependency's name, or is a part of the array there.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Constraint(&'a str),
    Table(&'a dyn TableLike),
    Other,
}

impl<'a> Entry<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::Constraint(text.value()),
            Value::InlineTable(table) => Self::Table(table),
            _ => Self::Other,
        }
    }
}

fn alternatives(entry: &Item) -> Vec<Entry<'_>> {
    match entry {
        Item::Value(Value::Array(array)) => array.iter().map(Entry::of).collect(),
        Item::Value(value) => vec![Entry::of(value)],
        Item::Table(table) => vec![Entry::Table(table)],
        Item::ArrayOfTables(tables) => tables.iter().map(|table| Entry::Table(table)).collect(),
        Item::None => vec![Entry::Other],
    }
}

/// By the normalised name of a dependency, the names of the extras that list it.
fn by_dependency(extras: &dyn TableLike) -> HashMap<String, Vec<String>> {
    let mut by_dependency: HashMap<String, Vec<String>> = HashMap::new();
    for (extra, list) in extras.iter() {
        let extra = normalized_name(extra);
        for member in list.as_array().into_iter().flatten().filter_map(Value::as_str) {
            // Poetry also takes what looks like a constraint there, and reads its name only.
            let name = member.split([' ', '(', '[', ';']).next().unwrap_or_default();
            let listed = by_dependency.entry(normalized_name(name)).or_default();
            if listed.last() != Some(&extra) {
                listed.push(extra.clone());
            }
        }
    }
    by_dependency
}

/// One dependency, or `None` for an optional one that no extra brings.
fn requirement(
    name: &str,
    entry: Entry<'_>,
    in_extras: &[String],
) -> Result<Option<Requirement>, Invalid> {
    let (mut text, mut marker, optional) = match entry {
        Entry::Constraint(constraint) => {
            (format!("{name}{}", constraint.parse::<Alternatives>()?.specifiers()), None, false)
        }
        Entry::Table(table) => {
            let optional = table.get("optional").and_then(Item::as_bool).unwrap_or(false);
            (specifier(name, table)?, Some(marker(table)?), optional)
        }
        Entry::Other => return Err(Invalid("it is neither a constraint nor a table".to_owned())),
    };
    let has_extra = marker.as_ref().is_some_and(|marker: &Marker| !marker.extras().is_empty());
    if !in_extras.is_empty() && !has_extra {
        let any: Vec<String> = in_extras.iter().map(|e| format!("extra == '{e}'")).collect();
        let brought: Marker = any.join(" or ").parse()?;
        marker = Some(marker.unwrap_or_default().and(&brought)?);
    } else if optional && !has_extra {
        return Ok(None);
    }
    if let Some(marker) = marker.filter(|marker| !marker.is_empty()) {
        // A URL ends at white space only.
        text.push_str(if text.contains('@') { " ; " } else { "; " });
        text.push_str(marker.as_str());
    }
    text.parse().map(Some)
}

/// Name, extras, and versions or URL of the dependency that a table describes.
fn specifier(name: &str, table: &dyn TableLike) -> Result<String, Invalid> {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let mut specifier = name.to_owned();
    if let Some(extras) = table.get("extras").and_then(Item::as_array) {
        let extras: Vec<&str> = extras.iter().filter_map(Value::as_str).collect();
        if !extras.is_empty() {
            specifier = format!("{name}[{}]", extras.join(","));
        }
    }
    let url = if let Some(git) = text("git") {
        let reference = text("rev").or_else(|| text("tag")).or_else(|| text("branch"));
        Some(format!("git+{git}{}", reference.map(|r| format!("@{r}")).unwrap_or_default()))
    } else if let Some(path) = text("file").or_else(|| text("path")) {
        Some(format!("file:{path}"))
    } else {
        text("url").map(str::to_owned)
    };
    if let Some(mut url) = url {
        if let Some(folder) = text("subdirectory") {
            url = format!("{url}#subdirectory={folder}");
        }
        return Ok(format!("{specifier} @ {url}"));
    }
    let versions: Alternatives = text("version").unwrap_or("*").parse()?;
    Ok(specifier + &versions.specifiers())
}

/// When the dependency that a table describes applies, by its keys `markers`, `python` and
/// `platform`; those by its extras come later.
fn marker(table: &dyn TableLike) -> Result<Marker, Invalid> {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let mut marker = match text("markers").map(str::trim) {
        Some(markers) if !markers.is_empty() => markers.parse()?,
        _ => Marker::default(),
    };
    if let Some(python) = text("python") {
        marker = marker.and(&python.parse::<Alternatives>()?.python_marker()?)?;
    }
    if let Some(platform) = text("platform") {
        marker = marker.and(&platform_marker(platform)?)?;
    }
    Ok(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Vec<String>>, Vec<String>) {
        let root = text.parse::<toml_edit::DocumentMut>().unwrap();
        let mut findings = Vec::new();
        let requirements = requirements(&root, "pyproject.toml", &mut findings);
        (
            requirements.map(|list| list.iter().map(ToString::to_string).collect()),
            findings.iter().map(crate::Finding::facts).collect(),
        )
    }

    #[test]
    fn every_kind_of_entry() {
        let (requirements, findings) = read(
            r#"
            [tool.poetry.dependencies]
            Python = "^3.4"
            plain = "1.2"
            any = { version = "*", extras = ["a", "b"] }
            git = { git = "https://example.org/x.git", rev = "v1", subdirectory = "s" }
            local = { path = "../local", markers = "os_name == 'x' or os_name == 'y'", platform = "linux || darwin" }
            several = [
                { version = "<2", python = "<3.6" },
                { version = "^2", python = "^3.6 || ~4.1" },
            ]
            unused = { version = "1", optional = true }
            brought = { version = "^0.0.3", optional = true, python = "3.4" }
            wrong = { version = "^^" }
            number = 3
            [tool.poetry.dependencies.table]
            version = "~=1.4"
            [tool.poetry.group.dev.dependencies]
            pytest = "*"
            [tool.poetry.dev-dependencies]
            black = "*"
            [tool.poetry.extras]
            First = ["brought", "x"]
            second_one = ["BROUGHT"]
        "#,
        );
        assert_eq!(
            requirements.unwrap(),
            [
                "plain==1.2",
                "any[a,b]",
                "git @ git+https://example.org/x.git@v1#subdirectory=s",
                "local @ file:../local ; (os_name == 'x' or os_name == 'y') and (sys_platform == 'linux' or sys_platform == 'darwin')",
                "several<2; python_version < '3.6'",
                "several>=2,<3; python_version >= '3.6' and python_version < '4' or python_version >= '4.1' and python_version < '4.2'",
                "brought>=0.0.3,<0.0.4; python_version == '3.4' and (extra == 'first' or extra == 'second-one')",
                "wrong",
                "number",
                "table>=1.4,<2",
            ]
        );
        assert_eq!(
            findings,
            [
                "pyproject.toml: `wrong`: `^^` is not a constraint of Poetry",
                "pyproject.toml: `number`: it is neither a constraint nor a table",
            ]
        );
    }

    #[test]
    fn project_goes_first() {
        let poetry = "\n[tool.poetry.dependencies]\na = '*'";
        assert_eq!(read("[tool.poetry]\nname = 'x'").0, None);
        assert_eq!(read(&format!("[project]\ndependencies = []{poetry}")).0, None);
        let dynamic = format!("[project]\ndynamic = ['dependencies']{poetry}");
        assert_eq!(read(&dynamic).0.unwrap(), ["a"]);
    }
}
