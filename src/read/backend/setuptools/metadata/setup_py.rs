//! The arguments of `setup()` that metadata are made of.

use std::collections::BTreeMap;

use super::text_field;
use crate::read::backend::metadata::builder::{DEPENDENCIES, EXTRAS, MetadataBuilder};
use crate::read::backend::setuptools::layout::copier::Copier;
use crate::read::backend::setuptools::layout::script::{self, Call, PATH};
use crate::read::backend::setuptools::layout::value::Value;
use crate::read::source_tree::SourceTree;

/// Arguments that `[metadata]` has not as one text, with their fields.
const OWN_TEXTS: [(&str, &str); 3] = [
    ("license_expression", "license-expression"),
    ("python_requires", "requires-python"),
    ("keywords", "keywords"),
];

/// The arguments by which plug-ins take everything from `setup.cfg` and elsewhere.
const PLUG_INS: [&str; 2] = ["pbr", "d2to1"];

/// Of a script with more calls of `setup()`, nothing is believed.
const MAX_CALLS: usize = 16;

/// What the script says, and whether it may say more; nothing if there is no script. Of one that
/// calls no `setup()`, nothing is known.
pub(super) fn read(tree: &SourceTree) -> (MetadataBuilder, bool) {
    let mut copier = Copier::new();
    let mut all: Option<(MetadataBuilder, bool)> = None;
    let mut count = 0;
    let note = |call: &Call| {
        count += 1;
        if count > MAX_CALLS {
            return;
        }
        let (draft, is_partial) = of_call(call, &mut copier);
        match &mut all {
            Some((first, first_is_partial)) => {
                first.agree(&draft);
                *first_is_partial |= is_partial;
            }
            None => all = Some((draft, is_partial)),
        }
    };
    match script::calls(tree, note) {
        Some(()) => {
            all.filter(|_| count <= MAX_CALLS).unwrap_or_else(|| (MetadataBuilder::of(PATH), true))
        }
        None => (MetadataBuilder::of(PATH), false),
    }
}

fn of_call(call: &Call, copier: &mut Copier) -> (MetadataBuilder, bool) {
    let is_partial =
        call.is_partial || PLUG_INS.iter().any(|name| call.arguments.contains_key(*name));
    let mut draft = MetadataBuilder::of(PATH);
    draft.dependencies = (!is_partial).then(Vec::new);
    draft.takes_tag =
        call.arguments.get("use_scm_version").is_some_and(|value| *value == Value::Bool(true));
    for (name, value) in &call.arguments {
        note(&mut draft, copier, name, value);
    }
    (draft, is_partial)
}

/// Notes one argument; as computed where it is not known as a whole, or too large.
fn note(draft: &mut MetadataBuilder, copier: &mut Copier, name: &str, value: &Value) {
    let field = match name {
        "classifiers" => "classifier",
        "platforms" => "platform",
        "project_urls" => "project-url",
        "install_requires" => DEPENDENCIES,
        "extras_require" => EXTRAS,
        _ => match text_field(name, &OWN_TEXTS) {
            Some(field) => field,
            None => return,
        },
    };
    let is_whole = match (field, value) {
        (_, Value::Nothing) => true,
        (DEPENDENCIES, value) => {
            let (lines, is_whole) = lines(copier, value);
            draft.dependencies = Some(lines);
            is_whole
        }
        (EXTRAS, value) => extras(draft, copier, value),
        ("project-url", value) => urls(draft, copier, value),
        ("classifier" | "platform" | "keywords", value) => several(draft, copier, field, value),
        (field, Value::Text(text)) => match copier.text(text) {
            Some(text) => {
                draft.metadata.put(field, text);
                true
            }
            None => false,
        },
        _ => false,
    };
    if !is_whole {
        draft.computed.insert(field);
    }
}

/// A list, or one text whose values commas separate.
fn several(draft: &mut MetadataBuilder, copier: &mut Copier, field: &str, value: &Value) -> bool {
    let (values, is_whole) = match value {
        Value::Text(text) => copier.each(text.split(',').map(str::trim)),
        Value::List(list) => copier.list(list),
        _ => (Vec::new(), false),
    };
    if field == "keywords" {
        draft.metadata.put(field, values.join(","));
    } else {
        for value in values {
            draft.metadata.put(field, value);
        }
    }
    is_whole
}

fn urls(draft: &mut MetadataBuilder, copier: &mut Copier, value: &Value) -> bool {
    let Value::Dict(dict) = value else { return false };
    let mut is_whole = !dict.is_partial;
    for (label, url) in dict.entries.iter() {
        let Value::Text(url) = url else {
            is_whole = false;
            continue;
        };
        match copier.text(&format!("{label}, {url}")) {
            Some(text) => draft.metadata.put("project-url", text),
            None => return false,
        }
    }
    is_whole
}

fn extras(draft: &mut MetadataBuilder, copier: &mut Copier, value: &Value) -> bool {
    let Value::Dict(dict) = value else { return false };
    let mut is_whole = !dict.is_partial;
    let mut extras = BTreeMap::new();
    for (heading, value) in dict.entries.iter() {
        let Some(heading) = copier.text(heading) else {
            is_whole = false;
            break;
        };
        let (lines, is_known) = lines(copier, value);
        is_whole &= is_known;
        extras.insert(heading, lines);
    }
    draft.extras = Some(extras);
    is_whole
}

/// Dependencies, in a list or one a line, and whether these are all.
fn lines(copier: &mut Copier, value: &Value) -> (Vec<String>, bool) {
    match value {
        Value::Nothing => (Vec::new(), true),
        Value::List(list) => copier.list(list),
        Value::Text(text) => copier.each(text.lines().map(str::trim)),
        _ => (Vec::new(), false),
    }
}
