//! The policies of all divisions, resolved once for a snapshot: a check only looks
//! its own up.

use std::collections::HashMap;
use std::sync::Arc;

use creditgate_credit::policy::{MissingValue, Policy, PolicyTree};
use jiff::civil::Date;

/// Policies by division and day, and by the name that records have.
pub(crate) struct Policies {
    tree: PolicyTree,
    /// By division: what holds from a day on, oldest first.
    spans: HashMap<String, Vec<Span>>,
    by_name: HashMap<String, Arc<Policy>>,
}

/// What holds from a day on; nothing where only the shipped rules speak.
struct Span {
    from: Date,
    policy: Option<Result<Arc<Policy>, MissingValue>>,
}

impl Policies {
    /// Resolves a tree for every division and every span of days.
    pub(crate) fn new(tree: PolicyTree) -> Self {
        let mut by_name: HashMap<String, Arc<Policy>> = HashMap::new();
        let mut spans = HashMap::new();
        for division in tree.known() {
            let spans_of = tree.turning_days(division).into_iter().map(|from| {
                let policy = tree.policy(division, from).map(|resolved| {
                    resolved.map(|policy| {
                        // Divisions that inherit everything share one.
                        let policy = by_name.entry(policy.snapshot()).or_insert_with(|| Arc::new(policy));
                        Arc::clone(policy)
                    })
                });
                Span { from, policy }
            });
            spans.insert(division.to_owned(), spans_of.collect());
        }
        Self { tree, spans, by_name }
    }

    /// The divisions and layers behind it.
    pub(crate) const fn tree(&self) -> &PolicyTree {
        &self.tree
    }

    /// The policy of a division on a day, or what it lacks; none where no locality
    /// says anything for that day.
    pub(crate) fn on(&self, division: &str, day: Date) -> Option<Result<&Arc<Policy>, MissingValue>> {
        let spans = self.spans.get(division)?;
        let span = spans.partition_point(|span| span.from <= day).checked_sub(1)?;
        let policy = spans.get(span)?.policy.as_ref()?;
        Some(policy.as_ref().map_err(|missing| MissingValue { day, ..missing.clone() }))
    }

    /// The policy a record names, whatever the tree has become since.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Policy>> {
        self.by_name.get(name).cloned().or_else(|| self.tree.named(name).map(Arc::new))
    }

    /// Every policy that is in force on some day.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.by_name.values()
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::policy::PolicyLayer;
    use jiff::civil::date;

    use super::*;
    use crate::probe;

    #[test]
    fn r020_a_snapshot_holds_one_policy_for_each_span_and_finds_those_of_records() {
        let begin = date(2024, 1, 1);
        let first = Policy { division: "370811".into(), version: "1".into(), ..probe::policy(begin) };
        let second = Policy { version: "2".into(), effective_from: date(2025, 1, 1), ..first.clone() };
        let mut gap = PolicyLayer::from(&Policy { version: "3".into(), ..first.clone() });
        gap.effective_from = date(2026, 1, 1);
        gap.records_since = None;
        let layers = [PolicyLayer::from(&first), PolicyLayer::from(&second), gap];
        let policies = Policies::new(PolicyTree::new([], layers));

        let version =
            |day| policies.on("370811", day).map(|found| found.map(|policy| policy.version.clone()));
        assert_eq!(version(date(2023, 12, 31)), None);
        assert_eq!(version(begin), Some(Ok("1".into())));
        assert_eq!(version(date(2025, 1, 1)), Some(Ok("2".into())));
        let missing = version(date(2026, 11, 23)).unwrap().unwrap_err();
        assert_eq!((missing.value, missing.day), ("records_since", date(2026, 11, 23)));
        assert_eq!(policies.on("110101", begin), None);
        assert_eq!(*policies.named("370811@1").unwrap(), first);
        assert_eq!(policies.all().count(), 2);
    }
}
