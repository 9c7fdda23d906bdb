//! Receipts: proof that a check took place.

use std::sync::Arc;

use axum::extract::State;
use creditgate_api::{JsonWebKeySet, ReceiptToVerify, ReceiptVerification, RotatedReceiptKey};

use super::body::{Answer, Json};
use super::problem::Problem;
use crate::host::Shared;
use creditgate_wire::receipt::{key_set, verification};

/// Verifies a receipt
///
/// Whatever is wrong with a receipt is an answer and no error: `valid` is false
/// then, and `code` says why.
#[utoipa::path(post, path = "/v1/receipts:verify", tag = "receipts")]
pub(super) async fn verify_receipt(
    State(shared): State<Arc<Shared>>,
    asked: Json<ReceiptToVerify>,
) -> Result<Answer<ReceiptVerification>, Problem> {
    let asked = asked.sound()?;
    let verified = shared.gate.receipt_keys().trusted.verify(&asked.receipt);
    Ok(Answer(verification(verified)))
}

/// The public keys of receipts
///
/// Whoever has them can verify a receipt without asking the host. Those that were
/// retired are there with their time.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "receipts")]
pub(super) async fn receipt_keys(State(shared): State<Arc<Shared>>) -> Answer<JsonWebKeySet> {
    Answer(key_set(&shared.gate.receipt_keys().trusted))
}

/// Has a new key sign receipts
///
/// From the next receipt on. The old secret is destroyed; its public key stays in
/// the key set, so that receipts of earlier checks stay genuine.
#[utoipa::path(post, path = "/v1/admin/receipt-keys:rotate", tag = "administration")]
pub(super) async fn rotate_key(
    State(shared): State<Arc<Shared>>,
) -> Result<Answer<RotatedReceiptKey>, Problem> {
    let rotated = shared.rotate_receipt_key().await;
    let (kid, retired) = rotated.map_err(|error| Problem::internal(Some(&error)))?;
    Ok(Answer(RotatedReceiptKey { kid, retired: Some(retired) }))
}
