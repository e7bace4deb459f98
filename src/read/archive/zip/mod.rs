//! Members of zip archives: wheels and the `.zip` source distributions.
//!
//! The records are read here and not by a library, since what matters is that all programs find the same
//! members in the archive: what could be read in two ways is refused.

mod cp437;
mod end_record;
mod entry;
mod extra_field;
mod fields;
mod local_header;

use std::collections::HashSet;

use bytes::Bytes;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::collect::{Collector, LinkBase, Members};
use super::{ambiguous, outside};
use crate::finding::{Code, Finding};
use crate::read::limits::{Budget, unreadable};
use entry::Entry;

/// The flags for encryption in its three forms.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Compression methods.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Whether the data end as zip archives do, whatever they begin with. Some readers look there first.
pub(super) fn ends_like_zip(data: &[u8]) -> bool {
    end_record::position(data).is_ok()
}

/// Reads the zip archive `data`.
pub(super) fn read(data: &Bytes, budget: Budget) -> Members {
    let mut collector = Collector::new(budget);
    match collect(data, &mut collector) {
        Ok(()) => collector.finish(),
        Err(finding) => Err(vec![finding]),
    }
}

fn collect(data: &[u8], collector: &mut Collector) -> Result<(), Finding> {
    let directory = end_record::find(data)?;
    collector.budget.count_members(directory.entries)?;
    let entries = entry::entries(data, &directory)?;
    let mut names = HashSet::with_capacity(entries.len());
    if let Some(twice) = entries.iter().find(|entry| !names.insert(entry.raw_name)) {
        let finding =
            Finding::new(Code::DuplicateMember, "a path that the central directory lists twice");
        return Err(finding.at(&*twice.name));
    }
    let ranges = local_header::data_ranges(data, &entries, directory.range.start)?;
    for (entry, range) in entries.iter().zip(ranges) {
        let Some(path) = collector.path(entry.name.as_bytes()) else { continue };
        if entry.name.ends_with('/') {
            if entry.size > 0 {
                return Err(ambiguous("a folder with content").at(path.as_str()));
            }
            collector.folder(path);
            continue;
        }
        let content = content(entry, data.get(range).unwrap_or_default(), &mut collector.budget)
            .map_err(|finding| finding.at(path.as_str()))?;
        if entry.is_symlink {
            collector.link(path, &content, LinkBase::Folder);
        } else {
            collector.file(path, content.into());
        }
    }
    Ok(())
}

/// The unpacked content of a member, verified.
fn content(entry: &Entry, packed: &[u8], budget: &mut Budget) -> Result<Vec<u8>, Finding> {
    if entry.flags & ENCRYPTED != 0 {
        return Err(unreadable(&"an encrypted member"));
    }
    let content = match entry.method {
        STORED => budget.unpack(packed, entry.size)?,
        DEFLATED => {
            let mut decoder = DeflateDecoder::new(packed);
            let content = budget.unpack(&mut decoder, entry.size)?;
            if decoder.total_in() != packed.len() as u64 {
                return Err(outside("bytes after the end of the compressed data"));
            }
            content
        }
        method => return Err(unreadable(&format!("the compression method {method}"))),
    };
    if content.len() as u64 != entry.size {
        let found = format!(
            "{} bytes instead of the {} bytes in the central directory",
            content.len(),
            entry.size
        );
        return Err(ambiguous(found));
    }
    let mut crc = Crc::new();
    crc.update(&content);
    if crc.sum() == entry.crc { Ok(content) } else { Err(unreadable(&"a wrong CRC-32")) }
}
