//! Credit repair (R102, R103): applications seen at the window, and what the
//! recogniser did with them.
//!
//! An application is taken in where its conditions are fulfilled, and passed on. A
//! repair that is granted ends the use of its entry at once. When it may be applied
//! for is `creditgate_credit::repair`.

mod forms;

use creditgate_credit::calendar::local_date;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::fault::Faults;
use creditgate_credit::lifecycle::{ProposalState, StepKind, grant_repair};
use creditgate_credit::overlay::{Overlay, OverlayEffect};
use creditgate_credit::policy::Listing;
use creditgate_credit::repair::{RepairApplication, RepairState, unmet};
use jiff::Timestamp;
use jiff::civil::Date;

pub use forms::{NewRepair, Repair, RepairAnswer, RepairStep, Repairs};

use crate::decided::{Affected, Consequence, Decided, Message};
use crate::event::{self, Event};
use crate::ground::{About, ground, may_see};
use crate::local_lists::{EntryStep, left};
use crate::ports::{AffairStore, Here, Stored};
use crate::refusal::Refusal;
use crate::who::Who;
use crate::{LONGEST_CODE, LONGEST_TEXT, new_id};

/// Most codes of ways of repair in one application.
const MOST_MODES: usize = 16;

impl NewRepair {
    /// What must hold of what is asked.
    pub fn rules(&self, faults: &mut Faults, today: Date) {
        faults.not_later("applied_on", self.applied_on.0, today);
        if self.modes.len() > MOST_MODES {
            faults.refuse("modes", "field.length", format!("at most {MOST_MODES} ways of repair"));
        }
        for (index, mode) in self.modes.iter().enumerate().take(MOST_MODES) {
            faults.prose(&format!("modes[{index}]"), mode, LONGEST_CODE);
        }
    }
}

impl RepairAnswer {
    /// What must hold of an answer.
    pub fn rules(&self, faults: &mut Faults) {
        faults.prose("text", &self.text, LONGEST_TEXT);
    }
}

/// Takes in an application whose conditions are fulfilled, and passes it on to the
/// recogniser.
///
/// # Errors
/// [`Refusal::RepairConditions`] with all that is missing, another [`Refusal`], or when
/// it cannot be kept.
pub async fn apply<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    who: &Who,
    asked: NewRepair,
    now: Timestamp,
) -> Result<Repair, A::Error> {
    let entry = affairs.listed(&asked.entry)?.ok_or_else(|| Refusal::UnknownEntry(asked.entry.clone()))?;
    let about = About {
        entry: &asked.entry,
        check_id: None,
        case_no: asked.case_no.as_deref(),
        division: asked.division.as_deref(),
    };
    let ground = ground(affairs, here, who, about, local_date(now))?;
    let repair = Repair {
        id: new_id(now),
        entry: asked.entry,
        list: entry.list.clone(),
        authority: entry.authority.clone(),
        department: ground.department,
        case_no: ground.case_no,
        applied_on: asked.applied_on,
        materials: asked.materials,
        modes: asked.modes,
        state: RepairState::Applied,
        recorded_at: now.into(),
        recorded_with: who.id.clone(),
        steps: Vec::new(),
        feedback: Vec::new(),
    };
    affairs
        .change(move |kept| {
            let mut entry = entry;
            let today = local_date(now);
            kept.overlays_of(&entry.id)?.iter().for_each(|overlay| overlay.lay(&mut entry, today));
            let earlier = kept.repairs_of(&entry.id)?;
            Ok(applied(repair, &entry, &earlier, &ground.policy.listing, now)?)
        })
        .await
}

fn applied(
    repair: Repair,
    entry: &ListEntry,
    earlier: &[Repair],
    listing: &Listing,
    now: Timestamp,
) -> Result<Decided<Repair>, Refusal> {
    if let Some(open) = earlier.iter().find(|earlier| earlier.state.is_open()) {
        return Err(Refusal::RepairOpen(open.id.clone()));
    }
    let asked = RepairApplication {
        today: local_date(now),
        applied_on: repair.applied_on.0,
        materials: &repair.materials,
        modes: &repair.modes,
    };
    let unmet = unmet(entry, asked, listing);
    if !unmet.is_empty() {
        return Err(Refusal::RepairConditions(unmet));
    }
    Ok(passed_on(Decided::new((), now), repair, String::new()))
}

