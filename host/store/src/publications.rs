//! What was made public, and the duty that ends by it (R89, R90).

use std::sync::Arc;

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::duty::{DutyKind, has_run_out};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::duties::{self, StoredDuty};
use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::trail;
use crate::values;

const WHAT: &str = "a publication";

/// The fields that were given with it, as they are kept.
#[derive(Serialize, Deserialize)]
struct Given(#[serde(with = "attributes")] Attributes);

/// Which decision was made public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// That of a check.
    Check(String),
    /// Those of a case.
    Case(String),
}

/// A report that a decision was made public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Which decision.
    pub what: Published,
    /// Departments the report may be about; every one when absent.
    pub departments: Option<Vec<String>>,
    /// Number of the decision document.
    pub document: String,
    /// Day of the decision, from which the limit is counted.
    pub decided_on: Date,
    /// Day on which it was public.
    pub published_on: Date,
    /// Where.
    pub place: String,
    /// Fields of the licence record that the department gave.
    pub attributes: Attributes,
    /// Key id of who reports it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A decision that was made public, as it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedDecision {
    /// The check.
    pub check_id: String,
    /// Number of the decision document.
    pub document: String,
    /// Day of the decision.
    pub decided_on: Date,
    /// Day on which it was public.
    pub published_on: Date,
    /// Where.
    pub place: String,
    /// Last day for that.
    pub due_on: Date,
    /// It was public after that.
    pub late: bool,
    /// Fields of the licence record that the department gave.
    pub attributes: Attributes,
}

/// A duty that was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCheck {
    /// The check.
    pub check_id: String,
    /// Department code.
    pub department: String,
    /// Last day, counted from the day of the decision.
    pub due_on: Date,
    /// It was public after that.
    pub late: bool,
}

impl Store {
    /// Keeps a report and ends the duties it concerns; none where nothing is owed.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn report_publication(
        &self,
        publication: Publication,
        calendar: Arc<WorkingCalendar>,
    ) -> Result<Vec<PublishedCheck>, StoreError> {
        self.write(move |connection| {
            let mut published = Vec::new();
            for duty in owed(connection, &publication)? {
                published.push(end(connection, &duty, &publication, &calendar)?);
            }
            let checks: Vec<&str> = published.iter().map(|check| check.check_id.as_str()).collect();
            trail::says(checks.join(", "), "");
            Ok(published)
        })
        .await
    }

    /// Decisions that were made public on these days, the first one first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn published_decisions(
        &self,
        since: Date,
        until: Date,
    ) -> Result<Vec<PublishedDecision>, StoreError> {
        self.read(|connection| {
            let select = "\
                SELECT check_id, document, decided_on, published_on, place, due_on, late, attributes
                FROM publications WHERE published_on BETWEEN ?1 AND ?2 ORDER BY published_on, seq";
            connection.rows(select, [since.to_string(), until.to_string()], |row| {
                let given: Given = parsed(WHAT, &row.get::<_, String>(7)?)?;
                Ok(PublishedDecision {
                    check_id: row.get(0)?,
                    document: row.get(1)?,
                    decided_on: values::day(row, 2)?,
                    published_on: values::day(row, 3)?,
                    place: row.get(4)?,
                    due_on: values::day(row, 5)?,
                    late: row.get(6)?,
                    attributes: given.0,
                })
            })
        })
    }
}

fn end(
    connection: &Connection,
    duty: &StoredDuty,
    publication: &Publication,
    calendar: &WorkingCalendar,
) -> Result<PublishedCheck, StoreError> {
    let due_on = duty.duty.term.due(publication.decided_on, calendar).date;
    let late = has_run_out(due_on, publication.published_on);
    duties::set_due(connection, duty.seq, due_on)?;
    duties::finish_on(
        connection,
        DutyKind::Publicity,
        &duty.duty.subject,
        publication.published_on,
        publication.at,
    )?;
    let insert = "\
        INSERT INTO publications (check_id, document, decided_on, published_on, place, due_on, late, at,
               actor, attributes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let row = params![
        duty.duty.subject,
        publication.document,
        publication.decided_on.to_string(),
        publication.published_on.to_string(),
        publication.place,
        due_on.to_string(),
        late,
        values::instant_to_sql(publication.at),
        publication.actor,
        written(WHAT, &Given(publication.attributes.clone()))?,
    ];
    connection.run(insert, row)?;
    Ok(PublishedCheck {
        check_id: duty.duty.subject.clone(),
        department: duty.duty.department.clone(),
        due_on,
        late,
    })
}

