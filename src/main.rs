//! The `mpconvert` program.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let exit = mpconvert::cli::run(std::env::args_os(), Path::new("python3"));
    ExitCode::from(exit as u8)
}
