//! What is said of receipts and of the keys they are signed with.

use creditgate_api::{JsonWebKey, JsonWebKeySet, ReceiptClaims, ReceiptVerification};
use creditgate_gate::{PublicReceiptKey, ReceiptError, VerifyingKeys};
use jiff::Timestamp;

/// What a receipt proves.
#[must_use]
pub fn verification(verified: Result<creditgate_gate::ReceiptClaims, ReceiptError>) -> ReceiptVerification {
    match verified {
        Ok(claims) => {
            ReceiptVerification { valid: true, claims: Some(stated(claims)), code: None, message: None }
        }
        Err(error) => ReceiptVerification {
            valid: false,
            claims: None,
            code: Some(error.code().to_owned()),
            message: Some(error.to_string()),
        },
    }
}

fn stated(claims: creditgate_gate::ReceiptClaims) -> ReceiptClaims {
    ReceiptClaims {
        check_id: claims.check_id,
        case_no: claims.case_no,
        department: claims.department,
        item: claims.item,
        checkpoint: claims.checkpoint,
        status: claims.status,
        outcome: claims.outcome,
        record_hash: claims.record_hash,
        checked_at: claims.checked_at.into(),
    }
}

/// The public keys as they are published.
#[must_use]
pub fn key_set(keys: &VerifyingKeys) -> JsonWebKeySet {
    let jwk = |(id, x, key): (&str, String, &PublicReceiptKey)| JsonWebKey {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        kid: id.to_owned(),
        x,
        alg: "EdDSA".to_owned(),
        usage: "sig".to_owned(),
        iat: key.since.map(Timestamp::as_second),
        exp: key.until.map(Timestamp::as_second),
    };
    JsonWebKeySet { keys: keys.published().map(jwk).collect() }
}
