//! Cases: every check of one, for the case file.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::Response;
use creditgate_api::{Answer, Case};
use creditgate_gate::Checked;
use creditgate_gate::ports::Ledger;

use super::{Code, HostState, Page, PathText, Problem, Who};
use super::{body, checks};

/// Reads a case
///
/// Lists the checks of the case, oldest first; each check names the check whose place
/// it takes. A caller sees the checks of its departments. A case without a check is not
/// known.
#[utoipa::path(
    get,
    path = "/v1/cases/{case_no}",
    tag = "checks",
    params(("case_no" = String, Path, min_length = 1, max_length = 64, description = "Case number")),
    responses(
        (status = 200, description = "The checks of the case", body = Case),
    )
)]
pub(super) async fn get_case(
    shared: HostState,
    who: Who,
    case_no: PathText,
    page: Page,
) -> Result<Response, Problem> {
    let case_no = case_no.case_no()?;
    let checked: Vec<Checked> = Ledger::checks_of_case(&shared.store, &case_no)?
        .into_iter()
        .filter(|check| who.reads(&check.department))
        .map(|check| shared.gate.receipt_of(check))
        .collect();
    let mut answers = Vec::with_capacity(checked.len());
    for check in &checked {
        if let Checked::Repeat { stored, receipt } = check {
            answers.push(checks::recorded(stored, receipt.clone())?);
        }
    }
    place(&mut answers);
    if answers.is_empty() {
        // Whatever somebody typed for a case is not repeated, in the audit trail
        // neither.
        creditgate_store::says("nothing", "");
        if who.is_noted {
            shared.store.note_change().await?;
        }
        return Err(Problem::new(
            Code::CaseUnknown,
            "no check of the case is known, or none this key may read",
        ));
    }
    let (checks, next) = page.of(answers, |check| check.check_id.to_string())?;
    Ok(body::answer(StatusCode::OK, &Case { case_no: case_no.into(), checks, next }))
}

/// Says of each check which one it takes the place of: the one before it at the
/// same checkpoint (R100).
fn place(answers: &mut [Answer<'_>]) {
    for later in 1..answers.len() {
        let (before, rest) = answers.split_at_mut(later);
        let Some(check) = rest.first_mut() else { continue };
        let same = |earlier: &&mut Answer<'_>| {
            earlier.department == check.department
                && earlier.item == check.item
                && earlier.checkpoint == check.checkpoint
        };
        if let Some(earlier) = before.iter_mut().rev().find(same) {
            check.supersedes = Some(Cow::Owned(earlier.check_id.to_string()));
            earlier.superseded_by = Some(Cow::Owned(check.check_id.to_string()));
        }
    }
}
