//! Which cases that were issued had their checks.

use std::collections::HashMap;

use creditgate_credit::coverage::{BoundCheckpoint, CoverageReport, IssuedCase};
use creditgate_gate::ports::Registry;
use creditgate_wire::import::{Format, parse_issued};
use creditgate_wire::time::Day;
use serde::Deserialize;
use utoipa::IntoParams;

use super::admin::imports;
use super::{Answer, Answered, File, HostState, Problem, Query, Who};
use crate::host::Shared;

/// Cases named in a report.
const MOST_CASES: usize = 1000;
/// Cases looked up in one read.
const CASES_AT_ONCE: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CoverageQuery {
    /// Form of the file
    #[param(inline)]
    format: Format,
    /// Name of the file, for the report of faults
    #[serde(default)]
    #[param(max_length = 255)]
    file: String,
    /// Only cases issued on this day or later
    #[param(inline)]
    since: Option<Day>,
    /// Only cases issued on this day or earlier
    #[param(inline)]
    until: Option<Day>,
}

/// What is bound, by department and item.
type Bound = HashMap<(String, String), Vec<BoundCheckpoint>>;

/// Reports which issued cases were checked
///
/// Takes the cases that an approval system issued, one a row with `case_no`,
/// `department`, `item` and `issued_on`. Answers which cases lack a check at a
/// checkpoint that is bound for their item (R2). A check counts if it was made no later
/// than the day of issuing. The host keeps nothing of the file.
#[utoipa::path(post, path = "/v1/coverage", tag = "checks")]
pub(super) async fn report_coverage(
    shared: HostState,
    who: Who,
    Query(query): Query<CoverageQuery>,
    File(bytes): File,
) -> Answered<CoverageReport> {
    let read = move |file: &str, bytes| parse_issued(file, query.format, bytes);
    let parsed = imports::parsed(&query.file, bytes, read).await?;
    let mut cases = imports::judged_whole(query.file, parsed)?.rows;
    let from_until = |case: &IssuedCase| {
        query.since.is_none_or(|Day(day)| day <= case.issued_on)
            && query.until.is_none_or(|Day(day)| case.issued_on <= day)
    };
    cases.retain(from_until);
    cases.iter().try_for_each(|case| who.may_read(&case.department))?;
    let bound = bound(&shared)?;
    Ok(Answer(count(&shared, cases, &bound).await?))
}

async fn count(shared: &Shared, cases: Vec<IssuedCase>, bound: &Bound) -> Result<CoverageReport, Problem> {
    let mut tally = CoverageReport::default();
    let mut cases = cases.into_iter().peekable();
    while cases.peek().is_some() {
        let page: Vec<IssuedCase> = cases.by_ref().take(CASES_AT_ONCE).collect();
        let numbers: Vec<String> = page.iter().map(|case| case.case_no.clone()).collect();
        let checks =
            shared.read_long(move |store| store.checks_of_cases(numbers.iter().map(String::as_str))).await?;
        for (case, checks) in page.into_iter().zip(checks) {
            let checkpoints = bound.get(&(case.department.clone(), case.item.clone()));
            tally.add(case, checkpoints.map_or(&[][..], Vec::as_slice), &checks, MOST_CASES);
        }
    }
    Ok(tally)
}

fn bound(shared: &Shared) -> Result<Bound, Problem> {
    let mut bound = Bound::new();
    for binding in Registry::deployment(&shared.store)?.bindings {
        let of_item = bound.entry((binding.department, binding.item)).or_default();
        of_item.push(BoundCheckpoint { checkpoint: binding.checkpoint, mode: binding.mode });
    }
    Ok(bound)
}
