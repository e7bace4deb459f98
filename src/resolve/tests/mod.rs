mod brute_force;
mod words;

use std::collections::BTreeMap;

use pep440_rs::Version;

use super::*;
use crate::translate::{Alias, Aliases, AvailableVersions};

/// Releases in memory: `name version: requirement, requirement`; `!` behind the version says that it
/// was withdrawn, `~` that it has no file that can be converted, `?` that nothing can be made of it.
/// A name alone is a project without a release.
#[derive(Debug, Default)]
pub(super) struct World {
    projects: BTreeMap<String, Vec<Candidate>>,
    releases: BTreeMap<(String, Version), Option<Vec<Requirement>>>,
}

impl World {
    pub(super) fn of(lines: &[&str]) -> Self {
        let mut world = Self::default();
        for line in lines {
            world.add(line);
        }
        world
    }

    pub(super) fn add(&mut self, line: &str) {
        let (release, requirements) = line.split_once(':').unwrap_or((line, ""));
        let Some((name, version)) = release.split_once(' ') else {
            self.projects.insert(release.to_owned(), Vec::new());
            return;
        };
        let yanked = version.ends_with('!').then(|| "broken".to_owned());
        let unusable = version.ends_with('~').then(|| "no pure wheel".to_owned());
        let is_bad = version.ends_with('?');
        let version: Version = version.trim_end_matches(['!', '?', '~']).parse().unwrap();
        let requirements = requirements.split(',').map(str::trim).filter(|text| !text.is_empty());
        // A comma separates requirements here, so that ` & ` stands for it in constraints.
        let requirements = requirements.map(|text| text.replace('&', ",").parse().unwrap());
        let requirements = (!is_bad).then(|| requirements.collect());
        self.releases.insert((name.to_owned(), version.clone()), requirements);
        let candidate = Candidate { version, yanked, unusable };
        self.projects.entry(name.to_owned()).or_default().push(candidate);
    }
}

impl Source for World {
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>> {
        if name == "offline" {
            return Err(Error::Usage { message: "no network".to_owned(), help: String::new() });
        }
        Ok(self.projects.get(name).cloned())
    }

    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>> {
        let found = self.releases.get(&(name.to_owned(), version.clone())).unwrap();
        found.clone().ok_or_else(|| refused(Finding::new(Code::Unreadable, "damaged")))
    }

    fn extras(&self, _: &str, _: &Version) -> Result<Vec<String>> {
        Ok(vec!["Em_pty".to_owned()])
    }
}

pub(super) fn requirements(lines: &[&str]) -> Vec<Requirement> {
    lines.iter().map(|line| line.parse().unwrap()).collect()
}

fn try_resolve(lines: &[&str], roots: &[&str]) -> Result<Resolution> {
    resolve(&requirements(roots), &World::of(lines), None, &ResolveOptions::default())
}

/// `name version[extras]` of each release.
fn chosen(lines: &[&str], roots: &[&str]) -> Vec<String> {
    pins(&try_resolve(lines, roots).unwrap())
}

fn pins(resolution: &Resolution) -> Vec<String> {
    let text = |one: &Resolved| {
        let extras =
            if one.extras.is_empty() { String::new() } else { format!("{:?}", one.extras) };
        format!("{} {}{}", one.name, one.version, extras.replace('"', ""))
    };
    resolution.packages.iter().map(text).collect()
}

fn left(resolution: &Resolution) -> Vec<String> {
    let text = |left: &Skipped| {
        let codes: Vec<_> = left.findings.iter().map(|finding| finding.code.id()).collect();
        let by: Vec<&str> = left.wanted_by.iter().map(String::as_str).collect();
        let why = match &left.why {
            SkipReason::Replaced(by) => format!("{}@{}", by.name, by.version),
            other => format!("{other:?}"),
        };
        format!("{} {why} {} by {}", left.name, codes.join(","), by.join(","))
    };
    resolution.left.iter().map(text).collect()
}

