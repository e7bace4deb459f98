//! Asking ahead, many at once, for what the solver will ask for one by one.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use pep440_rs::{Version, VersionSpecifier};

use super::resolver_index::{Edge, ResolverIndex};
use crate::error::Result;
use crate::name::normalized_name;
use crate::version::{names_pre_release, pinned};

/// Requests the newest versions that each requirement alone allows, then their dependencies, and so
/// on. Failures are ignored here: the request is repeated when it is needed.
pub(super) fn look_ahead(universe: &ResolverIndex) {
    let threads = universe.options().parallel;
    let walk = Walk { universe, queue: Mutex::default(), news: Condvar::new() };
    walk.add(universe.root_edges().edges);
    if threads > 0 && !walk.locked().open.is_empty() {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| walk.work());
            }
        });
    }
}

/// A requirement of some release: what decides on the version that it alone would take.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    name: String,
    constraint: String,
    extras: Vec<String>,
}

#[derive(Default)]
struct Queue {
    /// The first comes first: what is far from the call is known last.
    open: VecDeque<(Wish, Vec<VersionSpecifier>)>,
    seen: BTreeSet<Wish>,
    /// Threads that may find more wishes.
    busy: usize,
}

struct Walk<'a> {
    universe: &'a ResolverIndex<'a>,
    queue: Mutex<Queue>,
    news: Condvar,
}

impl Walk<'_> {
    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, edges: Vec<Edge>) {
        let mut queue = self.locked();
        for edge in edges {
            let Some(name) = edge.project() else { continue };
            let specifiers = edge.specifiers();
            let texts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
            let extras = edge.requirement.extras.iter().map(|extra| normalized_name(extra));
            let wish = Wish { name, constraint: texts.join(","), extras: extras.collect() };
            let is_wanted = queue.seen.len() < self.universe.options().max_projects;
            if is_wanted && queue.seen.insert(wish.clone()) {
                queue.open.push_back((wish, specifiers));
                // All of them would find one wish, and most of them none.
                self.news.notify_one();
            }
        }
    }

    fn work(&self) {
        let mut queue = self.locked();
        loop {
            if let Some((wish, specifiers)) = queue.open.pop_front() {
                queue.busy += 1;
                drop(queue);
                if let Ok(Some(edges)) = self.follow(&wish, &specifiers) {
                    self.add(edges);
                }
                queue = self.locked();
                queue.busy -= 1;
            } else if queue.busy == 0 {
                self.news.notify_all();
                return;
            } else {
                queue = self.news.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// The dependencies of the version that the requirement alone would select.
    fn follow(&self, wish: &Wish, specifiers: &[VersionSpecifier]) -> Result<Option<Vec<Edge>>> {
        let Some(project) = self.universe.project(&wish.name)? else { return Ok(None) };
        let range = project.allowed(specifiers);
        let is_pinned = |_: &Version| pinned(specifiers).is_some();
        let Some(newest) = project.choose(&range, names_pre_release(specifiers), is_pinned) else {
            return Ok(None);
        };
        let edges = self.universe.release_edges(&wish.name, &newest.version, &wish.extras)?;
        Ok(Some(edges.edges))
    }
}
