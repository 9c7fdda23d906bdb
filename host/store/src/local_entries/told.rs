//! The events of a step, kept in its transaction.

use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind};
use creditgate_credit::lifecycle::{ProposalState, StepKind};
use creditgate_gate::event::{self, Event};
use rusqlite::{Connection, params};

use super::{Decision, EntryStep};
use crate::error::StoreError;
use crate::trail;

/// Checks named in an event; `creditgate affected` lists all of them.
const CHECKS_NAMED: usize = 100;

/// Checks that are counted for it.
const CHECKS_READ: u32 = 1000;

/// Tells of a step that was taken of an entry that stands on its list.
pub(super) fn step(connection: &Connection, decision: &Decision, step: &EntryStep) -> Result<(), StoreError> {
    if decision.state != ProposalState::Recognised {
        return Ok(());
    }
    // To agree to a proposal is no step of an entry.
    let kind = StepKind::from_code(&step.step);
    if kind.is_none_or(|kind| kind == StepKind::Confirm) {
        took_effect(&decision.entry, step);
    }
    if kind.is_some_and(StepKind::is_exit) {
        exited(connection, &decision.entry, step)?;
    }
    Ok(())
}

/// The subject of a watch entry is to be warned and told the validity (R43).
fn took_effect(entry: &ListEntry, step: &EntryStep) {
    if entry.kind != ListKind::Watch || entry.status != EntryStatus::Effective {
        return;
    }
    let until = entry.valid_until.map(|day| day.to_string()).unwrap_or_default();
    trail::tells_within(
        Event::new(event::ENTRY_WATCH_LISTED, step.at, &step.actor, &entry.id)
            .with("list", &*entry.list)
            .with("authority", &*entry.authority)
            .with("valid_until", until),
    );
}

/// Measures that follow from the entry are to be stopped (R50): names the checks
/// that had it in effect.
pub(super) fn exited(connection: &Connection, entry: &ListEntry, step: &EntryStep) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT check_id FROM check_entries CROSS JOIN checks ON checks.seq = check_seq
         WHERE entry = ?1 AND effective ORDER BY check_seq LIMIT ?2",
    )?;
    let checks: Vec<String> =
        statement.query_map(params![entry.id, CHECKS_READ], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let named = checks.iter().take(CHECKS_NAMED).map(String::as_str).collect::<Vec<_>>().join(" ");
    let ground = entry.particulars.exit_ground.map_or("expired", |ground| ground.code());
    trail::tells_within(
        Event::new(event::ENTRY_EXITED, step.at, &step.actor, &entry.id)
            .with("list", &*entry.list)
            .with("ground", ground)
            .with("checks", named)
            .with("checks_total", checks.len().to_string()),
    );
    Ok(())
}
