//! All packages that a tree is to hold: those asked for and what they depend on, from this machine,
//! from an index for mip, from anywhere on the web, and from the index of projects.

mod installed_constraints;
mod local;
mod planned;
mod projects;
mod remote;
mod replaced;
mod request;
mod requested;
mod source;

use super::gather::requested::RequestedDependencies;
use super::{PlannedPackage, Record};
use crate::adapt::Bytecode;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::net::mip::Client;
use crate::ops::inputs;
use crate::options::ConvertOptions;
pub use projects::Projects;
pub use remote::RemoteArchive;
pub use request::Request;

/// Where packages come from, and how.
#[derive(Debug)]
pub struct GatherOptions<'a> {
    /// By what packages for mip are looked up in an index, if there is one, and fetched.
    pub client: Client,
    /// Where projects come from that are not of this machine, if anywhere.
    pub projects: Option<Projects<'a>>,
    /// How archives are read that are not of this machine, and the names of dependencies.
    pub convert: ConvertOptions,
    /// What is installed already. Packages of it that stay hold versions back that they do not allow,
    /// and serve where nobody else has a project.
    pub installed: Record,
    /// Whether versions are taken that packages do not allow which stay.
    pub force: bool,
    /// What compiles modules, by the first of its compilers; without it they stay source code.
    pub bytecode: Option<Bytecode>,
}

/// One thing that is to be installed.
#[derive(Clone, Debug)]
pub enum InstallJob {
    /// Archives, a project or a `manifest.py`.
    Read(inputs::Job),
    /// Anything else.
    Request(Request),
}

/// What a call comes to.
#[derive(Debug)]
pub struct Gathered {
    /// The packages, in the order in which they are installed.
    pub packages: Vec<PlannedPackage>,
    /// The normalised names of those that are asked for and installed already, as
    /// [`ChangeOptions::serving`](super::ChangeOptions::serving).
    pub serving: Vec<String>,
    /// What was noticed about none of the packages.
    pub findings: Vec<Finding>,
}

/// All packages that `jobs` ask for and what these depend on.
///
/// A name is that of a package of this machine, else of the index for mip where there is one that has
/// it, else of a project.
///
/// # Errors
/// All that cannot be had.
pub fn gather(jobs: &[InstallJob], options: &GatherOptions) -> Result<Gathered, Vec<Error>> {
    let asked = RequestedDependencies::read(jobs, options)?;
    let mut gathered = asked.merge(options).map_err(|error| vec![error])?;
    let compiled = gathered.packages.iter_mut().map(|package| compile(package, options));
    let errors: Vec<Error> = compiled.filter_map(Result::err).collect();
    if errors.is_empty() { Ok(gathered) } else { Err(errors) }
}

/// Puts bytecode in place of modules, where it is wanted.
fn compile(package: &mut PlannedPackage, options: &GatherOptions) -> Result<()> {
    let Some(bytecode) = &options.bytecode else { return Ok(()) };
    let Some(compiler) = bytecode.compilers.first() else { return Ok(()) };
    let (files, findings) = bytecode.compile(compiler, &package.files)?;
    package.files = files;
    package.findings.extend(findings);
    if package.findings.iter().any(Finding::is_error) {
        let findings = package.findings.clone();
        return Err(Error::Refused { input: package.name.clone(), findings });
    }
    Ok(())
}
