//! A canary: which cases it gets, what is counted of it, and when it has to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use creditgate_credit::check::Status;
use creditgate_credit::verdict::Outcome;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::release::{CanaryTerms, ReleaseId};
use crate::settle::Settled;

/// Parts of a whole.
const WHOLE: u64 = 1000;

/// Whether a case is among the share of a canary. The same case always is or is
/// not, at each of its checkpoints; a case within a small share is within every
/// larger one.
#[must_use]
pub(crate) fn is_chosen(release: ReleaseId, case_no: &str, share_permille: u16) -> bool {
    let mut hash = Sha256::new();
    hash.update(release.to_le_bytes());
    hash.update(case_no);
    let hash = hash.finalize();
    let part = hash[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    part % WHOLE < u64::from(share_permille)
}

/// Why a canary was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// Too many calls without a verdict.
    #[error("{failures} of {checks} calls came to no verdict; {limit_permille} ‰ are allowed")]
    Failures {
        /// Calls that failed.
        failures: u64,
        /// Of so many.
        checks: u64,
        /// Allowed parts of a thousand.
        limit_permille: u16,
    },
    /// Too many checks that could not be made.
    #[error("{count} of {checks} checks were could_not_check; {limit_permille} ‰ are allowed")]
    CouldNotCheck {
        /// Checks that could not be made.
        count: u64,
        /// Of so many.
        checks: u64,
        /// Allowed parts of a thousand.
        limit_permille: u16,
    },
    /// It refuses more or less often than the release in force.
    #[error(
        "it refuses {canary_permille} ‰ of its cases, the release in force {active_permille} ‰; {limit_permille} ‰ apart are allowed"
    )]
    RefusalDrift {
        /// Its share of refusals.
        canary_permille: u64,
        /// The share of the release in force.
        active_permille: u64,
        /// Allowed difference.
        limit_permille: u16,
    },
    /// It is slow.
    #[error("{slow} of {checks} calls took more than {limit_ms} ms; a hundredth may")]
    Slow {
        /// Calls that took longer.
        slow: u64,
        /// Of so many.
        checks: u64,
        /// Allowed milliseconds.
        limit_ms: u32,
    },
}

impl Breach {
    /// Machine name of the condition.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Failures { .. } => "failures",
            Self::CouldNotCheck { .. } => "could_not_check",
            Self::RefusalDrift { .. } => "refusal_drift",
            Self::Slow { .. } => "p99",
        }
    }
}

/// What was counted of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SideCounts {
    /// Checks.
    pub checks: u64,
    /// Calls without a verdict.
    pub failures: u64,
    /// Checks that came out `could_not_check`.
    pub could_not_check: u64,
    /// Refusals.
    pub refusals: u64,
    /// Calls that took longer than the canary's terms allow.
    pub slow: u64,
}

impl SideCounts {
    fn permille(self, part: u64) -> u64 {
        (part * WHOLE).checked_div(self.checks).unwrap_or(0)
    }

    fn exceeds(self, part: u64, limit_permille: u16) -> bool {
        part * WHOLE > self.checks * u64::from(limit_permille)
    }

    fn add(&mut self, seen: Seen) {
        self.checks += 1;
        self.failures += u64::from(seen.failed);
        self.could_not_check += u64::from(seen.could_not_check);
        self.refusals += u64::from(seen.refused);
        self.slow += u64::from(seen.slow);
    }
}

/// What was counted of both sides since the canary began or the host started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CanaryCounts {
    /// The canary.
    pub canary: SideCounts,
    /// The release in force, at the same binding in the same time.
    pub active: SideCounts,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    failed: bool,
    could_not_check: bool,
    refused: bool,
    slow: bool,
}

/// The conditions, worst first.
pub(crate) fn breach(counts: &CanaryCounts, terms: &CanaryTerms) -> Option<Breach> {
    let CanaryCounts { canary, active } = *counts;
    if canary.checks < terms.least_checks {
        return None;
    }
    let checks = canary.checks;
    if canary.exceeds(canary.failures, terms.failures_permille) {
        let limit_permille = terms.failures_permille;
        return Some(Breach::Failures { failures: canary.failures, checks, limit_permille });
    }
    if canary.exceeds(canary.could_not_check, terms.could_not_check_permille) {
        let limit_permille = terms.could_not_check_permille;
        return Some(Breach::CouldNotCheck { count: canary.could_not_check, checks, limit_permille });
    }
    // A share of few cases says nothing, on either side.
    let (ours, theirs) = (canary.permille(canary.refusals), active.permille(active.refusals));
    if active.checks >= terms.least_checks && ours.abs_diff(theirs) > u64::from(terms.refusal_drift_permille)
    {
        return Some(Breach::RefusalDrift {
            canary_permille: ours,
            active_permille: theirs,
            limit_permille: terms.refusal_drift_permille,
        });
    }
    // More than a hundredth of the calls is slower than the limit.
    (canary.slow * 100 > checks).then_some(Breach::Slow { slow: canary.slow, checks, limit_ms: terms.p99_ms })
}

/// The counting of one running canary.
#[derive(Debug)]
pub struct CanaryWatch {
    trial: i64,
    release: ReleaseId,
    terms: CanaryTerms,
    counts: Mutex<CanaryCounts>,
    stopped: AtomicBool,
}

