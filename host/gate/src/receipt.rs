//! Receipts: a compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037) that a
//! check took place. Signing is deterministic, so the same check always has the
//! same receipt, and nobody has to keep it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use creditgate_credit::calendar::instant_text;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::object;

/// Longest receipt that is looked at, in bytes.
const LONGEST_RECEIPT: usize = 4096;

/// How long after a key was retired a check may have begun whose receipt it signed:
/// such checks were under way.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(1);

/// What a receipt states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(serialize_with = "as_written_everywhere")]
    pub checked_at: Timestamp,
}

fn as_written_everywhere<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&instant_text(*moment))
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

const ALGORITHM: &str = "EdDSA";
const TYPE: &str = "creditgate-receipt+jwt";

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not three base64url parts, or a part is not what it should be.
    #[error("this is not a receipt: {0}")]
    Malformed(&'static str),
    /// Signed with an algorithm or of a type that receipts do not have.
    #[error("a receipt is of type `{TYPE}` and signed with {ALGORITHM}; this is not")]
    WrongType,
    /// No key with this id is known.
    #[error("the receipt was signed with the unknown key `{0}`")]
    UnknownKey(String),
    /// The key signs no receipts any more, and the check was made after it was
    /// retired.
    #[error("key `{key}` was retired on {until}, before the check this receipt states")]
    Retired {
        /// Id of the key.
        key: String,
        /// When.
        until: Timestamp,
    },
    /// The signature does not fit.
    #[error("the signature does not fit: the receipt was changed or not signed by this key")]
    BadSignature,
}

impl ReceiptError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "receipt.malformed",
            Self::WrongType => "receipt.wrong_type",
            Self::UnknownKey(_) => "receipt.unknown_key",
            Self::Retired { .. } => "receipt.key_retired",
            Self::BadSignature => "receipt.bad_signature",
        }
    }
}

/// The key that signs receipts.
pub struct ReceiptKey {
    key: SigningKey,
    header: String,
    id: String,
}

impl ReceiptKey {
    /// The key made from 32 secret bytes.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        let id = key_id(&key.verifying_key());
        let header = format!(r#"{{"alg":"{ALGORITHM}","typ":"{TYPE}","kid":"{id}"}}"#);
        Self { key, header: URL_SAFE_NO_PAD.encode(header), id }
    }

    /// Id of the key: its JWK thumbprint (RFC 7638).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public half, as 32 bytes.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// Signs a receipt.
    #[must_use]
    pub fn sign(&self, claims: &ReceiptClaims) -> String {
        // A struct of strings has no way to fail here.
        let payload = serde_json::to_vec(claims).unwrap_or_default();
        let mut receipt = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(payload));
        let signature = self.key.sign(receipt.as_bytes());
        receipt.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut receipt);
        receipt
    }
}

fn key_id(key: &VerifyingKey) -> String {
    // RFC 7638: the required members in lexicographic order, without blanks.
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(key.to_bytes()));
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
}

/// A public key receipts were signed with, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicReceiptKey {
    /// The key.
    pub bytes: [u8; 32],
    /// Since when; from the beginning where it is not known.
    pub since: Option<Timestamp>,
    /// When it was retired; while it is not, it signs.
    pub until: Option<Timestamp>,
}

impl From<[u8; 32]> for PublicReceiptKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self { bytes, since: None, until: None }
    }
}

impl PublicReceiptKey {
    /// Id of the key, if it is one.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        VerifyingKey::from_bytes(&self.bytes).ok().map(|key| key_id(&key))
    }
}

/// The public keys whose receipts are trusted.
#[derive(Debug, Clone, Default)]
pub struct VerifyingKeys {
    keys: Vec<TrustedKey>,
}

#[derive(Debug, Clone)]
struct TrustedKey {
    id: String,
    key: VerifyingKey,
    said: PublicReceiptKey,
}

impl VerifyingKeys {
    /// Believes these keys. Bytes that are no key are left out: no receipt can have
    /// been signed with them.
    pub fn new(keys: impl IntoIterator<Item: Into<PublicReceiptKey>>) -> Self {
        let trusted = |said: PublicReceiptKey| {
            let key = VerifyingKey::from_bytes(&said.bytes).ok()?;
            Some(TrustedKey { id: key_id(&key), key, said })
        };
        Self { keys: keys.into_iter().map(Into::into).filter_map(trusted).collect() }
    }

    /// Id, base64url form and time of each key, for a JWK set.
    pub fn published(&self) -> impl Iterator<Item = (&str, String, &PublicReceiptKey)> {
        self.keys
            .iter()
            .map(|known| (known.id.as_str(), URL_SAFE_NO_PAD.encode(known.said.bytes), &known.said))
    }

