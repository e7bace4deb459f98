//! The members of an archive, checked and under limits, whatever its format.

mod bzip2_streams;
mod collect;
mod tar;
mod zip;

use std::collections::BTreeMap;

use bytes::Bytes;

use super::limits::{Budget, Limits};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use bzip2_streams::Bzip2Streams;
use collect::Members;

/// The regular files of an archive; links are resolved, folders left out.
#[derive(Clone, Debug)]
pub(super) struct Archive {
    /// The archive's file name, or what stands for it.
    pub(super) name: String,
    /// Its files by their paths in the archive.
    pub(super) members: BTreeMap<MemberPath, Bytes>,
    /// Findings that are not errors.
    pub(super) findings: Vec<Finding>,
}

/// The archive formats that distributions come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    TarGz,
    TarBz2,
    Zip,
}

/// The endings of file names that are read, in the order in which they are preferred when one
/// release has several source distributions.
pub(crate) const SDIST_SUFFIXES: [&str; 4] = [".tar.gz", ".tgz", ".zip", ".tar.bz2"];

/// The ending of a wheel's file name.
pub(crate) const WHEEL_SUFFIX: &str = ".whl";

/// Reads the archive `data`, named `name`.
///
/// # Errors
/// All findings, at least one of them an error.
pub(super) fn read(name: &str, data: &Bytes, limits: Limits) -> Result<Archive, Vec<Finding>> {
    let format = detect(name, data).map_err(|finding| vec![finding])?;
    if format != Format::Zip && zip::ends_like_zip(data) {
        return Err(vec![ambiguous("a tar archive that is also a zip archive")]);
    }
    let budget = Budget::new(limits, data.len());
    let (members, findings) = match format {
        Format::TarGz => gzipped_tar(data, budget),
        Format::TarBz2 => tar::read(Bzip2Streams::new(data), 0, budget),
        Format::Zip => zip::read(data, budget),
    }?;
    Ok(Archive { name: name.to_owned(), members, findings })
}

/// Reads a tar in the only member of a gzip file. Some readers stop at the end of the first member, and
/// others go on with the next.
fn gzipped_tar(data: &[u8], budget: Budget) -> Members {
    let mut decoder = flate2::bufread::GzDecoder::new(data);
    let members = tar::read(&mut decoder, gzip_size(data), budget)?;
    let rest = decoder.into_inner();
    // Tapes padded files with zeros, and all readers skip them.
    if rest.iter().all(|byte| *byte == 0) {
        return Ok(members);
    }
    let what = if rest.starts_with(&[0x1f, 0x8b]) { "a second gzip member" } else { "data" };
    Err(vec![outside(format!("{what} after the end of the gzip data"))])
}

/// The format by the first bytes, where the ending of the name does not rule it out.
fn detect(name: &str, data: &[u8]) -> Result<Format, Finding> {
    let lower = name.to_ascii_lowercase();
    let known = SDIST_SUFFIXES.iter().chain([&WHEEL_SUFFIX]).any(|ending| lower.ends_with(ending));
    if let Some((_, ending)) = lower.rsplit_once('.').filter(|_| !known)
        && matches!(ending, "egg" | "exe" | "msi" | "rpm" | "deb")
    {
        return Err(unsupported(&format!("a .{ending} file")));
    }
    match data {
        [0x1f, 0x8b, ..] => Ok(Format::TarGz),
        [b'B', b'Z', b'h', ..] => Ok(Format::TarBz2),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(Format::Zip),
        [] => Err(Finding::new(Code::Unreadable, "the file is empty").expected("an archive")),
        _ if known => Err(Finding::new(Code::Unreadable, "the content is not an archive")
            .expected("gzip, bzip2 or zip data")),
        _ => Err(unsupported("a file with an unknown extension")),
    }
}

/// The finding for what programs read in different ways.
fn ambiguous(found: impl Into<String>) -> Finding {
    Finding::new(Code::AmbiguousArchive, found)
}

/// The finding for bytes that belong to no member.
fn outside(found: impl Into<String>) -> Finding {
    Finding::new(Code::DataOutsideArchive, found)
}

fn unsupported(found: &str) -> Finding {
    Finding::new(Code::UnsupportedFormat, found)
        .expected("a .tar.gz, .tgz, .tar.bz2, .zip or .whl archive")
}

/// The unpacked size that a gzip file claims in its last four bytes (RFC 1952, `ISIZE`).
fn gzip_size(data: &[u8]) -> u64 {
    data.last_chunk().map_or(0, |size| u64::from(u32::from_le_bytes(*size)))
}
