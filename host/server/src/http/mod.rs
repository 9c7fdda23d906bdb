//! The HTTP interface: one file for each noun.
//!
//! A request comes in through `access`, which knows from `calls` who may make which
//! call; its body is read by `body`; an error leaves through `problem`. Bodies are
//! types of the crates below: the gate makes checks, the deployer moves releases,
//! `creditgate-affairs` decides disputes, commitments and entries kept here, and the
//! store keeps what they decide.

mod access;
mod acknowledgements;
mod acts;
mod admin;
mod arrival;
mod auth;
mod body;
mod calls;
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

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::{Router, middleware};

use crate::host::Shared;

pub(crate) use access::NO_ROUTE;
pub(crate) use auth::KeyRing;
pub use auth::LocalOperator;
pub(crate) use places::Places;
pub(crate) use problem::{Code, Problem};
pub use role::Role;

// What handlers are written in.
use auth::{Principal, Who};
use body::{Answer, Answered, Component, File, Json, Tables};
use input::{Id, PathPair, PathText};
use query::{Page, Paged, Query, TableFormat};

/// What a handler knows of the host.
type HostState = State<Arc<Shared>>;

/// What somebody says about one thing, which the path names.
type About<I, T> = (HostState, Who, I, Json<T>);

/// Every call, behind access control.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    // Made at the start, so that no first request waits for the table.
    LazyLock::force(&calls::CALLS);
    let (router, _) = calls::router().split_for_parts();
    router.layer(middleware::from_fn_with_state(Arc::clone(&shared), access::control)).with_state(shared)
}

/// The description of every call (OpenAPI 3.1).
pub(crate) fn openapi() -> serde_json::Value {
    openapi::describe()
}
