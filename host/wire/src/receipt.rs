//! Verification of receipts, and the keys they are signed with.

use creditgate_gate::{PublicReceiptKey, ReceiptClaims, ReceiptError, VerifyingKeys};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Instant;

/// A receipt to be verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiptToVerify)]
pub struct VerifyBody {
    /// The receipt, a compact JWS.
    pub receipt: String,
}

/// What a receipt proves, if anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReceiptVerification)]
pub struct VerificationBody {
    /// Whether the signature is good.
    pub valid: bool,
    /// What the receipt states; only where it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<ReceiptClaimsBody>,
    /// Stable code of why it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl From<Result<ReceiptClaims, ReceiptError>> for VerificationBody {
    fn from(verified: Result<ReceiptClaims, ReceiptError>) -> Self {
        match verified {
            Ok(claims) => Self { valid: true, claims: Some(claims.into()), code: None, message: None },
            Err(error) => Self {
                valid: false,
                claims: None,
                code: Some(error.code().to_owned()),
                message: Some(error.to_string()),
            },
        }
    }
}

/// What a receipt states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReceiptClaims)]
pub struct ReceiptClaimsBody {
    /// Id of the check.
    pub check_id: String,
    /// Case number.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Status of the check.
    pub status: String,
    /// Outcome as answered.
    pub outcome: String,
    /// SHA-256 of the record in the ledger, hexadecimal.
    pub record_hash: String,
    /// Instant of the check.
    #[schema(inline)]
    pub checked_at: Instant,
}

impl From<ReceiptClaims> for ReceiptClaimsBody {
    fn from(claims: ReceiptClaims) -> Self {
        Self {
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
}

/// The public keys of receipts (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JsonWebKeySet)]
pub struct JwksBody {
    /// Every key whose receipts are trusted.
    pub keys: Vec<JwkBody>,
}

impl From<&VerifyingKeys> for JwksBody {
    fn from(keys: &VerifyingKeys) -> Self {
        let jwk = |(id, x, key): (&str, String, &PublicReceiptKey)| JwkBody {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            kid: id.to_owned(),
            x,
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            iat: key.since.map(Timestamp::as_second),
            exp: key.until.map(Timestamp::as_second),
        };
        Self { keys: keys.published().map(jwk).collect() }
    }
}

/// A public key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JsonWebKey)]
pub struct JwkBody {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// Id of the key: its thumbprint (RFC 7638).
    pub kid: String,
    /// The key, base64url.
    pub x: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Since when it signs, in seconds since 1970 (as in OpenID Federation); absent
    /// where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// When it was retired, in seconds since 1970; the key without it signs. Receipts
    /// of checks before stay genuine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

/// A new key for receipts, and the one it takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RotatedReceiptKey)]
pub struct RotatedKeyBody {
    /// Id of the key that signs from now on.
    pub kid: String,
    /// Id of the one that was retired, whose receipts stay genuine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
}
