//! Header blocks of tar archives: ustar, its predecessor of version 7, and the form of GNU tar.

use crate::finding::Finding;
use crate::read::archive::ambiguous;
use crate::read::limits::unreadable;

/// Bytes of a block.
pub(super) const BLOCK: usize = 512;

const SIZE: std::ops::Range<usize> = 124..136;
/// The numbers that mean nothing here: mode, owner, group, time, and those of a device. A header in which
/// one is not a number ends the archive for Python's `tarfile`, without an error.
const OTHER_NUMBERS: [std::ops::Range<usize>; 6] =
    [100..108, 108..116, 116..124, 136..148, 329..337, 337..345];
const CHECKSUM: std::ops::Range<usize> = 148..156;
const PREFIX: std::ops::Range<usize> = 345..500;
/// The magic and version of ustar, in which names have a prefix.
const USTAR: &[u8] = b"ustar\x0000";

/// A header block whose checksum is right.
pub(super) struct Header<'a>(&'a [u8; BLOCK]);

impl<'a> Header<'a> {
    pub(super) fn new(block: &'a [u8; BLOCK]) -> Result<Self, Finding> {
        let bytes = block.iter().enumerate();
        let sum = bytes
            .map(|(place, byte)| u64::from(if CHECKSUM.contains(&place) { b' ' } else { *byte }));
        let header = Self(block);
        match octal(&block[CHECKSUM]) {
            Some(checksum) if checksum == sum.sum::<u64>() => Ok(header),
            _ => Err(unreadable(&"a tar header with a wrong checksum")),
        }
    }

    /// Fails for a header that other readers take for the end of the archive.
    pub(super) fn check(&self) -> Result<(), Finding> {
        let is_number = |field: &[u8]| {
            matches!(field.first(), Some(0x80 | 0xff)) || octal(text(field)).is_some()
        };
        if OTHER_NUMBERS.into_iter().all(|field| is_number(&self.0[field])) {
            Ok(())
        } else {
            Err(ambiguous("a header with a field that is not a number"))
        }
    }

    /// The byte with the type of the member.
    pub(super) fn kind(&self) -> u8 {
        self.0[156]
    }

    /// Bytes of the content.
    pub(super) fn size(&self) -> Result<u64, Finding> {
        let field = &self.0[SIZE];
        let size = if field[0] & 0x80 == 0 { octal(field) } else { base_256(field) };
        size.ok_or_else(|| ambiguous("a size that is negative or not a number"))
    }

    /// The name, where no other header gives one.
    pub(super) fn name(&self) -> Result<Vec<u8>, Finding> {
        let name = text(&self.0[..100]);
        let prefix = text(&self.0[PREFIX]);
        if prefix.is_empty() {
            return Ok(name.to_vec());
        }
        if &self.0[257..265] != USTAR {
            // GNU tar has times in this place, and some readers take them for the prefix.
            return Err(ambiguous("a name prefix in a header that is not ustar"));
        }
        Ok([prefix, b"/", name].concat())
    }

    /// The target of a link, where no other header gives one.
    pub(super) fn link_name(&self) -> &'a [u8] {
        text(&self.0[157..257])
    }
}

/// A text field up to its first NUL.
fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == 0);
    &field[..end.unwrap_or(field.len())]
}

/// Octal digits, after spaces and before spaces and NULs; nothing at all is zero.
fn octal(field: &[u8]) -> Option<u64> {
    let end = field.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
    let digits = field[..end].trim_ascii_start();
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        value.checked_mul(8)?.checked_add(digit.into())
    })
}

/// A number in base 256, by an extension of GNU; `None` if it is negative or too large.
fn base_256(field: &[u8]) -> Option<u64> {
    let first = field.first().filter(|first| **first == 0x80)?;
    let mut rest = field[1..].iter();
    rest.try_fold(u64::from(first & 0x7f), |value, byte| {
        value.checked_mul(256)?.checked_add(u64::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_meaning() {
        assert_eq!(octal(b"00000000017\0"), Some(15));
        assert_eq!(octal(b"      17 \0\0\0"), Some(15));
        assert_eq!(octal(&[0; 12]), Some(0));
        for wrong in [&b"17 0000000\0"[..], b"18\0", b"-1\0", b"0x1\0", b"17\x0020"] {
            assert_eq!(octal(wrong), None);
        }
        assert_eq!(base_256(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]), Some(258));
        assert_eq!(base_256(&[0xff; 12]), None);
        assert_eq!(base_256(&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