fn owed(connection: &Connection, publication: &Publication) -> Result<Vec<StoredDuty>, StoreError> {
    let (column, value) = match &publication.what {
        Published::Check(id) => ("subject", id),
        Published::Case(case_no) => ("case_no", case_no),
    };
    let departments = publication.departments.as_ref().map(|all| serde_json::json!(all).to_string());
    let select = format!(
        "SELECT {} FROM duties
         WHERE kind = 'publicity' AND {column} = ?1 AND state IN ('open', 'overdue')
               AND (?2 IS NULL OR department IN (SELECT value FROM json_each(?2)))
         ORDER BY seq",
        duties::COLUMNS
    );
    connection.rows(&select, params![value, departments], duties::stored_duty)
}

#[cfg(test)]
mod tests {
    use creditgate_credit::deadline::TimeLimit;
    use creditgate_credit::duty::{NewDuty, Term};
    use creditgate_gate::ports::Ledger;
    use jiff::civil::date;

    use super::*;
    use crate::samples::{at, record};

    fn report(what: Published, published_on: Date) -> Publication {
        Publication {
            what,
            departments: None,
            document: "示审许〔2026〕7号".to_owned(),
            decided_on: date(2026, 9, 24),
            published_on,
            place: "credit_site".to_owned(),
            attributes: vec![("XK_NR".to_owned(), "食品经营".to_owned())],
            actor: "k1".to_owned(),
            at: at(),
        }
    }

    #[tokio::test]
    async fn r089_publicity_is_counted_from_the_decision_and_r090_in_the_days_of_the_policy() {
        let (store, _directory) = Store::temporary();
        let calendar = Arc::new(WorkingCalendar::builtin());
        let limits = [("c1", TimeLimit::working_days(7)), ("c2", TimeLimit::days(7))];
        for (id, limit) in limits {
            let mut check = record(id);
            let (term, checked_on) = (Term::Within(limit), date(2026, 9, 20));
            let place = ("market-regulation", "370811");
            let duty = NewDuty::new(DutyKind::Publicity, id, place, checked_on, term, &calendar);
            check.duties = vec![duty.of_case(&check.inputs.application.case_no)];
            store.append(Arc::new(check)).await.unwrap();
        }
        let publish = |publication| store.report_publication(publication, Arc::clone(&calendar));
        let day = date(2026, 10, 12);
        let other = Publication {
            departments: Some(vec!["housing".to_owned()]),
            ..report(Published::Check("c1".to_owned()), day)
        };
        assert!(publish(other).await.unwrap().is_empty(), "another department's");
        let first = publish(report(Published::Check("c1".to_owned()), day)).await.unwrap();
        assert_eq!((first[0].due_on, first[0].late), (day, false));
        let second = publish(report(Published::Case("case-of-c2".to_owned()), day)).await.unwrap();
        assert_eq!((second[0].due_on, second[0].late), (date(2026, 10, 1), true));
        let again = publish(report(Published::Check("c1".to_owned()), day)).await.unwrap();
        assert!(again.is_empty(), "reported before");
        let decisions = store.published_decisions(day, day).unwrap();
        let shown: Vec<_> =
            decisions.iter().map(|it| (&*it.check_id, it.late, &*it.attributes[0].1)).collect();
        assert_eq!(shown, [("c1", false, "食品经营"), ("c2", true, "食品经营")]);
        assert!(store.published_decisions(date(2026, 10, 13), Date::MAX).unwrap().is_empty());
    }
}
