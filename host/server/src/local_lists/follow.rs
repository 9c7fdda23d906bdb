//! What follows from a change of a list kept here: events, the removal of red
//! entries whose subject is listed black or watch (R49), and exits by the calendar
//! (R47).

use std::time::Duration;

use creditgate_credit::application::{Party, PartyRole, SubjectKind};
use creditgate_credit::calendar::local_date;
use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind};
use creditgate_credit::lifecycle::{ProposalState, Step, StepKind};
use creditgate_gate::event::{self, Event};
use creditgate_gate::ports::CreditSource;
use creditgate_gate::{Change, chain};
use creditgate_store::Decision;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{KeepError, in_effect, is_exit};
use crate::clock;
use crate::host::Shared;

/// Checks named in an event; `creditgate affected` lists all of them.
const CHECKS_NAMED: usize = 100;
/// Checks that are looked at for it.
const CHECKS_READ: u32 = 1000;
/// How often it is looked whether another day has begun: the clock may be set.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Who does what nobody decides.
const HOST: &str = "host";

/// After a proposal was agreed to.
pub(super) async fn recognised(
    shared: &Shared,
    decision: &Decision,
    change: &Change,
) -> Result<(), KeepError> {
    if let Some(closed) = &decision.closed {
        exited(shared, closed, change)?;
    }
    took_effect(shared, &decision.entry, change);
    shared.feedback_queued();
    settle(shared, change.at).await
}

/// After a repair was granted that had been applied for: where the entry is kept
/// here, it took the step (R102).
///
/// # Errors
/// [`KeepError`]; the step is taken all the same.
pub(crate) async fn repaired(shared: &Shared, entry: &str, change: &Change) -> Result<(), KeepError> {
    let Some(local) = shared.store.local_entry(entry)? else { return Ok(()) };
    if local.entry.status == EntryStatus::Repaired {
        exited(shared, &local.entry, change)?;
    }
    settle(shared, change.at).await
}

/// After a step was taken.
pub(super) async fn stepped(
    shared: &Shared,
    decision: &Decision,
    kind: StepKind,
    change: &Change,
) -> Result<(), KeepError> {
    if is_exit(kind) {
        exited(shared, &decision.entry, change)?;
    }
    if kind == StepKind::Confirm {
        took_effect(shared, &decision.entry, change);
    }
    shared.feedback_queued();
    settle(shared, change.at).await
}

/// The subject of a watch entry is to be warned and told the validity (R43).
fn took_effect(shared: &Shared, entry: &ListEntry, change: &Change) {
    if entry.kind == ListKind::Watch && entry.status == EntryStatus::Effective {
        let until = entry.valid_until.map(|day| day.to_string()).unwrap_or_default();
        let event = Event::new(event::ENTRY_WATCH_LISTED, change.at, &change.actor, &entry.id)
            .with("list", &*entry.list)
            .with("authority", &*entry.authority)
            .with("valid_until", until);
        shared.events.emit(event);
    }
}

/// Measures that follow from the entry are to be stopped (R50): names the checks
/// that had it in effect.
fn exited(shared: &Shared, entry: &ListEntry, change: &Change) -> Result<(), KeepError> {
    let found = shared.store.checks_with_entry(&entry.id, 0, CHECKS_READ)?;
    let checks: Vec<String> =
        found.into_iter().filter(|check| check.effective).map(|check| check.check_id).collect();
    let named = checks.iter().take(CHECKS_NAMED).map(String::as_str).collect::<Vec<_>>().join(" ");
    let ground = entry.particulars.exit_ground.map_or("expired", |ground| ground.code());
    let event = Event::new(event::ENTRY_EXITED, change.at, &change.actor, &entry.id)
        .with("list", &*entry.list)
        .with("ground", ground)
        .with("checks", named)
        .with("checks_total", checks.len().to_string());
    shared.events.emit(event);
    Ok(())
}

/// Does what no person decides: notes what ran out, and removes red entries whose
/// subject is listed black or watch by anybody.
///
/// # Errors
/// [`KeepError`]; the next call does what is left.
pub(crate) async fn settle(shared: &Shared, now: Timestamp) -> Result<(), KeepError> {
    let today = local_date(now);
    let by_host = |reason: String| Change { actor: HOST.to_owned(), reason, at: now };
    for expired in shared.store.note_expired_entries(today, now).await? {
        exited(shared, &expired.entry, &by_host(String::new()))?;
    }
    for local in shared.store.local_entries(None)? {
        let red = local.state == ProposalState::Recognised && local.entry.kind == ListKind::Red;
        if !red || !in_effect(&local.entry, today) {
            continue;
        }
        if let Some(above) = outranking(shared, &local.entry, today).await? {
            let change = by_host(format!("the subject stands on {} as entry {}", above.list, above.id));
            let removed = super::take(shared, &local.entry.id, Step::Remove, &change).await?;
            exited(shared, &removed.entry, &change)?;
            shared.feedback_queued();
        }
    }
    Ok(())
}

/// An entry in effect that stands against a reward of the same subject (R35, R49).
pub(super) async fn outranking(
    shared: &Shared,
    entry: &ListEntry,
    today: Date,
) -> Result<Option<ListEntry>, KeepError> {
    let subject = Party {
        id: "p1".to_owned(),
        role: PartyRole::Other,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: String::new(),
        identifiers: entry.subject_identifiers.clone(),
        attributes: Vec::new(),
    };
    let evidence = CreditSource::evidence(&shared.store, std::slice::from_ref(&subject)).await?;
    let outranks = |other: &ListEntry| {
        matches!(other.kind, ListKind::Black | ListKind::Alert | ListKind::Watch)
            && !other.suspended
            && in_effect(other, today)
    };
    Ok(evidence.into_iter().flat_map(|evidence| evidence.by_identifier).find(outranks))
}

/// Settles once every day, until the future is dropped.
pub(crate) async fn follow_the_day(shared: &Shared) {
    let mut settled = None;
    loop {
        let now = clock::now();
        let today = local_date(now);
        if settled != Some(today) {
            match settle(shared, now).await {
                Ok(()) => settled = Some(today),
                Err(error) => tracing::error!(error = chain(&error), "the lists kept here were not settled"),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