#[test]
fn the_newest_that_fit_are_chosen() {
    let world = ["a 1: c", "a 2: c<2", "b 1: c>=1", "c 1", "c 2", "c 1.5"];
    assert_eq!(chosen(&world, &["a", "b"]), ["a 2", "b 1", "c 1.5"]);
    assert_eq!(chosen(&world, &["a", "c>=2"]), ["a 1", "c 2"]);
    assert_eq!(chosen(&world, &["A", "a==1"]), ["a 1", "c 2"]);
    assert_eq!(chosen(&world, &[]), Vec::<String>::new());
}

#[test]
fn circles_end() {
    let world = ["a 1: b", "b 1: c", "c 1: a"];
    let resolution = try_resolve(&world, &["a"]).unwrap();
    assert_eq!(pins(&resolution), ["a 1", "b 1", "c 1"]);
    assert_eq!(resolution.packages[2].dependencies(), ["a"].into());
    assert!(resolution.packages[0].is_root && !resolution.packages[1].is_root);
}

#[test]
fn what_a_release_needs_of_itself_is_there() {
    assert_eq!(chosen(&["a 1: a>=1"], &["a"]), ["a 1"]);
    assert_eq!(chosen(&["a 1: a==2", "a 2"], &["a==1"]), ["a 1"]);
}

#[test]
fn extras_bring_what_they_say() {
    let world = [
        "a 1: b; extra == 'net', a[more]; extra == 'all', c<2; extra == 'more', a; extra == 'net'",
        "b 1",
        "c 1",
        "c 2",
        "d 1: a[net]",
    ];
    assert_eq!(chosen(&world, &["a"]), ["a 1"]);
    assert_eq!(chosen(&world, &["a[Net]"]), ["a 1[net]", "b 1"]);
    assert_eq!(chosen(&world, &["d", "c"]), ["a 1[net]", "b 1", "c 2", "d 1"]);
    assert_eq!(chosen(&world, &["a[all]", "c"]), ["a 1[all]", "c 1"]);
    let resolution = try_resolve(&world, &["a[nothing]"]).unwrap();
    assert_eq!(resolution.findings[0].code, Code::UnknownExtra);
    assert_eq!(try_resolve(&world, &["a[em-pty]"]).unwrap().findings, []);
}

#[test]
fn extras_are_of_the_same_version() {
    let world = ["a 1: b; extra == 'x'", "a 2: b>=2; extra == 'x'", "b 1"];
    assert_eq!(chosen(&world, &["a[x]"]), ["a 1[x]", "b 1"]);
}

#[test]
fn markers_are_those_of_the_device() {
    let roots = ["a; implementation_name == 'micropython'", "b; sys_platform == 'win32'"];
    let resolution = try_resolve(&["a 1: b; python_version < '3.8'", "b 1"], &roots).unwrap();
    assert_eq!(pins(&resolution), ["a 1"]);
    assert_eq!(resolution.findings[0].code, Code::MarkerFalse);
}

#[test]
fn pre_releases_and_withdrawn_ones_are_for_those_who_name_them() {
    let world = ["a 1", "a 2a1", "b 1", "b 2!", "c 1a1", "d 1: b==2", "e 1: a>=2a1"];
    assert_eq!(chosen(&world, &["a", "b", "c"]), ["a 1", "b 1", "c 1a1"]);
    assert_eq!(chosen(&world, &["a>=1a1"]), ["a 2a1"]);
    assert_eq!(chosen(&world, &["e"]), ["a 2a1", "e 1"]);
    assert_eq!(chosen(&world, &["b", "d"]), ["b 2", "d 1"]);
    let resolution = try_resolve(&world, &["b==2"]).unwrap();
    assert_eq!(resolution.findings[0].facts(), "b: 2, yanked: broken");
    assert!(try_resolve(&world, &["b>=2"]).is_err());
}