/// Takes in what the recogniser did. A repair that is granted ends the use of the
/// entry at once, and the checks that had it are to be made again. An entry that is
/// kept here takes the step itself; over any other lies an overlay, until its platform
/// says so.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept; the application stays as it is.
pub async fn answer<A: AffairStore>(
    affairs: &A,
    who: &Who,
    id: String,
    answer: RepairAnswer,
    now: Timestamp,
) -> Result<Repair, A::Error> {
    let actor = who.id.clone();
    affairs.change(move |kept| answered(kept, find(kept, &id)?, answer, actor, now)).await
}

fn answered<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    mut repair: Repair,
    answer: RepairAnswer,
    actor: String,
    now: Timestamp,
) -> Result<Decided<Repair>, E> {
    if !repair.state.may_become(answer.result) {
        return Err(Refusal::RepairStep { from: repair.state, to: answer.result }.into());
    }
    repair.state = answer.result;
    let text = answer.text.clone();
    let step = RepairStep { state: answer.result, at: now.into(), with: actor.clone(), text: answer.text };
    repair.steps.push(step);
    let mut decided = Decided::new((), now);
    if answer.result == RepairState::Granted {
        decided = decided.with_all(granted(kept, &repair, &text, &actor, now)?);
    }
    Ok(passed_on(decided, repair, text))
}

/// What follows for the entry from a repair that was granted.
fn granted<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    repair: &Repair,
    text: &str,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<Consequence>, E> {
    let (entry, today) = (&repair.entry, local_date(now));
    let cause = format!("repair:{}", repair.id);
    let local = kept.local_entry(entry)?.filter(|local| local.kept.proposal == ProposalState::Recognised);
    let mut follows = match local.map(|local| grant_repair(&local.entry, today)) {
        None => {
            let effect = OverlayEffect::Repaired;
            vec![Consequence::lay_over(entry, Overlay { cause: cause.clone(), from: today, effect })]
        }
        Some(Ok(repaired)) => {
            let step = EntryStep {
                step: StepKind::Repair.code().to_owned(),
                at: now.into(),
                actor: actor.to_owned(),
                reason: text.to_owned(),
            };
            let exit = left(kept, &repaired, &step)?;
            let step = Consequence::Step { entry: entry.clone(), step };
            vec![Consequence::Entry(Box::new(repaired)), step, exit]
        }
        // It has left its list already.
        Some(Err(_)) => Vec::new(),
    };
    let told = Event::new(event::ENTRY_REPAIRED, now, actor, entry).with("repair", &*repair.id);
    follows.push(Consequence::Tell(told));
    follows.push(Consequence::Recheck { which: Affected::HadIt, entry: entry.clone(), cause });
    Ok(follows)
}

/// The application as it stands now is kept, and the platform told of it.
fn passed_on(decided: Decided<()>, mut repair: Repair, text: String) -> Decided<Repair> {
    let Decided { at, follows, .. } = decided;
    let feedback = new_id(at);
    repair.feedback.push(feedback.clone());
    let detail = format!("entry `{}`, {}", repair.entry, repair.state.code());
    let message = Box::new(Message::Repair(repair.clone(), text));
    Decided { value: repair.clone(), at, follows }
        .with(Consequence::Repair(Box::new(repair.clone())))
        .with(Consequence::Report { id: feedback, check_id: None, message })
        .with(Consequence::note(&repair.id, detail))
}

/// An application, for who may see it.
///
/// # Errors
/// [`Refusal`], or when it cannot be read.
pub fn read<A: AffairStore>(affairs: &A, who: &Who, id: &str) -> Result<Repair, A::Error> {
    let repair = affairs.look(|kept| find(kept, id))?;
    may_see(who, repair.department.as_deref())?;
    Ok(repair)
}

fn find<E: From<Refusal>>(kept: &dyn Stored<Error = E>, id: &str) -> Result<Repair, E> {
    kept.repair(id)?.ok_or_else(|| Refusal::UnknownRepair(id.to_owned()).into())
}
