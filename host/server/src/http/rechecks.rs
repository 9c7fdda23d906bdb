//! Checks to be made again, because an entry they had turned out otherwise
//! (R100).

use std::sync::Arc;

use axum::extract::State;
use creditgate_wire::act::RechecksBody;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Who;
use super::body::Answer;
use super::problem::Problem;
use super::query::Paged;
use crate::host::Shared;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct RechecksQuery {
    /// Those that were made again, too; only those that wait when absent
    #[serde(default)]
    done: bool,
}

/// Lists checks to be made again, oldest first
///
/// An entry that was before them was corrected, withdrawn or repaired, or they
/// passed over one that was confirmed later. A check at
/// the same checkpoint of the case, under a new idempotency key, takes the place
/// of the earlier one and does the task.
#[utoipa::path(get, path = "/v1/rechecks", tag = "disputes")]
pub(super) async fn list_rechecks(
    State(shared): State<Arc<Shared>>,
    who: Who,
    Paged { query, page }: Paged<RechecksQuery>,
) -> Result<Answer<RechecksBody>, Problem> {
    let departments = who.caller.departments.as_deref();
    let rechecks = shared.store.rechecks(departments, !query.done, page.after()?, page.probe())?;
    let (rechecks, next) = page.cut(rechecks, |(seq, _)| *seq);
    let rechecks = rechecks.into_iter().map(|(_, recheck)| recheck).collect();
    Ok(Answer(RechecksBody { rechecks, next }))
}
