//! Components: pushed and listed. Pushing switches nothing.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use creditgate_gate::Change;
use creditgate_gate::ports::Registry;
use creditgate_wire::admin::{ComponentBody, ComponentsBody, PushReportBody};
use creditgate_wire::problem::ProblemBody;

use crate::clock;
use crate::host::Shared;
use crate::http::auth::Principal;
use crate::http::body::{self, Media};
use crate::http::door::Changed;
use crate::http::problem::Problem;

/// Pushes a component
///
/// It is parsed, its imports and hooks are looked at, its default settings are
/// validated and each hook is called once with a made-up case. Only then is it
/// kept, and nothing is switched to it yet.
#[utoipa::path(
    post,
    path = "/v1/admin/plugins",
    tag = "administration",
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "The component"),
    responses(
        (status = 200, description = "It was found good and is kept", body = PushReportBody),
        (status = "default", description = "What is wrong with it", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn push_plugin(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let limit = shared.config.http.plugin_limit_bytes.get();
    let component = body::read(&headers, body, Media::Component, limit).await?;
    let change = Change { actor: principal.id().to_owned(), reason: String::new(), at: clock::now() };
    let report = PushReportBody::from(shared.deployer.push(component.into(), change).await?);
    let detail = format!("{} {}", report.name, report.version);
    let mut response = body::answer(StatusCode::OK, &report);
    response.extensions_mut().insert(Changed { subject: report.digest, detail });
    Ok(response)
}

/// Lists the components that are kept, newest first
#[utoipa::path(
    get,
    path = "/v1/admin/plugins",
    tag = "administration",
    responses(
        (status = 200, description = "The components", body = ComponentsBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn list_plugins(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let plugins = Registry::components(&shared.store)?.into_iter().map(ComponentBody::from).collect();
    Ok(body::answer(StatusCode::OK, &ComponentsBody { plugins }))
}
