//! SHA-2, as texts name it.

use std::fmt;
use std::fs::File;
use std::io;

use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// The SHA-256 of `data` in 64 hexadecimal digits, in lower case.
#[must_use]
pub fn sha256(data: &[u8]) -> String {
    hexadecimal(&Sha256::digest(data))
}

/// Two hexadecimal digits for each byte, in lower case.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash functions that are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Algorithm {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name by which `hashlib` and URLs know it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The algorithm of this name, in any case.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(name))
    }

    /// The hash of `data`.
    pub(crate) fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha224 => Sha224::digest(data).to_vec(),
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }

    /// How many hexadecimal digits a hash has.
    fn digits(self) -> usize {
        match self {
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }
}

/// A hash that a file has to have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash {
    algorithm: Algorithm,
    /// Hexadecimal, in lower case.
    digits: String,
}

/// Why a text is not a [`Hash`] that can be verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Files can be made to have any hash of this kind.
    #[error("a hash by {0}, which does not protect a file against changes")]
    Weak(String),
    /// The algorithm is not one of SHA-2.
    #[error("a hash of the unknown kind `{0}`")]
    UnknownIndex(String),
    /// Some characters are not hexadecimal digits, or there are too many or too few.
    #[error("a {name} hash that is not {digits} hexadecimal digits")]
    Malformed {
        /// The algorithm.
        name: &'static str,
        /// How many digits its hashes have.
        digits: usize,
    },
}

impl Hash {
    /// The hash by the algorithm called `name`, in hexadecimal `digits` of any case.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn parse(name: &str, digits: &str) -> Result<Self, HashError> {
        let Some(algorithm) = Algorithm::find(name) else {
            let name = name.to_ascii_lowercase();
            return Err(match name.as_str() {
                "md5" | "sha1" => HashError::Weak(name),
                _ => HashError::UnknownIndex(name),
            });
        };
        let is_whole = digits.len() == algorithm.digits()
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_whole {
            return Err(HashError::Malformed {
                name: algorithm.as_str(),
                digits: algorithm.digits(),
            });
        }
        Ok(Self { algorithm, digits: digits.to_ascii_lowercase() })
    }

    /// Whether `data` has this hash.
    #[must_use]
    pub fn matches(&self, data: &[u8]) -> bool {
        hexadecimal(&self.algorithm.digest(data)) == self.digits
    }

    /// The digits of a SHA-256.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        (self.algorithm == Algorithm::Sha256).then_some(self.digits.as_str())
    }

    /// The digest of `data` of the same kind, for messages.
    pub(crate) fn of_same_kind(&self, data: &[u8]) -> Self {
        let digits = hexadecimal(&self.algorithm.digest(data));
        Self { algorithm: self.algorithm, digits }
    }

    /// Whether pip takes it for `--hash`.
    pub(crate) fn is_for_requirements(&self) -> bool {
        self.algorithm != Algorithm::Sha224
    }
}

impl fmt::Display for Hash {
    /// As in `--hash`: `sha256:` and the digits.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.algorithm.as_str(), self.digits)
    }
}

/// The SHA-256 of an open file's content, of which only a piece is in memory at a time.
///
/// # Errors
/// Those of reading.
pub(crate) fn of_file(mut file: File) -> io::Result<[u8; 32]> {
    let mut hasher = Hasher(Sha256::new());
    io::copy(&mut file, &mut hasher)?;
    Ok(hasher.0.finalize().into())
}

/// Takes bytes for a hash.
struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_whole_and_trusted() {
        for name in ["sha224", "sha256", "SHA384", "sha512"] {
            let algorithm = Algorithm::find(name).unwrap();
            let digits = hexadecimal(&algorithm.digest(b"x"));
            let hash = Hash::parse(name, &digits.to_uppercase()).unwrap();
            assert!(hash.matches(b"x") && !hash.matches(b"y"));
            for wrong in ["", &digits[1..], &format!("{digits}0"), &format!("{}g", &digits[1..])] {
                assert!(matches!(Hash::parse(name, wrong), Err(HashError::Malformed { .. })));
            }
        }
        let weak = Hash::parse("MD5", &"0".repeat(32)).unwrap_err();
        assert_eq!(weak, HashError::Weak("md5".to_owned()));
        assert!(matches!(Hash::parse("blake2b", ""), Err(HashError::UnknownIndex(_))));
    }
}
