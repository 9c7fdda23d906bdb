//! Lists that are kept here: proposals, the agreement of a second person, the steps
//! of an entry, and what time and other lists do to it (R33 to R35, R37, R40, R43 to
//! R50).
//!
//! What a step makes of an entry is decided by `creditgate_credit::lifecycle`; here is
//! who may take it, and what follows from it.

mod forms;

use std::sync::Arc;

use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::derived::is_derived;
use creditgate_credit::duty::{DutyKind, NewDuty, Term};
use creditgate_credit::entry::{EntryState, EntryStatus, ListEntry, ListKind};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::index_keys;
use creditgate_credit::lifecycle::{Finding, ProposalState, Step, StepKind, apply, examine, with_publicity};
use creditgate_credit::overlay::BY_SOURCE;
use creditgate_credit::policy::Policy;
use jiff::Timestamp;
use jiff::civil::Date;

pub use forms::{EntryStep, Kept, LocalEntry, NewStep, Proposal};

use crate::decided::{Affected, Consequence, Decided, Message};
use crate::event::{self, Event};
use crate::ports::{AffairStore, Here, Stored, department_of};
use crate::refusal::Refusal;
use crate::{Change, NotSecond, new_id, second_person};

/// Checks named in an event; `creditgate affected` lists all of them.
const CHECKS_NAMED: usize = 100;

/// Checks that are counted for it.
const CHECKS_READ: u32 = 1000;

/// The name under which the host notes that an entry ran out by itself.
pub const EXPIRE: &str = "expire";

/// What decides of what follows where an entry takes effect.
struct Terms {
    policy: Arc<Policy>,
    calendar: Arc<WorkingCalendar>,
    /// Who owes it that the entry is with the platform; nobody where there is none,
    /// whose acknowledgement alone would end the duty.
    owner: Option<String>,
}

impl Terms {
    fn of(here: &impl Here, division: &str, authority: &str, today: Date) -> Result<Self, Refusal> {
        let policy = here.policy(division, today).ok_or_else(|| Refusal::NoPolicy(division.to_owned()))?;
        let owner = here.has_platform().then(|| department_of(here, authority));
        Ok(Self { policy, calendar: Arc::clone(here.calendar()), owner })
    }

    /// The duty to have an entry with the platform within the limit of its
    /// recognition (R37); none while it is only announced.
    fn duty(&self, division: &str, entry: &ListEntry) -> Option<Consequence> {
        let owner = self.owner.as_deref().filter(|_| entry.status == EntryStatus::Effective)?;
        let term = Term::Within(self.policy.duties.record_limit);
        let (id, day) = (entry.id.as_str(), entry.recognised_on);
        let duty = NewDuty::new(DutyKind::ListEntry, id, (owner, division), day, term, &self.calendar);
        Some(Consequence::OpenDuty(Box::new(duty)))
    }
}

/// Proposes an entry and gives back its id with remarks. Where the jurisdiction asks
/// for no second person, it is recognised at once.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept.
pub async fn propose<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    asked: Proposal,
    change: Change,
) -> Result<(String, Vec<FieldProblem>), A::Error> {
    let today = local_date(change.at);
    let (division, escalates) = (asked.division.clone(), asked.escalates.clone());
    let policy = here.policy(&division, today).ok_or_else(|| Refusal::NoPolicy(division.clone()))?;
    let list = affairs.look(|kept| kept.list_type(&asked.list))?.filter(|list| !is_derived(&list.code));
    let list = list.ok_or_else(|| {
        let message = "is no list that entries can stand on; import its list type first";
        Refusal::Invalid(vec![FieldProblem::new("list", "list.unknown", message)])
    })?;
    let id = format!("local-{}", new_id(change.at));
    let (entry, remarks) =
        asked.entry(id.clone(), &list, today, policy.identifier_strictness).map_err(Refusal::Invalid)?;
    let found = examine(&entry, &list, today);
    if !found.faults.is_empty() {
        return Err(Refusal::Invalid(found.faults.into_iter().map(problem).collect()).into());
    }
    if let Some(watch) = &escalates {
        may_take_the_place(&entry, &local(affairs, watch)?)?;
    }
    if entry.kind == ListKind::Red
        && let Some(above) = outranking(affairs, &entry, today)?.into_iter().next()
    {
        return Err(Refusal::Outranked { entry: above.id, list: above.list }.into());
    }
    let announced = entry.status == EntryStatus::Preliminary;
    let entry = if announced { entry } else { with_publicity(entry, &policy.listing) };
    let warnings = found.warnings.into_iter().map(problem).chain(remarks).collect();
    let terms = Terms::of(here, &division, &entry.authority, today)?;
    let (proposed_at, proposed_by) = (change.at.into(), change.actor.clone());
    let proposal = ProposalState::Proposed;
    let local = LocalEntry { entry, kept: Kept { division, proposal, escalates, proposed_at, proposed_by } };
    affairs
        .change(move |kept| {
            let note = note(&local.entry.id, format!("{}: {}", local.entry.list, change.reason));
            let agreed = if terms.policy.listing.review {
                Vec::new()
            } else {
                recognised(kept, &local, &terms, change.clone())?
            };
            let (at, entry, step) = (change.at, local.entry.id.clone(), EntryStep::new("propose", change));
            Ok(Decided::new((id, warnings), at)
                .with(Consequence::Proposal(Box::new(local)))
                .with(Consequence::Step { entry, step })
                .with_all(agreed)
                .with(note))
        })
        .await
}

