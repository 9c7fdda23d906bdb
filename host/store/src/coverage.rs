//! Which checks cases had, and what became of the measures they were shown: what
//! the reports on R2 and R3 are made of.

use std::collections::HashMap;

use creditgate_credit::calendar::local_date;
use creditgate_credit::catalogue::Nature;
use creditgate_credit::coverage::CaseCheck;
use creditgate_gate::{DispositionResult, Status};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::past;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// A span of instants, and a department where only one is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportSpan {
    /// Only checks from this instant on.
    pub since: Option<Timestamp>,
    /// Only checks before this instant.
    pub before: Option<Timestamp>,
    /// Only checks of this department.
    pub department: Option<String>,
}

/// A measure that a case was shown, however many checks showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownMeasure {
    /// The last check that showed it.
    pub check_id: String,
    /// Case number.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint of that check.
    pub checkpoint: String,
    /// Id of the measure.
    pub measure: String,
    /// Mandatory or recommended.
    pub nature: Nature,
    /// When it was shown first.
    pub first_shown: Timestamp,
    /// When it was shown last.
    pub last_shown: Timestamp,
    /// What was reported last on it, in any check of the case.
    pub result: Option<DispositionResult>,
}

/// Department, item, case number, measure.
type MeasureKey = (String, String, String, String);

impl Store {
    /// The checks with each of these case numbers, whatever their department, in
    /// the order of the numbers. One read: give a few hundred at a time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn checks_of_cases<'a>(
        &self,
        case_nos: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Vec<CaseCheck>>, StoreError> {
        self.read(|connection| {
            let select = "SELECT department, item, checkpoint, status, at FROM checks WHERE case_no = ?1";
            let check = |row: &Row<'_>| {
                let status = values::coded(row, 3, Status::from_code, "the status of a check")?;
                Ok(CaseCheck {
                    department: row.get(0)?,
                    item: row.get(1)?,
                    checkpoint: row.get(2)?,
                    made_on: local_date(values::instant(row, 4)?),
                    could_not_check: status == Status::CouldNotCheck,
                })
            };
            case_nos.into_iter().map(|case_no| connection.rows(select, [case_no], check)).collect()
        })
    }

    /// The measures shown in this span, those shown first before the
    /// others. Blocks: a million checks take a second.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn shown_measures(&self, span: &ReportSpan) -> Result<Vec<ShownMeasure>, StoreError> {
        let mut found = HashMap::new();
        self.each_page(|connection, places| look_through(connection, span, places, &mut found))?;
        let mut shown: Vec<ShownMeasure> = found.into_values().collect();
        shown.sort_by(|one, other| {
            (one.first_shown, &one.measure, &one.case_no).cmp(&(
                other.first_shown,
                &other.measure,
                &other.case_no,
            ))
        });
        for page in shown.chunks_mut(past::REPORT_PAGE) {
            self.read(|connection| page.iter_mut().try_for_each(|measure| find_result(connection, measure)))?;
        }
        Ok(shown)
    }
}

/// Adds the measures of the checks after the first place up to the
/// second.
fn look_through(
    connection: &Connection,
    span: &ReportSpan,
    (from, to): (i64, i64),
    found: &mut HashMap<MeasureKey, ShownMeasure>,
) -> Result<(), StoreError> {
    let select = "\
        SELECT check_id, case_no, department, item, checkpoint, at, measures.id,
               particulars ->> '$.measure.nature'
        FROM checks CROSS JOIN measures ON measures.check_seq = checks.seq
        WHERE seq > ?1 AND seq <= ?2 AND at >= ?3 AND at < ?4 AND (?5 IS NULL OR department = ?5)
        ORDER BY seq";
    let (since, before) = span.bounds();
    connection.each(select, params![from, to, since, before, span.department], |row| {
        let at = values::instant(row, 5)?;
        let shown = ShownMeasure {
            check_id: row.get(0)?,
            case_no: row.get(1)?,
            department: row.get(2)?,
            item: row.get(3)?,
            checkpoint: row.get(4)?,
            measure: row.get(6)?,
            nature: values::coded(row, 7, Nature::from_code, "the nature of a measure")?,
            first_shown: at,
            last_shown: at,
            result: None,
        };
        let key =
            (shown.department.clone(), shown.item.clone(), shown.case_no.clone(), shown.measure.clone());
        let first = found.get(&key).map_or(at, |earlier| earlier.first_shown.min(at));
        found.insert(key, ShownMeasure { first_shown: first, ..shown });
        Ok(())
    })
}

