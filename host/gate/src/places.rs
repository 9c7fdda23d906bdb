//! Places for checks: how many checks of one department are under way at once.
//!
//! A department whose sources hang, or whose plug-ins compute for long, keeps its
//! checks under way, and each of them has one of the host's places for requests.
//! With a bound of its own it cannot take them all.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arc_swap::ArcSwap;

/// Counts the checks under way, by department.
pub(crate) struct Places {
    most: u32,
    /// Departments come from bindings, and so they are few. One that is known
    /// costs no lock.
    departments: ArcSwap<HashMap<String, Arc<AtomicU32>>>,
}

/// A check that is under way, until it is dropped.
pub(crate) struct Place(Arc<AtomicU32>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    /// At most so many checks of each department.
    pub(crate) fn new(most: u32) -> Self {
        Self { most, departments: ArcSwap::default() }
    }

    /// A place for a check of a department that has a binding; none where as many
    /// are under way as may be.
    pub(crate) fn take(&self, department: &str) -> Option<Place> {
        let known = self.departments.load().get(department).map(Arc::clone);
        let place = Place(known.unwrap_or_else(|| self.add(department)));
        let before = place.0.fetch_add(1, Ordering::Relaxed);
        (before < self.most).then_some(place)
    }

    /// Checks under way, by department.
    pub(crate) fn taken(&self) -> Vec<(String, u32)> {
        let departments = self.departments.load();
        departments.iter().map(|(name, count)| (name.clone(), count.load(Ordering::Relaxed))).collect()
    }

    fn add(&self, department: &str) -> Arc<AtomicU32> {
        let new = Arc::<AtomicU32>::default();
        self.departments.rcu(|departments| {
            let mut departments = HashMap::clone(departments);
            departments.entry(department.to_owned()).or_insert_with(|| Arc::clone(&new));
            departments
        });
        // Another check of the department may have come first.
        self.departments.load().get(department).map_or(new, Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_has_its_places_and_the_others_have_theirs() {
        let places = Places::new(2);
        let (first, second) = (places.take("a"), places.take("a"));
        assert!(first.is_some() && second.is_some());
        assert!(places.take("a").is_none(), "both are taken");
        assert!(places.take("a").is_none(), "and being refused takes none");
        assert!(places.take("b").is_some());
        drop(first);
        assert!(places.take("a").is_some(), "one came free");
        let mut taken = places.taken();
        taken.sort();
        assert_eq!(taken, [("a".to_owned(), 1), ("b".to_owned(), 0)]);
    }
}
