//! Links between numbers of organisations, as they were imported.

use creditgate_wire::link::{IdentifierLinks, LinkRow};

use crate::http::{Answer, Answered, HostState, Page};

/// Lists the links between numbers of organisations
///
/// Lists links by kind and number. The host shows codes of organisations in full and
/// masks other numbers, as it does with numbers of parties.
#[utoipa::path(get, path = "/v1/admin/identifiers", tag = "administration")]
pub(in crate::http) async fn list_links(shared: HostState, page: Page) -> Answered<IdentifierLinks> {
    // The place of a link in their order is made of its number, which no address may
    // hold: so a page begins behind so many links.
    let before = page.after()?.unwrap_or(0_u32);
    let (links, total) = shared.store.identifier_link_page(before, page.probe())?;
    let (links, next) = page.cut(links, |_| before.saturating_add(page.limit()));
    let links = links.iter().map(LinkRow::masked).collect();
    Ok(Answer(IdentifierLinks { links, total, next }))
}
