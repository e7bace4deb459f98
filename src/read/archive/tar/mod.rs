//! Members of tar archives: ustar, pax and GNU, as the build tools of two decades wrote them.
//!
//! The headers are read here and not by a library, since what matters is that all programs find the same
//! members in the archive: what could be read in two ways is refused.

mod header;
mod pax;

use std::io::Read;

use bytes::Bytes;

use super::collect::{Collector, LinkBase, Members, start};
use super::{ambiguous, outside};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::read::limits::{Budget, unreadable};
use header::{BLOCK, Header};
use pax::Pax;

/// Reads the tar that `decoder` unpacks; `hint` is the size it claims.
pub(super) fn read(decoder: impl Read, hint: u64, mut budget: Budget) -> Members {
    let unpacked = budget.unpack(decoder, hint).map_err(|stopped| vec![stopped.into()])?;
    let mut reader = Reader { data: Bytes::from(unpacked), position: 0 };
    let mut collector = Collector::new(budget);
    match collect(&mut reader, &mut collector) {
        Ok(()) => collector.finish(),
        Err(finding) => Err(vec![finding]),
    }
}

/// A header and its content.
struct Entry {
    kind: u8,
    name: Result<Vec<u8>, Finding>,
    link_name: Vec<u8>,
    content: Bytes,
}

/// The names of the next member by the headers before its own.
#[derive(Default)]
struct Pending {
    name: Option<Bytes>,
    link_name: Option<Bytes>,
    pax: Option<Bytes>,
}

struct Reader {
    data: Bytes,
    position: usize,
}

impl Reader {
    /// The next header with its content; `None` at the end of the archive, behind which there may be
    /// nothing but zeros.
    fn next(&mut self) -> Result<Option<Entry>, Finding> {
        let rest = self.data.get(self.position..).unwrap_or_default();
        let block = rest.first_chunk::<BLOCK>();
        if block.is_none_or(|block| block.iter().all(|byte| *byte == 0)) {
            let is_end = rest.iter().all(|byte| *byte == 0);
            return match block {
                _ if is_end => Ok(None),
                Some(_) => Err(outside("data after the end of the tar archive")),
                None => Err(unreadable(&"a tar archive that is truncated")),
            };
        }
        let Some(block) = block else { return Ok(None) };
        let header = Header::new(block)?;
        let at = |finding: Finding| match header.name() {
            Ok(name) => finding.at(start(&name)),
            Err(_) => finding,
        };
        header.check().map_err(at)?;
        let size = header.size().map_err(at)?;
        let start = self.position + BLOCK;
        let size = usize::try_from(size).ok().filter(|size| *size <= self.data.len() - start);
        let size = size.ok_or_else(|| {
            at(unreadable(&"a member that continues after the end of the archive"))
        })?;
        let entry = Entry {
            kind: header.kind(),
            name: header.name(),
            link_name: header.link_name().to_vec(),
            content: self.data.slice(start..start + size),
        };
        self.position = start + size.next_multiple_of(BLOCK);
        Ok(Some(entry))
    }
}

fn collect(reader: &mut Reader, collector: &mut Collector) -> Result<(), Finding> {
    let mut empty = true;
    let mut pending = Pending::default();
    while let Some(entry) = reader.next()? {
        empty = false;
        collector.budget.count_members(1)?;
        let content = entry.content.clone();
        let is_second = match entry.kind {
            b'g' => {
                Pax::parse(&content)?.check_global()?;
                continue;
            }
            b'x' => pending.pax.replace(content).is_some(),
            b'L' => pending.name.replace(content).is_some(),
            b'K' => pending.link_name.replace(content).is_some(),
            _ => {
                member(entry, &std::mem::take(&mut pending), collector)?;
                continue;
            }
        };
        if is_second {
            return Err(ambiguous("two extended headers of the same kind for a member"));
        }
    }
    if pending.pax.or(pending.name).or(pending.link_name).is_some() {
        return Err(unreadable(&"an extended header without its member"));
    }
    if empty { Err(unreadable(&"a tar archive without any member")) } else { Ok(()) }
}

