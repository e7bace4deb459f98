//! Extended headers of pax archives (POSIX.1-2001).

use crate::finding::Finding;
use crate::read::archive::ambiguous;
use crate::read::limits::unreadable;

/// The records that say which file a member is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pax<'a> {
    pub(super) path: Option<&'a [u8]>,
    pub(super) link_path: Option<&'a [u8]>,
    pub(super) size: Option<u64>,
}

impl<'a> Pax<'a> {
    /// Reads all records of a header. Each that matters may be there once.
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, Finding> {
        let mut found = Self::default();
        let mut rest = data;
        while !rest.is_empty() {
            let (key, value, behind) =
                record(rest).ok_or_else(|| unreadable(&"a pax header that is damaged"))?;
            rest = behind;
            let is_repeated = match key {
                b"path" => found.path.replace(value).is_some(),
                b"linkpath" => found.link_path.replace(value).is_some(),
                b"size" => found.size.replace(size(value)?).is_some(),
                _ if is_sparse(key) => return Err(ambiguous("a sparse file")),
                _ => false,
            };
            if is_repeated || value.is_empty() && matches!(key, b"path" | b"linkpath") {
                let key = String::from_utf8_lossy(key);
                return Err(ambiguous(format!("an empty or second `{key}` in a pax header")));
            }
        }
        Ok(found)
    }

    /// Refuses records that a global header would give to all members: not all readers follow them.
    pub(super) fn check_global(&self) -> Result<(), Finding> {
        if *self == Self::default() {
            return Ok(());
        }
        Err(ambiguous("a path or size in a global pax header"))
    }
}

/// The first record, `LENGTH KEY=VALUE` with a line break, and what follows it.
fn record(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = data.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&data[..space]).ok()?.parse().ok()?;
    let (record, behind) = data.split_at_checked(length)?;
    let text = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    Some((&text[..equals], &text[equals + 1..], behind))
}

fn size(value: &[u8]) -> Result<u64, Finding> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| is_number);
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| ambiguous("a size in a pax header that is not a number"))
}

/// Whether a record makes the member one with holes, of which only some readers know.
fn is_sparse(key: &[u8]) -> bool {
    key.starts_with(b"GNU.sparse.") || key == b"SCHILY.realsize"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_length() {
        let data = b"20 path=a\nsize=7.py\n11 mtime=1\n9 size=7\n";
        let expected = Pax { path: Some(b"a\nsize=7.py"), size: Some(7), link_path: None };
        assert_eq!(Pax::parse(data).unwrap(), expected);
        assert!(expected.check_global().is_err());
        assert!(Pax::parse(b"13 comment=ab\n").is_err(), "the length is one too low");
        assert!(Pax::parse(b"14 comment=ab\n").unwrap().check_global().is_ok());
    }

    #[test]
    fn damaged_records_are_refused() {
        for data in
            ["x", "0 ", "1 ", "4 a\n", "99 path=a\n", "9999999999999999999999 a=b\n", "2 \n"]
        {
            assert!(Pax::parse(data.as_bytes()).is_err(), "{data}");
        }
    }
}
