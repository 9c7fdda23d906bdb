//! The register of typical cases.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::duty::CaseKind;
use creditgate_credit::fault::Faults;
use creditgate_gate::ports::Ledger;
use creditgate_store::TypicalCase;
use creditgate_wire::report::{TypicalCaseAddedBody, TypicalCaseBody};
use uuid::Uuid;

use super::auth::Principal;
use super::body;
use super::body::Json;
use super::problem::{Code, Problem};
use super::role::Role;
use crate::clock;
use crate::host::{Shared, duties};

/// Longest title and summary, in characters.
const LONGEST_TITLE: usize = 200;
const LONGEST_SUMMARY: usize = 4_000;
/// Longest case number, as of checks.
const LONGEST_CASE_NO: usize = 64;

/// Adds a typical case to the register
///
/// For the monthly export. What it says must hold no identity number. The duty of
/// each division of the department to report one of its kind in that month ends.
#[utoipa::path(
    post,
    path = "/v1/typical-cases",
    tag = "checks",
    request_body = TypicalCaseBody,
    responses(
        (status = 201, description = "It was added", body = TypicalCaseAddedBody),
    )
)]
pub(super) async fn add_typical_case(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    said: Json<TypicalCaseBody>,
) -> Result<Response, Problem> {
    let said = said.held_to(|said, faults| {
        faults.not_later("happened_on", said.happened_on.0, clock::today());
        rules(said, faults);
    })?;
    principal.may_read(&said.department)?;
    may_name_case(&shared, &principal, &said)?;
    let id = Uuid::now_v7().to_string();
    let (department, detail) = (said.department.clone(), said.title.clone());
    let case = TypicalCase {
        id: id.clone(),
        kind: CaseKind::from_code(&said.kind),
        happened_on: said.happened_on.0,
        department: said.department,
        case_no: said.case_no,
        title: said.title,
        summary: said.summary,
    };
    creditgate_store::says(department, detail);
    let world = shared.gate.world();
    let divisions =
        duties::divisions_of(&world, &case.department).into_iter().map(ToOwned::to_owned).collect();
    shared.store.add_typical_case(case, divisions, clock::now(), principal.id().to_owned()).await?;
    Ok(body::answer(StatusCode::CREATED, &TypicalCaseAddedBody { id }))
}

/// A case that is known here, a caller names only if its department had a check of
/// it.
fn may_name_case(shared: &Shared, principal: &Principal, said: &TypicalCaseBody) -> Result<(), Problem> {
    let Some(case_no) = said.case_no.as_deref().filter(|_| principal.role == Role::Caller) else {
        return Ok(());
    };
    let checks = Ledger::checks_of_case(&shared.store, case_no)?;
    if checks.is_empty() || checks.iter().any(|check| check.department == said.department) {
        return Ok(());
    }
    let detail = format!("department `{}` had no check of the case", said.department);
    Err(Problem::new(Code::DepartmentNotAllowed, detail))
}

fn rules(said: &TypicalCaseBody, faults: &mut Faults) {
    if CaseKind::from_code(&said.kind).is_none() {
        let known = CaseKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
        faults.refuse("kind", "value.unknown", format!("must be one of {known}"));
    }
    for (field, text, longest) in [
        ("department", &said.department, LONGEST_TITLE),
        ("title", &said.title, LONGEST_TITLE),
        ("summary", &said.summary, LONGEST_SUMMARY),
    ] {
        if text.trim().is_empty() {
            faults.refuse(field, "field.empty", "must not be empty");
        } else if text.chars().count() > longest {
            faults.refuse(field, "field.too_long", format!("may have {longest} characters"));
        }
    }
    if said.case_no.as_ref().is_some_and(|case_no| case_no.chars().count() > LONGEST_CASE_NO) {
        faults.refuse("case_no", "field.too_long", format!("may have {LONGEST_CASE_NO} characters"));
    }
}
