//! The HTTP interface: one file for each noun.
//!
//! A request comes in through `access`, which knows from `role` who may make which
//! call; its body is read by `body`; an error leaves through `problem`. Shapes
//! are those of `creditgate-wire`, and what a call does is done by the gate, the
//! deployer and the store.

mod access;
mod acknowledgements;
mod acts;
mod admin;
mod arrival;
mod auth;
mod body;
mod cases;
mod check_batch;
mod check_search;
mod checks;
mod commitments;
mod completion;
mod coverage;
mod dispositions;
mod health;
mod input;
mod objections;
mod openapi;
mod places;
mod problem;
mod publications;
mod query;
mod receipts;
mod rechecks;
mod repairs;
mod replay;
mod role;
mod span;
mod tasks;
#[cfg(test)]
mod tests;
mod typical_cases;

use std::sync::Arc;

use axum::{Router, middleware};
use utoipa_axum::router::OpenApiRouter;

use crate::host::Shared;

pub(crate) use access::NO_ROUTE;
pub(crate) use auth::KeyRing;
pub use auth::LocalOperator;
pub(crate) use places::Places;
pub(crate) use problem::{Code, Problem};
pub use role::Role;

/// Every call, behind access control.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let (router, _) = calls().split_for_parts();
    router.layer(middleware::from_fn_with_state(Arc::clone(&shared), access::control)).with_state(shared)
}

/// The description of every call (OpenAPI 3.1).
pub(crate) fn openapi() -> serde_json::Value {
    openapi::describe()
}

/// Every call with its description.
fn calls() -> OpenApiRouter<Arc<Shared>> {
    let calls = openapi::calls![
        checks::make_check,
        check_search::list_checks,
        check_batch::make_checks,
        check_search::search_checks,
        checks::get_check,
        replay::replay_check,
        dispositions::report_dispositions,
        cases::get_case,
        coverage::report_coverage,
        typical_cases::add_typical_case,
        acknowledgements::acknowledge_feedback,
        completion::report_completion,
        commitments::list_commitments,
        commitments::get_commitment,
        commitments::sign_commitment,
        commitments::fulfil_commitment,
        commitments::extend_commitment,
        commitments::breach_commitment,
        commitments::repair_commitment,
        tasks::list_tasks,
        publications::report_publication,
        objections::raise_objection,
        objections::list_objections,
        objections::get_objection,
        objections::decide_objection,
        objections::note_objection,
        repairs::apply_for_repair,
        repairs::list_repairs,
        repairs::get_repair,
        repairs::answer_repair,
        acts::report_act,
        rechecks::list_rechecks,
        receipts::verify_receipt,
        receipts::receipt_keys,
        receipts::rotate_key,
        health::alive,
        health::ready,
        health::metrics,
        openapi::document,
    ];
    OpenApiRouter::with_openapi(openapi::frame()).merge(calls).merge(admin::calls())
}
