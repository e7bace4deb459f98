//! Python source, read and never run.

mod module;
mod nesting;
pub(super) mod regex;

use std::thread;

use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

pub(super) use module::{Literal, Outline, literals};

/// Longer sources are not read. They are written by machines, or hostile.
const MAX_LENGTH: usize = 256 * 1024;
/// Deeper sources are not read.
const MAX_DEPTH: usize = 200;
/// The stack for a source of that depth, in bytes: far more than it takes without optimisation.
const STACK: usize = 8 << 20;

/// Why the source of a module is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is too long or too deep.
    TooLarge,
    /// It is not Python, from this byte on.
    Invalid { offset: usize, fault: String },
}

/// What `look` makes of the statements of a module; `None` for a source that is too long or too
/// deep.
///
/// The parser recovers from errors: it can also read Python 2.
pub(super) fn with_module<T: Send>(
    source: &str,
    look: impl FnOnce(&[Stmt]) -> T + Send,
) -> Option<T> {
    with_parsed(source.trim_start_matches('\u{feff}'), |parsed| look(parsed.suite()))
}

/// What `look` makes of the statements of a module without errors.
pub(super) fn with_valid_module<T: Send>(
    source: &str,
    look: impl FnOnce(&[Stmt]) -> T + Send,
) -> Result<T, Unread> {
    let valid = |parsed: &Parsed<ModModule>| match parsed.errors().first() {
        None => Ok(look(parsed.suite())),
        Some(error) => Err(Unread::Invalid {
            offset: error.location.start().to_usize(),
            fault: error.error.to_string(),
        }),
    };
    with_parsed(source, valid).unwrap_or(Err(Unread::TooLarge))
}

fn with_parsed<T: Send>(
    source: &str,
    look: impl FnOnce(&Parsed<ModModule>) -> T + Send,
) -> Option<T> {
    let interpret = move || {
        if source.len() > MAX_LENGTH || !nesting::is_at_most(source, MAX_DEPTH) {
            return None;
        }
        let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module)).try_into_module()?;
        Some(look(&parsed))
    };
    // Parsing, following and dropping a tree are recursive, and a caller's own thread may have but
    // a small stack.
    thread::scope(|scope| {
        let thread =
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, interpret).ok()?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
