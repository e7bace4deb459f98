//! Runs a program that may hang, or print without end.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of the output that are read. What a compiler has to say about a file is much shorter.
const LONGEST_OUTPUT: u64 = 16 << 10;

/// What a program that ended left.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// The start of what it printed, on standard output and standard error.
    pub(super) output: String,
}

/// Runs `command` without input, and kills it where it takes longer than `limit`: then there is no
/// result.
pub(super) fn run(mut command: Command, limit: Duration) -> io::Result<Option<Ended>> {
    let deadline = Instant::now() + limit;
    let (reader, writer) = io::pipe()?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut output = Vec::new();
        // What was read until an error tells more than the error; nobody may be waiting any more.
        let _ = reader.take(LONGEST_OUTPUT).read_to_end(&mut output);
        let _ = sender.send(output);
    })?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // It holds the pipe open, too.
    drop(command);
    // Until the pipe is closed, which most programs do by ending: waiting costs nothing then.
    let output = receiver.recv_timeout(limit).unwrap_or_default();
    let Some(status) = wait(&mut child, deadline)? else {
        child.kill()?;
        child.wait()?;
        return Ok(None);
    };
    let output = String::from_utf8_lossy(&output).into_owned();
    Ok(Some(Ended { status, output }))
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
