//! Credit repair (NDRC Order 36; R102, R103): when it may be applied for, and
//! how an application runs.
//!
//! ```text
//! applied ──▶ accepted ──▶ granted
//!    │            └──────▶ refused
//!    └──────▶ returned
//! ```
//!
//! Who recognises, repairs: the host looks at the conditions and keeps the
//! record, the recogniser decides.

use jiff::civil::Date;

use crate::entry::{EntryState, ListEntry};
use crate::lifecycle::publicity;
use crate::policy::Listing;
use crate::vocabulary;

vocabulary! {
    /// Where an application for repair stands.
    pub enum RepairState {
        /// Seen at the window and passed on.
        Applied = "applied",
        /// The recogniser deals with it.
        Accepted = "accepted",
        /// The recogniser did not take it.
        Returned = "returned",
        /// Credit is repaired: the entry is used no more.
        Granted = "granted",
        /// Credit is not repaired.
        Refused = "refused",
    }
}

impl RepairState {
    /// Whether the next thing that happens can be this.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Applied, Self::Accepted | Self::Returned)
                | (Self::Accepted, Self::Granted | Self::Refused)
        )
    }

    /// Whether the recogniser has still to say something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Applied | Self::Accepted)
    }
}

vocabulary! {
    /// What is handed in with an application.
    pub enum RepairMaterial {
        /// 履行义务证明: the wrong was put right and every duty performed.
        PerformanceProof = "performance_proof",
        /// 信用承诺书: a public credit commitment.
        Commitment = "commitment",
        /// 信用修复培训证明.
        Training = "training",
        /// 信用报告.
        CreditReport = "credit_report",
        /// 公益活动证明.
        PublicService = "public_service",
        /// Anything else.
        Other = "other",
    }
}

/// An application, as far as its conditions ask.
#[derive(Debug, Clone, Copy)]
pub struct RepairApplication<'a> {
    /// Today: the entry has to be in effect still.
    pub today: Date,
    /// Day of the application.
    pub applied_on: Date,
    /// What is handed in.
    pub materials: &'a [RepairMaterial],
    /// Codes of the ways of repair the subject went (R103).
    pub modes: &'a [String],
}

/// A condition of repair that is not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnmetCondition {
    /// The entry does not count against anybody any more, or does not yet.
    #[error("the entry is not in effect: there is nothing to repair")]
    NotInEffect,
    /// The entry does not speak against its subject.
    #[error("an entry of a red list is not repaired")]
    NotAdverse,
    /// The recogniser said that it cannot be repaired.
    #[error("the recogniser has said that this cannot be repaired")]
    NotRepairable,
    /// The minimum of its publicity has not passed.
    #[error("the minimum of publicity has not passed; repair is possible from {from}")]
    MinimumPublicity {
        /// First day on which it may be applied for.
        from: Date,
    },
    /// The time to apply has passed.
    #[error("the last day to apply was {until}")]
    TooLate {
        /// The last day.
        until: Date,
    },
    /// Nothing proves that the wrong was put right.
    #[error("the proof that every duty was performed is missing (performance_proof)")]
    NotCorrected,
    /// There is no credit commitment.
    #[error("the public credit commitment is missing (commitment)")]
    NoCommitment,
    /// The recogniser opened other ways.
    #[error("this way of repair is not open; open are: {open}")]
    ModeNotOpen {
        /// The ways that are open.
        open: String,
    },
}

impl UnmetCondition {
    /// The field of an application that would have to be otherwise.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NotInEffect | Self::NotAdverse | Self::NotRepairable => "entry",
            Self::MinimumPublicity { .. } | Self::TooLate { .. } => "applied_on",
            Self::NotCorrected | Self::NoCommitment => "materials",
            Self::ModeNotOpen { .. } => "modes",
        }
    }

    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInEffect => "repair.not_in_effect",
            Self::NotAdverse => "repair.not_adverse",
            Self::NotRepairable => "repair.not_repairable",
            Self::MinimumPublicity { .. } => "repair.minimum_publicity",
            Self::TooLate { .. } => "repair.too_late",
            Self::NotCorrected => "repair.not_corrected",
            Self::NoCommitment => "repair.no_commitment",
            Self::ModeNotOpen { .. } => "repair.mode_not_open",
        }
    }
}

