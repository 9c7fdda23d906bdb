//! The HTTP interface: one file for each noun.
//!
//! A request comes in through `door`, which knows from `role` who may make which
//! call; its body is read by `body`; an error leaves through `problem`. Shapes
//! are those of `creditgate-wire`, and what a call does is done by the gate, the
//! deployer and the store.

mod acknowledgements;
mod admin;
mod auth;
mod body;
mod cases;
mod checks;
mod completion;
mod coverage;
mod dispositions;
mod door;
mod health;
mod input;
mod openapi;
mod problem;
mod receipts;
mod replay;
mod role;
mod span;
#[cfg(test)]
mod tests;
mod typical_cases;

use std::sync::Arc;

use axum::{Router, middleware};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::host::Shared;

pub(crate) use auth::KeyRing;
pub use auth::LocalOperator;
pub use role::Role;

/// Every call, behind the door.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let (router, _) = calls().split_for_parts();
    router.layer(middleware::from_fn_with_state(Arc::clone(&shared), door::door)).with_state(shared)
}

/// The description of every call (OpenAPI 3.1).
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    openapi::describe()
}

/// Every call with its description.
fn calls() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(checks::make_check))
        .routes(routes!(checks::get_check))
        .routes(routes!(replay::replay_check))
        .routes(routes!(dispositions::report_dispositions))
        .routes(routes!(cases::get_case))
        .routes(routes!(coverage::report_coverage))
        .routes(routes!(typical_cases::add_typical_case))
        .routes(routes!(acknowledgements::acknowledge_feedback))
        .routes(routes!(completion::report_completion))
        .routes(routes!(receipts::verify_receipt))
        .routes(routes!(receipts::receipt_keys))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
        .routes(routes!(openapi::document))
        .merge(admin::calls())
}
