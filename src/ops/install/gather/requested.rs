//! Reads the requested packages, resolves their dependencies and downloads them.

use std::collections::{BTreeMap, BTreeSet};

use super::installed_constraints::InstalledConstraints;
use super::locals::{self, LocalArchives, installable};
use super::source::InstallSource;
use super::{GatherOptions, Gathered, InstallJob, Projects, Request, planned};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, SOURCE_VARIANT};
use crate::name::normalized_name;
use crate::net::fetch::{display_url, in_parallel};
use crate::ops::gather::{Local, PackageSpec};
use crate::ops::install::PlannedPackage;
use crate::ops::requirements::missing;
use crate::requirement::Requirement;
use crate::resolve::{self, Resolution, ResolveOptions, Resolved, SkipReason, Source, resolve};
use crate::translate::{Alias, DependencyOptions, PackageIndex};

/// The requested packages, before resolution.
#[derive(Default)]
pub(super) struct RequestedDependencies {
    locals: LocalArchives,
    places: Vec<Dependency>,
    named: Vec<Requirement>,
    findings: Vec<Finding>,
}

impl RequestedDependencies {
    pub(super) fn read(jobs: &[InstallJob], options: &GatherOptions) -> Result<Self, Vec<Error>> {
        let (mut asked, mut found_here, mut errors) = (Self::default(), Vec::new(), Vec::new());
        for job in jobs {
            let found = match job {
                Request::Archive(archive) => {
                    archive.fetch(options).transpose().into_iter().collect()
                }
                Request::Spec(PackageSpec::Input(job)) => {
                    let releases = Local::releases(job).into_iter();
                    let checked =
                        |local| locals::verified(installable(local)?, &job.input, options);
                    releases.map(|local| local.and_then(checked)).collect()
                }
                Request::Spec(PackageSpec::Module(path)) => {
                    vec![Local::module(path, options.client.fetcher()).and_then(installable)]
                }
                Request::Spec(PackageSpec::Package(dependency)) => {
                    asked.places.push(dependency.clone());
                    continue;
                }
                Request::Spec(PackageSpec::Constrained(requirement)) => {
                    asked.named.push(requirement.clone());
                    continue;
                }
            };
            for local in found {
                match local {
                    Ok(local) => found_here.push(local),
                    Err(error) => errors.push(error),
                }
            }
        }
        asked.locals = locals::by_name(found_here, &mut asked.findings);
        if errors.is_empty() { Ok(asked) } else { Err(errors) }
    }

