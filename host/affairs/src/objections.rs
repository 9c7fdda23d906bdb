//! Objections (R95 to R100): raised at the window, verified by the provider, told.
//!
//! Raising one notifies the provider, whose time runs from then, and lays a
//! suspension over the entry. The result ends it: the entry goes on, is corrected or
//! used no more, and the checks it misled are to be made again. Which steps there are
//! is `creditgate_credit::objection`.

mod forms;

use std::num::NonZeroU32;

use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::duty::{DutyKind, LEAD_UNIT, NewDuty, Term};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::fault::Faults;
use creditgate_credit::objection::{ObjectionProgress, ObjectionResult, ObjectionStep, suspends};
use creditgate_credit::overlay::{Corrections, EntryContent, Overlay, OverlayEffect};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

pub use forms::{NewObjection, Objection, ObjectionAnswer, ObjectionDecision, ObjectionNotice, Objections};

use crate::decided::{Affected, Consequence, Decided, Message};
use crate::event::{self, Event};
use crate::ground::{About, Ground, ground, may_see};
use crate::ports::{AffairStore, Here, Stored};
use crate::refusal::Refusal;
use crate::who::{Power, Who};
use crate::{LONGEST_CODE, LONGEST_TEXT, new_id};

/// `[objections]` in the configuration: how many may be without a result at a time.
/// An objection takes its entry out of every check until the provider has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MostOpen {
    /// Raised with one key.
    pub open_of_key: NonZeroU32,
    /// To one entry.
    pub open_to_entry: NonZeroU32,
}

impl Default for MostOpen {
    fn default() -> Self {
        Self { open_of_key: NonZeroU32::MIN.saturating_add(99), open_to_entry: NonZeroU32::MIN }
    }
}

impl NewObjection {
    /// What must hold of what is asked.
    pub fn rules(&self, faults: &mut Faults) {
        faults.prose("entry", &self.entry, LONGEST_CODE);
        faults.prose("reason", &self.reason, LONGEST_TEXT);
        if let Some(contact) = &self.contact {
            faults.prose("contact", contact, LONGEST_CODE);
        }
    }
}

/// Takes in an objection and notifies the provider: from then on its entry rests, and
/// the provider's time runs where the policy has a limit (R96 to R98). It does not
/// rest where the same was found right before, unless [`NewObjection::suspend`] says
/// so, which is for who answers for the lists alone.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept.
pub async fn raise<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    who: &Who,
    most: MostOpen,
    asked: NewObjection,
    now: Timestamp,
) -> Result<Objection, A::Error> {
    if asked.suspend.is_some() && !who.answers_for_lists() {
        return Err(Refusal::SuspendReserved.into());
    }
    let listed = affairs.listed(&asked.entry)?;
    if listed.is_none() && !affairs.look(|kept| kept.any_check_had(&asked.entry))? {
        return Err(Refusal::UnknownEntry(asked.entry).into());
    }
    let about = About {
        entry: &asked.entry,
        check_id: asked.check_id.as_deref(),
        case_no: asked.case_no.as_deref(),
        division: asked.division.as_deref(),
    };
    let ground = ground(affairs, here, who, about, local_date(now))?;
    let (objection, duty) = received(asked, listed, ground, &who.id, here.calendar(), now);
    affairs
        .change(move |kept| {
            let to_entry = kept.objections_to(&objection.entry)?;
            may_be_raised(&objection, &to_entry, kept.open_objections_with(&objection.raised_with)?, most)?;
            Ok(notified(objection, duty, &to_entry, now)?)
        })
        .await
}

/// The objection as it is taken in, and the provider's duty to verify it where the
/// policy has a limit (R97).
fn received(
    asked: NewObjection,
    listed: Option<ListEntry>,
    ground: Ground,
    raised_with: &str,
    calendar: &WorkingCalendar,
    now: Timestamp,
) -> (Objection, Option<NewDuty>) {
    let id = new_id(now);
    let (list, authority) = listed.map(|entry| (entry.list, entry.authority)).unzip();
    let duty = ground.policy.duties.verification_limit.map(|limit| {
        let owner = (authority.as_deref().unwrap_or(LEAD_UNIT), ground.policy.division.as_str());
        let term = Term::Within(limit);
        let duty = NewDuty::new(DutyKind::Verification, &*id, owner, local_date(now), term, calendar);
        NewDuty { case_no: ground.case_no.clone(), ..duty }
    });
    let due = duty.as_ref().map(|duty| duty.due);
    let objection = Objection {
        id,
        entry: asked.entry,
        list,
        authority,
        department: ground.department,
        case_no: ground.case_no,
        check_id: ground.check_id,
        raised_by: asked.raised_by,
        ground: asked.ground,
        suspends: true,
        confirmed_before: None,
        suspend: asked.suspend,
        reason: asked.reason,
        contact: asked.contact,
        raised_at: now.into(),
        raised_with: raised_with.to_owned(),
        policy: ground.policy.snapshot(),
        state: ObjectionProgress::received(asked.raised_by).state(),
        notified_at: None,
        feedback: None,
        due_on: due.map(|due| due.date.into()),
        due_provisional: due.is_some_and(|due| due.provisional),
        decision: None,
        to_tell: Vec::new(),
        notices: Vec::new(),
    };
    (objection, duty)
}