#[test]
fn skipped_releases_are_reported() {
    let world = ["a 1", "a 2!", "b 1", "b 2~", "b 3~", "c 1: b<3, a<2", "d 1~", "e 1: d"];
    let told_of = |roots: &[&str]| -> Vec<String> {
        let resolution = try_resolve(&world, roots).unwrap();
        let of_left = resolution.left.iter().flat_map(|left| &left.findings);
        of_left.chain(&resolution.findings).map(Finding::facts).collect()
    };
    assert_eq!(told_of(&["a", "b"]), ["a: 2, yanked: broken", "b: 3, which has no pure wheel"]);
    assert_eq!(told_of(&["a", "b", "c"]), ["b: 2, which has no pure wheel"]);
    assert_eq!(told_of(&["e"]), ["d: 1, which has no pure wheel"]);
}

#[test]
fn what_cannot_be_had_stops_nobody() {
    let world = ["a 1: gone, native, micropython-uasyncio", "native", "bad 1?: a"];
    let roots = ["a", "bad", "gone>=2", "micropython-logging", "x @ https://host/x.zip"];
    let resolution = try_resolve(&world, &roots).unwrap();
    assert_eq!(pins(&resolution), ["a 1", "bad 1"]);
    assert_eq!(
        left(&resolution),
        [
            "gone Refused MP757 by a",
            "micropython-logging logging@latest MP312 by ",
            "micropython-uasyncio BuiltIn MP313 by a",
            "native Refused MP759 by a",
            "x Refused MP771 by ",
        ]
    );
}

#[test]
fn names_are_taken_as_people_type_them() {
    let resolution = try_resolve(&["foo-bar 1"], &["Foo_Bar", "Micropython_Umqtt.Simple"]).unwrap();
    assert_eq!(pins(&resolution), ["foo-bar 1"]);
    assert_eq!(left(&resolution), ["micropython-umqtt-simple umqtt.simple@latest MP312 by "]);
}

#[test]
fn upip_takes_projects_by_their_own_names() {
    let options = ResolveOptions { client: Client::Upip, ..ResolveOptions::default() };
    let world = World::of(&["micropython-logging 1: micropython-os", "micropython-os 1"]);
    let resolution =
        resolve(&requirements(&["micropython-logging"]), &world, None, &options).unwrap();
    assert_eq!(pins(&resolution), ["micropython-logging 1", "micropython-os 1"]);
}

#[test]
fn settings_and_an_index_meet_dependencies() {
    let aliases: Aliases = [("b", "new@1"), ("c", ""), ("d", "github:o/r")]
        .map(|(name, alias)| {
            let alias = if alias.is_empty() { Alias::Dropped } else { alias.parse().unwrap() };
            (name.to_owned(), alias)
        })
        .into_iter()
        .collect();
    let mut options = ResolveOptions::default();
    options.dependencies.aliases = aliases;
    let world = World::of(&["a 1: b>=5, c, d, e", "new 1", "new 2", "e 3"]);
    let index: AvailableVersions = [("e", "2")].into_iter().collect();
    let resolution = resolve(&requirements(&["a"]), &world, Some(&index), &options).unwrap();
    assert_eq!(pins(&resolution), ["a 1", "new 1"]);
    assert_eq!(
        left(&resolution),
        ["c Dropped MP311 by a", "d github:o/r@HEAD MP310 by a", "e e@2  by a",]
    );
}

#[test]
fn work_is_bounded() {
    let mut world = World::default();
    for name in 0..50 {
        let next = format!("p{name} 1: p{}", name + 1);
        world.add(&next);
    }
    world.add("p50 1");
    let options = ResolveOptions { max_projects: 20, ..ResolveOptions::default() };
    let refused = resolve(&requirements(&["p0"]), &world, None, &options).unwrap_err();
    assert!(
        matches!(refused, Error::Refused { findings, .. } if findings[0].code == Code::TooManyReleases)
    );
    let options = ResolveOptions { max_steps: 20, ..ResolveOptions::default() };
    assert!(resolve(&requirements(&["p0"]), &world, None, &options).is_err());
}

#[test]
fn a_source_that_fails_stops_all() {
    let failed = try_resolve(&["a 1: offline"], &["a"]).unwrap_err();
    assert!(matches!(failed, Error::Usage { .. }), "{failed}");
}
