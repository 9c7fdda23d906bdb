//! What becomes of a commitment after it was asked for (R82, R83).

use jiff::civil::Date;

use crate::dossier::CommitmentState;
use crate::duty::has_run_out;
use crate::vocabulary;

vocabulary! {
    /// What can happen to a commitment.
    pub enum CommitmentStep {
        /// The party signs it.
        Sign = "signed",
        /// What was missing is supplied.
        Fulfil = "fulfilled",
        /// The department grants more time.
        Extend = "extended",
        /// Its last day passes.
        FallDue = "overdue",
        /// The department finds that it was false, or was not kept.
        Breach = "breached",
        /// The party's credit is repaired: the breach is used no more.
        Repair = "repaired",
    }
}

/// Where a commitment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitmentStanding {
    /// Its state.
    pub state: CommitmentState,
    /// Its breach was repaired: later checks do not see it.
    pub repaired: bool,
}

impl CommitmentStanding {
    /// As it is when it is asked for.
    pub const MADE: Self = Self { state: CommitmentState::Open, repaired: false };

    /// Where a step leads; none where it cannot be taken.
    ///
    /// What is supplied after the last day still fulfils it, late. That it was
    /// false may also come out after it was fulfilled.
    #[must_use]
    pub const fn after(self, step: CommitmentStep) -> Option<Self> {
        use CommitmentState::{Breached, Fulfilled, Open, Overdue};
        let state = match (self.state, step) {
            (Open, CommitmentStep::Sign) => Open,
            (Open | Overdue, CommitmentStep::Fulfil) => Fulfilled,
            (Open | Overdue, CommitmentStep::Extend) => Open,
            (Open, CommitmentStep::FallDue) => Overdue,
            (Open | Overdue | Fulfilled, CommitmentStep::Breach) => Breached,
            (Breached, CommitmentStep::Repair) if !self.repaired => {
                return Some(Self { state: Breached, repaired: true });
            }
            _ => return None,
        };
        Some(Self { state, repaired: false })
    }
}

/// Whether what is supplied on `day` is late.
#[must_use]
pub fn is_late(due: Date, day: Date) -> bool {
    has_run_out(due, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(steps: &[CommitmentStep]) -> Option<CommitmentStanding> {
        steps.iter().try_fold(CommitmentStanding::MADE, |standing, step| standing.after(*step))
    }

    #[test]
    fn r083_the_steps_of_a_commitment() {
        use CommitmentStep::{Breach, Extend, FallDue, Fulfil, Repair, Sign};
        let cases: [(&[CommitmentStep], Option<CommitmentState>); 12] = [
            (&[Sign, Fulfil], Some(CommitmentState::Fulfilled)),
            (&[FallDue, Fulfil], Some(CommitmentState::Fulfilled)),
            (&[FallDue], Some(CommitmentState::Overdue)),
            (&[FallDue, Extend], Some(CommitmentState::Open)),
            (&[FallDue, Extend, FallDue], Some(CommitmentState::Overdue)),
            (&[Fulfil, Breach], Some(CommitmentState::Breached)),
            (&[Breach, Repair], Some(CommitmentState::Breached)),
            (&[FallDue, FallDue], None),
            (&[Fulfil, Fulfil], None),
            (&[Breach, Fulfil], None),
            (&[Breach, Repair, Repair], None),
            (&[FallDue, Sign], None),
        ];
        for (steps, state) in cases {
            assert_eq!(after(steps).map(|standing| standing.state), state, "{steps:?}");
        }
        assert!(after(&[Breach, Repair]).is_some_and(|standing| standing.repaired));
    }

    proptest! {
        #[test]
        fn only_a_breach_is_repaired_and_nothing_follows_it(
            steps in prop::collection::vec(prop::sample::select(CommitmentStep::ALL), 0..12),
        ) {
            let mut standing = CommitmentStanding::MADE;
            for step in steps {
                let Some(next) = standing.after(step) else { continue };
                prop_assert!(!standing.repaired);
                prop_assert!(!next.repaired || next.state == CommitmentState::Breached);
                standing = next;
            }
        }
    }
}
