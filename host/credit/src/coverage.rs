//! Whether every case that was decided had its checks (应查必查, R2), counted over
//! cases that approval systems say they issued.
//!
//! A check counts when it was made before the case was issued: no later than that
//! day. What a binding that is switched off does not ask for is no fault; a case
//! of an item without any binding is one, because nobody could have checked it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check::Mode;
#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{case_number, day, vocabulary};

/// Checkpoint of supervision after the decision: it is no condition of issuing.
const SUPERVISION: &str = "supervision";

/// A case that was issued, as the approval system has it: a row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedCase {
    /// Case number.
    #[serde(deserialize_with = "case_number::given")]
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Day on which it was issued.
    #[serde(with = "day")]
    pub issued_on: Date,
}

/// A check of a case, as far as coverage goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCheck {
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Day of the check.
    pub made_on: Date,
    /// It could not say whether there is anything against the parties.
    pub could_not_check: bool,
}

/// A checkpoint at which cases of an item are to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundCheckpoint {
    /// Checkpoint.
    pub checkpoint: String,
    /// Mode of its binding: one that is `off` asks for no check.
    pub mode: Mode,
}

vocabulary! {
    /// What became of the check of a case at a checkpoint, best first.
    pub enum Coverage {
        /// Checked before the case was issued.
        Checked = "checked",
        /// Asked in time, and the check could not say anything; its record says why.
        CouldNotCheck = "could_not_check",
        /// Checked only after the case was issued.
        Late = "late",
        /// Never checked.
        Missing = "missing",
    }
}

impl Coverage {
    /// The coverage of a case at a checkpoint by the checks of that case number.
    #[must_use]
    pub fn of(case: &IssuedCase, checkpoint: &str, checks: &[CaseCheck]) -> Self {
        let here = |check: &&CaseCheck| {
            check.department == case.department && check.item == case.item && check.checkpoint == checkpoint
        };
        let of_check = |check: &CaseCheck| match (check.made_on <= case.issued_on, check.could_not_check) {
            (true, false) => Self::Checked,
            (true, true) => Self::CouldNotCheck,
            (false, _) => Self::Late,
        };
        checks.iter().filter(here).map(of_check).min().unwrap_or(Self::Missing)
    }

    /// Whether the duty to check was not met.
    #[must_use]
    pub const fn is_gap(self) -> bool {
        matches!(self, Self::Late | Self::Missing)
    }
}

/// A case that was not simply checked before it was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UncheckedCase {
    /// Case number.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Day on which it was issued.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub issued_on: Date,
    /// No check at all has its number.
    pub never_asked: bool,
    /// Checkpoints with what became of the check; none when the item is bound
    /// nowhere.
    pub checkpoints: Vec<UncheckedCheckpoint>,
}

/// A checkpoint at which a case was not simply checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UncheckedCheckpoint {
    /// Checkpoint.
    pub checkpoint: String,
    /// What became of the check.
    // The report as a whole has the name `Coverage` in the interface.
    #[cfg_attr(feature = "schema", schema(inline))]
    pub coverage: Coverage,
}

/// The cases of an item at a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckpointCoverage {
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Mode of its binding: one that is `off` asks for no check, one on `observe`
    /// shows none.
    pub mode: Mode,
    /// Cases issued.
    pub issued: u64,
    /// Checked before they were issued.
    pub checked: u64,
    /// Asked in time, and no check could say anything.
    pub could_not_check: u64,
    /// Checked only after they were issued.
    pub late: u64,
    /// Never checked.
    pub missing: u64,
}

impl CheckpointCoverage {
    fn add(&mut self, coverage: Coverage) {
        self.issued += 1;
        match coverage {
            Coverage::Checked => self.checked += 1,
            Coverage::CouldNotCheck => self.could_not_check += 1,
            Coverage::Late => self.late += 1,
            Coverage::Missing => self.missing += 1,
        }
    }
}

/// Cases of an item that is bound nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnboundItem {
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Cases issued.
    pub issued: u64,
}

/// Which issued cases had their checks (R2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Coverage))]
pub struct CoverageReport {
    /// Cases counted.
    pub issued: u64,
    /// Cases that had every required check before they were issued.
    pub complete: u64,
    /// Cases that lack a check, those of unbound items among them.
    pub with_gap: u64,
    /// By department, item and checkpoint, and in their order.
    pub checkpoints: Vec<CheckpointCoverage>,
    /// Items that are bound nowhere, so that nobody could check, in their order.
    pub unbound: Vec<UnboundItem>,
    /// The first cases that were not simply checked, at most 1,000.
    pub cases: Vec<UncheckedCase>,
    /// How many more of these there are.
    pub cases_left_off: u64,
}

impl CoverageReport {
    fn checkpoint(&mut self, case: &IssuedCase, bound: &BoundCheckpoint) -> &mut CheckpointCoverage {
        let place = (&*case.department, &*case.item, &*bound.checkpoint);
        let found = self
            .checkpoints
            .binary_search_by(|known| (&*known.department, &*known.item, &*known.checkpoint).cmp(&place));
        let index = found.unwrap_or_else(|index| {
            let unseen = CheckpointCoverage {
                department: case.department.clone(),
                item: case.item.clone(),
                checkpoint: bound.checkpoint.clone(),
                mode: bound.mode,
                issued: 0,
                checked: 0,
                could_not_check: 0,
                late: 0,
                missing: 0,
            };
            self.checkpoints.insert(index, unseen);
            index
        });
        &mut self.checkpoints[index]
    }