/// Agrees to a proposal: the entry stands on its list.
///
/// # Errors
/// [`Refusal`]; the proposal stays as it is then.
pub async fn approve<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    id: &str,
    change: Change,
) -> Result<(), A::Error> {
    let known = local(affairs, id)?;
    let terms = Terms::of(here, &known.kept.division, &known.entry.authority, local_date(change.at))?;
    affairs
        .change(move |kept| {
            let local = find(kept, &known.entry.id)?;
            let note = note(&local.entry.id, &*change.reason);
            let at = change.at;
            Ok(Decided::new((), at).with_all(recognised(kept, &local, &terms, change)?).with(note))
        })
        .await
}

/// What follows from the agreement to a proposal, if it may be agreed to.
fn recognised<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    local: &LocalEntry,
    terms: &Terms,
    change: Change,
) -> Result<Vec<Consequence>, E> {
    let LocalEntry { entry, kept: Kept { division, proposal, escalates, .. } } = local;
    if *proposal != ProposalState::Proposed {
        return Err(Refusal::Decided { id: entry.id.clone(), state: *proposal }.into());
    }
    agrees(kept, local, &terms.policy, &change.actor)?;
    let watch = match escalates {
        Some(watch) => kept.local_entry(watch)?,
        None => None,
    };
    let today = local_date(change.at);
    let closed = watch.map(|watch| after(&watch.entry, &Step::Escalate, today, terms)).transpose()?;
    let mut follows =
        vec![Consequence::ProposalState { entry: entry.id.clone(), state: ProposalState::Recognised }];
    follows.extend(stands(kept, division, entry, EntryStep::new("approve", change.clone()))?);
    follows.extend(terms.duty(division, entry));
    if let Some(closed) = closed {
        let reason = format!("{} is listed in its place", entry.id);
        let step = EntryStep::new(StepKind::Escalate.code(), Change { reason, ..change });
        follows.extend(stands(kept, division, &closed, step)?);
    }
    Ok(follows)
}

/// Takes a step of an entry that is kept here. To reject what is only proposed is to
/// refuse the proposal. Gives back where its proposal stands then.
///
/// # Errors
/// [`Refusal`]; the entry stays as it is then.
pub async fn step<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    id: &str,
    step: Step,
    change: Change,
) -> Result<ProposalState, A::Error> {
    let known = local(affairs, id)?;
    let terms = Terms::of(here, &known.kept.division, &known.entry.authority, local_date(change.at))?;
    affairs.change(move |kept| stepped(kept, &find(kept, &known.entry.id)?, &step, &terms, change)).await
}

fn stepped<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    local: &LocalEntry,
    step: &Step,
    terms: &Terms,
    change: Change,
) -> Result<Decided<ProposalState>, E> {
    let (id, division, kind) = (local.entry.id.clone(), &local.kept.division, step.kind());
    let (at, today) = (change.at, local_date(change.at));
    let note = note(&id, format!("{}: {}", kind.code(), change.reason));
    let taken = EntryStep::new(kind.code(), change);
    match local.kept.proposal {
        ProposalState::Refused => return Err(Refusal::Decided { id, state: local.kept.proposal }.into()),
        ProposalState::Proposed if *step == Step::Reject => {
            let state = ProposalState::Refused;
            return Ok(Decided::new(state, at)
                .with(Consequence::ProposalState { entry: id.clone(), state })
                .with(Consequence::Step { entry: id, step: taken })
                .with(note));
        }
        ProposalState::Proposed => return Err(Refusal::NotApproved(id).into()),
        ProposalState::Recognised => {}
    }
    let confirms = *step == Step::Confirm;
    if confirms {
        agrees(kept, local, &terms.policy, &taken.actor)?;
    }
    let entry = after(&local.entry, step, today, terms)?;
    let duty = confirms.then(|| terms.duty(division, &entry)).flatten();
    let follows = stands(kept, division, &entry, taken)?;
    Ok(Decided::new(local.kept.proposal, at).with_all(follows).with_all(duty).with(note))
}

