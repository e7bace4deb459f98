//! `mpconvert config`: the settings, and where they come from.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::Exit;
use super::args::{ConfigArgs, ConfigCommand, ConfigShowArgs};
use super::printer::Printer;
use super::table::{cell, width};
use crate::error::{Error, Result};
#[cfg(feature = "net")]
use crate::net::fetch::FetchOptions;
use crate::net::fetch::shown;
#[cfg(feature = "net")]
use crate::net::pypi::config::Source;
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

/// The setting of one source, for all readers.
struct Told {
    key: &'static str,
    value: serde_json::Value,
    source: String,
}

impl Told {
    fn of(row: Row) -> Self {
        // A URL may contain a password.
        let value = match row.value {
            serde_json::Value::String(text) => shown(&text).into(),
            value => value,
        };
        Self { key: row.key, value, source: row.source.to_string() }
    }

    fn entry(&self) -> Entry<'_> {
        Entry { key: self.key, value: &self.value, source: self.source.clone() }
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
    let mut rows: Vec<Told> = settings.rows().into_iter().map(Told::of).collect();
    let own = rows.len();
    match of_pip(arguments, python) {
        Ok(told) => rows.extend(told),
        // The settings are there all the same.
        Err(Error::Usage { message, .. }) => printer.summary(&message),
        Err(error) => return Err(error),
    }
    if printer.is_json() {
        let (settings, pip) = rows.split_at(own);
        let [settings, pip] =
            [settings, pip].map(|rows| rows.iter().map(Told::entry).collect::<Vec<_>>());
        return Printer::json(&Report { version: VERSION, settings, pip });
    }
    let values: Vec<String> = rows.iter().map(|row| toml(&row.value)).collect();
    let key_width = width(rows.iter().map(|row| row.key));
    let value_width = width(values.iter().map(String::as_str));
    for (Told { key, source, .. }, value) in rows.iter().zip(&values) {
        let value = cell(value);
        printer.line(&format!("{key:key_width$}   {value:value_width$}   {source}"))?;
    }
    Ok(())
}

/// The configuration of package indexes.
#[cfg(feature = "net")]
fn of_pip(arguments: &ConfigShowArgs, python: &Path) -> Result<Vec<Told>> {
    let cache = FetchOptions::default().cache;
    let rows = arguments.places.config(python, &cache)?.rows();
    let told = |(key, value, source): (_, String, Source)| Told {
        key,
        value: value.into(),
        source: source.to_string(),
    };
    Ok(rows.into_iter().map(told).collect())
}

#[cfg(not(feature = "net"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature there are errors")]
fn of_pip(_arguments: &ConfigShowArgs, _python: &Path) -> Result<Vec<Told>> {
    Ok(Vec::new())
}

/// A value as it is written in pyproject.toml, or `-` for none.
fn toml(value: &serde_json::Value) -> String {
    let text = value.serialize(toml_edit::ser::ValueSerializer::new());
    text.map_or_else(|_| "-".to_owned(), |value| value.to_string().trim().to_owned())
}
