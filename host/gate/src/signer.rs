//! Whose signatures are accepted: a vendor's public key, registered for one
//! department and a time, and its end.

use creditgate_credit::calendar::local_date;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::signature::SignatureError;

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
        let mut id = hex(&Sha256::digest(bytes));
        id.truncate(ID_LENGTH);
        Some(Self { id, key })
    }

    /// The key written as 64 hexadecimal digits, if it is one.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 2 * bytes.len() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
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
        hex(self.key.as_bytes())
    }

    /// Whether a signature is this key's, over this text.
    pub(crate) fn fits(&self, text: &[u8], signature: &Signature) -> bool {
        self.key.verify_strict(text, signature).is_ok()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
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

/// The end of a key before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When.
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
    /// [`SignatureError::Revoked`], [`SignatureError::NotYetValid`] or
    /// [`SignatureError::Expired`].
    pub fn counts_at(&self, at: Timestamp) -> Result<(), SignatureError> {
        let key = || self.id().to_owned();
        let today = local_date(at);
        match self.valid_until {
            _ if self.revoked.is_some() => Err(SignatureError::Revoked { key: key() }),
            _ if today < self.valid_from => {
                Err(SignatureError::NotYetValid { key: key(), from: self.valid_from })
            }
            Some(until) if today > until => Err(SignatureError::Expired { key: key(), until }),
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
    /// [`SignatureError::OtherDepartment`].
    pub fn signs_for(&self, department: &str) -> Result<(), SignatureError> {
        if self.department == department {
            return Ok(());
        }
        Err(SignatureError::OtherDepartment {
            key: self.id().to_owned(),
            registered: self.department.clone(),
            component: department.to_owned(),
        })
    }
}
