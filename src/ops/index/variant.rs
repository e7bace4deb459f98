//! The variants of a release: source code, and bytecode by each compiler.

use std::collections::BTreeSet;

use rayon::ThreadPoolBuilder;

use super::base::Copied;
use super::candidate::{Candidate, contents};
use crate::adapt::{Bytecode, Compiled, Compiler};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, LATEST, SOURCE_VARIANT};
use crate::write::index::Index;
use crate::write::store::Existing;

/// Makes the variants of each release that the index does not have. Published variants are kept, even if
/// another compiler made them.
///
/// # Errors
/// [`Error::Io`] where a compiler does not start any more.
pub(super) fn make(
    slots: &mut [Result<Candidate>],
    index: &Index,
    bytecode: &Bytecode,
) -> Result<()> {
    for candidate in slots.iter_mut().flatten().filter(|one| one.existing != Existing::Same) {
        candidate.variants.insert(SOURCE_VARIANT.to_owned(), candidate.files.clone());
    }
    for (compiler, compiled) in bytecode.compilers.iter().zip(compile(slots, bytecode)?) {
        for (candidate, compiled) in slots.iter_mut().flatten().zip(compiled) {
            take(candidate, compiler.variant(), compiled, index);
        }
    }
    for slot in slots {
        if let Ok(candidate) = slot
            && candidate.package.is_refused()
        {
            *slot = Err(candidate.refusal());
        }
    }
    Ok(())
}

/// The result of each compiler for each release.
fn compile(slots: &[Result<Candidate>], bytecode: &Bytecode) -> Result<Vec<Vec<Compiled>>> {
    let payloads: Vec<_> =
        slots.iter().flatten().map(|candidate| &candidate.package.files[..]).collect();
    let compile = || -> Result<_> {
        let compilers = bytecode.compilers.iter();
        compilers.map(|compiler| bytecode.compile_all(compiler, &payloads)).collect()
    };
    // One more than there are cores: these are busy while a thread keeps what was made, starts the
    // next compiler, or waits to be woken up.
    let threads = ThreadPoolBuilder::new().num_threads(rayon::current_num_threads() + 1).build();
    match threads {
        Ok(threads) => threads.install(compile),
        Err(_) => compile(),
    }
}

/// Takes what a compiler made of a release.
fn take(candidate: &mut Candidate, variant: &str, (files, findings): Compiled, index: &Index) {
    let known = &mut candidate.package.findings;
    // Findings are reported for published releases, too. Several compilers report the same about
    // one module.
    let new: Vec<_> = findings.into_iter().filter(|finding| !known.contains(finding)).collect();
    known.extend(new);
    let is_same = candidate.existing == Existing::Same;
    if !is_same || !index.is_whole(&candidate.name, variant, &candidate.version) {
        candidate.variants.insert(variant.to_owned(), contents(&files));
    }
}

/// Reports each dependency that the index lacks in a variant that the release has: a client that asks
/// for bytecode asks for it everywhere.
pub(super) fn report_missing(
    slots: &mut [Result<Candidate>],
    copies: &[Copied],
    index: &Index,
    bytecode: &Bytecode,
) {
    let mut there: BTreeSet<[String; 3]> = BTreeSet::new();
    for copy in copies {
        for variant in copy.variants.keys() {
            for version in [&copy.version[..], LATEST] {
                there.insert([variant, &copy.name[..], version].map(str::to_owned));
            }
        }
    }
    for candidate in slots.iter().flatten() {
        for variant in candidate.variants.keys() {
            for version in [&candidate.version[..], LATEST] {
                there.insert([variant, &candidate.name[..], version].map(str::to_owned));
            }
        }
    }
    for candidate in slots.iter_mut().flatten() {
        for variant in bytecode.compilers.iter().map(Compiler::variant) {
            let is_missing = |dep: &&Dependency| {
                let key = [variant, &dep.name, &dep.version].map(str::to_owned);
                dep.is_of_index()
                    && !there.contains(&key)
                    && !index.has(&dep.name, variant, &dep.version)
            };
            let missing = candidate.deps.iter().filter(is_missing).map(|dep| {
                let found = format!("no {} {} in the variant {variant}", dep.name, dep.version);
                Finding::new(Code::VariantMissing, found).at(&dep.name)
            });
            candidate.package.findings.extend(missing);
        }
    }
}
