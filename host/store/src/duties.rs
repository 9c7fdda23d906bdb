//! Duties with a time limit, and the latest day on which anybody looked at them.
//!
//! [`open`], [`finish`], [`cancel`] and [`postpone`] are parts of a caller's
//! transaction: a duty begins and ends together with what it comes from.

mod clock;

pub(crate) use clock::recount;

use creditgate_credit::calendar::{DueDate, local_date};
use creditgate_credit::deadline::{DayUnit, TimeLimit};
use creditgate_credit::duty::{DutyKind, DutyState, DutyStep, NewDuty, Term, counted_day, has_run_out};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// A duty as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDuty {
    /// Grows with every duty.
    pub seq: i64,
    /// What is owed, to whom, by whom and until when.
    pub duty: NewDuty,
    /// Where it stands.
    pub state: DutyState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last found overdue.
    pub overdue_at: Option<Timestamp>,
    /// When it was done or cancelled.
    pub closed_at: Option<Timestamp>,
    /// It was done after its last day.
    pub late: bool,
}

/// Which duties are asked for; everything that is absent does not select.
#[derive(Debug, Clone, Default)]
pub struct DutyFilter {
    /// Of these departments.
    pub departments: Option<Vec<String>>,
    /// Of this kind.
    pub kind: Option<DutyKind>,
    /// In this state; without it those that are owed.
    pub state: Option<DutyState>,
}

pub(crate) const COLUMNS: &str = "seq, kind, subject, case_no, initiator, department, division, event_on, \
     limit_count, limit_unit, due_on, provisional, state, opened_at, overdue_at, closed_at, late";

/// Opens a duty. Answers whether it is new: there is one of a kind for a subject,
/// and one that was there stays as it is.
pub(crate) fn open(connection: &Connection, duty: &NewDuty, at: Timestamp) -> Result<bool, StoreError> {
    let limit = match duty.term {
        Term::Within(limit) => Some(limit),
        Term::On(_) => None,
    };
    let insert = "INSERT INTO duties (kind, subject, case_no, initiator, department, division, event_on,
                         limit_count, limit_unit, due_on, provisional, state, opened_at)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'open', ?12)
                  ON CONFLICT (kind, subject) DO NOTHING";
    let row = params![
        duty.kind.code(),
        duty.subject,
        duty.case_no,
        duty.initiator,
        duty.department,
        duty.division,
        duty.event_day.to_string(),
        limit.map(|limit| limit.count),
        limit.map(|limit| limit.unit.code()),
        duty.due.date.to_string(),
        duty.due.provisional,
        values::instant_to_sql(at),
    ];
    let added = connection.change(insert, row)?;
    Ok(added == 1)
}

/// Notes that a duty was done at this instant. Gives it back as it is then; none
/// where no such duty is owed.
pub(crate) fn finish(
    connection: &Connection,
    kind: DutyKind,
    subject: &str,
    at: Timestamp,
) -> Result<Option<StoredDuty>, StoreError> {
    finish_on(connection, kind, subject, local_date(at), at)
}

/// The same for a duty that was done on `day` and is reported now.
pub(crate) fn finish_on(
    connection: &Connection,
    kind: DutyKind,
    subject: &str,
    day: Date,
    at: Timestamp,
) -> Result<Option<StoredDuty>, StoreError> {
    let Some(duty) = find(connection, kind, subject)? else { return Ok(None) };
    if duty.state.after(DutyStep::Finish).is_none() {
        return Ok(None);
    }
    let late = has_run_out(duty.duty.due.date, day);
    close(connection, duty.seq, DutyState::Done, late, at)?;
    Ok(Some(StoredDuty { state: DutyState::Done, late, closed_at: Some(at), ..duty }))
}

/// Notes that a duty is owed no more, if it was.
pub(crate) fn cancel(
    connection: &Connection,
    kind: DutyKind,
    subject: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    match find(connection, kind, subject)? {
        Some(duty) if duty.state.after(DutyStep::Cancel).is_some() => {
            close(connection, duty.seq, DutyState::Cancelled, false, at)
        }
        _ => Ok(()),
    }
}

