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
use utoipa_axum::routes;

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
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(checks::make_check, check_search::list_checks))
        .routes(routes!(check_batch::make_checks))
        .routes(routes!(check_search::search_checks))
        .routes(routes!(checks::get_check))
        .routes(routes!(replay::replay_check))
        .routes(routes!(dispositions::report_dispositions))
        .routes(routes!(cases::get_case))
        .routes(routes!(coverage::report_coverage))
        .routes(routes!(typical_cases::add_typical_case))
        .routes(routes!(acknowledgements::acknowledge_feedback))
        .routes(routes!(completion::report_completion))
        .routes(routes!(commitments::list_commitments))
        .routes(routes!(commitments::get_commitment))
        .routes(routes!(commitments::sign_commitment))
        .routes(routes!(commitments::fulfil_commitment))
        .routes(routes!(commitments::extend_commitment))
        .routes(routes!(commitments::breach_commitment))
        .routes(routes!(commitments::repair_commitment))
        .routes(routes!(tasks::list_tasks))
        .routes(routes!(publications::report_publication))
        .routes(routes!(objections::raise_objection, objections::list_objections))
        .routes(routes!(objections::get_objection))
        .routes(routes!(objections::decide_objection))
        .routes(routes!(objections::note_objection))
        .routes(routes!(repairs::apply_for_repair, repairs::list_repairs))
        .routes(routes!(repairs::get_repair))
        .routes(routes!(repairs::answer_repair))
        .routes(routes!(acts::report_act))
        .routes(routes!(rechecks::list_rechecks))
        .routes(routes!(receipts::verify_receipt))
        .routes(routes!(receipts::receipt_keys))
        .routes(routes!(receipts::rotate_key))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
        .routes(routes!(openapi::document))
        .merge(admin::calls())
}
