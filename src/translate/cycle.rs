//! Circles of dependencies, in which mip runs until it crashes.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Finding};

/// How many packages of a circle a finding names.
const MAX_NAMED: usize = 8;

/// A dependency that closes a circle, and is to be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The package that declares the dependency.
    pub from: String,
    /// The package that it depends on.
    pub to: String,
    /// The packages of the circle, as `a -> b -> a`; of a long one the first.
    pub cycle: String,
}

impl Cut {
    /// That the dependency is left out.
    #[must_use]
    pub fn finding(&self) -> Finding {
        Finding::new(Code::DependencyCycle, self.cycle.as_str()).at(&self.from)
    }
}

/// Which dependencies among `packages`, each a name with the names that it depends on, are to be
/// left out so that no circle is left.
///
/// The order of packages and names makes no difference: dependencies are followed in the order of
/// their names, and one that leads back to where the way came from is cut. A package that depends
/// on itself is a circle. Names that are none of the packages lead nowhere.
///
/// ```
/// use mpconvert::translate::break_cycles;
///
/// let packages = [("b", vec!["a", "c"]), ("a", vec!["b"]), ("c", vec![])];
/// let cuts = break_cycles(&packages);
/// assert_eq!((cuts[0].from.as_str(), cuts[0].to.as_str()), ("b", "a"));
/// assert_eq!(cuts[0].finding().to_string(), "b: left out the dependency that closes the cycle a -> b -> a");
/// assert_eq!(cuts.len(), 1);
/// ```
#[must_use]
pub fn break_cycles(packages: &[(&str, Vec<&str>)]) -> Vec<Cut> {
    let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, deps) in packages {
        graph.entry(name).or_default().extend(deps);
    }
    let mut walk = Walk { state: BTreeMap::new(), way: Vec::new(), cuts: Vec::new() };
    for &start in graph.keys() {
        walk.from(start, &graph);
    }
    walk.cuts
}

/// Where a package is seen from the walk.
#[derive(Clone, Copy)]
enum State {
    /// On the way, at this place.
    OnWay(usize),
    /// Behind: all that it depends on has been followed.
    Done,
}

struct Walk<'a> {
    state: BTreeMap<&'a str, State>,
    /// The packages from the start to here, each with the dependencies that are still to be
    /// followed.
    way: Vec<(&'a str, std::collections::btree_set::Iter<'a, &'a str>)>,
    cuts: Vec<Cut>,
}

impl<'a> Walk<'a> {
    fn from(&mut self, start: &'a str, graph: &'a BTreeMap<&'a str, BTreeSet<&'a str>>) {
        self.enter(start, graph);
        while let Some((from, deps)) = self.way.last_mut() {
            let from = *from;
            match deps.next() {
                None => {
                    self.state.insert(from, State::Done);
                    self.way.pop();
                }
                Some(to) => match self.state.get(to) {
                    Some(State::OnWay(place)) => self.cut(from, to, *place),
                    Some(State::Done) => {}
                    None => self.enter(to, graph),
                },
            }
        }
    }

    /// Goes to a package that has not been seen.
    fn enter(&mut self, name: &'a str, graph: &'a BTreeMap<&'a str, BTreeSet<&'a str>>) {
        if let (Some(deps), false) = (graph.get(name), self.state.contains_key(name)) {
            self.state.insert(name, State::OnWay(self.way.len()));
            self.way.push((name, deps.iter()));
        }
    }

    fn cut(&mut self, from: &str, to: &str, place: usize) {
        let cycle = self.way.get(place..).unwrap_or_default();
        let mut names: Vec<&str> = cycle.iter().take(MAX_NAMED).map(|(name, _)| *name).collect();
        if cycle.len() > MAX_NAMED {
            names.extend(["…", from]);
        }
        names.push(to);
        let cycle = names.join(" -> ");
        self.cuts.push(Cut { from: from.to_owned(), to: to.to_owned(), cycle });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cuts(packages: &[(&str, Vec<&str>)]) -> Vec<String> {
        break_cycles(packages).into_iter().map(|cut| cut.finding().facts()).collect()
    }

    #[test]
    fn the_whole_circle_is_named() {
        let packages =
            [("c", vec!["a", "other"]), ("a", vec!["b", "c"]), ("b", vec!["c"]), ("x", vec!["x"])];
        assert_eq!(cuts(&packages), ["c: a -> b -> c -> a", "x: x -> x"]);
    }

    #[test]
    fn diamonds_are_no_circles() {
        let packages = [("a", vec!["b", "c"]), ("b", vec!["d"]), ("c", vec!["d"]), ("d", vec![])];
        assert_eq!(cuts(&packages), [""; 0]);
    }

    #[test]
    fn long_circles_take_little_time_stack_and_text() {
        let names: Vec<String> = (0..100_000).map(|number| format!("p{number:06}")).collect();
        let next = |place: usize| names[(place + 1) % names.len()].as_str();
        // Each also depends on the first, which makes as many circles as packages.
        let packages: Vec<(&str, Vec<&str>)> = (0..names.len())
            .map(|place| (names[place].as_str(), vec![next(place), names[0].as_str()]))
            .collect();
        let cuts = break_cycles(&packages);
        assert_eq!(cuts.len(), names.len());
        assert!(cuts.iter().all(|cut| cut.cycle.len() < 200));
    }

    /// Whether what is left can be ordered so that each package comes behind its dependencies.
    fn is_acyclic(edges: &BTreeSet<(u8, u8)>) -> bool {
        let mut left = edges.clone();
        loop {
            let sources: BTreeSet<u8> = left.iter().map(|(from, _)| *from).collect();
            let before = left.len();
            left.retain(|(_, to)| sources.contains(to));
            if left.len() == before {
                return left.is_empty();
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_but_circles_is_cut(
            edges in proptest::collection::btree_set((0..8u8, 0..8u8), 0..24),
            seed in 0..100usize,
        ) {
            let names: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
            let mut packages: Vec<(&str, Vec<&str>)> = (0..8u8).map(|from| {
                let mut deps: Vec<&str> = edges.iter().filter(|edge| edge.0 == from)
                    .map(|edge| names[usize::from(edge.1)].as_str()).collect();
                let middle = seed % deps.len().max(1);
                deps.rotate_left(middle);
                (names[usize::from(from)].as_str(), deps)
            }).collect();
            let cuts = break_cycles(&packages);
            packages.rotate_left(seed % 8);
            prop_assert_eq!(&break_cycles(&packages), &cuts);
            let number = |name: &str| (0..8u8).find(|n| names[usize::from(*n)] == name).unwrap();
            let cut: BTreeSet<(u8, u8)> =
                cuts.iter().map(|cut| (number(&cut.from), number(&cut.to))).collect();
            prop_assert_eq!(cut.len(), cuts.len());
            let left: BTreeSet<(u8, u8)> = edges.difference(&cut).copied().collect();
            prop_assert!(is_acyclic(&left));
            for edge in cut {
                let mut with = left.clone();
                with.insert(edge);
                prop_assert!(!is_acyclic(&with), "{:?} closes no circle", edge);
            }
        }
    }
}