/// Gives a duty another last day, if it is owed.
pub(crate) fn postpone(
    connection: &Connection,
    kind: DutyKind,
    subject: &str,
    until: Date,
) -> Result<(), StoreError> {
    let owed = find(connection, kind, subject)?.filter(|duty| duty.state.after(DutyStep::Move).is_some());
    let Some(duty) = owed else { return Ok(()) };
    let update = "UPDATE duties SET limit_count = NULL, limit_unit = NULL, due_on = ?2, provisional = 0,
                  state = 'open' WHERE seq = ?1";
    connection.run(update, params![duty.seq, until.to_string()])
}

/// The duty of a kind for a subject.
pub(crate) fn find(
    connection: &Connection,
    kind: DutyKind,
    subject: &str,
) -> Result<Option<StoredDuty>, StoreError> {
    let select = format!("SELECT {COLUMNS} FROM duties WHERE kind = ?1 AND subject = ?2");
    connection.row(&select, [kind.code(), subject], stored_duty)
}

/// Gives a duty the last day that holds for what is reported of it.
pub(crate) fn set_due(
    connection: &Connection,
    kind: DutyKind,
    subject: &str,
    due: Date,
) -> Result<(), StoreError> {
    let update = "UPDATE duties SET due_on = ?3, provisional = 0 WHERE kind = ?1 AND subject = ?2";
    connection.run(update, [kind.code(), subject, &due.to_string()])
}

fn close(
    connection: &Connection,
    seq: i64,
    state: DutyState,
    late: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    let update = "UPDATE duties SET state = ?2, late = ?3, closed_at = ?4 WHERE seq = ?1";
    connection.run(update, params![seq, state.code(), late, values::instant_to_sql(at)])
}

/// The latest day on which this store was looked at, if it ever was.
pub(crate) fn latest_day(connection: &Connection) -> Result<Option<Date>, StoreError> {
    let day: Option<String> = connection.value("SELECT day FROM latest_day WHERE only = 1", [])?;
    day.map(|day| day.parse().map_err(|_| StoreError::Damaged { what: "a day" })).transpose()
}

/// The day that counts when the clock says `clock`, kept as the latest seen.
pub(crate) fn advance(connection: &Connection, clock: Date) -> Result<Date, StoreError> {
    let day = counted_day(clock, latest_day(connection)?);
    let insert = "INSERT INTO latest_day (only, day) VALUES (1, ?1)
                  ON CONFLICT (only) DO UPDATE SET day = excluded.day";
    connection.run(insert, [day.to_string()])?;
    Ok(day)
}

impl Store {
    /// Opens duties, each that is not there yet; gives back how many are new.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn open_duties(&self, duties: Vec<NewDuty>, at: Timestamp) -> Result<usize, StoreError> {
        self.write(move |connection| {
            let mut new = 0;
            for duty in &duties {
                new += usize::from(open(connection, duty, at)?);
            }
            Ok(new)
        })
        .await
    }

    /// Notes that a duty was done at this instant. Gives it back; none where no
    /// such duty is owed.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn finish_duty(
        &self,
        kind: DutyKind,
        subject: String,
        at: Timestamp,
    ) -> Result<Option<StoredDuty>, StoreError> {
        self.write(move |connection| finish(connection, kind, &subject, at)).await
    }

    /// At most `limit` duties, the first due first, behind the one with this last day
    /// and place.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn duties(
        &self,
        filter: &DutyFilter,
        after: Option<(Date, i64)>,
        limit: u32,
    ) -> Result<Vec<StoredDuty>, StoreError> {
        let (due_on, seq) = after.map_or((String::new(), 0), |(day, seq)| (values::day_to_sql(day), seq));
        let departments = filter.departments.as_ref().map(|all| serde_json::json!(all).to_string());
        self.read(|connection| {
            let states = match filter.state {
                None => "state IN ('open', 'overdue')".to_owned(),
                Some(state) => format!("state = '{}'", state.code()),
            };
            let select = format!(
                "SELECT {COLUMNS} FROM duties
                 WHERE {states} AND (?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))
                       AND (?2 IS NULL OR kind = ?2) AND (due_on, seq) > (?4, ?5)
                 ORDER BY due_on, seq LIMIT ?3"
            );
            let kind = filter.kind.map(DutyKind::code);
            connection.rows(&select, params![departments, kind, limit, due_on, seq], stored_duty)
        })
    }
}

