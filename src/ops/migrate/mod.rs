//! From releases of package indexes to what a client takes, with all they depend on.

mod checked;
mod flat;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use super::index::{self, AddOptions, Added};
use super::inputs::Job;
use super::mip::{self, MipArtifact, MipJob, MipOptions, Packed};
use crate::error::Result;
use crate::finding::Finding;
use crate::mip::Dependency;
use crate::ops::{self, Stored};
use crate::options::ConvertOptions;
use crate::resolve::{Client, Closure, Releases, SkipReason, Skipped};
use crate::translate::Pinning;
use crate::write::Claims;
pub use checked::Checked;
pub use flat::flat;

/// The output of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Packages for mip, each in a folder of its own.
    Mip,
    /// Archives for upip.
    Upip,
    /// An index for mip.
    Index,
}

/// Text that names no [`OutputFormat`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found `{0}`, expected one of mip, upip, index")]
pub struct OutputFormatError(String);

impl OutputFormat {
    /// Who takes the results.
    #[must_use]
    pub fn client(self) -> Client {
        match self {
            Self::Mip | Self::Index => Client::Mip,
            Self::Upip => Client::Upip,
        }
    }
}

impl FromStr for OutputFormat {
    type Err = OutputFormatError;

    fn from_str(text: &str) -> Result<Self, OutputFormatError> {
        match text {
            "mip" => Ok(Self::Mip),
            "upip" => Ok(Self::Upip),
            "index" => Ok(Self::Index),
            _ => Err(OutputFormatError(text.to_owned())),
        }
    }
}

/// How releases are migrated.
pub struct MigrateOptions<'a> {
    /// How each is converted.
    pub convert: ConvertOptions,
    /// The folder of the results.
    pub out: PathBuf,
    /// The output.
    pub make: OutputOptions<'a>,
}

/// The output, with its options.
pub enum OutputOptions<'a> {
    /// Archives for upip.
    Upip,
    /// Packages for mip.
    Mip(MipOptions),
    /// One package for mip with the files of all.
    Flat {
        /// How it is made.
        options: MipOptions,
        /// The name of the package; by default that of the only requirement.
        name: Option<String>,
    },
    /// An index for mip, with copies of the packages that replace releases.
    Index(AddOptions<'a>),
}

impl OutputOptions<'_> {
    /// Who takes the results.
    fn client(&self) -> Client {
        match self {
            Self::Upip => Client::Upip,
            Self::Mip(_) | Self::Flat { .. } | Self::Index(_) => Client::Mip,
        }
    }
}

/// The result for a release, or for several.
#[derive(Clone, Debug)]
pub enum Artifact {
    /// An archive for upip.
    Archive(Stored),
    /// A package for mip.
    Package(Box<Packed>),
    /// A package of an index.
    Added(Added),
}

impl Artifact {
    fn findings_mut(&mut self) -> &mut Vec<Finding> {
        match self {
            Self::Archive(stored) => &mut stored.summary.findings,
            Self::Package(packed) => &mut packed.findings,
            Self::Added(added) => &mut added.findings,
        }
    }
}

/// The results of a migration.
#[derive(Debug)]
pub struct Migrated {
    /// The results and refusals.
    pub results: Vec<Result<Artifact>>,
    /// Dependencies without a release, sorted by name.
    pub left: Vec<Skipped>,
}

impl Migrated {
    /// Whether something that was asked for cannot be had.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.left.iter().any(|left| left.why == SkipReason::Refused)
            || self.results.iter().any(Result::is_err)
    }
}

/// Converts the releases of `closure`, which come from `releases`. `progress` is called after each.
///
/// A release that is refused does not stop the others; they are made without it. To make results in
/// memory, call [`Checked::of`], and with its jobs [`convert_job`](ops::convert_job), [`mip::make`] or
/// [`flat()`].
///
/// # Errors
/// Those of [`Releases::archive`], and of the engine that makes the results.
pub fn migrate(
    closure: &Closure,
    releases: &Releases,
    options: MigrateOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<Migrated> {
    let client = options.make.client();
    let Checked { jobs, refused, left } =
        Checked::of(closure, releases, &options.convert, client, &options.out)?;
    let of_all = jobs.into_iter();
    let mut results: Vec<Result<Artifact>> = match options.make {
        OutputOptions::Upip => {
            let jobs: Vec<Job> = of_all.map(|(_, job)| job).collect();
            let made = ops::convert(&jobs, progress);
            made.into_iter().map(|one| one.map(Artifact::Archive)).collect()
        }
        OutputOptions::Mip(mip) => packages(of_all.map(|(_, job)| job), mip, progress)?,
        OutputOptions::Flat { options: mip, name } => {
            let made = flat(of_all, &left, mip, name.as_deref()).transpose();
            let how = options.convert.store_options();
            let store = |made: Result<MipArtifact>| {
                let stored = made?.store(&options.out, how, &mut Claims::default())?;
                Ok(Artifact::Package(Box::new(stored)))
            };
            made.map(store).into_iter().collect()
        }
        OutputOptions::Index(mut add) => {
            add.wanted.extend(replacements(&left));
            let jobs: Vec<_> = of_all.map(|(_, job)| (job, Pinning::Pin)).collect();
            let made = index::add(&jobs, &options.out, &add, progress)?;
            made.into_iter().map(|one| one.map(Artifact::Added)).collect()
        }
    };
    // What is said of a dependency is not said again for each release that needs it.
    let is_said = |finding: &Finding| left.iter().any(|one| one.findings.contains(finding));
    for made in results.iter_mut().flatten() {
        made.findings_mut().retain(|finding| !is_said(finding));
    }
    results.extend(refused.into_iter().map(Err));
    Ok(Migrated { results, left: left.into_iter().cloned().collect() })
}

/// The packages of an index for mip that replace requirements.
fn replacements(left: &[&Skipped]) -> impl Iterator<Item = Dependency> {
    let replacement = |left: &&Skipped| match &left.why {
        SkipReason::Replaced(by) if by.is_of_index() => Some(by.clone()),
        _ => None,
    };
    left.iter().filter_map(replacement)
}

fn packages(
    jobs: impl Iterator<Item = Job>,
    options: MipOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Result<Artifact>>> {
    let options = Arc::new(options);
    let of = |job| MipJob { job, options: Arc::clone(&options) };
    let jobs: Vec<MipJob> = jobs.map(of).collect();
    Ok(mip::convert(&jobs, progress)?
        .into_iter()
        .map(|one| one.map(|one| Artifact::Package(Box::new(one))))
        .collect())
}
