//! What an auditor looks at: the trail of changes, and whether the ledger is
//! whole.

use std::str::FromStr as _;

use creditgate_store::{Head, LedgerFault};
use creditgate_wire::pages::AuditTrail;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// What a walk along the ledger found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerVerification)]
pub(in crate::http) struct LedgerVerificationBody {
    /// Checks that were looked at.
    records: u64,
    /// Links of the chain that were computed again.
    links: i64,
    /// Whether everything is as it was written.
    intact: bool,
    /// The last link, `seq:hash`: kept elsewhere, it shows later that nothing before
    /// it was changed or cut off.
    head: String,
    /// The first fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The faults, at most 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<LedgerFaultBody>,
}

/// Something that is not as it was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerFault)]
struct LedgerFaultBody {
    /// A table and the name of a row, or a link.
    place: String,
    /// What is wrong there.
    text: &'static str,
}

/// Verifies the ledger
///
/// Computes every link of the chain again, holds every row against its last link
/// and every check against its record, and counts the rows. With `since`, a head
/// that was kept elsewhere, also that the chain goes on from there.
#[utoipa::path(get, path = "/v1/admin/ledger:verify", tag = "administration")]
pub(in crate::http) async fn verify_ledger(
    shared: HostState,
    Query(query): Query<VerifyQuery>,
) -> Answered<LedgerVerificationBody> {
    let since = query.since.as_deref().map(Head::from_str).transpose();
    let since = since.map_err(|error| Problem::bad_parameter("since", "value.invalid", error.to_string()))?;
    let found = shared.read_long(move |store| store.verify_ledger(since)).await?;
    for LedgerFault { place, text } in &found.faults {
        tracing::error!(place, text, "the ledger is not as it was written");
    }
    let body = LedgerVerificationBody {
        records: found.records,
        links: found.head.seq,
        intact: found.faults.is_empty(),
        head: found.head.to_string(),
        problem: found.faults.first().map(|fault| format!("{}: {}", fault.place, fault.text)),
        faults: found
            .faults
            .into_iter()
            .map(|LedgerFault { place, text }| LedgerFaultBody { place, text })
            .collect(),
    };
    Ok(Answer(body))
}
