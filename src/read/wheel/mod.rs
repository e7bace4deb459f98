//! Wheels (binary distribution format specification).

mod dist_info;
mod record;

use super::archive::{Archive, WHEEL_SUFFIX};
use super::dependencies::Declaration;
use super::distribution::{Content, Distribution, Identity};
use crate::finding::{Code, Finding};
use crate::metadata::Metadata;
use crate::package::{File, Origin};
use crate::path::MemberPath;

/// Whether the archive is laid out as a wheel is, whatever its name.
pub(super) fn is_wheel(archive: &Archive) -> bool {
    archive.name.to_ascii_lowercase().ends_with(WHEEL_SUFFIX) || dist_info::find(archive).is_some()
}

/// The metadata of a wheel, and its files in install layout.
///
/// # Errors
/// All findings, at least one of them an error.
pub(super) fn read(archive: Archive) -> Result<Distribution, Vec<Finding>> {
    let Some(folder) = dist_info::find(&archive).map(str::to_owned) else {
        return Err(vec![
            Finding::new(Code::Unreadable, "no folder `*.dist-info` with a file METADATA")
                .expected("a wheel"),
        ]);
    };
    let mut findings = archive.findings.clone();
    findings.extend(dist_info::check(&archive, &folder));
    findings.extend(record::check(&archive, &folder));
    if findings.iter().any(Finding::is_error) {
        return Err(findings);
    }
    let metadata_path = format!("{folder}/METADATA");
    let (metadata, noticed) =
        Metadata::parse(&archive.members[metadata_path.as_str()], &metadata_path);
    findings.extend(noticed);
    let declared = metadata.name.as_deref().zip(metadata.version.as_deref());
    let identity = Identity::choose(&archive.name, declared, &mut findings)
        .map_err(|finding| vec![finding])?;
    let tags = archive.members.get(format!("{folder}/WHEEL").as_str());
    let platform = platform(&archive.name, tags.map(|bytes| &bytes[..]).unwrap_or_default());

    let data = format!("{}.data", folder.trim_end_matches(dist_info::SUFFIX));
    let mut files = Vec::new();
    let mut elsewhere = 0_usize;
    for (path, bytes) in archive.members {
        if path.parts().next().is_some_and(|top| top.ends_with(dist_info::SUFFIX)) {
            continue;
        }
        let Some(target) = install_path(&path, &data) else {
            elsewhere += 1;
            continue;
        };
        let origin = Origin::Member { archive: archive.name.clone(), path };
        files.push(File { path: target, data: bytes, origin });
    }
    if elsewhere > 0 {
        let noun = if elsewhere == 1 { "file" } else { "files" };
        findings.push(Finding::new(Code::DataLeftOut, format!("{elsewhere} {noun}")).at(&data));
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    if let Some(pair) = files.windows(2).find(|pair| pair[0].path == pair[1].path) {
        findings.push(
            Finding::new(Code::DuplicateMember, format!("a second file in {data}"))
                .at(pair[0].path.as_str()),
        );
        return Err(findings);
    }
    let declarations = vec![Declaration::of_wheel(&metadata, &metadata_path, &mut findings)];
    let content = Content::Wheel { files, platform };
    Ok(Distribution {
        archive: archive.name,
        identity,
        metadata,
        declarations,
        content,
        findings,
        uncertain: Vec::new(),
    })
}

/// Where a member is installed, relative to `site-packages`; `None` if it goes elsewhere.
fn install_path(path: &MemberPath, data: &str) -> Option<MemberPath> {
    match path.below(data) {
        None => Some(path.clone()),
        Some(inside) => inside.below("purelib").or_else(|| inside.below("platlib")),
    }
}

/// The first platform or ABI tag that ties the wheel to a computer. The file WHEEL counts, since
/// wheels are renamed; without tags in it, the file name.
fn platform(file_name: &str, wheel: &[u8]) -> Option<String> {
    let wheel = String::from_utf8_lossy(wheel);
    let mut tags: Vec<&str> =
        wheel.lines().filter_map(|line| line.strip_prefix("Tag:")).map(str::trim).collect();
    if tags.is_empty() {
        tags.extend(file_name.strip_suffix(WHEEL_SUFFIX));
    }
    let is_pure = |tag: &&str| tag.ends_with("-none-any");
    if tags.iter().any(is_pure) {
        return None;
    }
    tags.first().map(|tag| (*tag).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_the_wheel_count_more_than_its_name() {
        let pure = b"Wheel-Version: 1.0\nTag: py2-none-any\nTag: py3-none-any\n";
        assert_eq!(platform("x-1-cp312-cp312-linux_x86_64.whl", pure), None);
        let native = b"Tag: cp312-cp312-manylinux_2_17_x86_64\r\n";
        assert_eq!(
            platform("x-1-py3-none-any.whl", native).as_deref(),
            Some("cp312-cp312-manylinux_2_17_x86_64")
        );
        assert_eq!(platform("x-1-py3-none-any.whl", b""), None);
        assert!(platform("x-1-py3-none-win32.whl", b"").is_some());
    }
}
