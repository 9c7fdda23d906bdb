//! Which checks of earlier checkpoints let a case go on (R2).
//!
//! At each checkpoint the last check counts: one that was made anew takes the place
//! of the one before. A check in the mode `off` found nothing out and is
//! `could_not_check`; one in the mode `observe` was made, and its outcome as
//! answered binds nobody.

use std::fmt;

use creditgate_credit::application::{Party, PartyRole};
use creditgate_credit::calendar::local_date;
use creditgate_credit::check::Status;
use creditgate_credit::identifier::{MatchKey, index_keys, lookup_keys};
use creditgate_credit::verdict::Outcome;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// The check that counts at a checkpoint of a case: the last that was made there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierCheck {
    /// Checkpoint.
    pub checkpoint: String,
    /// Status.
    pub status: Status,
    /// Outcome as answered.
    pub outcome: Outcome,
    /// Instant of the check.
    pub at: Timestamp,
    /// The parties it was made of.
    pub parties: Vec<Party>,
}

/// Which checks of earlier checkpoints count as passed. At each checkpoint the last
/// check counts, for the applicants it was made of.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Passed {
    /// Statuses that count; `clear` and `hit` when absent.
    pub statuses: Vec<Status>,
    /// Outcomes that count; all but `refuse` when absent.
    pub outcomes: Vec<Outcome>,
    /// Days a check counts, from the day it was made; without end when absent.
    pub within_days: Option<u16>,
}

/// Checked, and not refused.
impl Default for Passed {
    fn default() -> Self {
        Self {
            statuses: vec![Status::Clear, Status::Hit],
            outcomes: vec![Outcome::Proceed, Outcome::ProceedWithCommitment, Outcome::ManualReview],
            within_days: None,
        }
    }
}

impl Passed {
    /// Whether it says what holds where a binding says nothing.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// A checkpoint that a case has not passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPassed {
    /// The checkpoint.
    pub checkpoint: String,
    /// Why not.
    pub why: Lack,
}

/// Why a checkpoint is not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No check was made there.
    NoCheck,
    /// Its status does not count.
    Status(Status),
    /// Its outcome does not count.
    Outcome(Outcome),
    /// It was made of other applicants.
    OtherApplicant,
    /// It was made longer ago than it counts.
    TooOld {
        /// Days it counts.
        within_days: u16,
    },
}

impl fmt::Display for NotPassed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { checkpoint, why } = self;
        match why {
            Lack::NoCheck => write!(formatter, "{checkpoint} (no check was made)"),
            Lack::Status(status) => write!(formatter, "{checkpoint} (its last check is `{}`)", status.code()),
            Lack::Outcome(outcome) => {
                write!(formatter, "{checkpoint} (the outcome of its last check is `{}`)", outcome.code())
            }
            Lack::OtherApplicant => {
                write!(formatter, "{checkpoint} (its last check is of another applicant)")
            }
            Lack::TooOld { within_days } => {
                write!(formatter, "{checkpoint} (its last check is more than {within_days} days old)")
            }
        }
    }
}

impl Passed {
    /// The checkpoints among `required` that these checks, the last at each
    /// checkpoint, do not show to be passed by the applicants of `parties`.
    pub(crate) fn missing(
        &self,
        required: &[String],
        checks: &[EarlierCheck],
        parties: &[Party],
        now: Timestamp,
    ) -> Vec<NotPassed> {
        let lack = |checkpoint: &String| {
            let made = checks.iter().find(|check| check.checkpoint == *checkpoint);
            let why = made.map_or(Some(Lack::NoCheck), |check| self.lack(check, parties, now));
            why.map(|why| NotPassed { checkpoint: checkpoint.clone(), why })
        };
        required.iter().filter_map(lack).collect()
    }

