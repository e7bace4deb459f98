//! Members of tar archives: ustar, pax and GNU, as the build tools of two decades wrote them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use ::tar::EntryType;
use bytes::Bytes;

use super::collect::{Collector, LinkBase};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::read::limits::{Budget, unreadable};

/// Files by path and what was noticed, or all findings of a refused archive.
pub(super) type Members = Result<(BTreeMap<MemberPath, Bytes>, Vec<Finding>), Vec<Finding>>;

/// Reads the tar that `decoder` unpacks; `hint` is the size it claims.
pub(super) fn read(decoder: impl Read, hint: u64, mut budget: Budget) -> Members {
    let unpacked = budget.unpack(decoder, hint).map_err(|stopped| vec![stopped.into()])?;
    let unpacked = Bytes::from(unpacked);
    let mut collector = Collector::new(budget);
    match collect(&unpacked, &mut collector) {
        Ok(()) => collector.finish(),
        Err(finding) => Err(vec![finding]),
    }
}

fn collect(unpacked: &Bytes, collector: &mut Collector) -> Result<(), Finding> {
    let mut archive = ::tar::Archive::new(Cursor::new(&unpacked[..]));
    let mut empty = true;
    for entry in archive.entries().map_err(|error| unreadable(&error))? {
        let entry = entry.map_err(|error| unreadable(&error))?;
        empty = false;
        collector.budget.count_members(1)?;
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader) {
            continue;
        }
        let name = entry.path_bytes();
        if kind == EntryType::Directory && matches!(&*name, b"." | b"./") {
            continue;
        }
        let Some(path) = collector.path(&name) else { continue };
        match kind {
            // Version 7 tars mark folders by the trailing slash alone.
            EntryType::Directory => {}
            EntryType::Regular if name.ends_with(b"/") => {}
            EntryType::Regular | EntryType::Continuous => {
                let data = slice(unpacked, entry.raw_file_position(), entry.size());
                let data = data.ok_or_else(|| {
                    unreadable(&"a member that goes on behind the end of the archive")
                        .at(path.as_str())
                })?;
                collector.file(path, data);
            }
            EntryType::Symlink | EntryType::Link => {
                let base = match kind {
                    EntryType::Link => LinkBase::Root,
                    _ => LinkBase::Folder,
                };
                collector.link(path, &entry.link_name_bytes().unwrap_or_default(), base);
            }
            _ => collector.note(
                Finding::new(Code::SpecialMember, format!("a member of type {kind:?}"))
                    .at(path.as_str())
                    .expected("a file, a folder or a link"),
            ),
        }
    }
    if empty { Err(unreadable(&"a tar archive without any member")) } else { Ok(()) }
}

fn slice(unpacked: &Bytes, start: u64, size: u64) -> Option<Bytes> {
    let end = usize::try_from(start.checked_add(size)?).ok()?;
    let start = usize::try_from(start).ok()?;
    (end <= unpacked.len()).then(|| unpacked.slice(start..end))
}
