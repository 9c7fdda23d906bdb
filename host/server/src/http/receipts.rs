//! Receipts: proof that a check took place.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_api::{JsonWebKeySet, ReceiptToVerify, ReceiptVerification, RotatedReceiptKey};

use super::body;
use super::body::Json;
use super::problem::Problem;
use crate::host::Shared;
use creditgate_wire::receipt::{key_set, verification};

/// Verifies a receipt
///
/// Whatever is wrong with a receipt is an answer and no error: `valid` is false
/// then, and `code` says why.
#[utoipa::path(
    post,
    path = "/v1/receipts:verify",
    tag = "receipts",
    request_body = ReceiptToVerify,
    responses(
        (status = 200, description = "What the receipt proves, if anything", body = ReceiptVerification),
    )
)]
pub(super) async fn verify_receipt(
    State(shared): State<Arc<Shared>>,
    asked: Json<ReceiptToVerify>,
) -> Result<Response, Problem> {
    let asked = asked.sound()?;
    let verified = shared.gate.receipt_keys().trusted.verify(&asked.receipt);
    Ok(body::answer(StatusCode::OK, &verification(verified)))
}

/// The public keys of receipts
///
/// Whoever has them can verify a receipt without asking the host. Those that were
/// retired are there with their time.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "receipts",
    responses((status = 200, description = "A JWK set (RFC 7517)", body = JsonWebKeySet))
)]
pub(super) async fn receipt_keys(State(shared): State<Arc<Shared>>) -> Response {
    body::answer(StatusCode::OK, &key_set(&shared.gate.receipt_keys().trusted))
}

/// Has a new key sign receipts
///
/// From the next receipt on. The old secret is destroyed; its public key stays in
/// the key set, so that receipts of earlier checks stay genuine.
#[utoipa::path(
    post,
    path = "/v1/admin/receipt-keys:rotate",
    tag = "administration",
    responses(
        (status = 200, description = "The new key and the retired one", body = RotatedReceiptKey),
    )
)]
pub(super) async fn rotate_key(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let rotated = shared.rotate_receipt_key().await;
    let (kid, retired) = rotated.map_err(|error| Problem::internal(Some(&error)))?;
    Ok(body::answer(StatusCode::OK, &RotatedReceiptKey { kid, retired: Some(retired) }))
}
