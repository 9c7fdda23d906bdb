//! Which decisions a list entry took part in.

use creditgate_store::StoreError;
use creditgate_wire::affected::{Affected, AffectedCheck};
use creditgate_wire::replay::ReplayGap;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::host::Shared;
use crate::http::{Answer, Answered, HostState, Paged, Problem};

/// Checks run between two turns given to whatever else waits for the thread.
const CHECKS_IN_A_TURN: usize = 4;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct AffectedQuery {
    /// Id of the list entry
    entry: String,
    /// Run each check again without the entry; not done when absent
    #[serde(default)]
    without: bool,
}

/// Lists the checks an entry took part in
///
/// Lists the checks in which a party had the entry on the day of the check, effective
/// or in its history, with the measures that followed from the entry and what was
/// reported on each measure. With `without`, the host runs each check again without the
/// entry, in the component and under the rules that judged it, and names the decisions
/// that would have come out differently (R100).
#[utoipa::path(get, path = "/v1/admin/affected", tag = "administration")]
pub(in crate::http) async fn list_affected(
    shared: HostState,
    Paged { query, page }: Paged<AffectedQuery>,
) -> Answered<Affected> {
    let (entry, after, probe) = (query.entry.clone(), page.after()?.unwrap_or(0), page.probe());
    let found = shared.read_long(move |store| store.checks_with_entry(&entry, after, probe)).await?;
    creditgate_store::says(if found.is_empty() { "nothing" } else { &query.entry }, "");
    let (found, next) = page.cut(found, |(seq, _)| *seq);
    let mut checks = Vec::with_capacity(found.len());
    for (turn, (seq, mut check)) in found.into_iter().enumerate() {
        check.measures = shared.store.measures_from_entry(seq, &query.entry)?;
        if query.without {
            run_without(&shared, &query.entry, &mut check).await?;
            if turn % CHECKS_IN_A_TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
        checks.push(check);
    }
    Ok(Answer(Affected { entry: query.entry, checks, next }))
}

/// Adds what the check would have come to without the entry.
async fn run_without(shared: &Shared, entry: &str, check: &mut AffectedCheck) -> Result<(), Problem> {
    let recorded = match shared.store.recorded(&check.check_id) {
        Ok(Some(recorded)) => recorded,
        Ok(None) => return Ok(()),
        // One damaged record must not hide the others.
        Err(StoreError::Record(error)) => {
            let (code, text) = ("record_unreadable".to_owned(), error.to_string());
            check.not_reconstructible = Some(ReplayGap { code, text });
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    match shared.deployer.without_entry(&recorded, entry).await {
        Ok(comparison) => check.without = Some(comparison),
        Err(gap) => check.not_reconstructible = Some(ReplayGap::from(&gap)),
    }
    Ok(())
}
