//! Finds all packages that will be installed: the requested ones and their dependencies, from local files,
//! an index for mip, URLs and package indexes.

mod installed_constraints;
mod locals;
mod planned;
mod projects;
mod remote;
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
    /// The client for packages of mip and their index, if there is one.
    pub client: Client,
    /// The package indexes, if projects may be downloaded.
    pub projects: Option<Projects<'a>>,
    /// How downloaded archives are read, and the aliases of dependencies.
    pub convert: ConvertOptions,
    /// The installed packages. Those that stay limit the versions of new packages, and are used for
    /// projects that no index has.
    pub installed: Record,
    /// Whether new packages may violate the constraints of packages that stay.
    pub force: bool,
    /// The compiler for modules; without it they are installed as source code.
    pub bytecode: Option<Bytecode>,
}

/// One request to install packages.
pub type InstallJob = Request<inputs::Job>;

/// The result of [`gather`].
#[derive(Debug)]
pub struct Gathered {
    /// The packages, in the order in which they are installed.
    pub packages: Vec<PlannedPackage>,
    /// The normalized names of the requested packages that are installed already, for
    /// [`ChangeOptions::serving`](super::ChangeOptions::serving).
    pub serving: Vec<String>,
    /// Findings that do not belong to a single package.
    pub findings: Vec<Finding>,
}

/// Finds the packages that `jobs` request and their dependencies.
///
/// A name is looked up among local packages, then in the index for mip, then in the package indexes.
///
/// # Errors
/// One error for each package that cannot be found or read.
pub fn gather(jobs: &[InstallJob], options: &GatherOptions) -> Result<Gathered, Vec<Error>> {
    let asked = RequestedDependencies::read(jobs, options)?;
    let mut gathered = asked.merge(options).map_err(|error| vec![error])?;
    let compiled = gathered.packages.iter_mut().map(|package| compile(package, options));
    let errors: Vec<Error> = compiled.filter_map(Result::err).collect();
    if errors.is_empty() { Ok(gathered) } else { Err(errors) }
}

/// Compiles the modules of the package, if that is requested.
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
