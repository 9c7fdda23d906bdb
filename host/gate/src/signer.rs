//! Whose signatures are accepted: a vendor's public key, registered for one
//! department and a time, and its end.

use creditgate_credit::calendar::local_date;
use creditgate_credit::instant;
use creditgate_credit::time::Instant;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Hexadecimal digits of a key's id.
pub(crate) const ID_LENGTH: usize = 16;

/// A public key that can be verified with: 32 bytes that are a point of the
/// curve, and none of the few with which every signature fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// The key of these bytes, if they are one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak())?;
        let mut id = hex::encode(Sha256::digest(bytes));
        id.truncate(ID_LENGTH);
        Some(Self { id, key })
    }

    /// The key written as 64 hexadecimal digits, if it is one.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Self::from_bytes(&bytes)
    }

    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// As 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.key.as_bytes())
    }

    /// Whether a signature is this key's, over this text.
    pub(crate) fn fits(&self, text: &[u8], signature: &Signature) -> bool {
        self.key.verify_strict(text, signature).is_ok()
    }
}

/// A vendor's key as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// What it verifies with; its id is the signer's.
    pub public_key: PublicKey,
    /// Whose it is, for people.
    pub name: String,
    /// The one department whose components it may sign.
    pub department: String,
    /// First day on which it counts.
    pub valid_from: Date,
    /// Last day on which it counts; without one it counts until it is revoked.
    pub valid_until: Option<Date>,
    /// That it was revoked, which is for good.
    pub revoked: Option<Revocation>,
}

/// Why what a key has signed does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The key does not count yet.
    #[error("the key `{key}` counts from {from} on; push again then, or sign with another key")]
    NotYetValid {
        /// The key.
        key: String,
        /// Its first day.
        from: Date,
    },
    /// The key does not count any more.
    #[error("the key `{key}` counted until {until}; sign with a key that is valid now")]
    Expired {
        /// The key.
        key: String,
        /// Its last day.
        until: Date,
    },
    /// The key was revoked.
    #[error("the key `{key}` was revoked; have the component signed with another key")]
    Revoked {
        /// The key.
        key: String,
    },
    /// The key is for another department.
    #[error(
        "the key `{key}` is registered for the department `{registered}`, the component is for \
         `{component}`; sign it with a key of that department"
    )]
    OtherDepartment {
        /// The key.
        key: String,
        /// The department it is registered for.
        registered: String,
        /// The department in the component's manifest.
        component: String,
    },
}

impl SignerError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotYetValid { .. } => "signature.not_yet_valid",
            Self::Expired { .. } => "signature.expired",
            Self::Revoked { .. } => "signature.revoked",
            Self::OtherDepartment { .. } => "signature.other_department",
        }
    }
}

/// The end of a key before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revocation {
    /// When.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub at: Timestamp,
    /// Key id of who did it.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Signer {
    /// Id of its key.
    #[must_use]
    pub fn id(&self) -> &str {
        self.public_key.id()
    }

    /// Whether what it signed is accepted at this moment.
    ///
    /// # Errors
    /// [`SignerError::Revoked`], [`SignerError::NotYetValid`] or
    /// [`SignerError::Expired`].
    pub fn counts_at(&self, at: Timestamp) -> Result<(), SignerError> {
        let key = || self.id().to_owned();
        let today = local_date(at);
        match self.valid_until {
            _ if self.revoked.is_some() => Err(SignerError::Revoked { key: key() }),
            _ if today < self.valid_from => {
                Err(SignerError::NotYetValid { key: key(), from: self.valid_from })
            }
            Some(until) if today > until => Err(SignerError::Expired { key: key(), until }),
            _ => Ok(()),
        }
    }

    /// The key as it was known at an instant: one that was revoked later was not.
    #[must_use]
    pub fn as_of(&self, at: Timestamp) -> Self {
        let revoked = self.revoked.clone().filter(|revoked| revoked.at <= at);
        Self { revoked, ..self.clone() }
    }

    /// Whether it may sign components of this department.
    ///
    /// # Errors
    /// [`SignerError::OtherDepartment`].
    pub fn signs_for(&self, department: &str) -> Result<(), SignerError> {
        if self.department == department {
            return Ok(());
        }
        Err(SignerError::OtherDepartment {
            key: self.id().to_owned(),
            registered: self.department.clone(),
            component: department.to_owned(),
        })
    }
}
