//! Which mandatory measures were taken, and which nobody reported on.

use std::collections::BTreeMap;
use std::sync::Arc;

use creditgate_credit::calendar::local_date;
use creditgate_credit::catalogue::Nature;
use creditgate_gate::DispositionResult;
use creditgate_store::{ReportSpan, ShownMeasure};
use creditgate_wire::coverage::{Completion, DepartmentCompletion, OpenMeasure};
use creditgate_wire::time::Day;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::span;
use super::{Answer, Answered, HostState, Problem, Query, Who};
use crate::clock;
use crate::host::Shared;

/// Open measures named in a report.
const MOST_OPEN: usize = 1000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CompletionQuery {
    /// First day of the checks
    #[param(inline)]
    since: Option<Day>,
    /// Last day of the checks
    #[param(inline)]
    until: Option<Day>,
    /// Only this department
    department: Option<String>,
}

/// Reports which measures were taken
///
/// Counts the mandatory measures that checks in these days showed: which measures
/// departments reported on and which nobody reported on, by department and age (R3). A
/// measure that several checkpoints of a case showed counts once, and is done once
/// somebody reported on it at any of them.
#[utoipa::path(get, path = "/v1/completion", tag = "checks")]
pub(super) async fn report_completion(
    shared: HostState,
    who: Who,
    Query(query): Query<CompletionQuery>,
) -> Answered<Completion> {
    let (since, until) = (query.since, query.until);
    let span = span::report_span(&who, (since, until), query.department)?;
    let shown = shown_measures(&shared, span).await?;
    let (departments, open, open_left_off) = count(shown, clock::now());
    Ok(Answer(Completion { since, until, departments, open, open_left_off }))
}

/// Reads them.
pub(super) async fn shown_measures(
    shared: &Arc<Shared>,
    span: ReportSpan,
) -> Result<Vec<ShownMeasure>, Problem> {
    Ok(shared.read_long(move |store| store.shown_measures(&span)).await?)
}

fn count(shown: Vec<ShownMeasure>, now: Timestamp) -> (Vec<DepartmentCompletion>, Vec<OpenMeasure>, u64) {
    let mut departments: BTreeMap<String, DepartmentCompletion> = BTreeMap::new();
    let (mut open, mut left_off) = (Vec::new(), 0);
    for measure in shown.into_iter().filter(|measure| measure.nature == Nature::Mandatory) {
        let days = days_between(measure.first_shown, now);
        let counts = departments.entry(measure.department.clone()).or_default();
        counts.department.clone_from(&measure.department);
        counts.measures += 1;
        match measure.result {
            Some(DispositionResult::Executed) => counts.executed += 1,
            Some(DispositionResult::Partly) => counts.partly += 1,
            Some(DispositionResult::NotExecuted) => counts.not_executed += 1,
            Some(DispositionResult::Other) => counts.other += 1,
            None => {
                add_open(counts, days);
                if open.len() < MOST_OPEN {
                    open.push(open_measure(measure, days));
                } else {
                    left_off += 1;
                }
            }
        }
    }
    (departments.into_values().collect(), open, left_off)
}

fn add_open(counts: &mut DepartmentCompletion, days: u32) {
    counts.open += 1;
    match days {
        0..=7 => counts.open_to_7_days += 1,
        8..=30 => counts.open_to_30_days += 1,
        _ => counts.open_longer += 1,
    }
}

/// Days from one instant to another, by the calendar; none when it is yet to come.
fn days_between(from: Timestamp, to: Timestamp) -> u32 {
    let days = local_date(to).since(local_date(from)).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or_default()
}

fn open_measure(measure: ShownMeasure, days: u32) -> OpenMeasure {
    OpenMeasure {
        check_id: measure.check_id,
        case_no: measure.case_no,
        department: measure.department,
        item: measure.item,
        checkpoint: measure.checkpoint,
        checked_at: measure.last_shown.into(),
        measure: measure.measure,
        days,
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn r003_open_measures_are_counted_by_department_and_age() {
        let now: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let measure = |days: i64, result| ShownMeasure {
            check_id: "c".into(),
            case_no: "n".into(),
            department: "d".into(),
            item: "i".into(),
            checkpoint: "review".into(),
            measure: format!("m-{days}"),
            nature: Nature::Mandatory,
            first_shown: now.saturating_sub((24 * days).hours()).unwrap(),
            last_shown: now,
            result,
        };
        let shown = [7, 8, 30, 31, 400].map(|days| measure(days, None)).into_iter();
        let reported = DispositionResult::ALL.iter().map(|result| measure(1, Some(*result)));
        let (departments, open, left_off) = count(shown.chain(reported).collect(), now);
        let expected = DepartmentCompletion {
            department: "d".into(),
            measures: 9,
            executed: 1,
            partly: 1,
            not_executed: 1,
            other: 1,
            open: 5,
            open_to_7_days: 1,
            open_to_30_days: 2,
            open_longer: 2,
        };
        assert_eq!((departments, left_off), (vec![expected], 0));
        assert_eq!(open.iter().map(|open| open.days).collect::<Vec<_>>(), [7, 8, 30, 31, 400]);
    }
}
