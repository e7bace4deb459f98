//! What is asked for, and what comes of it.

use std::collections::BTreeMap;

use super::installed_constraints::InstalledConstraints;
use super::local::{self, Local, LocalArchives};
use super::replaced::Replaced;
use super::source::LocalFirst;
use super::{GatherOptions, Gathered, InstallJob, Projects, Request, planned};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, SOURCE_VARIANT};
use crate::net::fetch::{in_parallel, shown};
use crate::ops::install::PlannedPackage;
use crate::ops::requirements::missing;
use crate::requirement::Requirement;
use crate::resolve::{self, Resolution, ResolveOptions, Resolved, SkipReason, Source, resolve};
use crate::translate::{Alias, DependencyOptions, PackageIndex};

/// What is asked for, as far as it is of this machine.
#[derive(Default)]
pub(super) struct RequestedDependencies {
    locals: LocalArchives,
    places: Vec<Dependency>,
    named: Vec<Requirement>,
    findings: Vec<Finding>,
}

impl RequestedDependencies {
    pub(super) fn read(jobs: &[InstallJob], options: &GatherOptions) -> Result<Self, Vec<Error>> {
        let (mut asked, mut locals, mut errors) = (Self::default(), Vec::new(), Vec::new());
        for job in jobs {
            let found = match job {
                InstallJob::Read(job) => {
                    let releases = Local::releases(job).into_iter();
                    releases.map(|local| local?.verified(&job.input, options)).collect()
                }
                InstallJob::Request(Request::Module(path)) => {
                    vec![Local::module(path, options.client.fetcher())]
                }
                InstallJob::Request(Request::Remote(archive)) => {
                    archive.fetch(options).transpose().into_iter().collect()
                }
                InstallJob::Request(Request::MipUrl(dependency)) => {
                    asked.places.push(dependency.clone());
                    continue;
                }
                InstallJob::Request(Request::Named(requirement)) => {
                    asked.named.push(requirement.clone());
                    continue;
                }
                InstallJob::Request(Request::Input(path)) => vec![Err(Error::Usage {
                    message: format!("{}: this is not read here", path.display()),
                    help: "give it as a job".to_owned(),
                })],
            };
            for local in found {
                match local {
                    Ok(local) => locals.push(local),
                    Err(error) => errors.push(error),
                }
            }
        }
        asked.locals = local::by_name(locals, &mut asked.findings);
        if errors.is_empty() { Ok(asked) } else { Err(errors) }
    }

    /// Finds releases that fit together, and fetches what is elsewhere.
    pub(super) fn merge(self, options: &GatherOptions) -> Result<Gathered> {
        let (resolution, serving, noticed) = self.resolve(options)?;
        let of_projects = options.projects.iter().flat_map(|one| one.findings_of(&resolution));
        let of_projects: Vec<Finding> = of_projects.collect();
        refuse(&resolution, &of_projects)?;
        self.refuse_without_hash(&resolution, options)?;
        let replaced = Replaced::of(&resolution, &self.named);
        let Self { locals, places, mut findings, .. } = self;
        findings.extend(of_projects);
        findings.extend(noticed);
        findings.extend(resolution.findings.iter().cloned());
        findings.extend(resolution.left.iter().flat_map(|left| left.findings.clone()));
        let roots: Vec<Dependency> = places.iter().chain(replaced.by.keys()).cloned().collect();
        let (fetched, noticed) = options.client.closure(&roots, SOURCE_VARIANT)?;
        findings.extend(noticed);
        let names = planned::names(&fetched);
        let is_asked = |name: &String| {
            places.iter().any(|place| place.name == *name) || replaced.requested.contains(name)
        };
        let fetched = fetched.into_iter().map(|one| {
            let is_asked = is_asked(&one.name);
            planned::of_fetched(one, is_asked, &names)
        });
        let mut wanted: Vec<PlannedPackage> = fetched.collect();
        let releases = releases(&resolution, locals, options)?;
        refuse_not_pinned(&resolution, options)?;
        for (release, local) in releases {
            let elsewhere = replaced.needed_by(&release.name, &names);
            let one = planned::of_release(local, release, elsewhere);
            findings.extend(planned::replace(&mut wanted, one));
        }
        findings.extend(options.projects.iter().flat_map(Projects::findings));
        Ok(Gathered { packages: wanted, serving, findings })
    }

    /// Refuses what has no hash, where anything that is asked for has one.
    fn refuse_without_hash(&self, resolution: &Resolution, options: &GatherOptions) -> Result<()> {
        let Some(projects) = &options.projects else { return Ok(()) };
        let hashes = &projects.asked().hashes;
        let has_hash = |name: &str| match self.locals.get(name) {
            Some(local) => local.has_hash,
            None => hashes.has(name),
        };
        let mut findings = hashes.missing(resolution, has_hash);
        if !hashes.is_empty() {
            findings.extend(self.places.iter().map(|place| missing(&shown(&place.name), &[])));
        }
        refused_for_hashes(findings)
    }

