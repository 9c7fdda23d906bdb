//! What time and the calendar do to duties: they fall due, and their last days
//! move. Each duty changes in the transaction that keeps the event of it, so that
//! a host that stops in between has done both or neither.

use std::sync::Arc;

use creditgate_affairs::commitments::fallen_due;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::duty::{DutyKind, DutyState, NewDuty, has_run_out};
use creditgate_gate::event::Event;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::{COLUMNS, StoredDuty, advance, latest_day, stored_duty};
use crate::affairs::keep;
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{commitments, trail, values};

impl Store {
    /// The latest day on which the duties were looked at; none before the first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn latest_day(&self) -> Result<Option<Date>, StoreError> {
        self.read(latest_day)
    }

    /// Finds what fell due when the clock says `clock`: at most `limit` duties
    /// become overdue, each with its event and, for a commitment, its feedback.
    /// Gives back the events. The day that counts never goes back.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn fall_due(
        &self,
        (clock, at): (Date, Timestamp),
        limit: u32,
        event_of: impl Fn(&StoredDuty) -> Event + Send + 'static,
    ) -> Result<Vec<Event>, StoreError> {
        self.write(move |connection| {
            let today = advance(connection, clock)?;
            let mut told = Vec::new();
            for mut duty in run_out(connection, today, limit)? {
                become_overdue(connection, &duty, at)?;
                duty.state = DutyState::Overdue;
                if duty.duty.kind == DutyKind::Commitment {
                    let commitment = commitments::find(connection, &duty.duty.subject)?;
                    if let Some(due) = commitment.and_then(|commitment| fallen_due(commitment, today, at)) {
                        keep(connection, due)?;
                    }
                }
                let event = event_of(&duty);
                told.push(event.clone());
                trail::tells_within(event);
            }
            Ok(told)
        })
        .await
    }

    /// Whether there is anything for [`Store::fall_due`] to do.
    ///
    /// # Errors
    /// When the duties cannot be read.
    pub fn falls_due(&self, clock: Date) -> Result<bool, StoreError> {
        self.read(|connection| {
            let Some(seen) = latest_day(connection)? else { return Ok(true) };
            let today = seen.max(clock);
            Ok(seen < clock || !run_out(connection, today, 1)?.is_empty())
        })
    }

    /// Counts the last days of owed duties anew that were provisional. A duty
    /// whose last day moved gets an event, and is open again where the new one has
    /// not passed.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn recount(
        &self,
        calendar: Arc<WorkingCalendar>,
        clock: Date,
        event_of: impl Fn(&StoredDuty) -> Event + Send + 'static,
    ) -> Result<usize, StoreError> {
        self.write(move |connection| recount(connection, &calendar, clock, event_of)).await
    }
}

/// Counts provisional last days anew, and says how many moved. Part of the
/// caller's transaction.
pub(crate) fn recount(
    connection: &Connection,
    calendar: &WorkingCalendar,
    clock: Date,
    event_of: impl Fn(&StoredDuty) -> Event,
) -> Result<usize, StoreError> {
    let today = advance(connection, clock)?;
    let mut moves = 0;
    for duty in provisional(connection)? {
        let due = duty.duty.term.due(duty.duty.event_day, calendar);
        if due == duty.duty.due {
            continue;
        }
        let reopened = !has_run_out(due.date, today);
        let now = if reopened { DutyState::Open } else { duty.state };
        let moved = StoredDuty { duty: NewDuty { due, ..duty.duty }, state: now, ..duty };
        save_due(connection, &moved)?;
        if due.date != duty.duty.due.date {
            trail::tells_within(event_of(&moved));
            moves += 1;
        }
    }
    Ok(moves)
}

fn run_out(connection: &Connection, today: Date, limit: u32) -> Result<Vec<StoredDuty>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS} FROM duties WHERE state = 'open' AND due_on < ?1 ORDER BY due_on, seq LIMIT ?2"
    );
    connection.rows(&select, params![today.to_string(), limit], stored_duty)
}

fn provisional(connection: &Connection) -> Result<Vec<StoredDuty>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS} FROM duties WHERE provisional = 1 AND state IN ('open', 'overdue') ORDER BY seq"
    );
    connection.rows(&select, [], stored_duty)
}

fn become_overdue(connection: &Connection, duty: &StoredDuty, at: Timestamp) -> Result<(), StoreError> {
    let update = "UPDATE duties SET state = 'overdue', overdue_at = ?2 WHERE seq = ?1";
    connection.run(update, params![duty.seq, values::instant_to_sql(at)])
}

