//! `mpconvert explain`: what the codes of findings mean.

use std::fmt::Write;

use super::Exit;
use super::args::ExplainArgs;
use super::printer::Printer;
use crate::error::{Error, Result};
use crate::finding::Code;

pub(super) fn run(arguments: &ExplainArgs, printer: &Printer) -> Result<Exit> {
    if arguments.all {
        return Printer::data(page().as_bytes()).map(|()| Exit::Fine);
    }
    let Some(wanted) = &arguments.code else {
        for code in Code::ALL {
            printer.line(&format!("{}  {:8}  {}", code.id(), code.severity(), code.title()))?;
        }
        return Ok(Exit::Fine);
    };
    let code = Code::find(wanted).ok_or_else(|| Error::Usage {
        message: format!("unknown code `{wanted}`"),
        help: "list all codes with `mpconvert explain`".to_owned(),
    })?;
    let title = format!("{} ({}): {}", code.id(), code.severity(), code.title());
    let help = format!("Help: {}.", code.help());
    let lines = [&title, "", code.explanation(), "", &help];
    lines.into_iter().try_for_each(|line| printer.line(line))?;
    Ok(Exit::Fine)
}

/// The page of all codes.
fn page() -> String {
    let mut page = String::from(
        "# Codes\n\nWhat mpconvert can find in an input. After an error, nothing is written for \
         it.\n",
    );
    for code in Code::ALL {
        // Writing to a text cannot fail.
        let _ = write!(
            page,
            "\n## {}: {} ({})\n\n{}\n\nHelp: {}.\n",
            code.id(),
            code.title(),
            code.severity(),
            code.explanation(),
            code.help()
        );
    }
    page
}