    /// Finds releases that fit together, and with what is installed and stays. What is asked for and
    /// installed already, so that it serves, is told beside them.
    fn resolve(&self, options: &GatherOptions) -> Result<(Resolution, Vec<String>, Vec<Finding>)> {
        let mut staying = InstalledConstraints::new(&options.installed);
        let (first, mut serving) = self.resolve_beside(&staying, options)?;
        // What is held later is not asked for.
        let asked = serving.iter().filter(|one| one.is_root).map(|one| one.name.clone()).collect();
        let mut resolution = first.clone();
        // What fits may need other packages, which have to fit, too. Each turn holds to more.
        while !options.force && staying.hold(&resolution, &self.locals) {
            (resolution, serving) =
                self.resolve_beside(&staying, options).map_err(|error| match error {
                    Error::Refused { input, findings } => {
                        let fits =
                            |one: &InstalledConstraints| self.resolve_beside(one, options).is_ok();
                        let findings = [staying.conflicts(fits), findings].concat();
                        Error::Refused { input, findings }
                    }
                    error => error,
                })?;
        }
        let serves = |one: &Resolved| {
            let finding = Finding::new(Code::InstalledServes, one.version.to_string());
            finding.at(&one.name)
        };
        let not_held = serving.iter().filter(|one| staying.needs(&one.name).is_none());
        let mut findings: Vec<Finding> = not_held.map(serves).collect();
        findings.extend(staying.held_back(&resolution, &first));
        Ok((resolution, asked, findings))
    }

    /// Finds releases that fit together, and beside them those that are installed and stay.
    fn resolve_beside(
        &self,
        staying: &InstalledConstraints,
        options: &GatherOptions,
    ) -> Result<(Resolution, Vec<Resolved>)> {
        let locals = self.locals.values().map(Local::requirement);
        let mut roots: Vec<Requirement> = locals.chain(self.named.iter().cloned()).collect();
        if roots.is_empty() {
            return Ok((Resolution::default(), Vec::new()));
        }
        roots.extend(staying.requirements());
        let index =
            if options.client.has_index() { Some(options.client.index_json()?) } else { None };
        let mut aliases: BTreeMap<String, Alias> = options.convert.aliases.clone().into();
        aliases.extend(self.locals.values().flat_map(|local| local.aliases.clone()));
        let client = if index.is_some() { resolve::Client::Mip } else { resolve::Client::Upip };
        let resolve_options = ResolveOptions {
            dependencies: DependencyOptions {
                extras: Vec::new(),
                aliases: aliases.into(),
                ..options.convert.dependencies()
            },
            client,
            given: self.locals.keys().chain(staying.names()).cloned().collect(),
            settled: staying.names().cloned().collect(),
            ..ResolveOptions::default()
        };
        let source = LocalFirst { locals: &self.locals, staying, index: options.index() };
        let catalog = index.map(|index| index as &(dyn PackageIndex + Sync));
        let mut resolution = resolve(&roots, &source, catalog, &resolve_options)?;
        let mut serving = Vec::new();
        for release in std::mem::take(&mut resolution.packages) {
            let is_installed = source.is_installed(&release.name)?;
            let place = if is_installed { &mut serving } else { &mut resolution.packages };
            place.push(release);
        }
        Ok((resolution, serving))
    }
}

/// The releases with what they are, those of this machine last.
fn releases<'a>(
    resolution: &'a Resolution,
    mut locals: LocalArchives,
    options: &GatherOptions,
) -> Result<Vec<(&'a Resolved, Local)>> {
    let is_here = |release: &&Resolved| locals.contains_key(&release.name);
    let (here, there): (Vec<_>, Vec<_>) = resolution.packages.iter().partition(is_here);
    let downloaded = options.download(&there)?;
    let mut all: Vec<_> = there.into_iter().zip(downloaded).collect();
    all.extend(here.into_iter().filter_map(|one| Some((one, locals.remove(&one.name)?))));
    Ok(all)
}

/// Refuses requirements with a hash that allow several versions.
fn refuse_not_pinned(resolution: &Resolution, options: &GatherOptions) -> Result<()> {
    let Some(projects) = &options.projects else { return Ok(()) };
    let asked = projects.asked();
    refused_for_hashes(asked.hashes.not_pinned(&asked.requirements, resolution))
}

fn refused_for_hashes(findings: Vec<Finding>) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(Error::Refused { input: "requirements".to_owned(), findings })
}

/// Refuses what cannot be had: on a device its import would fail.
fn refuse(resolution: &Resolution, of_projects: &[Finding]) -> Result<()> {
    let mut findings = Vec::new();
    for left in resolution.left.iter().filter(|left| left.why == SkipReason::Refused) {
        findings.extend(left.findings.iter().cloned());
        if !left.findings.iter().any(Finding::is_error) {
            findings.push(Finding::new(Code::NotThere, "nothing").at(&left.name));
        }
    }
    if findings.is_empty() {
        return Ok(());
    }
    findings.extend_from_slice(of_projects);
    Err(Error::Refused { input: "what is asked for".to_owned(), findings })
}

impl GatherOptions<'_> {
    fn index(&self) -> Option<&dyn Source> {
        self.projects.as_ref().map(|projects| projects as &dyn Source)
    }

    /// The releases, in their order.
    fn download(&self, releases: &[&Resolved]) -> Result<Vec<Local>> {
        let Some(projects) = &self.projects else { return Ok(Vec::new()) };
        let download = |release: &&Resolved| {
            let (file, archive) = projects.archive(release, &self.convert.read)?;
            let package = archive.package.clone();
            let mut local = Local::archive(&file.file_name, package, &self.convert)?;
            local.package.findings.extend(file.other_python());
            Ok(local)
        };
        // The first error by the order of names, and not by that of time.
        in_parallel(releases, download).into_iter().collect()
    }
}
