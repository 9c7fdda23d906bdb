//! Reports over a span of days, as JSON, CSV or a workbook.

mod owed;
mod period;
mod tables;

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use creditgate_gate::ports::Registry;
use creditgate_wire::problem::ProblemBody;
use creditgate_wire::report::ReportBody;
use creditgate_wire::time::Day;
use serde::Deserialize;

use crate::aside;
use crate::clock;
use crate::host::Shared;
use crate::http::auth::Principal;
use crate::http::body;
use crate::http::input::{self, PathText};
use crate::http::problem::Problem;
use crate::sheets;
use owed::Made;
use period::{Asked, Kind};
use tables::Places;

/// What the query of every report may hold.
const KNOWN: &str = "month (such as 2026-11), until (a month, or a day), since (a day), department, division, \
format (json, csv or xlsx)";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    month: Option<String>,
    since: Option<Day>,
    until: Option<String>,
    department: Option<String>,
    division: Option<String>,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Csv,
    Xlsx,
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
    params(
        ("kind" = String, Path, description = "`monthly`, `half-year`, `exits`, `cases`, `publicity` or `key-items`"),
        ("month" = Option<String>, Query, description = "Month, such as `2026-11`"),
        ("since" = Option<String>, Query, description = "First day"),
        ("until" = Option<String>, Query, description = "Last day, or the last month of a half-year"),
        ("department" = Option<String>, Query, description = "Only this department"),
        ("division" = Option<String>, Query, description = "Only items bound in this division, six digits"),
        ("format" = Option<String>, Query, description = "`json`, `csv` or `xlsx`; `json` when absent"),
    ),
    responses(
        (status = 200, description = "The report; as CSV or workbook where asked for", body = ReportBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn make_report(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    kind: PathText,
    uri: Uri,
) -> Result<Response, Problem> {
    let kind = Kind::from_code(kind.text()).ok_or_else(|| {
        Problem::new("report.unknown", format!("there is no such report; reports are {}", Kind::known()))
    })?;
    let query: ReportQuery = input::query(&uri, KNOWN)?;
    let now = clock::now();
    let (since, until) = kind
        .days(&Asked { month: query.month, since: query.since, until: query.until }, now)
        .map_err(|wanted| Problem::new("request.query", format!("a report of this kind {wanted}")))?;
    let bindings = Registry::deployment(&shared.store)?.bindings;
    let places = Places::new(query.department.clone(), query.division.as_deref(), &bindings);
    // A large ledger takes seconds to read.
    let host = Arc::clone(&shared);
    let made = aside::run("creditgate-report", move || tables::of(&host, kind, (since, until), &places));
    let tables = made.await.map_err(|error| Problem::internal(Some(&error)))??;
    if query.department.is_none() {
        let made = Made { kind, days: (since, until), division: query.division.as_deref() };
        owed::finish(&shared, &principal, made, now).await?;
    }
    let report =
        ReportBody { kind: kind.code().to_owned(), since: since.into(), until: until.into(), tables };
    written(&report, query.format)
}

fn written(report: &ReportBody, format: Format) -> Result<Response, Problem> {
    const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let file = |media: &'static str, bytes: Vec<u8>| {
        (StatusCode::OK, [(header::CONTENT_TYPE, media)], bytes).into_response()
    };
    match format {
        Format::Json => Ok(body::answer(StatusCode::OK, report)),
        Format::Csv => {
            Ok(file("text/csv; charset=utf-8", sheets::csv(&sheets::of_report(report)).into_bytes()))
        }
        Format::Xlsx => sheets::workbook(&sheets::of_report(report))
            .map(|bytes| file(WORKBOOK, bytes))
            .map_err(|error| Problem::internal(Some(&error))),
    }
}