    /// Resolves the dependencies, and downloads all packages that are not local.
    pub(super) fn merge(self, options: &GatherOptions) -> Result<Gathered> {
        let (resolution, serving, noticed) = self.resolve(options)?;
        let of_projects = options.projects.iter().flat_map(|one| one.findings_of(&resolution));
        let of_projects: Vec<Finding> = of_projects.chain(options.client.findings()).collect();
        refuse(&resolution, &of_projects)?;
        if let Some(projects) = &options.projects {
            let is_empty = self.locals.is_empty()
                && self.places.is_empty()
                && resolution.packages.is_empty()
                && resolution.left.is_empty()
                && serving.is_empty();
            projects.asked().refuse_if_empty(is_empty, &resolution.findings)?;
        }
        self.refuse_without_hash(&resolution, options)?;
        let replaced = Replaced::of(&resolution, &self.named);
        let Self { locals, places, findings: of_locals, .. } = self;
        let specified = options.projects.iter().flat_map(|one| one.asked().findings.clone());
        let mut findings: Vec<Finding> = specified.chain(of_locals).collect();
        findings.extend(of_projects);
        findings.extend(noticed);
        findings.extend(resolution.findings.iter().cloned());
        findings.extend(resolution.left.iter().flat_map(|left| left.findings.clone()));
        let roots: Vec<Dependency> = places.iter().chain(replaced.by.keys()).cloned().collect();
        let (fetched, noticed) = options.client.closure(&roots, SOURCE_VARIANT)?;
        findings.extend(noticed);
        let names = fetched.iter().map(|one| (one.name.clone(), planned::own_name(one))).collect();
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

    /// Refuses packages without a hash, if any requirement has one.
    fn refuse_without_hash(&self, resolution: &Resolution, options: &GatherOptions) -> Result<()> {
        let Some(projects) = &options.projects else { return Ok(()) };
        let hashes = &projects.asked().hashes;
        let has_hash = |name: &str| match self.locals.get(name) {
            Some(local) => local.has_hash,
            None => hashes.has(name),
        };
        let mut findings = hashes.missing(resolution, has_hash);
        if !hashes.is_empty() {
            findings
                .extend(self.places.iter().map(|place| missing(&display_url(&place.name), &[])));
        }
        refused_for_hashes(findings)
    }

    /// Resolves the dependencies together with installed packages that stay. Also returns the names of
    /// the requested packages that are installed already, and findings.
    fn resolve(&self, options: &GatherOptions) -> Result<(Resolution, Vec<String>, Vec<Finding>)> {
        let mut staying = InstalledConstraints::new(&options.installed);
        let (first, mut serving) = self.resolve_beside(&staying, options)?;
        // Packages that are pinned below are not requested.
        let asked = serving.iter().filter(|one| one.is_root).map(|one| one.name.clone()).collect();
        let mut resolution = first.clone();
        // A new solution may conflict with more installed packages. Each turn adds constraints.
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

    /// Resolves once. Also returns the installed packages that are part of the solution.
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
        let index = options.client.optional_index()?;
        let mut aliases: BTreeMap<String, Alias> = options.convert.aliases.clone().into();
        let of_local = |local: &Local| BTreeMap::from(local.options.aliases.clone());
        aliases.extend(self.locals.values().flat_map(of_local));
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
        let source = InstallSource { locals: &self.locals, staying, index: options.index() };
        let catalog = index.map(|index| index as &(dyn PackageIndex + Sync));
        let mut resolution = resolve(&roots, &source, catalog, &resolve_options)?;
        resolution.explain_refusals();
        let mut serving = Vec::new();
        for release in std::mem::take(&mut resolution.packages) {
            let is_installed = source.is_installed(&release.name)?;
            let place = if is_installed { &mut serving } else { &mut resolution.packages };
            place.push(release);
        }
        Ok((resolution, serving))
    }
}

/// Packages of mip that replace projects.
struct Replaced {
    /// Each package, with the normalized names of the releases that depend on it.
    by: BTreeMap<Dependency, BTreeSet<String>>,
    /// The names of the packages that the call requests.
    requested: BTreeSet<String>,
}

impl Replaced {
    fn of(resolution: &Resolution, named: &[Requirement]) -> Self {
        let roots: BTreeSet<String> =
            named.iter().map(|requirement| normalized_name(&requirement.name)).collect();
        let mut replaced = Self { by: BTreeMap::new(), requested: BTreeSet::new() };
        for left in &resolution.left {
            let SkipReason::Replaced(dependency) = &left.why else { continue };
            let by = replaced.by.entry(dependency.clone()).or_default();
            by.extend(left.wanted_by.iter().cloned());
            if roots.contains(&left.name) {
                replaced.requested.insert(dependency.name.clone());
            }
        }
        replaced
    }

    /// The names of the packages that this release depends on.
    fn needed_by(&self, release: &str, names: &BTreeMap<String, String>) -> Vec<String> {
        let needed = self.by.iter().filter(|(_, by)| by.contains(release));
        needed.filter_map(|(dependency, _)| names.get(&dependency.name).cloned()).collect()
    }
}

/// The releases with their packages, local ones last.
fn releases<'a>(
    resolution: &'a Resolution,
    mut locals: LocalArchives,
    options: &GatherOptions,
) -> Result<Vec<(&'a Resolved, Local)>> {
    let is_here = |release: &&Resolved| locals.contains_key(&release.name);
    let (here, there): (Vec<_>, Vec<_>) = resolution.packages.iter().partition(is_here);
    let downloaded = options.download(&there, resolution)?;
    let mut all: Vec<_> = there.into_iter().zip(downloaded).collect();
    all.extend(here.into_iter().filter_map(|one| Some((one, locals.remove(&one.name)?))));
    Ok(all)
}

/// Refuses requirements with a hash that do not pin one version.
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

/// Refuses missing dependencies: their imports would fail on the device.
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
    Err(Error::Refused { input: "the requested packages".to_owned(), findings })
}

impl GatherOptions<'_> {
    fn index(&self) -> Option<&dyn Source> {
        self.projects.as_ref().map(|projects| projects as &dyn Source)
    }

    /// Downloads the releases, in their order.
    fn download(&self, releases: &[&Resolved], resolution: &Resolution) -> Result<Vec<Local>> {
        let Some(projects) = &self.projects else { return Ok(Vec::new()) };
        let download = |release: &&Resolved| {
            let (file, archive) = projects.archive(release, &self.convert.read)?;
            let package = archive.package.clone();
            let local = Local::archive(&file.file_name, package, Vec::new(), &self.convert);
            let mut local = installable(local)?;
            local.package.findings.extend(file.other_python());
            Ok(local)
        };
        let explained = |release: &&Resolved| {
            download(release).map_err(|error| resolution.explained(&release.name, error))
        };
        // Reports the first error by name, and not by time.
        in_parallel(releases, explained).into_iter().collect()
    }
}