/// Refuses one more than may be open. Where somebody who answers for the lists has
/// the entry rest, those that are open and do not suspend it are no obstacle.
fn may_be_raised(
    objection: &Objection,
    to_entry: &[Objection],
    open_with_key: u32,
    most: MostOpen,
) -> Result<(), Refusal> {
    let insists = objection.suspend == Some(true);
    let mut open =
        to_entry.iter().filter(|other| other.decision.is_none() && (other.suspends || !insists)).peekable();
    if let Some(first) = open.peek().map(|first| first.id.clone())
        && open.count() >= most.open_to_entry.get() as usize
    {
        return Err(Refusal::ObjectionOpen(first));
    }
    if open_with_key >= most.open_of_key.get() {
        return Err(Refusal::TooManyObjections(open_with_key));
    }
    Ok(())
}

/// The provider is notified.
fn notified(
    objection: Objection,
    duty: Option<NewDuty>,
    to_entry: &[Objection],
    now: Timestamp,
) -> Result<Decided<Objection>, Refusal> {
    let progress = objection.progress().after(ObjectionStep::Notify)?;
    let mut objection = objection.with_progress(progress);
    let same = |other: &&Objection| other.was_confirmed() && other.ground == objection.ground;
    objection.confirmed_before = to_entry.iter().rfind(same).map(|other| other.id.clone());
    objection.suspends = suspends(objection.confirmed_before.is_some(), objection.suspend);
    objection.notified_at = Some(now.into());
    let feedback = new_id(now);
    objection.feedback = Some(feedback.clone());
    let mut raised = Event::new(event::OBJECTION_RAISED, now, &objection.raised_with, &objection.id)
        .with("entry", &*objection.entry);
    if let Some(due) = objection.due_on {
        raised = raised.with("due_on", due.0.to_string());
    }
    let rests = objection.suspends.then(|| laid(&objection, OverlayEffect::Suspended, now));
    Ok(Decided::new(objection.clone(), now)
        .with(kept(&objection))
        .with(Consequence::Tell(raised))
        .with_all(rests)
        .with_all(duty.map(|duty| Consequence::OpenDuty(Box::new(duty))))
        .with(reported(&objection, feedback, Message::ObjectionRaised(objection.clone())))
        .with(noted(&objection)))
}

impl ObjectionAnswer {
    /// What must hold of an answer: what was corrected is said with `corrected`, and
    /// with nothing else.
    pub fn rules(&self, faults: &mut Faults) {
        faults.prose("text", &self.text, LONGEST_TEXT);
        let corrected = self.result == ObjectionResult::Corrected;
        if corrected && self.corrections.is_empty() {
            let message = "must say what is corrected: facts, basis, severity or valid_until";
            faults.refuse("corrections", "field.missing", message);
        }
        if !corrected && !self.corrections.is_empty() {
            faults.refuse("corrections", "objection.not_corrected", "is only for the result `corrected`");
        }
        let Corrections { facts, basis, .. } = &self.corrections;
        for (field, text) in [("corrections.facts", facts), ("corrections.basis", basis)] {
            if let Some(text) = text {
                faults.prose(field, text, LONGEST_TEXT);
            }
        }
    }
}

/// Takes in the provider's answer: the entry goes on, is corrected or used no more,
/// and the checks it had a part in are to be made again (R99, R100); where it was
/// right, those that passed over it meanwhile.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept; the objection stays as it is.
pub async fn decide<A: AffairStore>(
    affairs: &A,
    who: &Who,
    id: String,
    answer: ObjectionAnswer,
    now: Timestamp,
) -> Result<Objection, A::Error> {
    let entry = affairs.look(|kept| find(kept, &id))?.entry;
    let listed = affairs.listed(&entry)?;
    let actor = who.id.clone();
    affairs.change(move |kept| Ok(decided(find(kept, &id)?, answer, listed.as_ref(), &actor, now)?)).await
}

