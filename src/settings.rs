//! Settings that come from outside of a call, and their checks.

use crate::adapt::Pattern;
use crate::convert::ConvertOptions;
use crate::error::{Error, Result};

/// The time of all members of an output, in seconds since 1970: `SOURCE_DATE_EPOCH` where it is
/// set (reproducible-builds.org), else a fixed one.
///
/// # Errors
/// [`Error::Usage`] if the variable is not a number that a tar header can hold.
pub fn mtime() -> Result<u64> {
    /// The largest number in the eleven octal digits of a tar header.
    const LARGEST: u64 = 0o777_7777_7777;
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(ConvertOptions::DEFAULT_MTIME);
    };
    value.to_str().and_then(|text| text.parse().ok()).filter(|time| *time <= LARGEST).ok_or_else(
        || Error::Usage {
            message: format!("SOURCE_DATE_EPOCH: `{}` is no time", value.to_string_lossy()),
            help: "set it to whole seconds since 1970, or unset it".to_owned(),
        },
    )
}

/// Patterns that were given as texts.
///
/// # Errors
/// [`Error::Usage`] for the first that is no pattern.
pub fn patterns(texts: &[String]) -> Result<Vec<Pattern>> {
    let parse = |text: &String| {
        text.parse().map_err(|fault| Error::Usage {
            message: format!("`{text}` is no pattern: {fault}"),
            help: "write `*` and `?` within a folder, `**` across folders".to_owned(),
        })
    };
    texts.iter().map(parse).collect()
}
