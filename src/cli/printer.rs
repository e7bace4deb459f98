//! The one place that writes to the terminal: data on stdout, all else on stderr.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::Exit;
use super::args::ReportFormat;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::redact::{Printable, ascii_json, redacted, without_private};

/// How long a run takes before it shows a progress bar.
const PATIENCE: Duration = Duration::from_millis(800);

/// Writes results and messages, as far as the verbosity allows.
pub(super) struct Printer {
    verbosity: i8,
    format: ReportFormat,
}

impl Printer {
    pub(super) fn new(verbosity: i8, format: ReportFormat) -> Self {
        Self { verbosity, format }
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == ReportFormat::Json
    }

    /// Writes bytes, at every verbosity.
    pub(super) fn data(bytes: &[u8]) -> Result<()> {
        let mut out = anstream::stdout().lock();
        // A terminal gets text with styles; a pipe gets the bytes as they are.
        let written = if io::stdout().is_terminal() {
            out.write_all(bytes)
        } else {
            out.into_inner().write_all(bytes)
        };
        done(written.and_then(|()| io::stdout().flush()))
    }

    /// Writes one line of results, unless quiet.
    pub(super) fn line(&self, line: &str) -> Result<()> {
        if self.verbosity < 0 {
            return Ok(());
        }
        let mut out = anstream::stdout().lock();
        done(writeln!(out, "{}", Printable(line)))
    }

    /// Writes a document of results.
    pub(super) fn json(document: &impl serde::Serialize) -> Result<()> {
        let mut document = serde_json::to_value(document)
            .map_err(|error| Error::io("standard output")(error.into()))?;
        redact(&mut document);
        let text = format!("{document:#}");
        done(writeln!(anstream::stdout().lock(), "{}", ascii_json(&text)))
    }

    /// Summarizes the run in a line, unless quiet.
    pub(super) fn summary(&self, line: &str) {
        if self.verbosity >= 0 && !self.is_json() {
            message(&Printable(line).to_string());
        }
    }

    /// Reports the findings about `subject` that the verbosity shows. In JSON they are in the results.
    pub(super) fn findings(&self, subject: &str, findings: &[Finding]) {
        if self.is_json() {
            return;
        }
        let threshold = match self.verbosity {
            1.. => Severity::Note,
            0 => Severity::Warning,
            -1 => Severity::Error,
            _ => return,
        };
        for finding in findings.iter().filter(|finding| finding.severity() >= threshold) {
            // A finding about the subject as a whole names it already.
            let text = match &finding.path {
                Some(path) if path == subject => finding.to_string(),
                _ => format!("{subject}: {finding}"),
            };
            report(finding.severity(), Some(finding.code.id()), &text, finding.help());
        }
    }

    /// Reports how many notes were hidden by the verbosity.
    pub(super) fn hidden_notes<'a>(&self, findings: impl Iterator<Item = &'a Finding>) {
        let notes = findings.filter(|finding| finding.severity() == Severity::Note).count();
        if self.verbosity == 0 && notes > 0 {
            let (noun, pronoun) = if notes == 1 { ("note", "it") } else { ("notes", "them") };
            self.summary(&format!("{notes} {noun}: see {pronoun} with -v"));
        }
    }

    /// Reports an error.
    pub(super) fn error(&self, error: &Error) {
        match error {
            Error::Refused { input, findings } => self.findings(input, findings),
            _ if self.verbosity < -1 => {}
            Error::Usage { message, help } => report(Severity::Error, None, message, help),
            Error::Fetch { fault, .. } => {
                report(Severity::Error, None, &error.to_string(), fault.help());
            }
            Error::Io { .. } => report(Severity::Error, None, &error.to_string(), ""),
        }
    }

    /// A progress bar over `length` steps, if stderr is a terminal and it takes long.
    pub(super) fn progress(&self, length: usize) -> ProgressBar {
        if length < 2 {
            return ProgressBar::hidden();
        }
        self.bar(length as u64, "{wide_bar} {pos}/{len} {msg}")
    }

    /// A counter of bytes whose total is unknown.
    pub(super) fn fetched(&self) -> ProgressBar {
        self.bar(0, "{bytes} fetched")
    }

    fn bar(&self, length: u64, template: &str) -> ProgressBar {
        if self.verbosity < 0 {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

/// Held by the thread that shows a bar.
static SHOWING: Mutex<()> = Mutex::new(());

/// Shows the bar once it is clear that the run takes long; counts steps.
pub(super) fn step(bar: &ProgressBar, steps: u64) {
    let is_due = bar.elapsed() > PATIENCE && !bar.is_finished();
    if is_due && bar.is_hidden() && bar.length().is_some() {
        // A thread that shows it again would leave the line of another one behind.
        let _alone = SHOWING.lock().unwrap_or_else(PoisonError::into_inner);
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
    bar.inc(steps);
}

/// Makes a progress bar of a count of bytes once it is known how many more come.
pub(super) fn expect(bar: &ProgressBar, bytes: u64) {
    // One without a length is never shown.
    if bar.length().is_none() {
        return;
    }
    bar.set_length(bar.position() + bytes);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}") {
        bar.set_style(style);
    }
}

/// Prints what clap says about `arguments`: help on stdout, errors on stderr. `parse` is what gave the
/// error.
pub(super) fn usage(
    error: &clap::Error,
    arguments: &[OsString],
    parse: impl Fn(Vec<OsString>) -> Option<clap::Error>,
) -> Exit {
    if !error.use_stderr() {
        return if error.print().is_ok() { Exit::Fine } else { Exit::Failed };
    }
    // It repeats arguments among styles of its own, which cannot be distinguished from theirs. So the same
    // error is made once more, from arguments that are safe to print.
    let text: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let safe: Vec<_> = text.iter().map(|text| Printable(text).to_string()).collect();
    let text = if safe.iter().eq(&text) {
        redacted(&error.render().ansi().to_string()).into_owned()
    } else if let Some(error) = parse(safe.into_iter().map(OsString::from).collect()) {
        redacted(&error.render().ansi().to_string()).into_owned()
    } else {
        let text = error.render().to_string();
        format!("{}\n", Printable(text.trim_end()))
    };
    let _ = write!(anstream::stderr().lock(), "{text}");
    Exit::Failed
}

/// `error[MP103]: subject: found …` and a line of help below it.
fn report(severity: Severity, code: Option<&str>, text: &str, help: &str) {
    let (word, color) = match severity {
        Severity::Note => ("note", AnsiColor::Cyan),
        Severity::Warning => ("warning", AnsiColor::Yellow),
        Severity::Error => ("error", AnsiColor::Red),
    };
    let style = Style::new().fg_color(Some(color.into())).bold();
    let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
    message(&format!("{style}{word}{code}{style:#}: {}", Printable(text)));
    if !help.is_empty() && severity > Severity::Note {
        let style = Style::new().bold();
        message(&format!("  {style}help{style:#}: {}", Printable(help)));
    }
}

/// Removes secrets, which no text may contain.
fn redact(value: &mut Value) {
    match value {
        Value::String(text) => {
            // Else it may be a path with slashes in a row, which programs need as it is.
            if (text.contains("://") || text.contains('@'))
                && let Cow::Owned(redacted) = redacted(text)
            {
                *text = redacted;
            }
            if let Cow::Owned(redacted) = without_private(text) {
                *text = redacted;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        Value::Object(values) => values.values_mut().for_each(redact),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Writes a line to stderr. A failure cannot be reported anywhere.
fn message(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// A reader that has closed the pipe, such as `head`, is not an error.
fn done(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Error::io(PathBuf::from("standard output"))),
    }
}