    fn unbound_item(&mut self, case: &IssuedCase) -> &mut UnboundItem {
        let place = (&*case.department, &*case.item);
        let found = self.unbound.binary_search_by(|known| (&*known.department, &*known.item).cmp(&place));
        let index = found.unwrap_or_else(|index| {
            let IssuedCase { department, item, .. } = case.clone();
            self.unbound.insert(index, UnboundItem { department, item, issued: 0 });
            index
        });
        &mut self.unbound[index]
    }

    /// Counts a case. `bound` are the checkpoints of its item, `checks` the checks
    /// with its number; at most `keep` cases are kept in [`Self::cases`].
    pub fn add(&mut self, case: IssuedCase, bound: &[BoundCheckpoint], checks: &[CaseCheck], keep: usize) {
        self.issued += 1;
        let (mut gap, mut unclean) = (bound.is_empty(), Vec::new());
        if bound.is_empty() {
            self.unbound_item(&case).issued += 1;
        }
        for bound in bound.iter().filter(|bound| bound.checkpoint != SUPERVISION) {
            let coverage = Coverage::of(&case, &bound.checkpoint, checks);
            self.checkpoint(&case, bound).add(coverage);
            if bound.mode != Mode::Off && coverage != Coverage::Checked {
                gap |= coverage.is_gap();
                unclean.push(UncheckedCheckpoint { checkpoint: bound.checkpoint.clone(), coverage });
            }
        }
        self.with_gap += u64::from(gap);
        if !gap && unclean.is_empty() {
            self.complete += 1;
        } else if self.cases.len() < keep {
            let IssuedCase { case_no, department, item, issued_on } = case;
            let never_asked = checks.is_empty();
            self.cases.push(UncheckedCase {
                case_no,
                department,
                item,
                issued_on,
                never_asked,
                checkpoints: unclean,
            });
        } else {
            self.cases_left_off += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn case() -> IssuedCase {
        IssuedCase {
            case_no: "C-1".into(),
            department: "d".into(),
            item: "i".into(),
            issued_on: date(2026, 5, 10),
        }
    }

    fn check(checkpoint: &str, day: i8, could_not_check: bool) -> CaseCheck {
        CaseCheck {
            department: "d".into(),
            item: "i".into(),
            checkpoint: checkpoint.into(),
            made_on: date(2026, 5, day),
            could_not_check,
        }
    }

    fn bound(checkpoint: &str, mode: Mode) -> BoundCheckpoint {
        BoundCheckpoint { checkpoint: checkpoint.into(), mode }
    }

    #[test]
    fn r002_a_check_counts_when_it_was_made_before_the_case_was_issued() {
        let cases: [(&[CaseCheck], Coverage); 6] = [
            (&[], Coverage::Missing),
            (&[check("review", 9, false)], Coverage::Missing),
            (&[check("intake", 10, false)], Coverage::Checked),
            (&[check("intake", 11, false)], Coverage::Late),
            (&[check("intake", 9, true), check("intake", 11, false)], Coverage::CouldNotCheck),
            (&[check("intake", 8, true), check("intake", 9, false)], Coverage::Checked),
        ];
        for (checks, expected) in cases {
            assert_eq!(Coverage::of(&case(), "intake", checks), expected, "{checks:?}");
        }
    }

    #[test]
    fn r002_what_is_missing_is_counted_by_item_and_checkpoint() {
        let mut tally = CoverageReport::default();
        let bindings = ["intake", "review", "supervision"].map(|checkpoint| bound(checkpoint, Mode::Enforce));
        tally.add(case(), &bindings, &[check("intake", 1, false), check("review", 2, false)], 10);
        tally.add(case(), &bindings, &[check("intake", 1, false)], 10);
        tally.add(case(), &[bound("intake", Mode::Off)], &[], 10);
        tally.add(case(), &[], &[], 10);
        assert_eq!((tally.issued, tally.complete, tally.with_gap), (4, 2, 2));
        let review = &tally.checkpoints[1];
        assert_eq!(
            (review.department.as_str(), review.item.as_str(), review.checkpoint.as_str()),
            ("d", "i", "review")
        );
        assert_eq!((review.issued, review.checked, review.missing), (2, 1, 1));
        assert_eq!(tally.unbound, [UnboundItem { department: "d".into(), item: "i".into(), issued: 1 }]);
        let review = UncheckedCheckpoint { checkpoint: "review".into(), coverage: Coverage::Missing };
        assert_eq!(tally.cases[0].checkpoints, [review]);
        assert!(tally.cases[1].never_asked);
        assert_eq!(tally.checkpoints.len(), 2, "supervision follows the decision");
    }

    proptest! {
        #[test]
        fn r002_every_case_is_complete_or_told_of(days in proptest::collection::vec(1i8..28, 0..6), keep in 0usize..3) {
            let mut tally = CoverageReport::default();
            for day in &days {
                tally.add(case(), &[bound("intake", Mode::Enforce)], &[check("intake", *day, day % 3 == 0)], keep);
            }
            let told = tally.cases.len() as u64 + tally.cases_left_off;
            prop_assert_eq!(tally.issued, days.len() as u64);
            prop_assert_eq!(tally.issued, tally.complete + told);
            prop_assert!(tally.with_gap <= told && tally.cases.len() <= keep);
        }
    }
}
