//! What changed from one edition to another (R60).

use creditgate_credit::catalogue::diff::diff;
use creditgate_wire::catalogue::EditionDiff;

use crate::http::{Answer, Answered, HostState, PathPair};

/// Compares two editions
///
/// Names what was added, removed and changed from the first edition to the second,
/// particular by particular.
#[utoipa::path(
    get,
    path = "/v1/admin/catalogue/{edition}/diff/{other}",
    tag = "administration",
    params(
        ("edition" = String, Path, min_length = 1, description = "Name of the earlier edition"),
        ("other" = String, Path, description = "Name of the later edition"),
    )
)]
pub(in crate::http) async fn diff_editions(
    shared: HostState,
    PathPair(from, to): PathPair,
) -> Answered<EditionDiff> {
    let [earlier, later] = [shared.store.edition(&from)?, shared.store.edition(&to)?];
    let differences = diff(&earlier.catalogue, &later.catalogue);
    Ok(Answer(EditionDiff { from, to, differences }))
}
