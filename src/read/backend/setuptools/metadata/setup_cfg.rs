//! The sections `[metadata]` and `[options]` of `setup.cfg` (setuptools' `config/setupcfg.py`).

use super::{directive, text_field};
use crate::finding::MAX_TEXT_LENGTH;
use crate::read::backend::metadata::builder::{DEPENDENCIES, EXTRAS, MetadataBuilder};
use crate::read::backend::setuptools::layout::setup_cfg;
use crate::read::source_tree::SourceTree;

const PATH: &str = "setup.cfg";

/// Other names for options, with their fields.
const ALIASES: [(&str, &str); 2] = [("summary", "summary"), ("home_page", "home-page")];

/// The values in the file; nothing without a file, or if it is not an ini file.
pub(super) fn read(tree: &SourceTree) -> MetadataBuilder {
    let mut draft = MetadataBuilder::of(PATH);
    let Some(bytes) = tree.get(PATH).filter(|bytes| bytes.len() <= MAX_TEXT_LENGTH) else {
        return draft;
    };
    let Ok(sections) = setup_cfg::sections(bytes) else { return draft };
    for (option, value) in sections.get("metadata").into_iter().flatten() {
        metadata(&mut draft, tree, &spelled(option), value);
    }
    let options = sections.get("options");
    draft.dependencies = options.map(|_| Vec::new());
    for (option, value) in options.into_iter().flatten() {
        match spelled(option).as_str() {
            "install_requires" => draft.dependencies = lines(&mut draft, tree, value, DEPENDENCIES),
            "python_requires" => draft.metadata.put("requires-python", value),
            _ => {}
        }
    }
    for (extra, value) in sections.get("options.extras_require").into_iter().flatten() {
        let lines = lines(&mut draft, tree, value, EXTRAS).unwrap_or_default();
        draft.extras.get_or_insert_default().insert(extra.clone(), lines);
    }
    draft
}

/// Both dashes and underscores were once allowed.
fn spelled(option: &str) -> String {
    option.replace('-', "_").to_lowercase()
}

fn metadata(draft: &mut MetadataBuilder, tree: &SourceTree, option: &str, value: &str) {
    let field = match option {
        "classifier" | "classifiers" => "classifier",
        "platform" | "platforms" => "platform",
        "project_urls" => "project-url",
        "keywords" => "keywords",
        _ => match text_field(option, &ALIASES) {
            Some(field) => field,
            None => return,
        },
    };
    let Some(value) = expanded(draft, tree, value, field) else { return };
    match field {
        "classifier" | "platform" => {
            list(&value, ',').for_each(|value| draft.metadata.put(field, value));
        }
        "keywords" => draft.metadata.put(field, list(&value, ',').collect::<Vec<_>>().join(",")),
        "project-url" => {
            let pairs = list(&value, ',').filter_map(|line| line.split_once('='));
            for (label, url) in pairs {
                draft.metadata.put(field, format!("{}, {}", label.trim(), url.trim()));
            }
        }
        "description" => draft.metadata.put(field, value),
        _ => draft.metadata.put(field, value.trim()),
    }
}

/// The value of an option, which may refer to files, to a module, or to another option; `None`, and
/// noted, if only a build knows the value.
fn expanded(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    value: &str,
    field: &'static str,
) -> Option<String> {
    let found = if let Some(paths) = value.strip_prefix("file:") {
        directive::files(draft, tree, paths.split(',').map(str::trim), field)
    } else if let Some(name) = value.strip_prefix("attr:").filter(|_| field == "version") {
        directive::attribute(tree, name)
    } else if value.contains("%(") {
        None
    } else {
        Some(value.replace("%%", "%"))
    };
    if found.is_none() {
        draft.computed.insert(field);
    }
    found
}

/// The lines of a list of dependencies.
fn lines(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    value: &str,
    field: &'static str,
) -> Option<Vec<String>> {
    let value = expanded(draft, tree, value, field)?;
    Some(list(&value, ';').filter(|line| !line.starts_with('#')).map(str::to_owned).collect())
}

/// Values one a line, or with `separator` between them in a single line.
fn list(value: &str, separator: char) -> impl Iterator<Item = &str> {
    let separator = if value.contains('\n') { '\n' } else { separator };
    value.split(separator).map(str::trim).filter(|value| !value.is_empty())
}
