//! From dependencies to the exact, fetchable ones that mip takes.

pub(crate) mod merged;
mod repository;
pub(crate) mod target;

pub use crate::translate::cycle::{Cut, break_cycles};
pub use crate::translate::package_index::{
    AssumedIndex, AvailablePackage, AvailableVersions, PackageIndex, PackageIndexes, UnknownIndex,
};
pub use crate::translate::pinning::{Pinning, PinningError};

use super::DependencyOptions;
use super::active::{ActiveDependencies, Report, Role};
use super::mip::merged::{MergedRequirements, Unresolved};
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::name::normalized_name;
use crate::requirement::Requirement;
use target::{NotFetched, Target, Translator};

/// What mip is to install for a package's dependencies, and what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MipDependencies {
    /// What can be fetched, in the order of declaration, each once.
    pub deps: Vec<Dependency>,
    /// The dependencies, as they were declared, that nothing can be fetched for; each has a finding.
    pub unresolved: Vec<String>,
    /// What mip does not support, or what is unknown; the path is the dependency.
    pub findings: Vec<Finding>,
}

/// The dependencies of the project `own_name` that are wanted, as mip takes them.
///
/// Each goes by the name that the settings give it, or that it has in micropython-lib now, or its
/// own. With a `catalog` it must be there, and the newest version that all its constraints allow is
/// taken. Without one the version is the newest at the time of installation, and nothing is known of
/// constraints.
///
/// ```
/// use mpconvert::translate::{DependencyOptions, AvailableVersions, Pinning, to_mip_dependencies};
/// use mpconvert::requirement::Requirement;
///
/// let requirements = ["micropython-logging >=0.3", "foo <2", "bar"].map(|line| line.parse().unwrap());
/// let index: AvailableVersions =
///     [("logging", "0.6.2"), ("foo", "1.9"), ("foo", "2.0")].into_iter().collect();
/// let options = DependencyOptions::default();
/// let exact = to_mip_dependencies(&requirements, "own", &options, Some(&index), Pinning::Pin);
/// let deps: Vec<_> = exact.deps.iter().map(|dep| (dep.name.as_str(), dep.version.as_str())).collect();
/// assert_eq!(deps, [("logging", "0.6.2"), ("foo", "1.9")]);
/// assert_eq!(exact.unresolved, ["bar"]);
/// ```
#[must_use]
pub fn to_mip_dependencies(
    requirements: &[Requirement],
    own_name: &str,
    options: &DependencyOptions,
    catalog: Option<&dyn PackageIndex>,
    pinning: Pinning,
) -> MipDependencies {
    let wanted = ActiveDependencies::of(requirements, own_name, options);
    let own_name = normalized_name(own_name);
    let mut report = Report::new(&wanted, options);
    let mut translator = Translator::new(&options.aliases, catalog, &options.missing);
    let mut asked = MergedRequirements::default();
    for item in &wanted.items {
        report.role(item);
        if item.role == Role::Own {
            continue;
        }
        report.extras(item.requirement);
        match translator.target(item, &mut report) {
            Ok(Target::Named(named)) if normalized_name(&named.name) == own_name => {
                report.add(Code::OwnRequirement, item.requirement, "the project itself");
            }
            Ok(target) => asked.add(target, item.requirement),
            Err(NotFetched::BuiltIn | NotFetched::Dropped) => {}
        }
    }
    let mut exact = MipDependencies::default();
    for asked in &asked.all {
        match asked.dependency(pinning, &mut report) {
            Ok(dependency) => exact.deps.push(dependency),
            Err(why) => {
                if let Unresolved::Version(found) = why {
                    report.lost(Code::NoVersion, asked.requirements[0], found);
                }
                exact.unresolved.push(asked.requirements[0].name.clone());
            }
        }
    }
    exact.findings = report.finish(&wanted);
    exact
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::{Alias, Aliases};

    /// How a call ends: `name@version` of each, what is unresolved, and findings with their codes.
    type Outcome = (Vec<String>, Vec<String>, Vec<String>);

    struct Call {
        index: Option<AvailableVersions>,
        pinning: Pinning,
        aliases: Aliases,
    }

    impl Call {
        fn blind() -> Self {
            Self { index: None, pinning: Pinning::Pin, aliases: Aliases::default() }
        }

        /// With an index of packages as `name version version`.
        fn with(packages: &[&str]) -> Self {
            let mut index = AvailableVersions::default();
            for package in packages {
                let (name, versions) = package.split_once(' ').unwrap();
                versions.split(' ').for_each(|version| index.add(name, version));
            }
            Self { index: Some(index), ..Self::blind() }
        }

        fn aliases(self, aliases: &[(&str, &str)]) -> Self {
            let alias = |(name, text): &(&str, &str)| {
                let alias = if text.is_empty() { Alias::Dropped } else { text.parse().unwrap() };
                ((*name).to_owned(), alias)
            };
            Self { aliases: aliases.iter().map(alias).collect(), ..self }
        }

        fn of(&self, lines: &[&str]) -> Outcome {
            let requirements: Vec<Requirement> =
                lines.iter().map(|line| line.parse().unwrap()).collect();
            let options =
                DependencyOptions { aliases: self.aliases.clone(), ..DependencyOptions::default() };
            let catalog = self.index.as_ref().map(|index| index as &dyn PackageIndex);
            let exact =
                to_mip_dependencies(&requirements, "Own_Name", &options, catalog, self.pinning);
            (
                exact.deps.iter().map(|dep| format!("{}@{}", dep.name, dep.version)).collect(),
                exact.unresolved,
                exact.findings.iter().map(|f| format!("{} {}", f.code.id(), f.facts())).collect(),
            )
        }
    }

    fn assert_outcome(outcome: &Outcome, deps: &[&str], unresolved: &[&str], findings: &[&str]) {
        assert_eq!(outcome.0, deps);
        assert_eq!(outcome.1, unresolved);
        assert_eq!(outcome.2, findings);
    }

    #[test]
    fn names_of_upips_time_are_translated() {
        let lines = [
            "micropython-logging>=0.3",
            "micropython-umqtt.simple",
            "umqtt_robust",
            "micropython-uasyncio",
            "micropython-collections.deque",
            "micropython-typing",
            "micropython-pathlib",
            "micropython-fcntl",
            "micropython-utarfile",
            "PyJWT",
        ];
        assert_outcome(
            &Call::blind().of(&lines),
            &[
                "logging@latest",
                "umqtt.simple@latest",
                "umqtt.robust@latest",
                "tarfile@latest",
                "pyjwt@latest",
            ],
            &["micropython-fcntl"],
            &[
                "MP312 micropython-logging: now logging; >=0.3 applied to the versions of the old package",
                "MP312 micropython-umqtt.simple: now umqtt.simple",
                "MP313 micropython-uasyncio: `asyncio` is built in",
                "MP313 micropython-collections.deque: `collections` has `deque` built in; \
                 the module `collections.deque` no longer exists",
                "MP314 micropython-typing: `typing` was empty",
                "MP314 micropython-pathlib: `pathlib` was empty; the index of micropython-lib \
                 has a package `pathlib`",
                "MP316 micropython-fcntl: it now only supports MicroPython's unix port and \
                 is in no index",
                "MP312 micropython-utarfile: now tarfile; the module is now `tarfile`",
            ],
        );
    }

    #[test]
    fn versions_are_pinned_to_what_the_index_has() {
        let call = Call::with(&["logging 0.5 0.6.2", "Foo.Bar 1.0 1.9-1 2.0", "old 1.0 1.1"]);
        let lines = ["micropython-logging>=0.3", "foo_bar<2", "old>=2", "fobar", "old!=3"];
        assert_outcome(
            &call.of(&lines),
            &["logging@0.6.2", "Foo.Bar@1.9-1"],
            &["old", "fobar"],
            &[
                "MP312 micropython-logging: now logging; >=0.3 applied to the versions of the old package",
                "MP316 fobar: fobar is not in the index, which has `Foo.Bar`",
                "MP308 old: listed more than once",
                "MP317 old: `old` has 1.1, 1.0, not >=2,!=3",
            ],
        );
    }

    #[test]
    fn all_constraints_of_one_package_hold() {
        let call = Call::with(&["logging 0.4 0.5 0.6.2"]);
        let (deps, _, findings) = call.of(&[
            "micropython-logging<0.6",
            "logging!=0.5; python_version >= '3'",
            "logging>=0.4; sys_platform == 'rp2' or python_version >= '3'",
        ]);
        assert_eq!(deps, ["logging@0.4"]);
        assert_eq!(findings.len(), 1, "{findings:?}");
    }

    #[test]
    fn latest_is_compared_with_constraints() {
        let call = Call {
            pinning: Pinning::Latest,
            ..Call::with(&["foo 1.0 2.0", "bar 1.0", "baz 1.0 2.0a1"])
        };
        assert_outcome(
            &call.of(&["foo<2", "bar>=1", "baz<2", "nothing"]),
            &["foo@latest", "bar@latest", "baz@latest"],
            &["nothing"],
            &[
                "MP316 nothing: nothing is not in the index",
                "MP320 foo: the newest version of foo is 2.0, not <2",
            ],
        );
    }

    #[test]
    fn without_an_index_nothing_is_known() {
        assert_outcome(
            &Call::blind().of(&["foo>=1", "requests", "bar"]),
            &["foo@latest", "requests@latest", "bar@latest"],
            &[],
            &["MP319 foo: no index was given", "MP319 bar: no index was given", "MP318 foo: >=1"],
        );
    }

    #[test]
    fn pins_are_kept_without_an_index() {
        let (deps, _, findings) = Call::blind().of(&["requests==0.10.0", "logging===0.6.2"]);
        assert_eq!(deps, ["requests@0.10.0", "logging@0.6.2"]);
        assert_eq!(findings, Vec::<String>::new());
        let (deps, _, findings) = Call::blind().of(&["logging==0.6.*", "os==1,==2", "abc==1,<1"]);
        assert_eq!(deps, ["logging@latest", "os@latest", "abc@latest"]);
        assert_eq!(findings.len(), 3, "{findings:?}");
        // Numbers that only the namesake on PyPI has.
        let (deps, _, findings) = Call::blind().of(&["requests==2.28.1", "pyjwt>=2"]);
        assert_eq!(deps, ["requests@latest", "pyjwt@latest"]);
        assert_eq!(
            findings,
            [
                "MP327 requests: ==2.28.1 is for the project on PyPI; micropython-lib's latest is used",
                "MP327 pyjwt: >=2 is for the project on PyPI; micropython-lib's latest is used",
            ]
        );
        let latest = Call { pinning: Pinning::Latest, ..Call::blind() };
        assert_eq!(latest.of(&["requests==0.10.0"]).0, ["requests@latest"]);
    }

    #[test]
    fn constraints_on_an_old_name_do_not_exclude_the_package_of_today() {
        let note = "MP312 micropython-logging: now logging; ==0.3 applied to the versions of the old package";
        for call in [Call::blind(), Call::with(&["logging 0.5 0.6.2"])] {
            let (deps, unresolved, findings) = call.of(&["micropython-logging==0.3"]);
            let version = if call.index.is_some() { "0.6.2" } else { "latest" };
            assert_eq!((deps, unresolved), (vec![format!("logging@{version}")], vec![]));
            assert_eq!(findings, [note]);
        }
        let call = Call::with(&["logging 0.5 0.6.2"]);
        assert_eq!(call.of(&["micropython-logging<9"]).0, ["logging@0.6.2"]);
        assert_eq!(call.of(&["micropython-logging==0.5"]).0, ["logging@0.5"]);
        let latest = Call { pinning: Pinning::Latest, ..Call::with(&["logging 0.6.2"]) };
        assert_eq!(latest.of(&["micropython-logging<0.6"]).2.len(), 1);
    }

    #[test]
    fn what_micropython_lib_publishes_itself_keeps_its_versions() {
        let (deps, _, findings) = Call::blind().of(&["micropython-senml==0.1.1"]);
        assert_eq!((deps.join(" "), findings.len()), ("senml@0.1.1".to_owned(), 1));
        let (deps, _, _) = Call::blind().of(&["micropython-senml>=0.1.1"]);
        assert_eq!(deps, ["senml@latest"]);
        let (deps, unresolved, _) = Call::with(&["senml 0.1.1"]).of(&["micropython-senml>=2"]);
        assert_eq!((deps.len(), unresolved.len()), (0, 1));
    }

    #[test]
    fn who_offers_an_old_name_means_it() {
        let call = Call::with(&["micropython-fcntl 0.0.4", "micropython-os 0.6", "machine 1.0"]);
        let lines = ["micropython-fcntl", "micropython-os", "machine", "micropython-machine"];
        let deps = ["micropython-fcntl@0.0.4", "micropython-os@0.6", "machine@1.0"];
        let findings = ["MP313 micropython-machine: `machine` is built in"];
        assert_outcome(&call.of(&lines), &deps, &[], &findings);
    }

    #[test]
    fn settings_say_more_than_the_table() {
        let call = Call::with(&["log 1.0 2.0", "foo 1.0", "micropython-uasyncio 2.0"]).aliases(&[
            ("micropython-logging", "log"),
            ("micropython-os", ""),
            ("a", "foo@1.0"),
            ("b", "foo@2.0"),
            ("c", "github:org/repo@v1"),
            ("d", "https://example.org/package.json"),
            ("micropython-uasyncio", "micropython-uasyncio"),
        ]);
        assert_outcome(
            &call.of(&["micropython-logging<2", "micropython-os", "a>3", "c", "d"]),
            &["log@1.0", "foo@1.0", "github:org/repo@v1", "https://example.org/package.json@HEAD"],
            &[],
            &[
                "MP310 micropython-logging: now log; <2 applied to the versions of the old package",
                "MP311 micropython-os: not needed on the device",
                "MP310 a: now foo@1.0",
                "MP310 c: now github:org/repo",
                "MP310 d: now https://example.org/package.json",
            ],
        );
        let (deps, unresolved, findings) = call.of(&["b", "micropython-uasyncio"]);
        assert_eq!(deps, ["micropython-uasyncio@2.0"]);
        assert_eq!(unresolved, ["b"]);
        assert_eq!(findings[1], "MP317 b: `foo` has no 2.0, but 1.0");
    }

    #[test]
    fn urls_become_repositories_where_they_can() {
        let lines = [
            "a @ git+https://github.com/org/repo.git@v1#egg=a",
            "b @ https://me:secret@example.org/b.zip",
            "again @ git+https://me:secret@github.com/org/repo@v1",
        ];
        assert_outcome(
            &Call::with(&["b 1.0"]).of(&lines),
            &["github:org/repo@v1", "b@1.0"],
            &[],
            &[
                "MP321 a: git+https://github.com/org/repo.git@v1#egg=a, which becomes github:org/repo",
                "MP322 b: https://example.org/b.zip",
                "MP321 again: git+https://github.com/org/repo@v1, which becomes github:org/repo",
            ],
        );
    }

    #[test]
    fn the_project_itself_is_left_out_by_any_name() {
        let call = Call::with(&["own-name 1.0", "x 1"]).aliases(&[("alias", "own.name")]);
        assert_outcome(
            &call.of(&["own-name", "alias", "x[ssl]", "win; sys_platform == 'win32'"]),
            &["x@1"],
            &[],
            &[
                "MP309 own-name: the project itself",
                "MP310 alias: now own.name",
                "MP309 alias: the project itself",
                "MP302 x: [ssl]",
                "MP303 win: not for this target: sys_platform == 'win32'",
            ],
        );
    }

    #[test]
    fn packages_without_versions_are_taken_unless_constrained() {
        let mut call = Call::with(&["junk main"]);
        call.index.as_mut().unwrap().add("none", "");
        let (deps, unresolved, findings) = call.of(&["junk", "none"]);
        assert_eq!(deps, ["junk@main", "none@latest"]);
        assert!(unresolved.is_empty() && findings.is_empty());
        let (deps, unresolved, findings) = call.of(&["junk>=1", "none>=1"]);
        assert_eq!((deps.len(), unresolved.len()), (0, 2));
        assert_eq!(findings[1], "MP317 none: `none` has no version, not >=1");
    }

    #[test]
    fn many_constraints_are_checked_against_many_versions() {
        let clauses: Vec<String> = (0..100_000).map(|number| format!("!={number}")).collect();
        let versions: Vec<String> = (100_000..110_000).map(|number| number.to_string()).collect();
        let call = Call::with(&[&format!("x {}", versions.join(" "))]);
        let (deps, unresolved, _) = call.of(&[&format!("x{}", clauses.join(","))]);
        assert!(deps.is_empty() && unresolved == ["x"]);
    }
}
