//! RECORD: the list of a wheel's files with their hashes and sizes.

use std::collections::BTreeMap;
use std::fmt::Write;

use bytes::Bytes;

use crate::digest::{Algorithm, hexadecimal};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::read::archive::Archive;

/// Findings about files that differ; a hostile RECORD could have a million lines.
const MAX_FINDINGS: usize = 20;

/// A line: the path of a file, its hash and its size.
type Row = [String; 3];

/// Verifies the files of a wheel by the RECORD in its `.dist-info` folder.
pub(super) fn check(archive: &Archive, folder: &str) -> Vec<Finding> {
    let record = format!("{folder}/RECORD");
    let content = archive.members.get(record.as_str()).map(|bytes| &bytes[..]).unwrap_or_default();
    if content.trim_ascii().is_empty() {
        return vec![Finding::new(Code::RecordMissing, "an empty file or none").at(record)];
    }
    let rows =
        match std::str::from_utf8(content).map_err(|_| "bytes that are not UTF-8").and_then(rows) {
            Ok(rows) => rows,
            Err(found) => return vec![Finding::new(Code::RecordDiffers, found).at(record)],
        };
    let has_no_line = |name: &str| {
        // They are written when the others are known.
        ["", ".jws", ".p7s"].iter().any(|ending| name.strip_suffix(ending) == Some(&record))
    };
    let differing = rows.iter().filter(|(path, _)| !has_no_line(path.as_str()));
    let mut findings: Vec<Finding> = differing
        .filter_map(|(path, row)| difference(path, row, archive.members.get(path)))
        .take(MAX_FINDINGS)
        .collect();
    let is_verified = |path: &MemberPath| rows.get(path).is_some_and(|row| !row[1].is_empty());
    let unverified = archive.members.keys().filter(|path| !has_no_line(path.as_str()));
    let unverified: Vec<&MemberPath> = unverified.filter(|path| !is_verified(path)).collect();
    if let [first, others @ ..] = &unverified[..] {
        let mut found = format!("no hash of `{first}`");
        if !others.is_empty() {
            let _ = write!(found, " and {} more", others.len());
        }
        findings.push(Finding::new(Code::RecordIncomplete, found).at(record));
    }
    findings
}

/// The lines by path. Each path has one, so that each file is verified once.
fn rows(text: &str) -> Result<BTreeMap<MemberPath, Row>, &'static str> {
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let row = row(line).ok_or("a line that is not a path, a hash and a size")?;
        // Archives have entries for folders, and some tools list them.
        let Some(path) = row[0].strip_suffix('/').is_none().then(|| row[0].parse()) else {
            continue;
        };
        let path: MemberPath = path.map_err(|_| "a path that leads out of the wheel")?;
        if rows.get(&path).is_some_and(|known| *known != row) {
            return Err("two different lines for one path");
        }
        rows.insert(path, row);
    }
    Ok(rows)
}

/// The fields of a line of comma-separated values, in quotes where needed.
fn row(line: &str) -> Option<Row> {
    let mut fields = Vec::with_capacity(3);
    let mut rest = line;
    loop {
        let mut field = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let end = quoted.find('"')?;
                field.push_str(&quoted[..end]);
                quoted = &quoted[end + 1..];
                let Some(more) = quoted.strip_prefix('"') else { break };
                field.push('"');
                quoted = more;
            }
            rest = quoted;
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            field.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(more) if fields.len() < 3 => rest = more,
            None if rest.is_empty() => return fields.try_into().ok(),
            _ => return None,
        }
    }
}

/// The difference between a file and its line.
fn difference(path: &MemberPath, row: &Row, data: Option<&Bytes>) -> Option<Finding> {
    let finding = |found: String| Finding::new(Code::RecordDiffers, found).at(path.as_str());
    let [_, hash, size] = row;
    let Some(data) = data else {
        return Some(finding("no file".to_owned()).expected("the file that RECORD lists"));
    };
    if !size.is_empty() && size.parse() != Ok(data.len()) {
        return Some(finding(format!("{} bytes", data.len())).expected(format!("{size} bytes")));
    }
    if hash.is_empty() {
        return None;
    }
    let (name, expected) = hash.split_once('=').unwrap_or((hash, ""));
    let Some(algorithm) = Algorithm::find(name).filter(|one| *one != Algorithm::Sha224) else {
        let found = format!("a {name} hash");
        return Some(finding(found).expected("a sha256, sha384 or sha512 hash"));
    };
    let digest = algorithm.digest(data);
    let found = base64(&digest);
    // Some build tools write hexadecimal digits, which no base64 text of the right length looks like.
    let is_same = found == expected.trim_end_matches('=') || hexadecimal(&digest) == expected;
    (!is_same)
        .then(|| finding(format!("the hash {}={found}", algorithm.as_str())).expected(hash.clone()))
}

/// The URL-safe form of base64 without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = |three: &[u8]| {
        let padded = three.iter().chain(&[0; 2]).take(3);
        let value = padded.fold(0, |value, byte| value << 8 | usize::from(*byte));
        (0..=three.len()).map(move |place| char::from(ALPHABET[value >> (18 - 6 * place) & 63]))
    };
    bytes.chunks(3).flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_url_safe_and_without_padding() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"\xfb\xff", "-_8")]
        {
            assert_eq!(base64(bytes), text);
        }
    }

    #[test]
    fn lines_are_comma_separated_values() {
        let fields = |line| row(line).map(|row| row.join("|"));
        assert_eq!(fields("a.py,sha256=x,3").as_deref(), Some("a.py|sha256=x|3"));
        assert_eq!(fields("\"a,\"\"b\"\".py\",,").as_deref(), Some("a,\"b\".py||"));
        for wrong in ["a.py", "a.py,x", "a,b,c,d", "\"a,b,c", "\"a\"b,c,d"] {
            assert_eq!(fields(wrong), None, "{wrong}");
        }
    }
}
