//! Compiled modules, made by `mpy-cross`.
//!
//! A device imports `a.mpy` as it does `a.py`, which it prefers where both are in one folder (tried
//! on MicroPython 1.28). So a compiled module takes the place of its source. Its bytecode must have
//! the very version that the device runs. Tracebacks name the path that the compiler was given; here,
//! as in the index of micropython-lib, that where the source would be installed.
//!
//! Starting the compiler takes longer than most of its work. Files are compiled in parallel, and not
//! again while neither they nor the compiler's version change.

mod compiler;
mod diagnostic;
mod find;
mod header;
mod process;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use rayon::iter::Either;
use rayon::prelude::*;

use crate::cache::{Cache, Key};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::package::{File, Origin};
use crate::path::MemberPath;
pub use compiler::Compiler;
use compiler::Outcome;
use header::Header;

/// Makes bytecode of modules, with these compilers.
///
/// ```no_run
/// use std::path::Path;
/// use mpconvert::adapt::{Bytecode, Compiler};
/// use mpconvert::cache::Cache;
///
/// let package = mpconvert::read("dist/foo-0.1.0-py3-none-any.whl")?;
/// let bytecode = Bytecode {
///     compilers: Compiler::find(&[], &mpconvert::settings::interpreter(Path::new("python3")))?,
///     cache: Cache::none(),
/// };
/// for compiler in &bytecode.compilers {
///     let (files, findings) = bytecode.compile(compiler, &package.files)?;
/// }
/// # Ok::<(), mpconvert::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bytecode {
    /// One for each version of bytecode that is wanted.
    pub compilers: Vec<Compiler>,
    /// What was compiled before, by which compiler ever.
    pub cache: Cache,
}

/// Leads to other entries of the cache when what is kept, or how the compiler is run, changes.
const GENERATION: &[u8] = b"3";

impl Bytecode {
    /// The kind of the entries in the user's cache.
    pub const CACHE: &str = "bytecode";

    /// The payload `files`, which are sorted by path, with its modules compiled by `compiler`, and
    /// what was noticed. Other files stay unchanged.
    ///
    /// A module that does not compile stays as it is and gives a warning with its line. Where the
    /// compiler breaks, there is a refusal among the findings, and nothing of the payload may be
    /// published. A module's bytecode takes the place of one that the project ships at its path.
    ///
    /// Files are compiled in parallel, in the pool of threads that this is called in: calls for
    /// several packages may be made in parallel, too.
    ///
    /// # Errors
    /// [`Error::Io`] where the compiler does not start any more, or temporary files cannot be
    /// written.
    pub fn compile(&self, compiler: &Compiler, files: &[File]) -> Result<Compiled> {
        Ok(self.compile_all(compiler, &[files])?.pop().unwrap_or_default())
    }

    /// What [`compile`](Self::compile) makes of each of several payloads, in their order. Faster than
    /// one after the other: no core waits for the last module of a package.
    ///
    /// # Errors
    /// Those of [`compile`](Self::compile).
    pub fn compile_all(&self, compiler: &Compiler, payloads: &[&[File]]) -> Result<Vec<Compiled>> {
        let modules: Vec<_> = payloads.iter().map(|files| Module::all(files)).collect();
        let all: Vec<&Module> = modules.iter().flatten().collect();
        let mut outcomes = self.outcomes(compiler, &all)?.into_iter();
        let each = payloads.iter().zip(&modules).map(|(files, modules)| {
            let outcomes = outcomes.by_ref().take(modules.len());
            put_together(compiler, files, modules.iter().zip(outcomes))
        });
        Ok(each.collect())
    }

    /// What becomes of each of `modules`, in their order.
    fn outcomes(&self, compiler: &Compiler, modules: &[&Module]) -> Result<Vec<Outcome>> {
        let keys: Vec<Key> = modules.par_iter().map(|module| module.key(compiler)).collect();
        // Versions of a package share modules.
        let different: BTreeMap<&Key, &Module> = keys.iter().zip(modules.iter().copied()).collect();
        let look_up = |(key, module)| match self.cache.get(key).and_then(|entry| outcome_of(&entry))
        {
            Some(outcome) => Either::Left((key, outcome)),
            None => Either::Right((key, module)),
        };
        let (known, mut new): (Vec<_>, Vec<_>) = different.into_par_iter().partition_map(look_up);
        // A large one that came last would keep one core busy, and leave the others idle.
        new.sort_by_key(|(_, module)| Reverse(module.source.data.len()));
        let made = self.make(compiler, &new)?;
        let outcomes: HashMap<&Key, Outcome> = known.into_iter().chain(made).collect();
        Ok(keys.iter().filter_map(|key| outcomes.get(key).cloned()).collect())
    }

