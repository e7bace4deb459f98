//! `mpconvert explain`: what the codes of findings mean.

use super::Exit;
use super::args::ExplainArgs;
use super::printer::Printer;
use crate::check::Code;
use crate::error::{Error, Result};

pub(super) fn run(arguments: &ExplainArgs, printer: &Printer) -> Result<Exit> {
    let Some(wanted) = &arguments.code else {
        for code in Code::ALL {
            printer.line(&format!("{}  {:8}  {}", code.id(), code.severity(), code.title()))?;
        }
        return Ok(Exit::Fine);
    };
    let code = Code::find(wanted).ok_or_else(|| Error::Usage {
        message: format!("there is no code `{wanted}`"),
        help: "see them all with `mpconvert explain`".to_owned(),
    })?;
    printer.line(&format!(
        "{} ({}): {}\n\n{}\n\nHelp: {}.",
        code.id(),
        code.severity(),
        code.title(),
        code.explanation(),
        code.help()
    ))?;
    Ok(Exit::Fine)
}
