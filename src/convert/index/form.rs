//! The forms of a release: source code, and bytecode by each compiler.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::base::Copied;
use super::candidate::{Candidate, Files, State, contents};
use crate::adapt::{Bytecode, Compiler};
use crate::check::{Code, Finding};
use crate::error::Result;
use crate::mip::{Dependency, LATEST, SOURCE_FORM};
use crate::write::index::Index;

/// Makes the forms of each release that the index does not have. A form that is published stays,
/// whatever compiler made it.
///
/// # Errors
/// [`Error::Io`] where a compiler does not start any more.
pub(super) fn make(
    slots: &mut [Result<Candidate>],
    index: &Index,
    bytecode: &Bytecode,
) -> Result<()> {
    slots.par_iter_mut().with_max_len(1).try_for_each(|slot| {
        let Ok(candidate) = slot else { return Ok(()) };
        let forms = forms(candidate, index, bytecode)?;
        candidate.forms = forms;
        if candidate.package.is_refused() {
            *slot = Err(candidate.refusal());
        }
        Ok(())
    })
}

fn forms(
    candidate: &mut Candidate,
    index: &Index,
    bytecode: &Bytecode,
) -> Result<BTreeMap<String, Files>> {
    let mut forms = BTreeMap::new();
    let is_same = candidate.state == State::Same;
    if !is_same {
        forms.insert(SOURCE_FORM.to_owned(), candidate.files.clone());
    }
    for compiler in &bytecode.compilers {
        let form = compiler.form();
        // What is noticed is told of a published one, too.
        let files = compile(candidate, bytecode, compiler)?;
        if !is_same || !index.is_whole(&candidate.name, form, &candidate.version) {
            forms.insert(form.to_owned(), files);
        }
    }
    Ok(forms)
}

fn compile(candidate: &mut Candidate, bytecode: &Bytecode, compiler: &Compiler) -> Result<Files> {
    let (files, findings) = bytecode.compile(compiler, &candidate.package.files)?;
    let known = &mut candidate.package.findings;
    // Compilers of several versions say the same of one module.
    let new: Vec<_> = findings.into_iter().filter(|finding| !known.contains(finding)).collect();
    known.extend(new);
    Ok(contents(&files))
}

/// Tells of each dependency that the index lacks in a form that the release has: a client that asks
/// for bytecode asks for it everywhere.
pub(super) fn tell_missing(
    slots: &mut [Result<Candidate>],
    copies: &[Copied],
    index: &Index,
    bytecode: &Bytecode,
) {
    let mut there: BTreeSet<[String; 3]> = BTreeSet::new();
    for copy in copies {
        for form in copy.forms.keys() {
            for version in [&copy.version[..], LATEST] {
                there.insert([form, &copy.name[..], version].map(str::to_owned));
            }
        }
    }
    for candidate in slots.iter().flatten() {
        for form in candidate.forms.keys() {
            for version in [&candidate.version[..], LATEST] {
                there.insert([form, &candidate.name[..], version].map(str::to_owned));
            }
        }
    }
    for candidate in slots.iter_mut().flatten() {
        for form in bytecode.compilers.iter().map(Compiler::form) {
            let is_missing = |dep: &&Dependency| {
                let key = [form, &dep.name, &dep.version].map(str::to_owned);
                dep.is_of_index()
                    && !there.contains(&key)
                    && !index.has(&dep.name, form, &dep.version)
            };
            let missing = candidate.deps.iter().filter(is_missing).map(|dep| {
                let found = format!("no {} {} in the form {form}", dep.name, dep.version);
                Finding::new(Code::FormMissing, found).at(&dep.name)
            });
            candidate.package.findings.extend(missing);
        }
    }
}