    fn lack(&self, check: &EarlierCheck, parties: &[Party], now: Timestamp) -> Option<Lack> {
        let age = || local_date(now).since(local_date(check.at)).map_or(i32::MAX, |span| span.get_days());
        if !self.statuses.contains(&check.status) {
            Some(Lack::Status(check.status))
        } else if !self.outcomes.contains(&check.outcome) {
            Some(Lack::Outcome(check.outcome))
        } else if !same_applicants(parties, &check.parties) {
            Some(Lack::OtherApplicant)
        } else {
            let within_days = self.within_days.filter(|days| age() > i32::from(*days))?;
            Some(Lack::TooOld { within_days })
        }
    }
}

/// Whether everybody who applies now applied then: by a number both carry, or by
/// kind and name where one of the two carries none.
fn same_applicants(now: &[Party], then: &[Party]) -> bool {
    applicants(now).all(|party| applicants(then).any(|earlier| is_same(party, earlier)))
}

/// Those whose case it is: applicants and bidders, and everybody where there are
/// none.
fn applicants(parties: &[Party]) -> impl Iterator<Item = &Party> {
    let applies = |party: &&Party| matches!(party.role, PartyRole::Applicant | PartyRole::Bidder);
    let named = parties.iter().any(|party| applies(&party));
    parties.iter().filter(move |party| !named || applies(party))
}

fn is_same(party: &Party, earlier: &Party) -> bool {
    if party.identifiers.is_empty() || earlier.identifiers.is_empty() {
        return (party.kind, &party.name) == (earlier.kind, &earlier.name);
    }
    let known: Vec<MatchKey> = index_keys(&earlier.identifiers);
    lookup_keys(&party.identifiers).iter().any(|key| known.contains(key))
}