fn find_result(connection: &Connection, measure: &mut ShownMeasure) -> Result<(), StoreError> {
    let select = "SELECT result FROM checks CROSS JOIN dispositions ON dispositions.check_seq = checks.seq
                  WHERE case_no = ?1 AND department = ?2 AND item = ?3 AND measure = ?4
                  ORDER BY dispositions.seq DESC LIMIT 1";
    let ShownMeasure { case_no, department, item, measure: id, .. } = &*measure;
    measure.result = connection.row(select, [case_no, department, item, id], |row| {
        values::coded(row, 0, DispositionResult::from_code, "the result of a disposition")
    })?;
    Ok(())
}

impl ReportSpan {
    /// The span as it stands in columns.
    pub(crate) fn bounds(&self) -> (i64, i64) {
        (
            self.since.map_or(i64::MIN, values::instant_to_sql),
            self.before.map_or(i64::MAX, values::instant_to_sql),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::ports::Ledger;
    use creditgate_gate::{FeedbackBody, OutgoingFeedback, ReportedDisposition};
    use jiff::ToSpan;
    use tempfile::TempDir;

    use super::*;
    use crate::samples::{at, record};

    /// A store with checks of one case, a day apart.
    async fn store(ids: &[&str]) -> (Store, TempDir) {
        let (store, directory) = Store::temporary();
        for (days, id) in (0..).zip(ids) {
            let mut check = record(id);
            check.inputs.at = at().saturating_add((24 * days).hours()).unwrap();
            Arc::make_mut(&mut check.inputs.application).case_no = "case-1".to_owned();
            store.append(Arc::new(check)).await.unwrap();
        }
        (store, directory)
    }

    #[tokio::test]
    async fn r002_the_checks_of_cases_are_found_by_their_numbers() {
        let (store, _directory) = store(&["c1", "c2"]).await;
        let found = store.checks_of_cases(["case-1", "no such case"]).unwrap();
        assert_eq!((found[0].len(), found[1].len()), (2, 0));
        assert!(!found[0][0].could_not_check);
        assert!(found[0][0].made_on < found[0][1].made_on);
    }

    #[tokio::test]
    async fn r003_a_measure_shown_twice_is_one_and_done_once_it_was_reported_on() {
        let (store, _directory) = store(&["c1", "c2"]).await;
        let all = ReportSpan::default();
        let shown = store.shown_measures(&all).unwrap();
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert_eq!((shown[0].check_id.as_str(), shown[0].result), ("c2", None));
        assert!(shown[0].first_shown < shown[0].last_shown);
        store.record_dispositions("c1", vec![executed(&shown[0].measure)], at()).await.unwrap();
        let result =
            |span: &ReportSpan| store.shown_measures(span).unwrap().first().map(|shown| shown.result);
        assert_eq!(result(&all), Some(Some(DispositionResult::Executed)));
        let before = ReportSpan { before: Some(at()), ..all.clone() };
        let elsewhere = ReportSpan { department: Some("elsewhere".into()), ..all };
        assert_eq!((result(&before), result(&elsewhere)), (None, None));
    }

    fn executed(measure: &str) -> OutgoingFeedback {
        let reported = ReportedDisposition {
            measure: measure.to_owned(),
            result: DispositionResult::Executed,
            reason: String::new(),
            action: "不予许可".to_owned(),
            officer: "officer-7".to_owned(),
            executed_at: None,
            details: creditgate_gate::DispositionDetails::default(),
            attributes: Vec::new(),
        };
        let body = FeedbackBody::Disposition { reported: Box::new(reported), particulars: "{}".to_owned() };
        OutgoingFeedback { id: "f-1".to_owned(), body, ..record("c1").feedback.remove(0) }
    }
}
