//! What was made public, and the duty that ends by it (R89, R90).

use creditgate_affairs::publications::{Publication, PublishedDecision};
use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::duty::NewDuty;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{duties, values};

const WHAT: &str = "a publication";

/// The fields that were given with it, as they are kept.
#[derive(Serialize, Deserialize)]
struct Given(#[serde(with = "attributes")] Attributes);

impl Store {
    /// Decisions that were made public on these days, the first one first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn published_decisions(
        &self,
        since: Date,
        until: Date,
    ) -> Result<Vec<(PublishedDecision, Publication)>, StoreError> {
        let select = "SELECT check_id, document, decided_on, published_on, place, due_on, late, attributes
                      FROM publications WHERE published_on BETWEEN ?1 AND ?2 ORDER BY published_on, seq";
        self.read(|connection| {
            connection.rows(select, [since.to_string(), until.to_string()], |row| {
                let given: Given = parsed(WHAT, &row.get::<_, String>(7)?)?;
                let report = Publication {
                    check_id: row.get(0)?,
                    case_no: None,
                    document: row.get(1)?,
                    decided_on: values::day(row, 2)?.into(),
                    published_on: values::day(row, 3)?.into(),
                    place: row.get(4)?,
                    attributes: given.0,
                };
                let (due_on, late) = (values::day(row, 5)?.into(), row.get(6)?);
                Ok((PublishedDecision { check_id: row.get(0)?, due_on, late }, report))
            })
        })
    }
}

/// Keeps a decision that was made public.
pub(crate) fn save(
    connection: &Connection,
    decision: &PublishedDecision,
    report: Publication,
    actor: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let insert = "\
        INSERT INTO publications (check_id, document, decided_on, published_on, place, due_on, late, at,
               actor, attributes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let row = params![
        decision.check_id,
        report.document,
        report.decided_on.0.to_string(),
        report.published_on.0.to_string(),
        report.place,
        decision.due_on.0.to_string(),
        decision.late,
        values::instant_to_sql(at),
        actor,
        written(WHAT, &Given(report.attributes))?,
    ];
    connection.run(insert, row)
}

/// The duties that are owed to make the decisions public that a report is about.
pub(crate) fn owed(connection: &Connection, report: &Publication) -> Result<Vec<NewDuty>, StoreError> {
    let (of, about) = match (&report.check_id, &report.case_no) {
        (Some(check_id), _) => ("subject", check_id),
        (None, Some(case_no)) => ("case_no", case_no),
        (None, None) => return Ok(Vec::new()),
    };
    connection.rows(&owed_by(of), [about], |row| Ok(duties::stored_duty(row)?.duty))
}

/// Selects what is owed by one column, which has an index: by two at once every duty of
/// publicity there ever was would be read.
fn owed_by(column: &str) -> String {
    format!(
        "SELECT {} FROM duties
         WHERE kind = 'publicity' AND {column} = ?1 AND state IN ('open', 'overdue') ORDER BY seq",
        duties::COLUMNS
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_affairs::publications::report;
    use creditgate_affairs::{Power, Who};
    use creditgate_credit::calendar::WorkingCalendar;
    use creditgate_credit::deadline::TimeLimit;
    use creditgate_credit::duty::{DutyKind, Term};
    use creditgate_gate::ports::Ledger;
    use jiff::civil::date;

    use super::*;
    use crate::affairs::AffairError;
    use crate::samples::{Nowhere, at, record};

    fn said(check_id: Option<&str>, case_no: Option<&str>, published_on: Date) -> Publication {
        Publication {
            check_id: check_id.map(ToOwned::to_owned),
            case_no: case_no.map(ToOwned::to_owned),
            document: "示审许〔2026〕7号".to_owned(),
            decided_on: date(2026, 9, 24).into(),
            published_on: published_on.into(),
            place: "credit_site".to_owned(),
            attributes: vec![("XK_NR".to_owned(), "食品经营".to_owned())],
        }
    }

    #[test]
    fn what_is_owed_is_found_without_what_was_done() {
        let (store, _directory) = Store::temporary();
        for (column, found) in [("subject", "kind=? AND subject=?"), ("case_no", "case_no=?")] {
            let plan = store.plan(&owed_by(column), ["c1"]);
            assert!(plan.contains(found), "{plan}");
        }
    }

    #[tokio::test]
    async fn a_department_ends_its_own_duties_of_a_case_and_no_others() {
        let (store, _directory) = Store::temporary();
        let calendar = Arc::new(WorkingCalendar::builtin());
        let departments = ["market-regulation", "housing"];
        for (id, department) in ["c1", "c2"].into_iter().zip(departments) {
            let mut check = record(id);
            let application = Arc::make_mut(&mut check.inputs.application);
            application.case_no = "case-1".to_owned();
            application.department = department.to_owned();
            let term = Term::Within(TimeLimit::days(7));
            let duty = NewDuty::new(
                DutyKind::Publicity,
                id,
                (department, "370811"),
                date(2026, 9, 20),
                term,
                &calendar,
            );
            check.duties = vec![duty.of_case("case-1")];
            store.append(Arc::new(check)).await.unwrap();
        }
        let nowhere = Nowhere(calendar);
        for (check, department) in [("c2", "housing"), ("c1", "market-regulation")] {
            let who =
                Who { id: "k1".to_owned(), power: Power::Departments(Some(vec![department.to_owned()])) };
            let said = said(None, Some("case-1"), date(2026, 10, 12));
            let published = report(&store, &nowhere, &who, said, at()).await.unwrap().published;
            let ended: Vec<&str> = published.iter().map(|decision| &*decision.check_id).collect();
            assert_eq!(ended, [check], "{department}");
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
        let nowhere = Nowhere(calendar);
        let who = |departments| Who { id: "k1".to_owned(), power: Power::Departments(departments) };
        let (anybody, housing) = (who(None), who(Some(vec!["housing".to_owned()])));
        let day = date(2026, 10, 12);
        let publish = async |who: &Who, check, case| {
            let published = report(&store, &nowhere, who, said(check, case, day), at()).await;
            published.map(|published| published.published).map_err(|error| match error {
                AffairError::Refused(refusal) => refusal.code(),
                AffairError::Store(error) => error.code(),
            })
        };
        assert_eq!(publish(&housing, Some("c1"), None).await, Err("department.not_allowed"));
        let ended = |check: &str, due: Date, late| {
            Ok(vec![PublishedDecision { check_id: check.to_owned(), due_on: due.into(), late }])
        };
        assert_eq!(publish(&anybody, Some("c1"), None).await, ended("c1", day, false));
        let second = publish(&anybody, None, Some("case-of-c2")).await;
        assert_eq!(second, ended("c2", date(2026, 10, 1), true));
        assert_eq!(publish(&anybody, Some("c1"), None).await, Err("publication.not_owed"), "before");
        let decisions = store.published_decisions(day, day).unwrap();
        let shown: Vec<_> =
            decisions.iter().map(|(it, said)| (&*it.check_id, it.late, &*said.attributes[0].1)).collect();
        assert_eq!(shown, [("c1", false, "食品经营"), ("c2", true, "食品经营")]);
        assert!(store.published_decisions(date(2026, 10, 13), Date::MAX).unwrap().is_empty());
    }
}