#[cfg(test)]
mod tests {
    use creditgate_credit::application::SubjectKind;
    use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};

    use super::*;

    const COMPANY: &str = "91110105MA00003490";
    const OTHER: &str = "91110105MA0000226Y";
    const ORGANISATION: &str = "MA0000349";

    fn party(role: PartyRole, identifiers: &[(IdentifierKind, &str)]) -> Party {
        let identifier = |(kind, value): &(IdentifierKind, &str)| {
            Identifier::parse(*kind, value, Strictness::Format).unwrap().identifier
        };
        Party {
            id: "p1".into(),
            role,
            acts_for: None,
            kind: SubjectKind::LegalPerson,
            name: "示例食品有限公司".into(),
            identifiers: identifiers.iter().map(identifier).collect(),
            attributes: Vec::new(),
        }
    }

    fn applicant(number: &str) -> Party {
        party(PartyRole::Applicant, &[(IdentifierKind::Uscc, number)])
    }

    fn check() -> EarlierCheck {
        EarlierCheck {
            checkpoint: "intake".into(),
            status: Status::Clear,
            outcome: Outcome::Proceed,
            at: "2026-11-01T16:30:00Z".parse().unwrap(),
            parties: vec![applicant(COMPANY)],
        }
    }

    fn why(passed: &Passed, check: EarlierCheck) -> Option<Lack> {
        let now = "2026-11-29T02:00:00Z".parse().unwrap();
        let missing = passed.missing(&["intake".to_owned()], &[check], &[applicant(COMPANY)], now);
        missing.first().map(|not_passed| not_passed.why)
    }

    #[test]
    fn r002_an_earlier_check_counts_by_its_status_and_outcome_and_by_default_only_a_check_that_was_no_refusal()
     {
        use Outcome::{ManualReview, Proceed, ProceedWithCommitment, Refuse};
        let all =
            Passed { statuses: Status::ALL.to_vec(), outcomes: Outcome::ALL.to_vec(), within_days: None };
        let strict =
            Passed { statuses: vec![Status::Clear], outcomes: vec![Outcome::Proceed], within_days: None };
        let usual = Passed::default();
        let cases = [
            (&usual, Status::Clear, Proceed, None),
            (&usual, Status::Clear, ProceedWithCommitment, None),
            (&usual, Status::Hit, ManualReview, None),
            (&usual, Status::Hit, Refuse, Some(Lack::Outcome(Refuse))),
            (&usual, Status::CouldNotCheck, ManualReview, Some(Lack::Status(Status::CouldNotCheck))),
            (&usual, Status::CouldNotCheck, Proceed, Some(Lack::Status(Status::CouldNotCheck))),
            (&strict, Status::Clear, Proceed, None),
            (&strict, Status::Hit, Proceed, Some(Lack::Status(Status::Hit))),
            (&strict, Status::Clear, ManualReview, Some(Lack::Outcome(ManualReview))),
            (&all, Status::CouldNotCheck, Refuse, None),
        ];
        for (passed, status, outcome, expected) in cases {
            assert_eq!(
                why(passed, EarlierCheck { status, outcome, ..check() }),
                expected,
                "{status:?} {outcome:?}"
            );
        }
    }

    #[test]
    fn r002_an_earlier_check_counts_for_as_many_days_as_the_binding_says() {
        // Made on 2 November by local time, 27 days ago.
        for (within_days, old) in [(None, false), (Some(27), false), (Some(26), true), (Some(0), true)] {
            let passed = Passed { within_days, ..Passed::default() };
            assert_eq!(why(&passed, check()).is_some(), old, "{within_days:?}");
        }
    }

    #[test]
    fn r002_an_earlier_check_counts_for_its_own_applicants_alone() {
        use IdentifierKind::{OrganisationCode, Uscc};
        let nameless = || party(PartyRole::Applicant, &[]);
        let renamed = || Party { name: "新名称食品有限公司".into(), ..applicant(COMPANY) };
        let person = |role| Party { name: "张示".into(), ..party(role, &[(Uscc, OTHER)]) };
        let by_organisation_code = || party(PartyRole::Applicant, &[(OrganisationCode, ORGANISATION)]);
        let cases = [
            ("the same number", vec![applicant(COMPANY)], vec![applicant(COMPANY)], true),
            ("another number under the same name", vec![applicant(OTHER)], vec![applicant(COMPANY)], false),
            ("the same number under a new name", vec![renamed()], vec![applicant(COMPANY)], true),
            ("the organisation code inside", vec![by_organisation_code()], vec![applicant(COMPANY)], true),
            ("no number and the same name", vec![nameless()], vec![applicant(COMPANY)], true),
            (
                "no number and another name",
                vec![Party { name: "别的公司".into(), ..nameless() }],
                vec![applicant(COMPANY)],
                false,
            ),
            (
                "one more applicant",
                vec![applicant(COMPANY), applicant(OTHER)],
                vec![applicant(COMPANY)],
                false,
            ),
            ("one applicant fewer", vec![applicant(OTHER)], vec![applicant(COMPANY), applicant(OTHER)], true),
            (
                "who was only the legal representative",
                vec![applicant(OTHER)],
                vec![applicant(COMPANY), person(PartyRole::LegalRepresentative)],
                false,
            ),
            (
                "another legal representative",
                vec![applicant(COMPANY), person(PartyRole::LegalRepresentative)],
                vec![applicant(COMPANY)],
                true,
            ),
            ("nobody applied then", vec![applicant(COMPANY)], vec![], false),
        ];
        for (what, now, then, same) in cases {
            assert_eq!(same_applicants(&now, &then), same, "{what}");
        }
    }

    #[test]
    fn r002_a_checkpoint_without_a_check_is_not_passed_and_the_reason_is_named() {
        let required = ["intake".to_owned(), "review".to_owned()];
        let refused = EarlierCheck { outcome: Outcome::Refuse, ..check() };
        let missing = Passed::default().missing(&required, &[refused], &[applicant(COMPANY)], Timestamp::MAX);
        let said: Vec<String> = missing.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["intake (the outcome of its last check is `refuse`)", "review (no check was made)"]
        );
    }
}
