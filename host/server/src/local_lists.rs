//! Lists that are kept here: proposals, the agreement of a second person, the
//! steps of an entry (R33, R34, R40, R45 to R50).
//!
//! What a step makes of an entry is decided by `creditgate_credit::lifecycle`;
//! here is who may take it. What follows from it is in `follow`.

use std::collections::BTreeMap;
use std::sync::Arc;

use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::derived::is_derived;
use creditgate_credit::duty::{DutyKind, NewDuty, Term};
use creditgate_credit::entry::{EntryState, EntryStatus, ListEntry, ListKind};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::index_keys;
use creditgate_credit::lifecycle::{Finding, ProposalState, Step, apply, examine, with_publicity};
use creditgate_credit::list_type::ListType;
use creditgate_credit::policy::Policy;
use creditgate_gate::{Change, NotSecond};
use creditgate_store::{Decide, Decision, EntryStep, LocalEntry, NewProposal, StoreError};
use creditgate_wire::local_entry::ProposalBody;
use jiff::civil::Date;
use uuid::Uuid;

use crate::config::DepartmentConfig;
use crate::host::Shared;
use crate::host::duties::department_of;

mod error;
mod follow;

pub(crate) use error::LocalListError;
pub(crate) use follow::{after_a_step, follow_the_day, settle};

/// Proposes an entry and gives back its id with remarks. Where the jurisdiction
/// asks for no second person, it is recognised at once.
///
/// # Errors
/// [`LocalListError`]; nothing is kept then.
pub(crate) async fn propose(
    shared: &Shared,
    asked: ProposalBody,
    change: Change,
) -> Result<(String, Vec<FieldProblem>), LocalListError> {
    let today = local_date(change.at);
    let policy = policy(shared, &asked.division, today)?;
    let list = list_type(shared, &asked.list)?;
    let (division, escalates) = (asked.division.clone(), asked.escalates.clone());
    let id = format!("local-{}", Uuid::now_v7());
    creditgate_store::says(format!("entry {id}"), format!("{}: {}", asked.list, change.reason));
    let (entry, remarks) = asked
        .entry(id.clone(), &list, today, policy.identifier_strictness)
        .map_err(LocalListError::Invalid)?;
    let found = examine(&entry, &list, today);
    if !found.faults.is_empty() {
        return Err(LocalListError::Invalid(found.faults.into_iter().map(problem).collect()));
    }
    if let Some(watch) = &escalates {
        escalation(shared, &entry, watch)?;
    }
    if entry.kind == ListKind::Red
        && let Some(above) = follow::outranking(shared, &entry, today).await?.into_iter().next()
    {
        return Err(LocalListError::Conflict { entry: above.id, list: above.list });
    }
    let announced = entry.status == EntryStatus::Preliminary;
    let entry = if announced { entry } else { with_publicity(entry, &policy.listing) };
    let mut warnings: Vec<FieldProblem> = found.warnings.into_iter().map(problem).collect();
    warnings.extend(remarks);
    let proposal = NewProposal { division, entry, escalates };
    let at_once = !policy.listing.review;
    let recognised = || recognition(shared, &change, &policy, Ok(()));
    let agreed = at_once.then(|| (taken("approve", &change), recognised()));
    shared.store.propose_entry(proposal, taken("propose", &change), agreed).await??;
    if at_once {
        follow::after_a_step(shared, change.at).await;
    }
    Ok((id, warnings))
}

/// Agrees to a proposal: the entry stands on its list.
///
/// # Errors
/// [`LocalListError`]; the proposal stays as it is then.
pub(crate) async fn approve(shared: &Shared, id: &str, change: Change) -> Result<(), LocalListError> {
    let local = local(shared, id)?;
    let policy = policy(shared, &local.division, local_date(change.at))?;
    let second = second_person(shared, &local, &change.actor, &policy)?;
    let decide = recognition(shared, &change, &policy, second);
    let decided = shared.store.decide_entry(id.to_owned(), taken("approve", &change), decide).await?;
    decided.ok_or_else(|| LocalListError::Unknown(id.to_owned()))??;
    follow::after_a_step(shared, change.at).await;
    Ok(())
}

