//! Results as a table for people, a line for each release.

use std::borrow::{Borrow, Cow};

use super::printer::Printer;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::limits::{MAX_CELL, shortened};
use crate::write::Outcome;

/// A line of the table, and the findings about its release.
pub(super) struct Row<'a> {
    /// `{name}-{version}`.
    pub(super) file_stem: &'a str,
    /// The path of the result.
    pub(super) path: String,
    /// A summary of its content.
    pub(super) content: String,
    /// What was done there.
    pub(super) outcome: Outcome,
    /// All findings.
    pub(super) findings: &'a [Finding],
}

/// Shows the results and errors in their order, followed by a line of counts. `done` is the verb for
/// results that were written.
pub(super) fn show(
    results: &[Result<Row<'_>, &Error>],
    printer: &Printer,
    done: &str,
) -> Result<()> {
    let rows = || results.iter().filter_map(|result| result.as_ref().ok());
    let name_width = width(rows().map(|row| row.file_stem));
    let path_width = width(rows().map(|row| row.path.as_str()));
    for result in results {
        match result {
            Ok(row) => {
                let name = cell(row.file_stem).replacen('-', " ", 1);
                let Row { path, content, .. } = row;
                let path = cell(path);
                let note = note(row.outcome);
                printer
                    .line(&format!("{name:name_width$}   {path:path_width$}   {content}{note}"))?;
                printer.findings(row.file_stem, row.findings);
            }
            Err(error) => printer.error(error),
        }
    }
    if results.len() > 1 {
        printer.summary(&summary(results, done));
    }
    printer.hidden_notes(rows().flat_map(|row| row.findings));
    Ok(())
}

/// What is said of a result that was not written.
pub(super) fn note(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unchanged => " (unchanged)",
        Outcome::DryRun => " (dry run)",
        _ => "",
    }
}

fn summary(results: &[Result<Row<'_>, &Error>], done: &str) -> String {
    let outcome =
        |outcome: Outcome| results.iter().flatten().filter(|row| row.outcome == outcome).count();
    let [refused, failed] = refused_and_failed(results);
    tally([
        (outcome(Outcome::Written), done),
        (outcome(Outcome::DryRun), "to be done"),
        (outcome(Outcome::Unchanged), "unchanged"),
        (refused, "refused"),
        (failed, "failed"),
    ])
}

/// How many results are refused, and how many errors of another kind there are.
pub(super) fn refused_and_failed<T, E: Borrow<Error>>(results: &[Result<T, E>]) -> [usize; 2] {
    let errors = || results.iter().filter_map(|result| result.as_ref().err());
    let refused =
        errors().filter(|error| matches!((*error).borrow(), Error::Refused { .. })).count();
    [refused, errors().count() - refused]
}

/// `2 added, 1 refused`: the counts that are not zero, with their words.
pub(super) fn tally<'a>(counts: impl IntoIterator<Item = (usize, &'a str)>) -> String {
    counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `text` as a cell of a table: without its middle if it is too long to be read.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    shortened(text, MAX_CELL)
}

/// The width of a column with these texts as its cells.
pub(super) fn width<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(|text| cell(text).chars().count()).max().unwrap_or(0)
}

/// The lines of a table with these rows; no line ends with white space.
pub(super) fn lines<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: [usize; N] =
        std::array::from_fn(|column| width(rows.iter().map(|row| row[column].as_str())));
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(text, width)| format!("{:width$}", cell(text)));
        cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// `1 file`, `2 files`.
pub(super) fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Bytes in the unit that people read, with one decimal: `812 B`, `2.1 KB`.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes.div_ceil(10).saturating_mul(10) / 100;
    for unit in ["KB", "MB"] {
        if tenths < 10_000 {
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1000;
    }
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_cell_makes_no_column_wider_than_formatting_allows() {
        let rows = [["a".repeat(70_000), "x".to_owned()], ["é".to_owned(), "y".to_owned()]];
        let lines = lines(&rows);
        assert_eq!(lines[0].chars().count(), MAX_CELL + 1 + 3 + 1);
        assert_eq!(lines[1], format!("é{}y", " ".repeat(MAX_CELL + 3)));
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (2149, "2.1 KB"),
            (999_949, "999.9 KB"),
            (1_000_000, "1.0 MB"),
            (24_500_000, "24.5 MB"),
            (3_200_000_000, "3.2 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
