//! What a project's configuration says of it: name, version and the rest of its core metadata,
//! read without running any of its code.
//!
//! The `[project]` table (PEP 621) counts, as its build tool completes it, or what that tool had in
//! its place before. What a build would compute is unknown, and a finding.

pub(crate) mod builder;
pub(crate) mod search;
pub(crate) mod standard;
pub(crate) mod table;
pub(crate) mod tag;

use toml_edit::Table;

use super::build_tool::{self, BuildTool};
use super::metadata::builder::MetadataBuilder;
use super::pyproject::{self, PYPROJECT};
use super::{flit, hatchling, pdm, poetry, setuptools};
use crate::finding::Finding;
use crate::read::distribution::ProjectMetadata;
use crate::read::source_tree::SourceTree;

/// Completes the metadata of the project in `tree` from its configuration: `pyproject.toml`,
/// `setup.cfg`, `setup.py` and the files that these refer to.
///
/// What is known already, such as by the records of a source distribution, stays as it is. It is
/// empty for a working tree, whose records are what some earlier build left there.
///
/// # Errors
/// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) if `pyproject.toml` cannot be read.
pub(crate) fn complete(tree: &SourceTree, known: &mut ProjectMetadata) -> Result<(), Finding> {
    let document = pyproject::document(tree, PYPROJECT)?.unwrap_or_default();
    draft(tree, &document).complete(known);
    Ok(())
}

/// The configuration that the project's build tool reads.
fn draft(tree: &SourceTree, document: &Table) -> MetadataBuilder {
    // Projects with native code have metadata, too; the code is reported elsewhere.
    let tool = build_tool::choose(tree).map_or(BuildTool::Setuptools, |choice| choice.tool);
    let mut draft = if tool == BuildTool::Setuptools {
        setuptools::read(tree, document)
    } else {
        standard::read(tree, document)
    };
    match tool {
        BuildTool::Poetry => {
            poetry::complete(&mut draft, tree, document);
            poetry::take_tag(&mut draft, tree, document);
        }
        BuildTool::Flit => flit::complete(&mut draft, tree, document),
        BuildTool::Hatchling => hatchling::complete(&mut draft, tree, document),
        BuildTool::Pdm => pdm::complete(&mut draft, tree, document),
        BuildTool::Setuptools => {
            // Many had a table of Poetry's and let others build.
            if draft.metadata.name.is_none() {
                poetry::complete(&mut draft, tree, document);
            }
            setuptools::take_tag(&mut draft, tree, document);
        }
        BuildTool::Uv => {}
    }
    standard::note_dynamic(&mut draft, document);
    draft
}

#[cfg(test)]
mod tests;
