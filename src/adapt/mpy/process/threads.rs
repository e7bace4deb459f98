//! Reads pipes by a thread for each, where nothing else reports that they are closed.

use std::io::{self, PipeReader, Read};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

/// What comes out of the pipes until they are closed, and of each no more than its limit in bytes.
/// `None` if that takes longer than until `deadline`.
pub(super) fn receive(
    pipes: [(PipeReader, u64); 2],
    deadline: Instant,
) -> io::Result<Option<[Vec<u8>; 2]>> {
    let [one, other] = pipes.map(|(pipe, longest)| reader(pipe, longest));
    let (one, other) = (one?, other?);
    let receive = |receiver: Receiver<Vec<u8>>| {
        receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
    };
    Ok(receive(one).zip(receive(other)).map(|(one, other)| [one, other]))
}

/// Where all bytes of the pipe come out when it is closed.
fn reader(pipe: PipeReader, longest: u64) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        // What was read until an error says more than the error; the receiver may be gone.
        let _ = pipe.take(longest).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    })?;
    Ok(receiver)
}
