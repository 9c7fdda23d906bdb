//! What an auditor looks at: the trail of changes, and whether the ledger is
//! whole.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use creditgate_store::{AuditRecord, Chain};
use creditgate_wire::admin::{AuditEventBody, AuditTrailBody};
use creditgate_wire::problem::ProblemBody;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::host::Shared;
use crate::http::body;
use crate::http::input;
use crate::http::problem::Problem;

const EVENTS: u32 = 100;
const MOST_EVENTS: u32 = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuditQuery {
    before: Option<i64>,
    limit: Option<u32>,
}

/// Reads the audit trail, newest first
#[utoipa::path(
    get,
    path = "/v1/admin/audit",
    tag = "administration",
    params(
        ("before" = Option<i64>, Query, description = "Only events before this `seq`"),
        ("limit" = Option<u32>, Query, description = "At most so many; 100 when absent, never more than 1000"),
    ),
    responses(
        (status = 200, description = "The events", body = AuditTrailBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn list_audit(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: AuditQuery = input::query(&uri, "before (a number), limit (a number)")?;
    let limit = query.limit.unwrap_or(EVENTS).min(MOST_EVENTS);
    let audit = shared.store.audit(query.before, limit)?.into_iter().map(shown).collect();
    Ok(body::answer(StatusCode::OK, &AuditTrailBody { audit }))
}

/// What a walk along the ledger found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerVerification)]
pub(in crate::http) struct LedgerVerificationBody {
    /// Records that are as they were written, from the first on.
    records: u64,
    /// Whether all are.
    intact: bool,
    /// Where the first is that is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Verifies the ledger
///
/// Computes the hash of every record again and holds it against the next. Some
/// 10,000 records take a second.
#[utoipa::path(
    get,
    path = "/v1/admin/ledger:verify",
    tag = "administration",
    responses(
        (status = 200, description = "What was found", body = LedgerVerificationBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn verify_ledger(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let store = shared.store.clone();
    let chain = tokio::task::spawn_blocking(move || store.verify_chain())
        .await
        .map_err(|error| Problem::internal(Some(&error)))??;
    let found = match chain {
        Chain::Whole { records } => LedgerVerificationBody { records, intact: true, problem: None },
        Chain::Broken { seq } => {
            tracing::error!(seq, "the ledger is broken");
            LedgerVerificationBody {
                records: u64::try_from(seq - 1).unwrap_or_default(),
                intact: false,
                problem: Some(format!("record {seq} was changed, or the one before it removed")),
            }
        }
    };
    Ok(body::answer(StatusCode::OK, &found))
}

fn shown(record: AuditRecord) -> AuditEventBody {
    AuditEventBody {
        seq: record.seq,
        at: record.event.at.into(),
        actor: record.event.actor,
        action: record.event.action,
        subject: record.event.subject,
        detail: record.event.detail,
    }
}
