//! `mpconvert config`: the settings, and where they come from.

use std::fs;

use serde::Serialize;

use super::Exit;
use super::args::{ConfigArgs, ConfigCommand, ConfigShowArgs};
use super::printer::Printer;
use crate::error::{Error, Result};
use crate::settings::{self, Row, Settings};

/// The version of the JSON form; it rises when a field changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    settings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    key: &'a str,
    value: &'a serde_json::Value,
    source: String,
}

impl<'a> Entry<'a> {
    fn of(row: &'a Row) -> Self {
        Self { key: row.key, value: &row.value, source: row.source.to_string() }
    }
}

pub(super) fn run(arguments: &ConfigArgs, printer: &Printer) -> Result<Exit> {
    match &arguments.command {
        ConfigCommand::Show(arguments) => show(arguments, printer)?,
        ConfigCommand::Schema => Printer::data(settings::schema().as_bytes())?,
    }
    Ok(Exit::Fine)
}

fn show(arguments: &ConfigShowArgs, printer: &Printer) -> Result<()> {
    fs::metadata(&arguments.input).map_err(Error::io(&arguments.input))?;
    let project = arguments.project.whose().settings(&arguments.input)?;
    let rows = Settings::resolve(project.as_ref(), arguments.settings.layer())?.rows();
    if printer.is_json() {
        let settings = rows.iter().map(Entry::of).collect();
        return Printer::json(&Report { version: VERSION, settings });
    }
    let values: Vec<String> = rows.iter().map(|row| toml(&row.value)).collect();
    let width = |texts: &mut dyn Iterator<Item = &str>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let key_width = width(&mut rows.iter().map(|row| row.key));
    let value_width = width(&mut values.iter().map(String::as_str));
    for (Row { key, source, .. }, value) in rows.iter().zip(&values) {
        printer.line(&format!("{key:key_width$}   {value:value_width$}   {source}"))?;
    }
    Ok(())
}

/// A value as it is written in pyproject.toml, or `-` for none.
fn toml(value: &serde_json::Value) -> String {
    let text = value.serialize(toml_edit::ser::ValueSerializer::new());
    text.map_or_else(|_| "-".to_owned(), |value| value.to_string().trim().to_owned())
}
