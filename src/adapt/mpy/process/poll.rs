//! Reads pipes when they are closed.
//!
//! mpy-cross writes a few bytes at a time, and each write would wake up a reader that waits for it:
//! that takes as long as to compile. The pipe holds what most programs print.

use std::io::{self, ErrorKind, PipeReader, Read};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};

/// After that long, the pipe may be full.
const PATIENCE: Duration = Duration::from_millis(2);

/// What comes out of the pipes until they are closed, and of each no more than its limit in bytes.
/// `None` if that takes longer than until `deadline`.
pub(super) fn receive(
    pipes: [(PipeReader, u64); 2],
    deadline: Instant,
) -> io::Result<Option<[Vec<u8>; 2]>> {
    let mut streams =
        pipes.map(|(pipe, longest)| Stream { pipe: Some(pipe), longest, bytes: Vec::new() });
    for stream in &streams {
        stream.pipe.as_ref().map_or(Ok(()), |pipe| ioctl_fionbio(pipe, true))?;
    }
    while streams.iter().any(|stream| stream.pipe.is_some()) {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        wait(&streams, left.min(PATIENCE))?;
        for stream in &mut streams {
            stream.read()?;
        }
    }
    Ok(Some(streams.map(|stream| stream.bytes)))
}

/// A pipe, until it is closed, and what came out of it.
struct Stream {
    pipe: Option<PipeReader>,
    longest: u64,
    bytes: Vec<u8>,
}

impl Stream {
    /// Reads what there is.
    fn read(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let room = self.longest.saturating_sub(self.bytes.len() as u64);
        match pipe.take(room).read_to_end(&mut self.bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            read => {
                read?;
                self.pipe = None;
            }
        }
        Ok(())
    }
}

/// Waits until one of the pipes is closed, which is reported without asking for it, but no longer than
/// `limit`.
fn wait(streams: &[Stream], limit: Duration) -> io::Result<()> {
    let pipes = streams.iter().filter_map(|stream| stream.pipe.as_ref());
    let mut asked: Vec<_> = pipes.map(|pipe| PollFd::new(pipe, PollFlags::empty())).collect();
    let limit = Timespec { tv_sec: 0, tv_nsec: limit.subsec_nanos().into() };
    match poll(&mut asked, Some(&limit)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