/// The entry after a step.
fn after(entry: &ListEntry, step: &Step, today: Date, terms: &Terms) -> Result<ListEntry, Refusal> {
    apply(entry, step, today, &terms.policy.listing)
        .map_err(|source| Refusal::EntryStep { id: entry.id.clone(), source })
}

/// The entry stands on its list like this after a step, and everybody is told.
fn stands<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    division: &str,
    entry: &ListEntry,
    step: EntryStep,
) -> Result<Vec<Consequence>, E> {
    let kind = StepKind::from_code(&step.step);
    let mut follows = vec![Consequence::Entry(Box::new(entry.clone()))];
    // What was announced and never took effect is no business of the platform's (R37).
    if entry.status != EntryStatus::Preliminary && kind != Some(StepKind::Reject) {
        let (entry, division, step_name) = (entry.clone(), division.to_owned(), step.step.clone());
        let message = Box::new(Message::Entry { entry: Box::new(entry), division, step: step_name });
        follows.push(Consequence::Report { id: new_id(step.at.0), check_id: None, message });
    }
    // To agree to a proposal is no step of an entry.
    if kind.is_none_or(|kind| kind == StepKind::Confirm) {
        follows.extend(warned(entry, &step));
    }
    if kind.is_some_and(StepKind::is_exit) {
        follows.push(left(kept, entry, &step)?);
    }
    follows.push(Consequence::Step { entry: entry.id.clone(), step });
    Ok(follows)
}

/// The subject of a watch entry that takes effect is to be warned and told the
/// validity (R43).
fn warned(entry: &ListEntry, step: &EntryStep) -> Option<Consequence> {
    if entry.kind != ListKind::Watch || entry.status != EntryStatus::Effective {
        return None;
    }
    let until = entry.valid_until.map(|day| day.to_string()).unwrap_or_default();
    let event = Event::new(event::ENTRY_WATCH_LISTED, step.at.0, &step.actor, &entry.id)
        .with("list", &*entry.list)
        .with("authority", &*entry.authority)
        .with("valid_until", until);
    Some(Consequence::Tell(event))
}

/// An entry has left its list: measures that follow from it are to be stopped (R50).
/// Names the checks that had it in effect.
pub(crate) fn left<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    entry: &ListEntry,
    step: &EntryStep,
) -> Result<Consequence, E> {
    let checks = kept.checks_with(&entry.id, CHECKS_READ)?;
    let named = checks.iter().take(CHECKS_NAMED).map(String::as_str).collect::<Vec<_>>().join(" ");
    let ground = entry.particulars.exit_ground.map_or("expired", |ground| ground.code());
    Ok(Consequence::Tell(
        Event::new(event::ENTRY_EXITED, step.at.0, &step.actor, &entry.id)
            .with("list", &*entry.list)
            .with("ground", ground)
            .with("checks", named)
            .with("checks_total", checks.len().to_string()),
    ))
}

/// Refuses who may not agree to a proposal; anybody may where the jurisdiction asks
/// for no second person (R40).
fn agrees<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    local: &LocalEntry,
    policy: &Policy,
    actor: &str,
) -> Result<(), E> {
    if !policy.listing.review {
        return Ok(());
    }
    let (brought, agrees) = (kept.holder(&local.kept.proposed_by)?, kept.holder(actor)?);
    Ok(second_person(brought.as_ref(), agrees.as_ref()).map_err(|why| match why {
        NotSecond::Same => {
            Refusal::Own { id: local.entry.id.clone(), proposer: local.kept.proposed_by.clone() }
        }
        why => why.into(),
    })?)
}

/// A black entry takes the place of a watch entry of the same subject (R45).
fn may_take_the_place(entry: &ListEntry, watch: &LocalEntry) -> Result<(), Refusal> {
    if watch.kept.proposal != ProposalState::Recognised {
        return Err(Refusal::NotApproved(watch.entry.id.clone()));
    }
    let [new, old] = [entry, &watch.entry].map(|entry| index_keys(&entry.subject_identifiers));
    let same_subject = new.iter().any(|key| old.contains(key));
    if entry.kind == ListKind::Black && watch.entry.kind == ListKind::Watch && same_subject {
        return Ok(());
    }
    let message = "must be a watch entry of the same subject, and the proposal for a black list";
    Err(Refusal::Invalid(vec![FieldProblem::new("escalates", "entry.other_subject", message)]))
}

