//! Checks to be made again, because an entry they had turned out otherwise
//! (R100).

use creditgate_wire::pages::Rechecks;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Answer, Answered, HostState, Paged, Who};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct RechecksQuery {
    /// Those that were made again, too; only those that wait when absent
    #[serde(default)]
    done: bool,
}

/// Lists checks to be made again, oldest first
///
/// An entry that the check had was corrected, withdrawn or repaired, or the check
/// passed over an entry that was confirmed later. A check at the same checkpoint of the
/// case, under a new idempotency key, takes the place of the earlier check and does the
/// task.
#[utoipa::path(get, path = "/v1/rechecks", tag = "disputes")]
pub(super) async fn list_rechecks(
    shared: HostState,
    who: Who,
    Paged { query, page }: Paged<RechecksQuery>,
) -> Answered<Rechecks> {
    let departments = who.caller.departments.as_deref();
    let rechecks = shared.store.rechecks(departments, !query.done, page.after()?, page.probe())?;
    let (rechecks, next) = page.cut(rechecks, |(seq, _)| *seq);
    let rechecks = rechecks.into_iter().map(|(_, recheck)| recheck).collect();
    Ok(Answer(Rechecks { rechecks, next }))
}
