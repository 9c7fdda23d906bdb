//! Receipts: proof that a check took place.

use creditgate_api::{JsonWebKeySet, ReceiptToVerify, ReceiptVerification, RotatedReceiptKey};

use creditgate_wire::receipt::{key_set, verification};

use super::{Answer, Answered, HostState, Json, Problem};

/// Verifies a receipt
///
/// A receipt that is wrong is an answer and no error: `valid` is false, and `code` says
/// why.
#[utoipa::path(post, path = "/v1/receipts:verify", tag = "receipts")]
pub(super) async fn verify_receipt(
    shared: HostState,
    asked: Json<ReceiptToVerify>,
) -> Answered<ReceiptVerification> {
    let asked = asked.sound()?;
    let verified = shared.gate.receipt_keys().trusted.verify(&asked.receipt);
    Ok(Answer(verification(verified)))
}

/// The public keys of receipts
///
/// Anybody with these keys can verify a receipt without asking the host. Retired keys
/// stay in the set, with the time of their retirement.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "receipts")]
pub(super) async fn receipt_keys(shared: HostState) -> Answer<JsonWebKeySet> {
    Answer(key_set(&shared.gate.receipt_keys().trusted))
}

/// Has a new key sign receipts
///
/// The new key signs from the next receipt on. The host destroys the old secret; the
/// old public key stays in the key set, so that receipts of earlier checks stay
/// genuine.
#[utoipa::path(post, path = "/v1/admin/receipt-keys:rotate", tag = "administration")]
pub(super) async fn rotate_key(shared: HostState) -> Answered<RotatedReceiptKey> {
    let rotated = shared.rotate_receipt_key().await;
    let (kid, retired) = rotated.map_err(Problem::caused)?;
    Ok(Answer(RotatedReceiptKey { kid, retired: Some(retired) }))
}
