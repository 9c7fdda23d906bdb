//! Publications: a decision was made public (R89, R90).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::application::Attributes;
use creditgate_credit::calendar::local_date;
use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::licence_record;
use creditgate_gate::ports::Ledger;
use creditgate_store::{Publication, Published};
use creditgate_wire::publication::{PublicationBody, PublicationsBody, PublishedBody};
use jiff::civil::Date;

use super::auth::Principal;
use super::body::{self, Json};
use super::problem::{Code, Problem};
use super::tasks;
use crate::clock;
use crate::host::Shared;

/// Reports that a decision was made public
///
/// Ends the duty that a check at issuance began. The limit is counted from the
/// day of the decision that is given here. Fields in `attributes` go into the
/// export of dual publicity (R91).
#[utoipa::path(
    post,
    path = "/v1/publications",
    tag = "duties",
    request_body = PublicationBody,
    responses(
        (status = 200, description = "The duties that ended by it", body = PublicationsBody),
    )
)]
pub(super) async fn report_publication(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    report: Json<PublicationBody>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let (report, (what, attributes)) =
        report.turned(|report| check(&report, local_date(now)).map(|checked| (report, checked)))?;
    may_report(&shared, &principal, &what)?;
    let publication = Publication {
        what,
        departments: tasks::departments(&principal, None)?,
        document: report.document,
        decided_on: report.decided_on.0,
        published_on: report.published_on.0,
        place: report.place,
        attributes,
        actor: principal.id().to_owned(),
        at: now,
    };
    let calendar = Arc::clone(shared.gate.world().calendar());
    let published = shared.store.report_publication(publication, calendar).await?;
    if published.is_empty() {
        let detail = "for no decision of this check or case is publicity owed: it was reported before, or no \
                      check at issuance let it proceed";
        return Err(Problem::new(Code::PublicationNotOwed, detail));
    }
    let published = published
        .iter()
        .map(|check| PublishedBody {
            check_id: check.check_id.clone(),
            due_on: check.due_on.into(),
            late: check.late,
        })
        .collect();
    Ok(body::answer(StatusCode::OK, &PublicationsBody { published }))
}

/// Refuses a report on a check, or on a case, that is known here and of other
/// departments than the key's.
fn may_report(shared: &Shared, principal: &Principal, what: &Published) -> Result<(), Problem> {
    let checks = match what {
        Published::Check(id) => Vec::from_iter(Ledger::check(&shared.store, id)?),
        Published::Case(case_no) => Ledger::checks_of_case(&shared.store, case_no)?,
    };
    if checks.is_empty() || checks.iter().any(|check| principal.reads(&check.department)) {
        return Ok(());
    }
    Err(Problem::new(Code::DepartmentNotAllowed, "the decision is another department's"))
}

/// Which decision, and the fields given with it, once the rest fits.
fn check(report: &PublicationBody, today: Date) -> Result<(Published, Attributes), Vec<FieldProblem>> {
    let mut faults = Faults::default();
    faults.filled("document", &report.document);
    faults.filled("place", &report.place);
    faults.not_after("published_on", report.published_on.0, today, "today");
    faults.not_after("decided_on", report.decided_on.0, report.published_on.0, "published_on");
    for (name, fault) in licence_record::faults(&report.attributes) {
        faults.refuse(format!("attributes.{name}"), fault.code(), fault.to_string());
    }
    let what = match (&report.check_id, &report.case_no) {
        (Some(id), None) => Some(Published::Check(id.clone())),
        (None, Some(case_no)) => Some(Published::Case(case_no.clone())),
        _ => {
            faults.refuse("check_id", "value.either", "either check_id or case_no must be given");
            None
        }
    };
    faults.passed_if_read(what.map(|what| (what, report.attributes.clone())))
}