    /// Compiles `modules`.
    fn make<'a>(
        &self,
        compiler: &Compiler,
        modules: &[(&'a Key, &Module)],
    ) -> Result<Vec<(&'a Key, Outcome)>> {
        if modules.is_empty() {
            return Ok(Vec::new());
        }
        let environment = compiler.environment();
        let folder = environment.scratch().map_err(Error::io(environment.temporary()))?;
        let isolation = environment.minimal().map_err(Error::io(environment.temporary()))?;
        let make = |(key, module): &(&'a Key, &Module)| {
            // Each thread has one file, which is faster than new ones.
            let thread = rayon::current_thread_index().unwrap_or_default();
            let stem = folder.path().join(thread.to_string());
            let File { path, data, .. } = module.source;
            let outcome = compiler.compile(path, data, &stem, &isolation)?;
            if let Some(entry) = entry_of(&outcome) {
                // Without it, the file is compiled again next time.
                let _ = self.cache.put(key, &entry);
            }
            Ok((*key, outcome))
        };
        // The first error by the order of modules, and not by that of time.
        let outcomes: Vec<Result<_>> = modules.par_iter().with_max_len(1).map(make).collect();
        outcomes.into_iter().collect()
    }
}

/// A payload with compiled modules, and the findings.
pub type Compiled = (Vec<File>, Vec<Finding>);

/// The payload `files` with these outcomes of its modules.
fn put_together<'a>(
    compiler: &Compiler,
    files: &'a [File],
    outcomes: impl Iterator<Item = (&'a Module<'a>, Outcome)>,
) -> Compiled {
    let mut payload: BTreeMap<&MemberPath, File> =
        files.iter().map(|file| (&file.path, file.clone())).collect();
    let mut findings = Vec::new();
    for (module, outcome) in outcomes {
        let finding = |code, found| Finding::new(code, found).at(module.source.path.as_str());
        match outcome {
            Outcome::Bytecode(data) => {
                payload.remove(&module.source.path);
                if payload.insert(&module.target, module.compiled(data)).is_some() {
                    let found = format!("the bytecode of `{}`", module.source.path);
                    let finding = Finding::new(Code::BytecodeReplaced, found);
                    findings.push(finding.at(module.target.as_str()));
                }
            }
            Outcome::Fault(found) => findings.push(finding(Code::NotCompiled, found)),
            Outcome::Failure(found) => {
                let expected = format!("bytecode of {}", compiler.version());
                findings.push(finding(Code::CompilerFailed, found).expected(expected));
            }
        }
    }
    findings.extend(foreign(payload.values(), compiler));
    (payload.into_values().collect(), findings)
}

/// A source, and where its bytecode goes.
struct Module<'a> {
    source: &'a File,
    target: MemberPath,
}

impl<'a> Module<'a> {
    /// All modules of the sorted `files`.
    fn all(files: &'a [File]) -> Vec<Self> {
        files.iter().filter_map(|file| Self::new(file, files)).collect()
    }

    /// `file` as a module of the sorted `files`, if it is one and no folder lies where its bytecode
    /// would.
    fn new(file: &'a File, files: &[File]) -> Option<Self> {
        if file.path.extension() != Some("py") {
            return None;
        }
        let target: MemberPath =
            format!("{}.mpy", file.path.as_str().strip_suffix(".py")?).parse().ok()?;
        let inside = format!("{target}/");
        let next = files.partition_point(|file| file.path.as_str() < inside.as_str());
        let is_folder = files.get(next).is_some_and(|next| next.path.as_str().starts_with(&inside));
        (!is_folder).then_some(Self { source: file, target })
    }

    /// What its outcome depends on.
    fn key(&self, compiler: &Compiler) -> Key {
        let File { path, data, .. } = self.source;
        Key::of([GENERATION, compiler.version().as_bytes(), path.as_str().as_bytes(), data])
    }

    fn compiled(&self, data: Bytes) -> File {
        let origin = Origin::Generated { by: "mpy-cross" };
        File { path: self.target.clone(), data, origin }
    }
}

/// What starts the entry of a module that compiles, and of one that does not.
const BYTECODE: u8 = b'+';
const FAULT: u8 = b'-';

/// The cached form of an outcome. One that may differ the next time is not cached.
fn entry_of(outcome: &Outcome) -> Option<Vec<u8>> {
    match outcome {
        Outcome::Bytecode(data) => Some([&[BYTECODE], &data[..]].concat()),
        Outcome::Fault(text) => Some([&[FAULT], text.as_bytes()].concat()),
        Outcome::Failure(_) => None,
    }
}

fn outcome_of(entry: &Bytes) -> Option<Outcome> {
    let data = entry.slice(1.min(entry.len())..);
    match *entry.first()? {
        BYTECODE => Some(Outcome::Bytecode(data)),
        FAULT => String::from_utf8(data.into()).ok().map(Outcome::Fault),
        _ => None,
    }
}

/// Reports compiled modules that a device for `compiler` refuses, once for each kind of them.
fn foreign<'a>(
    files: impl IntoIterator<Item = &'a File>,
    compiler: &Compiler,
) -> impl Iterator<Item = Finding> {
    let mut kinds: BTreeMap<String, Vec<&MemberPath>> = BTreeMap::new();
    for file in files.into_iter().filter(|file| file.path.extension() == Some("mpy")) {
        match Header::read(&file.data) {
            Some(header) if compiler.fits(header) => {}
            Some(header) => kinds.entry(header.to_string()).or_default().push(&file.path),
            None => kinds.entry("no bytecode".to_owned()).or_default().push(&file.path),
        }
    }
    kinds.into_iter().map(|(kind, paths)| {
        let found = match paths.len() {
            1 => kind,
            count => format!("{kind}, in {count} files"),
        };
        Finding::new(Code::ForeignBytecode, found)
            .at(paths[0].as_str())
            .expected(format!("bytecode of version {}", compiler.variant()))
    })
}

#[cfg(test)]
mod tests;
