//! Objections: how one runs from the window to its end (R95 to R99).
//!
//! ```text
//! received ──provider notified──▶ notified ──result──▶ decided ──all told──▶ closed
//! ```
//!
//! While there is no result the entry rests, as far as the policy says (R98).
//! What must not be here: the hearing, which is the recogniser's.

use crate::vocabulary;

vocabulary! {
    /// Who doubts an entry.
    pub enum RaisedBy {
        /// The subject of the entry.
        Subject = "subject",
        /// An officer who met something untrue (R96).
        Officer = "officer",
        /// Somebody else, who is never named in any result (R120).
        ThirdParty = "third_party",
    }
}

vocabulary! {
    /// What is said to be wrong with an entry. Whether the same was found right
    /// before is decided by it, and not by the words of the reason.
    pub enum ObjectionGround {
        /// It is about somebody else.
        Subject = "subject",
        /// The facts are others.
        Facts = "facts",
        /// The decision it rests on was changed or revoked, or has no basis.
        Basis = "basis",
        /// It is less serious.
        Severity = "severity",
        /// It should be over.
        Validity = "validity",
        /// Something else, or nothing that was said.
        Other = "other",
    }
}

vocabulary! {
    /// Where an objection stands.
    pub enum ObjectionState {
        /// Taken in, and the provider does not know of it yet.
        Received = "received",
        /// The provider was notified, and its time runs (R96, R97).
        Notified = "notified",
        /// There is a result, and somebody has still to be told.
        Decided = "decided",
        /// Everybody was told.
        Closed = "closed",
    }
}

vocabulary! {
    /// What the verification came to (R99).
    pub enum ObjectionResult {
        /// The entry is right and goes on.
        Confirmed = "confirmed",
        /// The entry was wrong in parts, and was corrected.
        Corrected = "corrected",
        /// The entry was wrong, and was taken back.
        Withdrawn = "withdrawn",
    }
}

impl ObjectionResult {
    /// Whether decisions taken on the entry have to be looked at again (R100).
    /// What was decided while an entry rested that turned out right is another
    /// matter: it comes back because the entry did not count.
    #[must_use]
    pub const fn affects_decisions(self) -> bool {
        matches!(self, Self::Corrected | Self::Withdrawn)
    }
}

vocabulary! {
    /// Who is told a result.
    pub enum Told {
        /// The party the entry is about.
        Party = "party",
        /// Whoever reported, where it was somebody else.
        Reporter = "reporter",
    }
}

/// A step of an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionStep {
    /// The provider is notified.
    Notify,
    /// The provider has answered.
    Decide(ObjectionResult),
    /// Somebody was told the result.
    Tell(Told),
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ObjectionFault {
    /// The provider was notified before.
    #[error("the provider was notified already")]
    AlreadyNotified,
    /// The provider does not know of it yet.
    #[error("the provider was not notified yet")]
    NotNotified,
    /// It has a result.
    #[error("the objection has the result `{}` already", .0.code())]
    AlreadyDecided(ObjectionResult),
    /// It has no result to tell.
    #[error("the objection has no result yet")]
    NotDecided,
    /// This one was told before.
    #[error("the {} was told already", .0.code())]
    AlreadyTold(Told),
    /// Nobody but the party and the office is concerned.
    #[error("nobody else reported it: there is no reporter to tell")]
    NoReporter,
}

impl ObjectionFault {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyNotified => "objection.already_notified",
            Self::NotNotified => "objection.not_notified",
            Self::AlreadyDecided(_) => "objection.already_decided",
            Self::NotDecided => "objection.not_decided",
            Self::AlreadyTold(_) => "objection.already_told",
            Self::NoReporter => "objection.no_reporter",
        }
    }
}

/// How far an objection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectionProgress {
    /// Who doubts the entry.
    pub raised_by: RaisedBy,
    /// The provider knows of it.
    pub notified: bool,
    /// What the verification came to.
    pub result: Option<ObjectionResult>,
    /// The party was told.
    pub party_told: bool,
    /// The person who reported was told.
    pub reporter_told: bool,
}

/// Whether an entry rests because of an objection (R98): it does, unless the same
/// ground was found right before, and in any case as far as somebody who answers
/// for the lists says so.
#[must_use]
pub const fn suspends(confirmed_before: bool, said: Option<bool>) -> bool {
    match said {
        Some(said) => said,
        None => !confirmed_before,
    }
}

