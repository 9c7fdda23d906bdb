//! Releases: which component serves which binding, now and before.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use creditgate_gate::ports::{Activation, Registry};
use creditgate_gate::{Change, FieldProblem, RouteState};
use creditgate_wire::admin::{
    ActivateBody, ActivatedBody, ActivationBody, ReleaseTimelineBody, ReleasesBody, RollbackBody,
};
use creditgate_wire::problem::ProblemBody;

use crate::clock;
use crate::host::Shared;
use crate::http::auth::Principal;
use crate::http::body::{self, Media};
use crate::http::door::Changed;
use crate::http::problem::Problem;

/// Activates a component
///
/// For every binding of its plug-in, or one. Each is tried with its settings and
/// limits first; unless all pass, none is switched. Calls that are running
/// finish on the release they began with.
#[utoipa::path(
    post,
    path = "/v1/admin/releases:activate",
    tag = "administration",
    request_body = ActivateBody,
    responses(
        (status = 200, description = "What was switched", body = ActivatedBody),
        (status = "default", description = "Nothing was switched", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn activate_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let limit = shared.config.http.body_limit_bytes.get();
    let bytes = body::read(&headers, body, Media::Json, limit).await?;
    let asked: ActivateBody = body::parse(&bytes)?;
    let change = change(&principal, asked.reason)?;
    let reason = change.reason.clone();
    let activated = shared.deployer.activate(&asked.digest, asked.binding.as_deref(), change).await?;
    Ok(switched(activated, reason))
}

/// Goes back to the release before
///
/// For every binding of a plug-in, or one.
#[utoipa::path(
    post,
    path = "/v1/admin/releases:rollback",
    tag = "administration",
    request_body = RollbackBody,
    responses(
        (status = 200, description = "What was switched", body = ActivatedBody),
        (status = "default", description = "Nothing was switched", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn roll_back_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let limit = shared.config.http.body_limit_bytes.get();
    let bytes = body::read(&headers, body, Media::Json, limit).await?;
    let asked: RollbackBody = body::parse(&bytes)?;
    let scope = asked.scope().map_err(|fault| Problem::invalid(vec![fault]))?;
    let change = change(&principal, asked.reason)?;
    let reason = change.reason.clone();
    let activated = shared.deployer.roll_back(&scope, change).await?;
    Ok(switched(activated, reason))
}

/// Lists the releases of every binding
#[utoipa::path(
    get,
    path = "/v1/admin/releases",
    tag = "administration",
    responses(
        (status = 200, description = "Active release and history of each binding", body = ReleasesBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn list_releases(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let world = shared.gate.world();
    let deployment = Registry::deployment(&shared.store)?;
    let mut releases = Vec::with_capacity(deployment.bindings.len());
    for binding in deployment.bindings {
        let history = Registry::activations(&shared.store, &binding.id)?;
        let route = world.routes().find(|route| route.binding.id == binding.id);
        let unavailable = match route.map(|route| &route.state) {
            Some(RouteState::Serving { .. }) => None,
            Some(RouteState::Unavailable { reason }) => Some(reason.clone()),
            None => Some("the binding is not in force yet".to_owned()),
        };
        releases.push(ReleaseTimelineBody {
            active: deployment
                .active
                .iter()
                .find(|active| active.binding == binding.id)
                .cloned()
                .map(ActivationBody::from),
            unavailable,
            history: history.into_iter().map(ActivationBody::from).collect(),
            plugin: binding.plugin,
            binding: binding.id,
        });
    }
    Ok(body::answer(StatusCode::OK, &ReleasesBody { releases }))
}

/// Who, when and why; a switch without a reason cannot be understood later.
fn change(principal: &Principal, reason: String) -> Result<Change, Problem> {
    if reason.trim().is_empty() {
        return Err(Problem::invalid(vec![FieldProblem {
            field: "reason".to_owned(),
            code: "field.empty",
            message: "must say why".to_owned(),
        }]));
    }
    Ok(Change { actor: principal.id().to_owned(), reason, at: clock::now() })
}

fn switched(activated: Vec<Activation>, reason: String) -> Response {
    let bindings: Vec<&str> = activated.iter().map(|activation| activation.binding.as_str()).collect();
    let mut digests: Vec<&str> = activated.iter().map(|activation| activation.digest.as_str()).collect();
    digests.dedup();
    let changed =
        Changed { subject: bindings.join(", "), detail: format!("{}: {reason}", digests.join(", ")) };
    let activated = activated.into_iter().map(ActivationBody::from).collect();
    let mut response = body::answer(StatusCode::OK, &ActivatedBody { activated }).into_response();
    response.extensions_mut().insert(changed);
    response
}
