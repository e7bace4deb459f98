//! Members of zip archives: wheels and the `.zip` source distributions.

use std::io::Cursor;

use ::zip::ZipArchive;
use ::zip::result::ZipError;
use bytes::Bytes;

use super::collect::{Collector, LinkBase};
use super::tar::Members;
use crate::finding::{Code, Finding};
use crate::read::limits::{Budget, unreadable};

/// Reads the zip archive `data`.
pub(super) fn read(data: &Bytes, budget: Budget) -> Members {
    let mut collector = Collector::new(budget);
    match collect(data, &mut collector) {
        Ok(()) => collector.finish(),
        Err(finding) => Err(vec![finding]),
    }
}

fn collect(data: &Bytes, collector: &mut Collector) -> Result<(), Finding> {
    let mut archive = ZipArchive::new(Cursor::new(&data[..])).map_err(|error| damaged(&error))?;
    collector.budget.count_members(archive.len())?;
    if archive.has_duplicate_names() {
        return Err(Finding::new(
            Code::DuplicateMember,
            "a path listed twice in the zip directory",
        ));
    }
    if archive.has_overlapping_entries().map_err(|error| damaged(&error))? {
        return Err(unreadable(&"zip members that overlap"));
    }
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = match std::str::from_utf8(member.name_raw()) {
            // Python before 3 and other tools wrote UTF-8 without the flag that says so.
            Ok(name) => name.to_owned(),
            Err(_) => member.name().map_err(|error| damaged(&error))?.into_owned(),
        };
        let Some(path) = collector.path(name.as_bytes()) else { continue };
        if member.is_dir() {
            continue;
        }
        let is_link = member.is_symlink();
        let size = member.size();
        let content = collector
            .budget
            .unpack(member, size)
            .map_err(|stopped| Finding::from(stopped).at(path.as_str()))?;
        if is_link {
            collector.link(path, &content, LinkBase::Folder);
        } else {
            collector.file(path, content.into());
        }
    }
    Ok(())
}

fn damaged(error: &ZipError) -> Finding {
    unreadable(error)
}
