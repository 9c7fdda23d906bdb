//! Commitments that checks asked for: what departments report of them, and what
//! follows for the duty, the platform and later checks (R82, R83). Which steps there
//! are is `creditgate_credit::commitment`.

mod forms;

use creditgate_credit::calendar::local_date;
use creditgate_credit::commitment::{CommitmentStep, is_late};
use creditgate_credit::duty::DutyKind;
use creditgate_credit::fault::Faults;
use jiff::Timestamp;
use jiff::civil::Date;

pub use forms::{
    Breach, Commitment, Commitments, CreditRepair, Extension, Fulfilment, Signature, StepDetail, StepTaken,
};

use crate::decided::{Consequence, Decided, Message};
use crate::event::{self, Event};
use crate::ground::may_see;
use crate::new_id;
use crate::ports::{AffairStore, Stored};
use crate::refusal::Refusal;
use crate::who::Who;

/// What a department reports of a commitment.
pub trait Report: Send + 'static {
    /// The step it is about.
    const STEP: CommitmentStep;

    /// What must hold of it.
    fn rules(&self, commitment: &Commitment, today: Date, faults: &mut Faults);

    /// Why it cannot be of this commitment at all.
    ///
    /// # Errors
    /// [`Refusal`].
    fn fits(&self, _: &Commitment) -> Result<(), Refusal> {
        Ok(())
    }

    /// The day on which it happened.
    fn day(&self, today: Date) -> Date {
        today
    }

    /// What is kept of it.
    fn detail(self) -> StepDetail;
}

impl Report for Signature {
    const STEP: CommitmentStep = CommitmentStep::Sign;

    fn rules(&self, commitment: &Commitment, today: Date, faults: &mut Faults) {
        faults.filled("document", &self.document);
        happened("signed_on", self.signed_on.0, commitment, today, faults);
    }

    fn fits(&self, commitment: &Commitment) -> Result<(), Refusal> {
        let other = |hash: &String| !hash.eq_ignore_ascii_case(&commitment.text_hash);
        if self.text_hash.as_ref().is_some_and(other) {
            return Err(Refusal::OtherText(commitment.text_hash.clone()));
        }
        Ok(())
    }

    fn day(&self, _: Date) -> Date {
        self.signed_on.0
    }

    fn detail(self) -> StepDetail {
        StepDetail { document: Some(self.document), ..StepDetail::default() }
    }
}

impl Report for Fulfilment {
    const STEP: CommitmentStep = CommitmentStep::Fulfil;

    fn rules(&self, commitment: &Commitment, today: Date, faults: &mut Faults) {
        faults.filled("by", &self.by);
        happened("fulfilled_on", self.fulfilled_on.0, commitment, today, faults);
        let missing = commitment.missing.iter().filter(|code| !self.materials.contains(code));
        let absent = missing.map(String::as_str).collect::<Vec<_>>().join(", ");
        if !absent.is_empty() {
            let message = format!("must name everything that was missing; {absent} not there");
            faults.refuse("materials", "commitment.incomplete", message);
        }
    }

    fn day(&self, _: Date) -> Date {
        self.fulfilled_on.0
    }

    fn detail(self) -> StepDetail {
        let Self { materials, by, document, .. } = self;
        StepDetail { materials, by: Some(by), document, ..StepDetail::default() }
    }
}

impl Report for Extension {
    const STEP: CommitmentStep = CommitmentStep::Extend;

    fn rules(&self, commitment: &Commitment, today: Date, faults: &mut Faults) {
        faults.filled("reason", &self.reason);
        if self.until <= commitment.due_on || self.until.0 < today {
            let message = format!("must be after {} and not past", commitment.due_on.0);
            faults.refuse("until", "value.range", message);
        }
    }

    fn detail(self) -> StepDetail {
        StepDetail { until: Some(self.until), reason: Some(self.reason), ..StepDetail::default() }
    }
}

impl Report for Breach {
    const STEP: CommitmentStep = CommitmentStep::Breach;

    fn rules(&self, _: &Commitment, _: Date, faults: &mut Faults) {
        faults.filled("reason", &self.reason);
        faults.filled("facts", &self.facts);
    }

    fn detail(self) -> StepDetail {
        StepDetail { reason: Some(self.reason), facts: Some(self.facts), ..StepDetail::default() }
    }
}

impl Report for CreditRepair {
    const STEP: CommitmentStep = CommitmentStep::Repair;

    fn rules(&self, commitment: &Commitment, today: Date, faults: &mut Faults) {
        faults.filled("document", &self.document);
        happened("repaired_on", self.repaired_on.0, commitment, today, faults);
    }

    fn day(&self, _: Date) -> Date {
        self.repaired_on.0
    }

    fn detail(self) -> StepDetail {
        StepDetail { document: Some(self.document), ..StepDetail::default() }
    }
}

/// A day on which something happened to a commitment: not before it was made, and
/// not to come.
fn happened(field: &str, day: Date, commitment: &Commitment, today: Date, faults: &mut Faults) {
    faults.not_after(field, day, today, "today");
    if day < commitment.made_on.0 {
        let message = format!("must not be before {}, the day of the check", commitment.made_on.0);
        faults.refuse(field, "value.range", message);
    }
}

/// Takes in what a department reports.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept; the commitment stays as it is.
pub async fn report<A: AffairStore>(
    affairs: &A,
    who: &Who,
    id: String,
    report: impl Report,
    now: Timestamp,
) -> Result<Commitment, A::Error> {
    let who = who.clone();
    affairs.change(move |kept| Ok(reported(find(kept, &who, &id)?, report, &who.id, now)?)).await
}