/// Agrees to a proposal, if it may be agreed to; `second` says whether whoever acts
/// may.
fn recognition(
    shared: &Shared,
    change: &Change,
    policy: &Arc<Policy>,
    second: Result<(), NotSecond>,
) -> Decide<LocalListError> {
    let (rules, today) = (Arc::clone(policy), local_date(change.at));
    let reporting = Reporting::of(shared);
    Box::new(move |local: &LocalEntry, watch: Option<&LocalEntry>| {
        let id = || local.entry.id.clone();
        if local.state != ProposalState::Proposed {
            return Err(LocalListError::Decided { id: id(), state: local.state });
        }
        agrees(local, second)?;
        let close = |watch: &LocalEntry| {
            apply(&watch.entry, &Step::Escalate, today, &rules.listing)
                .map_err(|source| LocalListError::Step { id: watch.entry.id.clone(), source })
        };
        let closed = watch.map(close).transpose()?;
        let (entry, report) = (local.entry.clone(), reporting.duty(local, &local.entry, &rules));
        Ok(Decision { state: ProposalState::Recognised, entry, closed, report })
    })
}

/// Takes a step of an entry that is kept here. To reject what is only proposed
/// is to refuse the proposal.
///
/// # Errors
/// [`LocalListError`]; the entry stays as it is then.
pub(crate) async fn step(
    shared: &Shared,
    id: &str,
    step: Step,
    change: Change,
) -> Result<(), LocalListError> {
    let decision = take(shared, id, step, &change).await?;
    if decision.state == ProposalState::Recognised {
        follow::after_a_step(shared, change.at).await;
    }
    Ok(())
}

/// Takes a step, without what follows from it.
async fn take(shared: &Shared, id: &str, step: Step, change: &Change) -> Result<Decision, LocalListError> {
    let local = local(shared, id)?;
    let (kind, today) = (step.kind(), local_date(change.at));
    let policy = policy(shared, &local.division, today)?;
    let second = second_person(shared, &local, &change.actor, &policy)?;
    let reporting = Reporting::of(shared);
    let decide = move |local: &LocalEntry, _: Option<&LocalEntry>| {
        let id = || local.entry.id.clone();
        match local.state {
            ProposalState::Refused => return Err(LocalListError::Decided { id: id(), state: local.state }),
            ProposalState::Proposed if step == Step::Reject => {
                let state = ProposalState::Refused;
                return Ok(Decision { state, entry: local.entry.clone(), closed: None, report: None });
            }
            ProposalState::Proposed => return Err(LocalListError::NotApproved(id())),
            ProposalState::Recognised => {}
        }
        if step == Step::Confirm {
            agrees(local, second)?;
        }
        let entry = apply(&local.entry, &step, today, &policy.listing)
            .map_err(|source| LocalListError::Step { id: id(), source })?;
        let confirmed = step == Step::Confirm;
        let report = confirmed.then(|| reporting.duty(local, &entry, &policy)).flatten();
        Ok(Decision { state: local.state, entry, closed: None, report })
    };
    let decided = shared.store.decide_entry(id.to_owned(), taken(kind.code(), change), decide).await?;
    decided.ok_or_else(|| LocalListError::Unknown(id.to_owned()))?
}

/// What there is to know of the host where an entry takes effect.
struct Reporting {
    calendar: Arc<WorkingCalendar>,
    departments: BTreeMap<String, DepartmentConfig>,
    has_platform: bool,
}

impl Reporting {
    fn of(shared: &Shared) -> Self {
        Self {
            calendar: Arc::clone(shared.gate.world().calendar()),
            departments: shared.config.departments.clone(),
            has_platform: shared.config.platform.is_some(),
        }
    }

