//! Links between numbers of organisations, as they were imported.

use std::sync::Arc;

use axum::extract::State;
use creditgate_wire::link::{LinkRow, LinksBody};

use crate::host::Shared;
use crate::http::body::Answer;
use crate::http::problem::Problem;
use crate::http::query::{NoQuery, Paged};

/// Lists the links between numbers of organisations
///
/// By kind and number. Numbers are masked like those of parties: codes of
/// organisations are shown in full, other numbers are not.
#[utoipa::path(get, path = "/v1/admin/identifiers", tag = "administration")]
pub(in crate::http) async fn list_links(
    State(shared): State<Arc<Shared>>,
    Paged { page, .. }: Paged<NoQuery>,
) -> Result<Answer<LinksBody>, Problem> {
    // The place of a link in their order is made of its number, which no address may
    // hold: so a page begins behind so many links.
    let before = page.after()?.unwrap_or(0_u32);
    let (links, total) = shared.store.identifier_link_page(before, page.probe())?;
    let (links, next) = page.cut(links, |_| before.saturating_add(page.limit()));
    let links = links.iter().map(LinkRow::masked).collect();
    Ok(Answer(LinksBody { links, total, next }))
}