fn save_due(connection: &Connection, duty: &StoredDuty) -> Result<(), StoreError> {
    let due = duty.duty.due;
    let update = "UPDATE duties SET due_on = ?2, provisional = ?3, state = ?4 WHERE seq = ?1";
    connection.run(update, params![duty.seq, due.date.to_string(), due.provisional, duty.state.code()])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_affairs::AffairStore;
    use creditgate_credit::calendar::YearTable;
    use creditgate_credit::deadline::TimeLimit;
    use creditgate_credit::dossier::CommitmentState;
    use creditgate_credit::duty::Term;
    use creditgate_gate::event::{COMMITMENT_OVERDUE, DUTY_MOVED, DUTY_OVERDUE};
    use creditgate_gate::ports::Ledger;
    use jiff::civil::date;

    use super::*;
    use crate::duties::DutyFilter;
    use crate::queue::Queue;
    use crate::samples::{at, record, with_commitment};

    fn event(duty: &StoredDuty) -> Event {
        Event::new(DUTY_OVERDUE, at(), "host", &duty.duty.subject)
    }

    async fn fall_due(store: &Store, clock: Date) -> Vec<String> {
        let told = store.fall_due((clock, at()), 10, event).await.unwrap();
        told.into_iter().map(|event| event.subject).collect()
    }

    fn duty(subject: &str, event_day: Date, term: Term) -> NewDuty {
        let place = ("market-regulation", "370811");
        NewDuty::new(DutyKind::Publicity, subject, place, event_day, term, &WorkingCalendar::builtin())
    }

    fn on(subject: &str, day: Date) -> NewDuty {
        duty(subject, date(2026, 3, 1), Term::On(day))
    }

    #[tokio::test]
    async fn r083_a_duty_falls_due_once_over_restarts_and_with_the_clock_set_back() {
        let (store, directory) = Store::temporary();
        let duties = vec![on("c1", date(2026, 4, 1)), on("c2", date(2026, 4, 2))];
        store.open_duties(duties, at()).await.unwrap();
        assert!(fall_due(&store, date(2026, 4, 1)).await.is_empty(), "the last day still counts");
        assert!(!store.falls_due(date(2026, 4, 1)).unwrap());
        assert!(store.falls_due(date(2026, 4, 2)).unwrap());
        assert_eq!(fall_due(&store, date(2026, 4, 2)).await, ["c1"]);
        drop(store);
        let store = Store::within(&directory);
        assert!(fall_due(&store, date(2026, 4, 2)).await.is_empty(), "once");
        assert_eq!(store.events(None, None, 10).unwrap().len(), 1);
        assert_eq!(fall_due(&store, date(2026, 4, 3)).await, ["c2"]);
        store.open_duties(vec![on("c3", date(2026, 4, 2))], at()).await.unwrap();
        assert_eq!(store.latest_day().unwrap(), Some(date(2026, 4, 3)));
        assert_eq!(fall_due(&store, date(2026, 1, 1)).await, ["c3"], "the day does not go back");
        assert_eq!(store.latest_day().unwrap(), Some(date(2026, 4, 3)));
        assert!(store.finish_duty(DutyKind::Publicity, "c1".to_owned(), at()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn r083_an_overdue_commitment_is_reported_to_the_platform_with_its_party() {
        let (store, _directory) = Store::temporary();
        let mut check = with_commitment(record("c1"));
        let duty = NewDuty { kind: DutyKind::Commitment, ..on("c1", date(2026, 4, 20)) };
        check.duties = vec![duty];
        store.append(Arc::new(check)).await.unwrap();
        let before = store.outbox_counts().unwrap().pending;
        let told = store
            .fall_due((date(2026, 4, 21), at()), 10, |duty| {
                Event::new(COMMITMENT_OVERDUE, at(), "host", &duty.duty.subject)
            })
            .await
            .unwrap();
        assert_eq!(told.len(), 1);
        let stored = store.look(|kept| kept.commitment("c1")).unwrap().unwrap();
        assert_eq!(stored.state, CommitmentState::Overdue);
        assert_eq!(stored.steps.len(), 1);
        let queued = store.due(Queue::Feedback, at(), 10).unwrap().messages;
        assert_eq!(store.outbox_counts().unwrap().pending, before + 1);
        let message = queued.iter().find(|message| message.body.contains(r#""kind":"commitment""#)).unwrap();
        assert!(message.body.contains("91110000101623741K") && message.body.contains("overdue"));
    }

    #[tokio::test]
    async fn r089_a_provisional_last_day_is_counted_anew_once_the_year_has_its_table() {
        let (store, _directory) = Store::temporary();
        let within = Term::Within(TimeLimit::working_days(7));
        let duties = vec![
            duty("moves", date(2026, 12, 23), within),
            duty("official", date(2026, 9, 24), within),
            duty("given", date(2026, 12, 23), Term::On(date(2027, 1, 1))),
        ];
        assert!(duties[0].due.provisional);
        store.open_duties(duties, at()).await.unwrap();
        // Overdue by the guess, and not by the table.
        assert_eq!(fall_due(&store, date(2027, 1, 2)).await.len(), 3);
        let table = "year 2027\nstatus official\nnotice test\noff 2027-01-01..2027-01-03\n";
        let calendar = WorkingCalendar::builtin().with_table(YearTable::parse(table).unwrap());
        let moved_event = |duty: &StoredDuty| Event::new(DUTY_MOVED, at(), "host", &duty.duty.subject);
        let recount = || store.recount(Arc::new(calendar.clone()), date(2027, 1, 2), moved_event);
        assert_eq!(recount().await.unwrap(), 1);
        let told = store.events(Some(DUTY_MOVED), None, 10).unwrap();
        assert_eq!(told.into_iter().map(|told| told.event.subject).collect::<Vec<_>>(), ["moves"]);
        let found = store.duties(&DutyFilter::default(), None, 10).unwrap();
        let found = found.iter().find(|found| found.duty.subject == "moves").unwrap();
        assert_eq!((found.duty.due.date, found.duty.due.provisional), (date(2027, 1, 4), false));
        assert_eq!(found.state, DutyState::Open);
        assert_eq!(recount().await.unwrap(), 0, "once");
        assert_eq!(fall_due(&store, date(2027, 1, 5)).await, ["moves"]);
    }
}
