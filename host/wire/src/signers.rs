//! Bodies of the calls about vendors' keys.

use creditgate_gate::{Revocation, Signer};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Day;

/// A vendor's key to be registered.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSigner {
    /// Whose key it is, for people.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: String,
    /// The one department whose components it may sign.
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    pub department: String,
    /// The public half: an Ed25519 key, 64 hexadecimal digits.
    #[schema(pattern = "^[0-9A-Fa-f]{64}$")]
    pub public_key: String,
    /// First day on which it counts; today when absent.
    pub valid_from: Option<Day>,
    /// Last day on which it counts; without one it counts until it is revoked.
    pub valid_until: Option<Day>,
}

/// A vendor's key as it is registered.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Signer)]
pub struct SignerBody {
    /// The first 16 hexadecimal digits of the SHA-256 of the public key.
    pub id: String,
    /// Whose key it is, for people.
    pub name: String,
    /// The one department whose components it may sign.
    pub department: String,
    /// The public half: an Ed25519 key, 64 hexadecimal digits.
    pub public_key: String,
    /// First day on which it counts.
    pub valid_from: Day,
    /// Last day on which it counts; without one it counts until it is revoked.
    pub valid_until: Option<Day>,
    /// That it was revoked, which is for good.
    pub revoked: Option<Revocation>,
}

impl From<Signer> for SignerBody {
    fn from(signer: Signer) -> Self {
        Self {
            id: signer.id().to_owned(),
            public_key: signer.public_key.to_hex(),
            name: signer.name,
            department: signer.department,
            valid_from: signer.valid_from.into(),
            valid_until: signer.valid_until.map(Day::from),
            revoked: signer.revoked,
        }
    }
}

/// Revokes a vendor's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSigner {
    /// Why; kept with the key and in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}

/// A revoked key, and what goes on running that was signed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedSigner {
    /// The key.
    pub signer: SignerBody,
    /// Bindings whose release was signed with it. They are served on; whether
    /// they should be is for a person to decide.
    pub running: Vec<RunningBody>,
}

/// A binding that is served by a release somebody signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Running)]
pub struct RunningBody {
    /// Id of the binding.
    pub binding: String,
    /// Digest of the component.
    pub digest: String,
    /// Name of the plug-in.
    pub plugin: String,
    /// Version of the component.
    pub version: String,
}
