//! `mpconvert config`: the settings, and where they come from.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::Exit;
use super::args::{ConfigArgs, ConfigCommand, ConfigShowArgs};
use super::printer::Printer;
use super::table::{cell, width};
use crate::error::{Error, Result};
use crate::net::fetch::{FetchOptions, display_url};
use crate::settings::{self, Row, Settings};

/// The version of the format; it rises when a field is removed or changes its meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    settings: Vec<Entry<'a>>,
    /// The configuration of package indexes, with the names of pip.
    pip: Vec<Entry<'a>>,
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

pub(super) fn run(arguments: &ConfigArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    match &arguments.command {
        ConfigCommand::Show(arguments) => show(arguments, python, printer)?,
        ConfigCommand::Schema => Printer::data(settings::schema().as_bytes())?,
    }
    Ok(Exit::Fine)
}

fn show(arguments: &ConfigShowArgs, python: &Path, printer: &Printer) -> Result<()> {
    fs::metadata(&arguments.input).map_err(Error::io(&arguments.input))?;
    let project = arguments.project.whose().settings(&arguments.input)?;
    let settings = Settings::resolve(project.as_ref(), arguments.settings.layer())?;
    let mut rows = settings.rows();
    let own = rows.len();
    let cache = settings::cache(FetchOptions::CACHE);
    match arguments.places.settings(python, &cache) {
        Ok(indexes) => rows.extend(indexes.rows()),
        // The settings are there all the same.
        Err(Error::Usage { message, .. }) => printer.summary(&message),
        Err(error) => return Err(error),
    }
    for row in &mut rows {
        // A URL may hold a password.
        if let serde_json::Value::String(text) = &mut row.value {
            *text = display_url(text);
        }
    }
    if printer.is_json() {
        let (settings, pip) = rows.split_at(own);
        let [settings, pip] =
            [settings, pip].map(|rows| rows.iter().map(Entry::of).collect::<Vec<_>>());
        return Printer::json(&Report { version: VERSION, settings, pip });
    }
    let values: Vec<String> = rows.iter().map(|row| toml(&row.value)).collect();
    let key_width = width(rows.iter().map(|row| row.key));
    let value_width = width(values.iter().map(String::as_str));
    for (Row { key, source, .. }, value) in rows.iter().zip(&values) {
        let (value, source) = (cell(value), source.to_string());
        printer.line(&format!("{key:key_width$}   {value:value_width$}   {source}"))?;
    }
    Ok(())
}

/// A value as it is written in pyproject.toml, or `-` for none.
fn toml(value: &serde_json::Value) -> String {
    let text = value.serialize(toml_edit::ser::ValueSerializer::new());
    text.map_or_else(|_| "-".to_owned(), |value| value.to_string().trim().to_owned())
}
