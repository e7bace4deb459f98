//! Runs a program that may hang, or print without end.

#[cfg(unix)]
mod poll;
#[cfg(any(test, not(unix)))]
mod threads;

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
use poll::receive;
#[cfg(not(unix))]
use threads::receive;

/// The most bytes that are read of standard output; one more shows that there are others.
pub(super) const MAX_OUTPUT_LENGTH: u64 = 64 << 20;

/// The most bytes that are read of standard error.
const MAX_MESSAGES_LENGTH: u64 = 16 << 10;

/// The result of a program.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// Its standard output.
    pub(super) output: Vec<u8>,
    /// The start of its standard error.
    pub(super) messages: String,
}

/// Runs `command` without input, and kills it where it takes longer than `limit`: then there is no
/// result.
pub(super) fn run(mut command: Command, limit: Duration) -> io::Result<Option<Ended>> {
    let deadline = Instant::now() + limit;
    let (output, stdout) = io::pipe()?;
    let (messages, stderr) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let mut child = command.spawn()?;
    // It holds the pipes open, too.
    drop(command);
    // Until the pipes are closed, which most programs do by ending: waiting costs nothing then.
    let pipes = [(output, MAX_OUTPUT_LENGTH + 1), (messages, MAX_MESSAGES_LENGTH)];
    let ended = receive(pipes, deadline).and_then(|received| {
        let status = wait(&mut child, deadline)?;
        Ok(status.zip(received))
    });
    if let Ok(Some((status, [output, messages]))) = ended {
        let messages = String::from_utf8_lossy(&messages).into_owned();
        return Ok(Some(Ended { status, output, messages }));
    }
    // An error means that it ended at this moment.
    let _ = child.kill();
    child.wait()?;
    ended.map(|_| None)
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

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, Write};

    use super::*;

    type Receive = fn([(PipeReader, u64); 2], Instant) -> io::Result<Option<[Vec<u8>; 2]>>;

    const WAYS: &[Receive] = &[
        threads::receive,
        #[cfg(unix)]
        poll::receive,
    ];

    #[test]
    fn both_pipes_are_read_to_the_end() {
        // More than a pipe holds.
        let long = vec![b'x'; 300_000];
        for receive in WAYS {
            let ((one, mut writer), (other, closed)) = (io::pipe().unwrap(), io::pipe().unwrap());
            drop(closed);
            let sent = long.clone();
            let thread = thread::spawn(move || writer.write_all(&sent).unwrap());
            let deadline = Instant::now() + Duration::from_mins(1);
            let received = receive([(one, 1 << 20), (other, 9)], deadline).unwrap().unwrap();
            thread.join().unwrap();
            assert!(received == [long.clone(), Vec::new()]);
        }
    }

    #[test]
    fn what_is_too_long_or_too_late_is_not_waited_for() {
        for receive in WAYS {
            let ((one, mut writer), (other, closed)) = (io::pipe().unwrap(), io::pipe().unwrap());
            drop(closed);
            writer.write_all(b"123456").unwrap();
            let deadline = Instant::now() + Duration::from_mins(1);
            let received = receive([(one, 4), (other, 9)], deadline).unwrap().unwrap();
            assert_eq!(received, [b"1234".to_vec(), Vec::new()]);
            // A program that another test starts at this moment holds the pipe open until it runs.
            let has_no_reader = (0..1000).any(|_| {
                thread::sleep(Duration::from_millis(1));
                writer.write_all(b"7").is_err()
            });
            assert!(has_no_reader);

            let ((one, _open), (other, closed)) = (io::pipe().unwrap(), io::pipe().unwrap());
            drop(closed);
            let deadline = Instant::now() + Duration::from_millis(50);
            assert_eq!(receive([(one, 4), (other, 9)], deadline).unwrap(), None);
        }
    }
}