fn member(entry: Entry, pending: &Pending, collector: &mut Collector) -> Result<(), Finding> {
    let pax = Pax::parse(pending.pax.as_deref().unwrap_or_default())?;
    let long_name = pending.name.as_ref().map(long).transpose()?;
    let long_link = pending.link_name.as_ref().map(long).transpose()?;
    let name = one_of(pax.path, long_name)?.map_or(entry.name, |name| Ok(name.to_vec()))?;
    let link_name = one_of(pax.link_path, long_link)?.unwrap_or(&entry.link_name);
    let at = |finding: Finding| finding.at(start(&name));
    let size = entry.content.len();
    if pax.size.is_some_and(|stated| stated != size as u64) {
        return Err(at(ambiguous("a size in the pax header that differs from the header")));
    }
    let has_slash = name.ends_with(b"/");
    // Version 7 tars mark folders by the trailing slash alone.
    let is_folder = entry.kind == b'5' || entry.kind == 0 && has_slash;
    if has_slash && !is_folder {
        return Err(at(ambiguous("a name that ends with a slash and is not a folder")));
    }
    if size > 0 && (is_folder || entry.kind == b'2') {
        return Err(at(ambiguous("a folder or symbolic link with content")));
    }
    if is_folder && matches!(&*name, b"." | b"./") {
        return Ok(());
    }
    let Some(path) = collector.path(&name) else { return Ok(()) };
    match entry.kind {
        _ if is_folder => collector.folder(path),
        0 | b'0' => collector.file(path, entry.content),
        b'1' => hard_link(path, link_name, size, collector),
        b'2' => collector.link(path, link_name, LinkBase::Folder),
        kind => collector.refuse(unsupported(kind).at(path.as_str())),
    }
    Ok(())
}

fn hard_link(path: MemberPath, target: &[u8], size: usize, collector: &mut Collector) {
    // A reader that extracts in order links to a file that exists by then.
    if size > 0 {
        collector.refuse(ambiguous("a hard link with content").at(path.as_str()));
    } else if collector.has(target) {
        collector.link(path, target, LinkBase::Root);
    } else {
        collector.refuse(
            Finding::new(
                Code::UnsafeLink,
                "a hard link to a file that does not come before it in the archive",
            )
            .at(path.as_str())
            .expected("a link to an earlier member"),
        );
    }
}

/// The value of the two forms of extended headers; only one may be there.
fn one_of<'a>(pax: Option<&'a [u8]>, gnu: Option<&'a [u8]>) -> Result<Option<&'a [u8]>, Finding> {
    match (pax, gnu) {
        (Some(_), Some(_)) => {
            Err(ambiguous("a long name from GNU tar and a different one from pax"))
        }
        (pax, gnu) => Ok(pax.or(gnu)),
    }
}

/// A long name of GNU tar, which ends in NUL.
fn long(content: &Bytes) -> Result<&[u8], Finding> {
    let end = content.iter().position(|byte| *byte == 0).unwrap_or(content.len());
    let (name, rest) = content.split_at(end);
    if rest.iter().all(|byte| *byte == 0) && !name.is_empty() {
        return Ok(name);
    }
    Err(ambiguous("a long name from GNU tar that is empty or contains a NUL"))
}

/// A member that is not a file, folder or link. Unknown kinds are regular files to some readers.
fn unsupported(kind: u8) -> Finding {
    let special = match kind {
        b'3' => "Char",
        b'4' => "Block",
        b'6' => "Fifo",
        b'S' => return ambiguous("a sparse file"),
        b'7' => return ambiguous("a contiguous file"),
        _ => {
            let kind = char::from(kind).escape_default();
            return ambiguous(format!("a member of the unknown type `{kind}`"));
        }
    };
    Finding::new(Code::SpecialMember, format!("a member of type {special}"))
        .expected("a file, a folder or a link")
}
