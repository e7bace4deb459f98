//! Where writers put files.

use std::io::{self, Write};

use tar::{EntryType, Header};

use crate::deflate::GzipWriter;
use crate::path::MemberPath;

/// Takes the files that a writer makes, one after the other, in their final order.
pub trait Sink {
    /// Takes the file at `path` with content `data`.
    ///
    /// # Errors
    /// What the system says, or [`io::ErrorKind::InvalidInput`] for a path that the form cannot
    /// hold.
    fn file(&mut self, path: &MemberPath, data: &[u8]) -> io::Result<()>;
}

/// A gzipped tar of the kind that devices read: plain ustar, names in the 100-byte field and never
/// in the prefix, no folders, no owners, one time for all, gzip within a 4 KiB window.
pub struct TarGz<W: Write> {
    gzip: GzipWriter<W>,
    mtime: u64,
}

const BLOCK: usize = 512;

impl<W: Write> TarGz<W> {
    /// Writes the archive to `out`; all members get the time `mtime`, in seconds since 1970.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(out: W, mtime: u64) -> io::Result<Self> {
        Ok(Self { gzip: GzipWriter::new(out)?, mtime })
    }

    /// Writes the end of the archive and gives `out` back.
    ///
    /// # Errors
    /// Those of the system.
    pub fn finish(mut self) -> io::Result<W> {
        self.gzip.write_all(&[0; 2 * BLOCK])?;
        self.gzip.finish()
    }
}

impl<W: Write> Sink for TarGz<W> {
    fn file(&mut self, path: &MemberPath, data: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        let name = path.as_str().as_bytes();
        let field = &mut header.as_old_mut().name;
        // The tar crate would move a longer name to the prefix, which devices do not read.
        let Some(field) = field.get_mut(..name.len()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a name over 100 bytes"));
        };
        field.copy_from_slice(name);
        header.set_entry_type(EntryType::Regular);
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.mtime);
        header.set_cksum();
        self.gzip.write_all(header.as_bytes())?;
        self.gzip.write_all(data)?;
        self.gzip.write_all(&[0; BLOCK][..data.len().next_multiple_of(BLOCK) - data.len()])
    }
}
