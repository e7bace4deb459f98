//! `mpconvert resources`: the text of a resource module.

use std::io;
use std::path::Path;

use super::Exit;
use super::args::ResourcesArgs;
use super::printer::Printer;
use crate::adapt::{MAX_RESOURCES_SIZE, resource_module};
use crate::error::{Error, Result};
use crate::file;

pub(super) fn run(arguments: &ResourcesArgs) -> Result<Exit> {
    let mut resources = Vec::with_capacity(arguments.files.len());
    let mut left = MAX_RESOURCES_SIZE;
    for path in &arguments.files {
        let name = path.to_str().ok_or_else(|| Error::Usage {
            message: format!("{}: the path is not UTF-8", path.display()),
            help: "rename the file, so that a program can ask for it".to_owned(),
        })?;
        let content = read(path, left).map_err(Error::io(path))?;
        left -= content.len();
        resources.push((name, content));
    }
    let resources = resources.iter().map(|(name, content)| (*name, &content[..]));
    Printer::data(&resource_module(resources)).map(|()| Exit::Fine)
}

/// The content of a file that has at most `left` bytes.
fn read(path: &Path, left: usize) -> io::Result<Vec<u8>> {
    file::read(path, left as u64).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            let message = format!("more than {MAX_RESOURCES_SIZE} bytes, with the files before it");
            io::Error::new(io::ErrorKind::FileTooLarge, message)
        }
        _ => error,
    })
}
