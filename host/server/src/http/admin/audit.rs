//! What an auditor looks at: the trail of changes, and whether the ledger is
//! whole.

use std::str::FromStr as _;

use creditgate_store::{Head, LedgerFault};
use creditgate_wire::admin::{self, LedgerVerification};
use creditgate_wire::pages::AuditTrail;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::{Answer, Answered, HostState, Page, Problem, Query};

/// Reads the audit trail, newest first
#[utoipa::path(get, path = "/v1/admin/audit", tag = "administration")]
pub(in crate::http) async fn list_audit(shared: HostState, page: Page) -> Answered<AuditTrail> {
    let audit = shared.store.audit(page.after()?, page.probe())?;
    let (audit, next) = page.cut(audit, |last| last.seq);
    Ok(Answer(AuditTrail { audit, next }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct VerifyQuery {
    /// A head from an earlier verification, `seq:hash`
    #[param(pattern = "^[0-9]+:[0-9a-f]{64}$")]
    since: Option<String>,
}

/// Verifies the ledger
///
/// Computes every link of the chain again, compares every row with its last link and
/// every check with its record, and counts the rows. With `since`, a head of the chain
/// that was kept elsewhere, the host also verifies that the chain continues from that
/// head.
#[utoipa::path(get, path = "/v1/admin/ledger:verify", tag = "administration")]
pub(in crate::http) async fn verify_ledger(
    shared: HostState,
    Query(query): Query<VerifyQuery>,
) -> Answered<LedgerVerification> {
    let since = query.since.as_deref().map(Head::from_str).transpose();
    let since = since.map_err(|error| Problem::bad_parameter("since", "value.invalid", error.to_string()))?;
    let found = shared.read_long(move |store| store.verify_ledger(since)).await?;
    for LedgerFault { place, text } in &found.faults {
        tracing::error!(place, text, "the ledger is not as it was written");
    }
    let intact = found.faults.is_empty();
    let problem = found.faults.first().map(|fault| format!("{}: {}", fault.place, fault.text));
    let faults = found.faults.into_iter();
    let body = LedgerVerification {
        records: found.records,
        links: found.head.seq,
        intact,
        head: found.head.to_string(),
        problem,
        faults: faults
            .map(|fault| admin::LedgerFault { place: fault.place, text: fault.text.into() })
            .collect(),
    };
    Ok(Answer(body))
}