fn reported<R: Report>(
    commitment: Commitment,
    report: R,
    actor: &str,
    now: Timestamp,
) -> Result<Decided<Commitment>, Refusal> {
    report.fits(&commitment)?;
    // Somebody may have reported another step since the body was read.
    let mut faults = Faults::default();
    report.rules(&commitment, local_date(now), &mut faults);
    let report = faults.passed(report).map_err(Refusal::Invalid)?;
    let (from, day) = (commitment.state, report.day(local_date(now)));
    let step = StepTaken {
        step: R::STEP,
        day: day.into(),
        at: now.into(),
        actor: actor.to_owned(),
        detail: report.detail(),
    };
    let decided = taken(commitment, step).ok_or(Refusal::CommitmentStep { from, step: R::STEP })?;
    let Commitment { id, state, department, division, .. } = &decided.value;
    let noted = Consequence::note(id, state.code());
    let breached = (R::STEP == CommitmentStep::Breach).then(|| {
        let event = Event::new(event::COMMITMENT_BREACHED, now, actor, id);
        Consequence::Tell(event.with("department", &**department).with("division", &**division))
    });
    Ok(decided.with_all(breached).with(noted))
}

/// The last day of a commitment has passed, and it is reported to the platform. None
/// where it is not open.
#[must_use]
pub fn fallen_due(commitment: Commitment, day: Date, at: Timestamp) -> Option<Decided<Commitment>> {
    let step = StepTaken {
        step: CommitmentStep::FallDue,
        day: day.into(),
        at: at.into(),
        actor: "host".to_owned(),
        detail: StepDetail::default(),
    };
    taken(commitment, step)
}

/// The commitment after a step, with what the step means for the duty and the
/// platform; none where it cannot be taken.
fn taken(mut commitment: Commitment, mut step: StepTaken) -> Option<Decided<Commitment>> {
    let standing = commitment.standing().after(step.step)?;
    step.detail.late = step.step == CommitmentStep::Fulfil && is_late(commitment.due_on.0, step.day.0);
    let (subject, at) = (commitment.id.clone(), step.at.0);
    (commitment.state, commitment.repaired) = (standing.state, standing.repaired);
    let kind = DutyKind::Commitment;
    let follows = match step.step {
        CommitmentStep::Fulfil => {
            vec![Consequence::FinishDuty { kind, subject, on: step.day.0 }]
        }
        CommitmentStep::Extend => {
            let until = step.detail.until.unwrap_or(commitment.due_on);
            commitment.due_on = until;
            vec![Consequence::PostponeDuty { kind, subject, until: until.0 }]
        }
        CommitmentStep::Breach => {
            vec![Consequence::CancelDuty { kind, subject }, not_kept(&commitment, &step)]
        }
        CommitmentStep::FallDue => vec![not_kept(&commitment, &step)],
        CommitmentStep::Sign | CommitmentStep::Repair => Vec::new(),
    };
    let mut steps = std::mem::take(&mut commitment.steps);
    steps.push(step);
    let commitment = commitment.with_steps(steps);
    let kept = Consequence::Commitment(Box::new(commitment.clone()));
    Some(Decided::new(commitment, at).with(kept).with_all(follows))
}

/// The platform is told of a commitment that was not kept (R83).
fn not_kept(commitment: &Commitment, step: &StepTaken) -> Consequence {
    let StepDetail { reason, facts, .. } = step.detail.clone();
    let message = Message::Commitment {
        commitment: commitment.clone(),
        reason: reason.unwrap_or_default(),
        facts: facts.unwrap_or_default(),
    };
    let (id, check_id) = (new_id(step.at.0), Some(commitment.id.clone()));
    Consequence::Report { id, check_id, message: Box::new(message) }
}

/// A commitment, for who may see it.
///
/// # Errors
/// [`Refusal`], or when it cannot be read.
pub fn read<A: AffairStore>(affairs: &A, who: &Who, id: &str) -> Result<Commitment, A::Error> {
    affairs.look(|kept| find(kept, who, id))
}

fn find<E: From<Refusal>>(kept: &dyn Stored<Error = E>, who: &Who, id: &str) -> Result<Commitment, E> {
    let found = kept.commitment(id)?.ok_or_else(|| Refusal::UnknownCommitment(id.to_owned()))?;
    may_see(who, Some(&found.department))?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use creditgate_credit::dossier::CommitmentState;
    use jiff::civil::date;

    use super::*;

    fn commitment() -> Commitment {
        Commitment {
            id: "c1".to_owned(),
            department: "market-regulation".to_owned(),
            item: "food-licence".to_owned(),
            checkpoint: "intake".to_owned(),
            division: "370811".to_owned(),
            case_no: "C-1".to_owned(),
            party: "p1".to_owned(),
            subject: String::new(),
            text_hash: String::new(),
            missing: vec!["site".to_owned()],
            made_on: date(2026, 7, 1).into(),
            due_on: date(2026, 7, 29).into(),
            state: CommitmentState::Open,
            late: false,
            repaired: false,
            steps: Vec::new(),
        }
    }

    #[test]
    fn r083_a_report_is_held_to_the_commitment_as_it_stands_when_it_is_kept() {
        let now: Timestamp = "2026-07-10T01:00:00Z".parse().unwrap();
        let until = |day| Extension { until: date(2026, 8, day).into(), reason: "材料待补".to_owned() };
        let extended = reported(commitment(), until(20), "key", now).unwrap().value;
        // Both were read while the last day was 29 July; the longer one came first.
        let refused = reported(extended, until(10), "key", now).unwrap_err();
        let Refusal::Invalid(faults) = refused else { panic!("{refused}") };
        assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["until"]);
    }
}
