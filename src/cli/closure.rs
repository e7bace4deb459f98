//! The common part of `migrate`, `lock` and `download`: from arguments to releases and files.

use std::path::Path;

use super::args::RequirementArgs;
use super::printer::{Printer, step};
use crate::error::Result;
use crate::finding::Finding;
use crate::net::fetch::Progress;
use crate::ops::closure::{ClosureRequest, ResolvedRequirements};
use crate::ops::inputs::settings_of_call;
use crate::resolve::Client;
use crate::settings::{Layer, Settings};

impl RequirementArgs {
    /// The settings of the project in whose folder the program runs, or of the one that is named.
    pub(super) fn settings(&self, layer: Layer) -> Result<Settings> {
        settings_of_call(None, &self.project.whose(), layer)
    }

    /// The releases and files that the arguments ask for, or those of the `lock`.
    pub(super) fn resolve(
        &self,
        settings: &Settings,
        client: Client,
        lock: Option<&Path>,
        python: &Path,
        printer: &Printer,
    ) -> Result<ResolvedRequirements> {
        let bar = printer.fetched();
        let pypi = || {
            let bar = bar.clone();
            self.pypi.pypi(python, Progress::new(move |bytes| step(&bar, bytes)))
        };
        let found = ResolvedRequirements::find(ClosureRequest {
            requirements: &self.requirements,
            files: &self.files,
            lock,
            client,
            dependencies: settings.convert_options()?.dependencies(),
            read: self.limits.options(settings)?,
            mip: &crate::ops::client(settings, self.pypi.fetch()?)?,
            pypi: &pypi,
        });
        bar.finish_and_clear();
        found
    }
}

/// The findings that are about no single release.
pub(super) fn all_findings(found: &ResolvedRequirements) -> impl Iterator<Item = &Finding> {
    found.findings.iter().chain(&found.closure.resolution.findings)
}

/// Prints the findings that are about no single release.
pub(super) fn report_findings(found: &ResolvedRequirements, printer: &Printer) {
    printer.findings("requirements", &found.findings);
    printer.findings("requirements", &found.closure.resolution.findings);
}