/// The duty in [`COLUMNS`].
pub(crate) fn stored_duty(row: &Row<'_>) -> Result<StoredDuty, StoreError> {
    let due = DueDate { date: values::day(row, 10)?, provisional: row.get(11)? };
    Ok(StoredDuty {
        seq: row.get(0)?,
        duty: NewDuty {
            kind: values::coded(row, 1, DutyKind::from_code, "the kind of a duty")?,
            subject: row.get(2)?,
            case_no: row.get(3)?,
            initiator: row.get(4)?,
            department: row.get(5)?,
            division: row.get(6)?,
            event_day: values::day(row, 7)?,
            term: term(row, due.date)?,
            due,
        },
        state: values::coded(row, 12, DutyState::from_code, "the state of a duty")?,
        opened_at: values::instant(row, 13)?,
        overdue_at: values::optional_instant(row, 14)?,
        closed_at: values::optional_instant(row, 15)?,
        late: row.get(16)?,
    })
}

fn term(row: &Row<'_>, due: Date) -> Result<Term, StoreError> {
    match row.get::<_, Option<u16>>(8)? {
        None => Ok(Term::On(due)),
        Some(count) => {
            let unit = values::coded(row, 9, DayUnit::from_code, "the unit of a limit")?;
            Ok(Term::Within(TimeLimit { count, unit }))
        }
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::calendar::WorkingCalendar;
    use jiff::civil::date;

    use super::*;
    use crate::samples::at;

    fn duty(kind: DutyKind, subject: &str, event: Date) -> NewDuty {
        let term = Term::Within(TimeLimit::working_days(7));
        let place = ("market-regulation", "370811");
        NewDuty::new(kind, subject, place, event, term, &WorkingCalendar::builtin()).of_case("C-1")
    }

    #[tokio::test]
    async fn r089_a_duty_is_opened_once_and_finished_once_in_time_or_late() {
        let (store, _directory) = Store::temporary();
        let duties = ["c1", "c2"].map(|id| duty(DutyKind::Publicity, id, date(2026, 9, 24)));
        assert_eq!(store.open_duties(duties.to_vec(), at()).await.unwrap(), 2);
        assert_eq!(store.open_duties(duties.to_vec(), at()).await.unwrap(), 0, "there already");
        let owed = store.duties(&DutyFilter::default(), None, 10).unwrap();
        assert_eq!(owed.iter().map(|found| &found.duty).collect::<Vec<_>>(), [&duties[0], &duties[1]]);
        let finish =
            |id: &str, at: &str| store.finish_duty(DutyKind::Publicity, id.to_owned(), at.parse().unwrap());
        let (last_day, day_after) = ("2026-10-12T23:59:59+08:00", "2026-10-13T00:00:00+08:00");
        let in_time = finish("c1", last_day).await.unwrap().unwrap();
        assert_eq!((in_time.state, in_time.late), (DutyState::Done, false));
        assert!(finish("c2", day_after).await.unwrap().unwrap().late);
        assert!(finish("c2", day_after).await.unwrap().is_none(), "done before");
        assert!(finish("c3", day_after).await.unwrap().is_none(), "never owed");
        assert!(store.duties(&DutyFilter::default(), None, 10).unwrap().is_empty());
        let done = DutyFilter { state: Some(DutyState::Done), ..DutyFilter::default() };
        assert_eq!(store.duties(&done, None, 10).unwrap().len(), 2);
    }

    #[tokio::test]
    async fn duties_are_selected_by_department_and_kind() {
        let (store, _directory) = Store::temporary();
        let mut other = duty(DutyKind::Record, "f1", date(2026, 9, 24));
        other.department = "housing".to_owned();
        let duties = vec![duty(DutyKind::Publicity, "c1", date(2026, 9, 24)), other];
        store.open_duties(duties, at()).await.unwrap();
        let found = |departments: Option<&[&str]>, kind| {
            let departments =
                departments.map(|all| all.iter().map(|department| (*department).to_owned()).collect());
            let filter = DutyFilter { departments, kind, state: None };
            store
                .duties(&filter, None, 10)
                .unwrap()
                .into_iter()
                .map(|found| found.duty.subject)
                .collect::<Vec<_>>()
        };
        assert_eq!(found(None, None), ["c1", "f1"]);
        assert_eq!(found(Some(&["housing"]), None), ["f1"]);
        assert_eq!(found(None, Some(DutyKind::Publicity)), ["c1"]);
        assert!(found(Some(&[]), None).is_empty());
    }
}