    /// The duty to have an entry with the platform within the limit of its
    /// recognition (R37); none while it is only announced, nor where there is no
    /// platform, whose acknowledgement alone would end it.
    fn duty(&self, local: &LocalEntry, entry: &ListEntry, policy: &Policy) -> Option<NewDuty> {
        let recognised = entry.status == EntryStatus::Effective;
        (recognised && self.has_platform).then(|| {
            let owner = (department_of(&self.departments, &entry.authority), local.division.as_str());
            let term = Term::Within(policy.duties.record_limit);
            let (id, day) = (entry.id.as_str(), entry.recognised_on);
            NewDuty::new(DutyKind::ListEntry, id, owner, day, term, &self.calendar)
        })
    }
}

/// The entry of this id, if it is kept here.
pub(crate) fn local(shared: &Shared, id: &str) -> Result<LocalEntry, LocalListError> {
    match shared.store.local_entry(id)? {
        Some(local) => Ok(local),
        None if shared.store.list_entry(id)?.is_some() => Err(LocalListError::NotLocal(id.to_owned())),
        None => Err(LocalListError::Unknown(id.to_owned())),
    }
}

/// Whether whoever acts could agree to a proposal; anybody can where the
/// jurisdiction asks for no second person (R40). Who proposed it never changes, nor
/// who holds a key.
fn second_person(
    shared: &Shared,
    local: &LocalEntry,
    actor: &str,
    policy: &Policy,
) -> Result<Result<(), NotSecond>, StoreError> {
    if policy.listing.review { shared.store.second_person(&local.proposed_by, actor) } else { Ok(Ok(())) }
}

fn agrees(local: &LocalEntry, second: Result<(), NotSecond>) -> Result<(), LocalListError> {
    second.map_err(|why| match why {
        NotSecond::Same => {
            LocalListError::Own { id: local.entry.id.clone(), proposer: local.proposed_by.clone() }
        }
        why => why.into(),
    })
}

fn policy(shared: &Shared, division: &str, today: Date) -> Result<Arc<Policy>, LocalListError> {
    let world = shared.gate.world();
    world.policy(division, today).cloned().ok_or_else(|| LocalListError::NoPolicy(division.to_owned()))
}

fn list_type(shared: &Shared, code: &str) -> Result<ListType, LocalListError> {
    let known = shared.store.list_types()?.into_iter().find(|list| list.code == code && !is_derived(code));
    known.ok_or_else(|| {
        let message = "is no list that entries can stand on; import its list type first".to_owned();
        LocalListError::Invalid(vec![FieldProblem::new("list", "list.unknown", message)])
    })
}

/// A black entry takes the place of a watch entry of the same subject (R45).
fn escalation(shared: &Shared, entry: &ListEntry, watch: &str) -> Result<(), LocalListError> {
    let escalated = local(shared, watch)?;
    if escalated.state != ProposalState::Recognised {
        return Err(LocalListError::NotApproved(watch.to_owned()));
    }
    let [new, old] = [entry, &escalated.entry].map(|entry| index_keys(&entry.subject_identifiers));
    let same_subject = new.iter().any(|key| old.contains(key));
    if entry.kind == ListKind::Black && escalated.entry.kind == ListKind::Watch && same_subject {
        return Ok(());
    }
    let message = "must be a watch entry of the same subject, and the proposal for a black list".to_owned();
    Err(LocalListError::Invalid(vec![FieldProblem::new("escalates", "entry.other_subject", message)]))
}

fn taken(step: &str, change: &Change) -> EntryStep {
    EntryStep {
        step: step.to_owned(),
        at: change.at,
        actor: change.actor.clone(),
        reason: change.reason.clone(),
    }
}

fn problem(finding: Finding) -> FieldProblem {
    FieldProblem::new(finding.field, finding.code, finding.message)
}

/// Whether an entry has taken effect and is in effect today.
fn in_effect(entry: &ListEntry, today: Date) -> bool {
    entry.state_on(today) == EntryState::Effective
}