/// Every condition of repair that is not fulfilled; none means that the
/// recogniser can be asked.
#[must_use]
pub fn unmet(entry: &ListEntry, asked: RepairApplication<'_>, listing: &Listing) -> Vec<UnmetCondition> {
    let day = asked.applied_on;
    let said = &entry.particulars;
    let lacks = |material| !asked.materials.contains(&material);
    let foreign = |mode: &String| !said.repair_modes.contains(mode);
    let mut unmet = Vec::new();
    let mut check = |broken: bool, condition: UnmetCondition| {
        if broken {
            unmet.push(condition);
        }
    };
    check(!entry.kind.is_adverse(), UnmetCondition::NotAdverse);
    check(entry.state_on(asked.today) != EntryState::Effective, UnmetCondition::NotInEffect);
    check(said.repairable == Some(false), UnmetCondition::NotRepairable);
    if let Some(from) = publicity(entry, listing).minimum_until {
        check(day < from, UnmetCondition::MinimumPublicity { from });
    }
    if let Some(until) = said.repair_until {
        check(until < day, UnmetCondition::TooLate { until });
    }
    check(lacks(RepairMaterial::PerformanceProof), UnmetCondition::NotCorrected);
    check(lacks(RepairMaterial::Commitment), UnmetCondition::NoCommitment);
    let closed = !said.repair_modes.is_empty() && asked.modes.iter().any(foreign);
    check(closed, UnmetCondition::ModeNotOpen { open: said.repair_modes.join(", ") });
    unmet
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::entry::{EntryStatus, ListKind, Severity};
    use crate::samples;

    const WHOLE: &[RepairMaterial] = &[RepairMaterial::PerformanceProof, RepairMaterial::Commitment];

    fn entry() -> ListEntry {
        let mut entry = samples::entry("e1", "black");
        entry.recognised_on = date(2025, 3, 10);
        entry.valid_until = Some(date(2028, 3, 9));
        entry.severity = Some(Severity::Serious);
        entry.particulars.decided_on = Some(date(2025, 3, 1));
        entry
    }

    fn codes(
        entry: &ListEntry,
        applied_on: Date,
        materials: &[RepairMaterial],
        modes: &[&str],
    ) -> Vec<&'static str> {
        let modes: Vec<String> = modes.iter().map(|mode| (*mode).to_owned()).collect();
        let asked = RepairApplication { today: applied_on, applied_on, materials, modes: &modes };
        unmet(entry, asked, &Listing::default()).iter().map(UnmetCondition::code).collect()
    }

    #[test]
    fn r102_every_condition_that_is_missing_is_named() {
        let day = date(2026, 3, 1);
        type Change = fn(&mut ListEntry);
        type Case<'a> = (Change, Date, &'a [RepairMaterial], &'a [&'a str], &'a [&'a str]);
        let cases: [Case<'_>; 12] = [
            (|_| {}, day, WHOLE, &[], &[]),
            (|_| {}, date(2026, 2, 28), WHOLE, &[], &["repair.minimum_publicity"]),
            (|e| e.severity = None, date(2026, 2, 28), WHOLE, &[], &["repair.minimum_publicity"]),
            (|_| {}, day, &[], &[], &["repair.not_corrected", "repair.no_commitment"]),
            (|_| {}, day, &[RepairMaterial::Commitment], &[], &["repair.not_corrected"]),
            (|e| e.particulars.repairable = Some(false), day, WHOLE, &[], &["repair.not_repairable"]),
            (|e| e.particulars.repair_until = Some(date(2026, 2, 1)), day, WHOLE, &[], &["repair.too_late"]),
            (|e| e.status = EntryStatus::Repaired, day, WHOLE, &[], &["repair.not_in_effect"]),
            (|e| e.status = EntryStatus::Preliminary, day, WHOLE, &[], &["repair.not_in_effect"]),
            (|e| e.kind = ListKind::Red, day, WHOLE, &[], &["repair.not_adverse"]),
            (|_| {}, day, WHOLE, &["training"], &[]),
            (
                |e| e.particulars.repair_modes = vec!["commitment".into()],
                day,
                WHOLE,
                &["training"],
                &["repair.mode_not_open"],
            ),
        ];
        for (number, (change, day, materials, modes, expected)) in cases.into_iter().enumerate() {
            let mut entry = entry();
            change(&mut entry);
            assert_eq!(codes(&entry, day, materials, modes), expected, "case {number}");
        }
    }

    #[test]
    fn r103_the_ways_that_are_open_are_the_recognisers_and_are_named() {
        let mut entry = entry();
        entry.particulars.repair_modes = vec!["commitment".into(), "training".into()];
        let modes = ["public-service".to_owned()];
        let day = date(2026, 3, 1);
        let asked = RepairApplication { today: day, applied_on: day, materials: WHOLE, modes: &modes };
        let [unmet] = unmet(&entry, asked, &Listing::default()).try_into().unwrap();
        assert!(unmet.to_string().contains("commitment, training"), "{unmet}");
    }

    #[test]
    fn r102_the_minimum_counts_from_the_document_by_severity_unless_the_recogniser_set_a_day() {
        let possible_from = |entry: &ListEntry, listing| publicity(entry, listing).minimum_until;
        let listing = Listing::default();
        let cases = [
            (Some(Severity::Slight), Some(date(2025, 3, 1))),
            (Some(Severity::General), Some(date(2025, 6, 1))),
            (Some(Severity::Serious), Some(date(2026, 3, 1))),
            (None, Some(date(2026, 3, 1))),
        ];
        for (severity, expected) in cases {
            let entry = ListEntry { severity, ..entry() };
            assert_eq!(possible_from(&entry, &listing), expected, "{severity:?}");
        }
        let watched = ListEntry { severity: None, kind: ListKind::Watch, ..entry() };
        assert_eq!(possible_from(&watched, &listing), None, "nothing is known of it");
        let mut entry = entry();
        entry.particulars.minimum_publicity_until = Some(date(2025, 9, 1));
        assert_eq!(possible_from(&entry, &listing), Some(date(2025, 9, 1)));
        entry.particulars = crate::entry::Particulars::default();
        assert_eq!(possible_from(&entry, &listing), Some(date(2026, 3, 10)), "from the recognition");
    }

    proptest! {
        #[test]
        fn r102_an_application_ends_and_never_comes_back(
            steps in proptest::collection::vec(proptest::sample::select(RepairState::ALL), 0..8),
        ) {
            let mut state = RepairState::Applied;
            for next in steps {
                if state.may_become(next) {
                    prop_assert!(state.is_open());
                    state = next;
                }
            }
            prop_assert!(state.is_open() || RepairState::ALL.iter().all(|next| !state.may_become(*next)));
        }
    }
}
