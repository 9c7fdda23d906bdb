//! Verification of receipts, and the keys they are signed with.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use creditgate_credit::time::Instant;

/// A receipt to be verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptToVerify {
    /// The receipt, a compact JWS.
    pub receipt: String,
}

/// What a receipt proves, if anything.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReceiptVerification {
    /// Whether the signature is good.
    pub valid: bool,
    /// What the receipt states; only where it is valid.
    pub claims: Option<ReceiptClaims>,
    /// Stable code of why it proves nothing.
    pub code: Option<String>,
    /// Why it proves nothing.
    pub message: Option<String>,
}

/// What a receipt states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReceiptClaims {
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
    pub checked_at: Instant,
}

/// The public keys of receipts (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct JsonWebKeySet {
    /// Every key whose receipts are believed.
    pub keys: Vec<JsonWebKey>,
}

/// A public key (RFC 8037).
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct JsonWebKey {
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
    pub iat: Option<i64>,
    /// When it was retired, in seconds since 1970; the key without it signs. Receipts
    /// of checks before stay genuine.
    pub exp: Option<i64>,
}

/// A new key for receipts, and the one it takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RotatedReceiptKey {
    /// Id of the key that signs from now on.
    pub kid: String,
    /// Id of the one that was retired, whose receipts stay genuine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
}
