//! Reports over a span of days, as JSON, CSV or a workbook.

mod owed;
mod period;
mod tables;

use std::sync::Arc;

use creditgate_credit::vocabulary::Vocabulary;
use creditgate_gate::ports::Registry;
use creditgate_wire::report::Report;
use creditgate_wire::time::Day;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::{Code, HostState, PathText, Problem, Query, TableFormat, Tables, Who};
use crate::{aside, clock, sheets};
use owed::Made;
use period::{Asked, Kind};
use tables::Places;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ReportQuery {
    /// Month, such as `2026-11`
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$")]
    month: Option<String>,
    /// First day
    #[param(inline)]
    since: Option<Day>,
    /// Last day, or the last month of a half-year
    #[param(pattern = "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$")]
    until: Option<String>,
    /// Only this department
    department: Option<String>,
    /// Only items bound in this division, six digits
    division: Option<String>,
    /// `json` when absent
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// Makes a report
///
/// `monthly` (R108) takes `month`, `half-year` (R109) the month it ends with in
/// `until`; `exits` (R50), `cases` (R106, R107), `publicity` (licences
/// that were made public, in the fields of dual publicity, R91) and `key-items`
/// (published key items with their results, R111) take `month`, or days in `since`
/// and `until`. Data are by department, for assessment (R110, R112). When a
/// publisher or administrator makes a monthly or half-yearly report of all
/// departments, the duty to make it ends; the one to report typical cases ends
/// with the register of a month that is over.
#[utoipa::path(
    get,
    path = "/v1/admin/reports/{kind}",
    tag = "administration",
    params(("kind" = inline(Kind), Path, description = "Which report"))
)]
pub(in crate::http) async fn make_report(
    shared: HostState,
    who: Who,
    kind: PathText,
    Query(query): Query<ReportQuery>,
) -> Result<Tables<Report>, Problem> {
    let kind = Kind::from_code(kind.text()).ok_or_else(|| {
        Problem::new(Code::ReportUnknown, format!("there is no such report; reports are {}", Kind::known()))
    })?;
    let now = clock::now();
    let (since, until) =
        kind.days(&Asked { month: query.month, since: query.since, until: query.until }, now).map_err(
            |wanted| Problem::bad_parameter("", "value.invalid", format!("a report of this kind {wanted}")),
        )?;
    let bindings = Registry::deployment(&shared.store)?.bindings;
    let places = Places::new(query.department.clone(), query.division.as_deref(), &bindings);
    // A large ledger takes seconds to read.
    let host = Arc::clone(&shared);
    let made = aside::run("creditgate-report", move || tables::of(&host, kind, (since, until), &places));
    let tables = made.await.map_err(Problem::caused)??;
    if query.department.is_none() {
        let made = Made { kind, days: (since, until), division: query.division.as_deref() };
        owed::finish(&shared, &who, made, now).await?;
    }
    let report = Report { kind: kind.code().to_owned(), since: since.into(), until: until.into(), tables };
    Ok(match query.format {
        TableFormat::Json => Tables::Document(report),
        TableFormat::Csv => Tables::Csv(sheets::of_report(&report)),
        TableFormat::Xlsx => Tables::Workbook(sheets::of_report(&report)),
    })
}
