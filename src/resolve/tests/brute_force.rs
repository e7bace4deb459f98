//! The solver against trying everything.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const VERSIONS: u64 = 3;

/// A project, and the lowest and the highest version of it.
type Need = (usize, u64, u64);

/// What each release needs.
type Needs = BTreeMap<(usize, u64), Vec<Need>>;

fn needs() -> impl Strategy<Value = Needs> {
    let need = (0..NAMES.len(), 1..=VERSIONS, 1..=VERSIONS);
    let needs = proptest::collection::vec(need, 0..3);
    let release = (0..NAMES.len(), 1..=VERSIONS);
    // What a project needs of itself is there.
    let without_own = |all: Needs| -> Needs {
        let others = |((name, version), needs): ((usize, u64), Vec<Need>)| {
            ((name, version), needs.into_iter().filter(|need| need.0 != name).collect())
        };
        all.into_iter().map(others).collect()
    };
    proptest::collection::btree_map(release, needs, 0..12).prop_map(without_own)
}

fn text(need: &Need) -> String {
    format!("{}>={}&<={}", NAMES[need.0], need.1, need.2)
}

fn world(needs: &Needs) -> World {
    let mut world = World::default();
    for ((name, version), needs) in needs {
        let needs: Vec<String> = needs.iter().map(text).collect();
        world.add(&format!("{} {version}: {}", NAMES[*name], needs.join(",")));
    }
    world
}

/// Whether the choice, a version or none for each project, meets the needs of `from` and of all that is
/// chosen. Projects that are not there need not be met.
fn is_met(choice: &[Option<u64>], from: &[Need], needs: &Needs) -> bool {
    let is_there = |name: usize| needs.keys().any(|(other, _)| *other == name);
    let meets = |(name, lowest, highest): &Need| match choice[*name] {
        Some(version) => (*lowest..=*highest).contains(&version),
        None => !is_there(*name),
    };
    let of_chosen = choice
        .iter()
        .enumerate()
        .filter_map(|(name, version)| version.map(|version| &needs[&(name, version)]));
    from.iter().all(meets) && of_chosen.flatten().all(meets)
}

/// All choices of releases that there are.
fn choices(needs: &Needs) -> Vec<Vec<Option<u64>>> {
    let mut all = vec![Vec::new()];
    for name in 0..NAMES.len() {
        let versions = (1..=VERSIONS).filter(|version| needs.contains_key(&(name, *version)));
        let options: Vec<Option<u64>> = std::iter::once(None).chain(versions.map(Some)).collect();
        all = all
            .iter()
            .flat_map(|choice: &Vec<Option<u64>>| {
                options.iter().map(move |option| choice.iter().copied().chain([*option]).collect())
            })
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_solver_finds_what_there_is(
        needs in needs(),
        roots in proptest::collection::vec((0..NAMES.len(), 1..=VERSIONS, 1..=VERSIONS), 1..4),
        parallel in 0..3usize,
    ) {
        let world = world(&needs);
        let texts: Vec<String> = roots.iter().map(|root| text(root).replace('&', ",")).collect();
        let lines: Vec<&str> = texts.iter().map(String::as_str).collect();
        let options = ResolveOptions { parallel, ..ResolveOptions::default() };
        let found = resolve(&requirements(&lines), &world, None, &options);
        let solvable = choices(&needs).iter().any(|choice| is_met(choice, &roots, &needs));
        match found {
            Ok(resolution) => {
                let mut choice = vec![None; NAMES.len()];
                for one in &resolution.packages {
                    let name = NAMES.iter().position(|name| *name == one.name).unwrap();
                    choice[name] = Some(one.version.release()[0]);
                }
                prop_assert!(is_met(&choice, &roots, &needs), "{:?}", resolution);
                let again = resolve(&requirements(&lines), &world, None, &ResolveOptions::default());
                prop_assert_eq!(resolution, again.unwrap());
            }
            Err(_) => prop_assert!(!solvable),
        }
    }

    #[test]
    fn one_requirement_gets_the_newest(versions in proptest::collection::btree_set(1..50u64, 1..9), least in 1..50u64) {
        let lines: Vec<String> = versions.iter().map(|version| format!("a {version}")).collect();
        let world = World::of(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let roots = requirements(&[&format!("a>={least}")]);
        let found = resolve(&roots, &world, None, &ResolveOptions::default());
        let newest = versions.iter().copied().filter(|version| *version >= least).max();
        prop_assert_eq!(found.ok().map(|all| all.packages[0].version.release()[0]), newest);
    }
}