/// Which side judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Canary,
    Active,
}

impl CanaryWatch {
    pub(crate) fn new(trial: i64, release: ReleaseId, terms: CanaryTerms) -> Self {
        Self { trial, release, terms, counts: Mutex::default(), stopped: AtomicBool::new(false) }
    }

    /// Number of the trial.
    #[must_use]
    pub const fn trial(&self) -> i64 {
        self.trial
    }

    /// The release on trial.
    #[must_use]
    pub const fn release(&self) -> ReleaseId {
        self.release
    }

    /// The terms it runs on.
    #[must_use]
    pub const fn terms(&self) -> &CanaryTerms {
        &self.terms
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> CanaryCounts {
        *self.lock()
    }

    /// Whether a case is the canary's. None is once it has to stop.
    pub(crate) fn takes(&self, case_no: &str) -> bool {
        !self.stopped.load(Ordering::Relaxed) && is_chosen(self.release, case_no, self.terms.share_permille)
    }

    /// Counts a check; the first time that a condition is broken, says so. From
    /// then on the canary gets no cases.
    pub(crate) fn count(
        &self,
        side: Side,
        settled: &Settled,
        failed: bool,
        took: Duration,
    ) -> Option<Breach> {
        let seen = Seen {
            failed,
            could_not_check: settled.status == Status::CouldNotCheck && !settled.is_only_in_doubt(),
            refused: settled.outcome == Outcome::Refuse,
            slow: took > Duration::from_millis(self.terms.p99_ms.into()),
        };
        let counts = {
            let mut counts = self.lock();
            match side {
                Side::Canary => counts.canary.add(seen),
                Side::Active => counts.active.add(seen),
            }
            *counts
        };
        let breach = breach(&counts, &self.terms)?;
        (!self.stopped.swap(true, Ordering::Relaxed)).then_some(breach)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CanaryCounts> {
        // Counting cannot panic half-way.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::check::Reason;
    use proptest::prelude::*;

    use super::*;
    use crate::decision::samples::settled;

    fn counts(canary: SideCounts, active: SideCounts) -> CanaryCounts {
        CanaryCounts { canary, active }
    }

    fn side(checks: u64) -> SideCounts {
        SideCounts { checks, ..SideCounts::default() }
    }

    #[test]
    fn a_canary_stops_when_a_condition_is_broken_and_not_before() {
        let terms = CanaryTerms { least_checks: 100, ..CanaryTerms::default() };
        let refusing = |checks, refusals| SideCounts { refusals, ..side(checks) };
        let cases = [
            ("too few to say", counts(SideCounts { failures: 99, ..side(99) }, side(1000)), None),
            ("as many failures as allowed", counts(SideCounts { failures: 1, ..side(100) }, side(9)), None),
            ("one more", counts(SideCounts { failures: 2, ..side(100) }, side(9)), Some("failures")),
            (
                "could not check",
                counts(SideCounts { could_not_check: 3, ..side(100) }, side(9)),
                Some("could_not_check"),
            ),
            ("refuses as before", counts(refusing(100, 30), refusing(1000, 200)), None),
            ("refuses more", counts(refusing(100, 31), refusing(1000, 200)), Some("refusal_drift")),
            ("refuses less", counts(refusing(100, 0), refusing(1000, 200)), Some("refusal_drift")),
            ("nothing to compare with", counts(refusing(100, 100), refusing(99, 0)), None),
            ("one slow call of a hundred", counts(SideCounts { slow: 1, ..side(100) }, side(9)), None),
            ("two", counts(SideCounts { slow: 2, ..side(100) }, side(9)), Some("p99")),
        ];
        for (what, counts, expected) in cases {
            assert_eq!(breach(&counts, &terms).map(|breach| breach.code()), expected, "{what}");
        }
    }

    #[test]
    fn a_mistyped_number_is_no_fault_of_the_release_on_trial() {
        let watch = CanaryWatch::new(1, 1, CanaryTerms::default());
        let mut in_doubt = settled(Status::CouldNotCheck, Outcome::ManualReview, &[]);
        in_doubt.reasons = vec![Reason { code: "identifier.check_failed".into(), text: String::new() }];
        let mut failed = in_doubt.clone();
        failed.reasons.push(Reason { code: "measure.unknown".into(), text: String::new() });
        for (settled, counted) in [(&in_doubt, 0), (&failed, 1)] {
            assert_eq!(watch.count(Side::Canary, settled, false, Duration::ZERO), None);
            assert_eq!(watch.counts().canary.could_not_check, counted);
        }
    }

    proptest! {
        #[test]
        fn a_case_never_leaves_a_growing_share(case in ".{0,40}", small in 0_u16..=1000, more in 0_u16..=1000) {
            let large = small.saturating_add(more).min(1000);
            prop_assert!(!is_chosen(7, &case, small) || is_chosen(7, &case, large));
            prop_assert!(is_chosen(7, &case, 1000));
            prop_assert!(!is_chosen(7, &case, 0));
        }
    }

    #[test]
    fn a_share_is_about_that_share_of_the_cases() {
        let chosen = (0..20_000).filter(|number| is_chosen(3, &format!("case-{number}"), 50)).count();
        assert!((900..1100).contains(&chosen), "{chosen} of 20000 instead of about 1000");
    }
}