/// The entries in effect that stand against a reward of the same subject (R35, R49),
/// suspended or not.
fn outranking<A: AffairStore>(
    affairs: &A,
    entry: &ListEntry,
    today: Date,
) -> Result<Vec<ListEntry>, A::Error> {
    let mut above = affairs.listed_under(&entry.subject_identifiers)?;
    above.retain(|other| other.outranks_reward() && other.state_on(today) == EntryState::Effective);
    Ok(above)
}

/// Does what no person decides: has checks made again that passed over an entry whose
/// source no longer has it rest (R100), notes what ran out (R47), and removes red
/// entries whose subject is listed black or watch by anybody (R49).
///
/// # Errors
/// When something cannot be read or kept; the next call does what is left.
pub async fn settle<A: AffairStore>(affairs: &A, here: &impl Here, now: Timestamp) -> Result<(), A::Error> {
    let today = local_date(now);
    let mut listed = Vec::new();
    for id in affairs.look(|kept| kept.passed_over_for_their_source())? {
        // Entries that are in no list here are left: only their platform knows how
        // they stand.
        listed.extend(affairs.listed(&id)?);
    }
    listed.retain(|entry| !entry.suspended && entry.state_on(today) == EntryState::Effective);
    let goes_on = |entry: ListEntry| {
        let (which, cause) = (Affected::PassedOverIt, BY_SOURCE.to_owned());
        Consequence::Recheck { which, entry: entry.id, cause }
    };
    let again: Vec<Consequence> = listed.into_iter().map(goes_on).collect();
    affairs
        .change(move |kept| Ok(Decided::new((), now).with_all(again).with_all(run_out(kept, now)?)))
        .await?;
    for local in affairs.look(|kept| kept.local_entries())? {
        let red = local.kept.proposal == ProposalState::Recognised && local.entry.kind == ListKind::Red;
        if !red || local.entry.state_on(today) != EntryState::Effective {
            continue;
        }
        // To remove it is final: an entry that is only doubted does not.
        let above = outranking(affairs, &local.entry, today)?;
        if let Some(above) = above.into_iter().find(|above| !above.suspended) {
            let reason = format!("the subject stands on {} as entry {}", above.list, above.id);
            let change = Change { actor: "host".to_owned(), reason, at: now };
            step(affairs, here, &local.entry.id, Step::Remove, change).await?;
        }
    }
    Ok(())
}

/// Entries kept here whose last day of validity is over, each noted once (R47).
fn run_out<E: From<Refusal>>(kept: &dyn Stored<Error = E>, now: Timestamp) -> Result<Vec<Consequence>, E> {
    let mut follows = Vec::new();
    for LocalEntry { entry, .. } in kept.expired_entries(local_date(now))? {
        let reason = "its last day of validity is over".to_owned();
        let step = EntryStep::new(EXPIRE, Change { actor: "host".to_owned(), reason, at: now });
        follows.push(left(kept, &entry, &step)?);
        follows.push(Consequence::Step { entry: entry.id, step });
    }
    Ok(follows)
}

/// The entry of this id, if it is kept here.
///
/// # Errors
/// [`Refusal::NotLocal`], [`Refusal::NotListed`], or when it cannot be read.
pub fn local<A: AffairStore>(affairs: &A, id: &str) -> Result<LocalEntry, A::Error> {
    match affairs.look(|kept| kept.local_entry(id))? {
        Some(local) => Ok(local),
        None if affairs.listed(id)?.is_some() => Err(Refusal::NotLocal(id.to_owned()).into()),
        None => Err(Refusal::NotListed(id.to_owned()).into()),
    }
}

fn find<E: From<Refusal>>(kept: &dyn Stored<Error = E>, id: &str) -> Result<LocalEntry, E> {
    kept.local_entry(id)?.ok_or_else(|| Refusal::NotListed(id.to_owned()).into())
}

fn note(id: &str, detail: impl Into<String>) -> Consequence {
    Consequence::note(&format!("entry {id}"), detail)
}

fn problem(finding: Finding) -> FieldProblem {
    FieldProblem::new(finding.field, finding.code, finding.message)
}
