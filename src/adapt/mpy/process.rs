//! Runs a program that may hang, or print without end.

use std::io::{self, PipeWriter, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that are read of what a program prints to standard output, and one more where there are.
pub(super) const LONGEST_OUTPUT: u64 = 64 << 20;

/// Bytes that are read of what it prints to standard error.
const LONGEST_MESSAGES: u64 = 16 << 10;

/// What a program that ended left.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// What it printed to standard output.
    pub(super) output: Vec<u8>,
    /// The start of what it printed to standard error.
    pub(super) messages: String,
}

/// Runs `command` without input, and kills it where it takes longer than `limit`: then there is no
/// result.
pub(super) fn run(mut command: Command, limit: Duration) -> io::Result<Option<Ended>> {
    let deadline = Instant::now() + limit;
    let (stdout, output) = pipe(LONGEST_OUTPUT + 1)?;
    let (stderr, messages) = pipe(LONGEST_MESSAGES)?;
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let mut child = command.spawn()?;
    // It holds the pipes open, too.
    drop(command);
    // Until the pipes are closed, which most programs do by ending: waiting costs nothing then.
    let output = receive(&output, deadline);
    let messages = receive(&messages, deadline);
    let (Some(status), Some(output), Some(messages)) =
        (wait(&mut child, deadline)?, output, messages)
    else {
        // An error tells that it ended in this moment.
        let _ = child.kill();
        child.wait()?;
        return Ok(None);
    };
    let messages = String::from_utf8_lossy(&messages).into_owned();
    Ok(Some(Ended { status, output, messages }))
}

/// A pipe of which somebody reads that many bytes, and where these come out when it is closed.
fn pipe(longest: u64) -> io::Result<(PipeWriter, Receiver<Vec<u8>>)> {
    let (reader, writer) = io::pipe()?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        // What was read until an error tells more than the error; nobody may be waiting any more.
        let _ = reader.take(longest).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    })?;
    Ok((writer, receiver))
}

fn receive(receiver: &Receiver<Vec<u8>>, deadline: Instant) -> Option<Vec<u8>> {
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

/// Waits for the end of `child`, which is near.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(50);
    loop {
        let status = child.try_wait()?;
        if status.is_some() || Instant::now() >= deadline {
            return Ok(status);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}