impl ObjectionProgress {
    /// An objection that was just taken in.
    #[must_use]
    pub const fn received(raised_by: RaisedBy) -> Self {
        Self { raised_by, notified: false, result: None, party_told: false, reporter_told: false }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(self) -> ObjectionState {
        match (self.notified, self.result) {
            (false, _) => ObjectionState::Received,
            (true, None) => ObjectionState::Notified,
            (true, Some(_)) if self.to_tell().next().is_some() => ObjectionState::Decided,
            (true, Some(_)) => ObjectionState::Closed,
        }
    }

    /// Who has still to be told the result; nobody before there is one.
    pub fn to_tell(self) -> impl Iterator<Item = Told> {
        Told::ALL.iter().copied().filter(move |who| self.result.is_some() && self.owes(*who))
    }

    fn owes(self, who: Told) -> bool {
        match who {
            Told::Party => !self.party_told,
            Told::Reporter => self.raised_by == RaisedBy::ThirdParty && !self.reporter_told,
        }
    }

    /// The objection after a step.
    ///
    /// # Errors
    /// [`ObjectionFault`]; it stays as it is then.
    pub fn after(self, step: ObjectionStep) -> Result<Self, ObjectionFault> {
        match step {
            ObjectionStep::Notify if self.notified => Err(ObjectionFault::AlreadyNotified),
            ObjectionStep::Notify => Ok(Self { notified: true, ..self }),
            ObjectionStep::Decide(result) => self.decided(result),
            ObjectionStep::Tell(who) => self.told(who),
        }
    }

    fn decided(self, result: ObjectionResult) -> Result<Self, ObjectionFault> {
        match self.result {
            Some(earlier) => Err(ObjectionFault::AlreadyDecided(earlier)),
            None if !self.notified => Err(ObjectionFault::NotNotified),
            None => Ok(Self { result: Some(result), ..self }),
        }
    }

    fn told(self, who: Told) -> Result<Self, ObjectionFault> {
        if self.result.is_none() {
            return Err(ObjectionFault::NotDecided);
        }
        if who == Told::Reporter && self.raised_by != RaisedBy::ThirdParty {
            return Err(ObjectionFault::NoReporter);
        }
        if !self.owes(who) {
            return Err(ObjectionFault::AlreadyTold(who));
        }
        Ok(match who {
            Told::Party => Self { party_told: true, ..self },
            Told::Reporter => Self { reporter_told: true, ..self },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONFIRM: ObjectionStep = ObjectionStep::Decide(ObjectionResult::Confirmed);
    const WITHDRAW: ObjectionStep = ObjectionStep::Decide(ObjectionResult::Withdrawn);
    const TELL_PARTY: ObjectionStep = ObjectionStep::Tell(Told::Party);
    const TELL_REPORTER: ObjectionStep = ObjectionStep::Tell(Told::Reporter);

    fn walk(raised_by: RaisedBy, steps: &[ObjectionStep]) -> Result<ObjectionState, ObjectionFault> {
        let start = ObjectionProgress::received(raised_by);
        steps.iter().try_fold(start, |progress, step| progress.after(*step)).map(ObjectionProgress::state)
    }

    #[test]
    fn r095_an_objection_runs_from_the_window_to_its_end() {
        use ObjectionState as State;
        let notify = ObjectionStep::Notify;
        let cases: [(RaisedBy, &[ObjectionStep], State); 6] = [
            (RaisedBy::Subject, &[], State::Received),
            (RaisedBy::Officer, &[notify], State::Notified),
            (RaisedBy::Subject, &[notify, WITHDRAW], State::Decided),
            (RaisedBy::Officer, &[notify, CONFIRM, TELL_PARTY], State::Closed),
            (RaisedBy::ThirdParty, &[notify, CONFIRM, TELL_PARTY], State::Decided),
            (RaisedBy::ThirdParty, &[notify, CONFIRM, TELL_REPORTER, TELL_PARTY], State::Closed),
        ];
        for (raised_by, steps, state) in cases {
            assert_eq!(walk(raised_by, steps), Ok(state), "{raised_by:?} {steps:?}");
        }
    }

    #[test]
    fn r099_a_result_comes_once_after_the_notice_and_is_told_once_to_each() {
        use ObjectionFault as Fault;
        let notify = ObjectionStep::Notify;
        let confirmed = ObjectionResult::Confirmed;
        let cases: [(RaisedBy, &[ObjectionStep], Fault); 7] = [
            (RaisedBy::Subject, &[CONFIRM], Fault::NotNotified),
            (RaisedBy::Subject, &[notify, notify], Fault::AlreadyNotified),
            (RaisedBy::Subject, &[notify, CONFIRM, WITHDRAW], Fault::AlreadyDecided(confirmed)),
            (RaisedBy::Subject, &[notify, TELL_PARTY], Fault::NotDecided),
            (RaisedBy::Subject, &[notify, CONFIRM, TELL_PARTY, TELL_PARTY], Fault::AlreadyTold(Told::Party)),
            (RaisedBy::Subject, &[notify, CONFIRM, TELL_REPORTER], Fault::NoReporter),
            (RaisedBy::Officer, &[notify, CONFIRM, TELL_REPORTER], Fault::NoReporter),
        ];
        for (raised_by, steps, fault) in cases {
            assert_eq!(walk(raised_by, steps), Err(fault), "{raised_by:?} {steps:?}");
        }
    }

    #[test]
    fn r098_what_was_found_right_rests_again_only_if_somebody_says_so() {
        let cases = [
            ((false, None), true),
            ((true, None), false),
            ((true, Some(true)), true),
            ((false, Some(false)), false),
        ];
        for ((confirmed_before, said), rests) in cases {
            assert_eq!(suspends(confirmed_before, said), rests, "{confirmed_before} {said:?}");
        }
    }

    fn any_step() -> impl Strategy<Value = ObjectionStep> {
        prop_oneof![
            Just(ObjectionStep::Notify),
            proptest::sample::select(ObjectionResult::ALL).prop_map(ObjectionStep::Decide),
            proptest::sample::select(Told::ALL).prop_map(ObjectionStep::Tell),
        ]
    }

    proptest! {
        #[test]
        fn r098_whatever_happens_an_entry_rests_until_there_is_a_result_and_no_longer(
            raised_by in proptest::sample::select(RaisedBy::ALL),
            steps in proptest::collection::vec(any_step(), 0..12),
        ) {
            let mut progress = ObjectionProgress::received(raised_by);
            for step in steps {
                let before = progress;
                if let Ok(after) = progress.after(step) {
                    progress = after;
                    prop_assert!(before.result.is_none() || before.result == after.result);
                    prop_assert!(after.state() >= before.state(), "no way back");
                }
                prop_assert_eq!(progress.result.is_none(), progress.state() <= ObjectionState::Notified);
                prop_assert_eq!(
                    progress.state() == ObjectionState::Closed,
                    progress.result.is_some() && progress.to_tell().next().is_none()
                );
            }
        }
    }
}