    /// What a receipt states, once its signature is found good.
    ///
    /// # Errors
    /// [`ReceiptError`], saying what is wrong with it.
    pub fn verify(&self, receipt: &str) -> Result<ReceiptClaims, ReceiptError> {
        if receipt.len() > LONGEST_RECEIPT {
            return Err(ReceiptError::Malformed("it is too long"));
        }
        let (signed, signature) =
            receipt.trim().rsplit_once('.').ok_or(ReceiptError::Malformed("it has no signature"))?;
        let (header, payload) =
            signed.split_once('.').ok_or(ReceiptError::Malformed("it has not three parts"))?;
        let header: Header = decode(header, "its header is not base64url JSON")?;
        if header.alg != ALGORITHM || header.typ != TYPE {
            return Err(ReceiptError::WrongType);
        }
        let TrustedKey { id, key, said } = self
            .keys
            .iter()
            .find(|known| known.id == header.kid)
            .ok_or_else(|| ReceiptError::UnknownKey(header.kid.chars().take(64).collect()))?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .ok_or(ReceiptError::Malformed("its signature is not 64 bytes in base64url"))?;
        key.verify_strict(signed.as_bytes(), &signature).map_err(|_| ReceiptError::BadSignature)?;
        let claims: ReceiptClaims = decode(payload, "its payload is not what a receipt states")?;
        match said.until {
            Some(until) if claims.checked_at.duration_since(until) > UNDER_WAY => {
                Err(ReceiptError::Retired { key: id.clone(), until })
            }
            _ => Ok(claims),
        }
    }
}

/// The key that signs receipts, and those whose receipts are trusted.
pub struct ReceiptKeys {
    /// Signs.
    pub signing: ReceiptKey,
    /// Its public half, and those of keys that were retired.
    pub trusted: VerifyingKeys,
}

impl From<ReceiptKey> for ReceiptKeys {
    fn from(signing: ReceiptKey) -> Self {
        let trusted = VerifyingKeys::new([signing.public()]);
        Self { signing, trusted }
    }
}

fn decode<T: DeserializeOwned>(part: &str, fault: &'static str) -> Result<T, ReceiptError> {
    let json = URL_SAFE_NO_PAD.decode(part).ok();
    json.and_then(|json| object::read(&json)).ok_or(ReceiptError::Malformed(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> ReceiptClaims {
        ReceiptClaims {
            check_id: "c1".into(),
            case_no: "case-1".into(),
            department: "market-regulation".into(),
            item: "food-licence".into(),
            checkpoint: "review".into(),
            status: "clear".into(),
            outcome: "proceed".into(),
            record_hash: "00".repeat(32),
            checked_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_receipt_proves_what_was_signed_and_nothing_else() {
        let key = ReceiptKey::from_secret(&[7; 32]);
        let keys = VerifyingKeys::new([key.public()]);
        let receipt = key.sign(&claims());
        assert_eq!(keys.verify(&receipt).unwrap(), claims());
        assert_eq!(key.sign(&claims()), receipt, "signing is deterministic");

        let mut forged = claims();
        forged.outcome = "refuse".into();
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&forged).unwrap());
        let parts: Vec<&str> = receipt.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","typ":"{TYPE}","kid":"{}"}}"#, key.id()));
        let stranger = ReceiptKey::from_secret(&[8; 32]);
        let listed = URL_SAFE_NO_PAD.encode(format!(r#"["{ALGORITHM}","{TYPE}","{}"]"#, key.id()));
        let cases = [
            (format!("{}.{payload}.{}", parts[0], parts[2]), "receipt.bad_signature"),
            (format!("{none}.{}.", parts[1]), "receipt.wrong_type"),
            (stranger.sign(&claims()), "receipt.unknown_key"),
            (format!("{listed}.{}.{}", parts[1], parts[2]), "receipt.malformed"),
            ("a.b".to_owned(), "receipt.malformed"),
            (String::new(), "receipt.malformed"),
            ("x".repeat(5000), "receipt.malformed"),
        ];
        for (receipt, code) in cases {
            assert_eq!(keys.verify(&receipt).unwrap_err().code(), code);
        }
    }

    #[test]
    fn a_retired_key_is_believed_about_checks_of_its_time() {
        let key = ReceiptKey::from_secret(&[7; 32]);
        let until: Timestamp = "2026-08-03T09:30:00+08:00".parse().unwrap();
        let retired = PublicReceiptKey { until: Some(until), ..key.public().into() };
        let keys = VerifyingKeys::new([retired, ReceiptKey::from_secret(&[8; 32]).public().into()]);
        for (at, code) in [
            ("1970-01-01T00:00:00Z", None),
            ("2026-08-03T09:30:00+08:00", None),
            ("2026-08-03T09:30:59+08:00", None),
            ("2026-08-03T09:31:01+08:00", Some("receipt.key_retired")),
            ("2027-01-01T00:00:00Z", Some("receipt.key_retired")),
        ] {
            let receipt = key.sign(&ReceiptClaims { checked_at: at.parse().unwrap(), ..claims() });
            assert_eq!(keys.verify(&receipt).err().map(|error| error.code()), code, "{at}");
        }
    }

    #[test]
    fn the_key_id_is_the_thumbprint_of_rfc_8037() {
        // RFC 8037, appendix A.3: the thumbprint of the key of appendix A.1.
        let secret = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = ReceiptKey::from_secret(&secret.try_into().unwrap());
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
