//! Links between numbers of organisations, as they were imported.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use creditgate_wire::link::{LinkRow, LinksBody};
use creditgate_wire::problem::ProblemBody;
use serde::Deserialize;

use crate::host::Shared;
use crate::http::body;
use crate::http::input;
use crate::http::problem::Problem;

const LINKS: u32 = 100;
const MOST_LINKS: u32 = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinksQuery {
    #[serde(default)]
    offset: u32,
    limit: Option<u32>,
}

/// Lists the links between numbers of organisations
///
/// By kind and number. Numbers are masked like those of parties: codes of
/// organisations are shown in full, other numbers are not.
#[utoipa::path(
    get,
    path = "/v1/admin/identifiers",
    tag = "administration",
    params(
        ("offset" = Option<u32>, Query, description = "Leave out so many; none when absent"),
        ("limit" = Option<u32>, Query, description = "At most so many; 100 when absent, never more than 1000"),
    ),
    responses(
        (status = 200, description = "The links", body = LinksBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn list_links(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: LinksQuery = input::query(&uri, "offset (a number), limit (a number)")?;
    let limit = query.limit.unwrap_or(LINKS).min(MOST_LINKS);
    let (links, total) = shared.store.identifier_link_page(query.offset, limit)?;
    let links = links.iter().map(LinkRow::masked).collect();
    Ok(body::answer(StatusCode::OK, &LinksBody { links, total }))
}