fn decided(
    mut objection: Objection,
    answer: ObjectionAnswer,
    listed: Option<&ListEntry>,
    actor: &str,
    now: Timestamp,
) -> Result<Decided<Objection>, Refusal> {
    let progress = objection.progress().after(ObjectionStep::Decide(answer.result))?;
    let effect = effect_of(&objection, &answer, listed)?;
    let told = Event::new(event::OBJECTION_DECIDED, now, actor, &objection.id)
        .with("entry", &*objection.entry)
        .with("result", answer.result.code());
    let which = if answer.result.affects_decisions() { Affected::HadIt } else { Affected::PassedOverIt };
    let feedback = new_id(now);
    objection.decision = Some(ObjectionDecision {
        result: answer.result,
        corrections: answer.corrections,
        text: answer.text,
        decided_at: now.into(),
        decided_with: actor.to_owned(),
        feedback: feedback.clone(),
    });
    let objection = objection.with_progress(progress);
    let (entry, cause) = (objection.entry.clone(), cause(&objection));
    Ok(Decided::new(objection.clone(), now)
        .with(Consequence::EndOverlay { entry: entry.clone(), cause: cause.clone() })
        .with_all(effect.map(|effect| laid(&objection, effect, now)))
        .with(Consequence::Tell(told))
        .with(Consequence::Recheck { which, entry, cause })
        .with(Consequence::FinishDuty {
            kind: DutyKind::Verification,
            subject: objection.id.clone(),
            on: local_date(now),
        })
        .with(kept(&objection))
        .with(reported(&objection, feedback, Message::ObjectionDecided(objection.clone())))
        .with(noted(&objection)))
}

/// What lies over the entry from the result on.
fn effect_of(
    objection: &Objection,
    answer: &ObjectionAnswer,
    listed: Option<&ListEntry>,
) -> Result<Option<OverlayEffect>, Refusal> {
    Ok(match answer.result {
        ObjectionResult::Confirmed => None,
        ObjectionResult::Withdrawn => Some(OverlayEffect::Withdrawn),
        ObjectionResult::Corrected => {
            let unknown = || Refusal::UnknownEntry(objection.entry.clone());
            let was = EntryContent::of(listed.ok_or_else(unknown)?);
            Some(OverlayEffect::Corrected { now: was.corrected(answer.corrections.clone()), was })
        }
    })
}

impl ObjectionNotice {
    /// What must hold of a notice.
    pub fn rules(&self, faults: &mut Faults, today: Date) {
        faults.prose("how", &self.how, LONGEST_CODE);
        faults.not_later("on", self.on.0, today);
    }
}

/// Takes in that somebody was told the result.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept; the objection stays as it is.
pub async fn note_told<A: AffairStore>(
    affairs: &A,
    who: &Who,
    id: String,
    notice: ObjectionNotice,
    now: Timestamp,
) -> Result<Objection, A::Error> {
    let who = who.clone();
    affairs
        .change(move |store| {
            let mut objection = find(store, &id)?;
            may_see(&who, objection.department.as_deref())?;
            let progress =
                objection.progress().after(ObjectionStep::Tell(notice.told)).map_err(Refusal::from)?;
            objection.notices.push(notice);
            let objection = objection.with_progress(progress);
            Ok(Decided::new(objection.clone(), now).with(kept(&objection)).with(noted(&objection)))
        })
        .await
}

/// An objection, for who may see it.
///
/// # Errors
/// [`Refusal`], or when it cannot be read.
pub fn read<A: AffairStore>(affairs: &A, who: &Who, id: &str) -> Result<Objection, A::Error> {
    let objection = affairs.look(|kept| find(kept, id))?;
    may_see(who, objection.department.as_deref())?;
    Ok(objection)
}

fn find<E: From<Refusal>>(kept: &dyn Stored<Error = E>, id: &str) -> Result<Objection, E> {
    kept.objection(id)?.ok_or_else(|| Refusal::UnknownObjection(id.to_owned()).into())
}

/// The cause of what an objection lays over its entry.
fn cause(objection: &Objection) -> String {
    format!("objection:{}", objection.id)
}

fn laid(objection: &Objection, effect: OverlayEffect, now: Timestamp) -> Consequence {
    let overlay = Overlay { cause: cause(objection), from: local_date(now), effect };
    Consequence::lay_over(&objection.entry, overlay)
}

fn kept(objection: &Objection) -> Consequence {
    Consequence::Objection(Box::new(objection.clone()))
}

fn reported(objection: &Objection, id: String, message: Message) -> Consequence {
    Consequence::Report { id, check_id: objection.check_id.clone(), message: Box::new(message) }
}

fn noted(objection: &Objection) -> Consequence {
    let detail = format!("entry `{}`, {}", objection.entry, objection.state.code());
    Consequence::note(&objection.id, detail)
}

impl Objection {
    /// As it is shown: how to reach whoever raised it is for administrators alone.
    #[must_use]
    pub fn shown_to(self, who: &Who) -> Self {
        if who.power == Power::Everything { self } else { Self { contact: None, ..self } }
    }

    fn was_confirmed(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.result == ObjectionResult::Confirmed)
    }
}
