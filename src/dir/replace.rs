//! Many files that are changed together or not at all.

use std::io;

use super::steps::{STEPS, Step, Steps, new_file};
use super::{Aside, Dir};
use crate::error::{Error, Result};
use crate::path::MemberPath;

/// Removes the files at `removals` below `dir` and writes others, in this order, with `force` in place of
/// what is there. After an error, such as a full disk, what was there is there again; after a signal, it is
/// when the next run makes an [`Aside`] below `dir`.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn replace_all(
    dir: &Dir,
    files: &[(MemberPath, &[u8])],
    removals: &[MemberPath],
    force: bool,
) -> Result<()> {
    let mut aside = Aside::below(dir)?;
    let mut steps: Vec<Step> = removals.iter().cloned().map(Step::removal).collect();
    for (path, data) in files {
        let is_there = dir.has(path.as_str())?;
        if is_there && !force {
            let exists = io::ErrorKind::AlreadyExists.into();
            return Err(Error::io(dir.display_path(path.as_str()))(exists));
        }
        dir.write_new(new_file(aside.folder(), steps.len()), data)?;
        steps.push(Step::write(path.clone(), data, is_there));
    }
    let steps = Steps::new(dir, aside.folder().to_owned(), steps);
    let (list, part) = (aside.folder().join(STEPS), aside.folder().join(PART));
    dir.write_new(&part, &steps.text())?;
    dir.rename(&part, &list)?;
    // From here to the removal of the list, a run that is killed is undone.
    if let Err(error) = steps.apply() {
        // The first error says more than that of this would. What it leaves, the next run undoes.
        match steps.undo() {
            Ok(()) => drop(dir.remove_file(&list)),
            Err(_) => aside.keep(),
        }
        return Err(error);
    }
    dir.remove_file(&list)
}

/// The name of the list of steps until it is whole.
const PART: &str = "steps.json.part";
