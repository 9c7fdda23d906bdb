//! The secret half of a vendor's key: made, kept in a file and signed with on
//! the vendor's own machine. No host ever holds one.

use std::ops::Deref;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use ed25519_dalek::{Signer, SigningKey};

use crate::signature::{SignatureDocument, signed_text};
use crate::signer::PublicKey;

/// A file does not hold a vendor's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an Ed25519 private key in PKCS#8 PEM form")]
pub struct VendorKeyError;

/// A key to sign components with.
pub struct VendorKey {
    secret: SigningKey,
    public: PublicKey,
}

impl VendorKey {
    /// The key made from 32 secret bytes.
    ///
    /// # Errors
    /// [`VendorKeyError`] for the bytes of a key with which every signature
    /// would fit; no random bytes are.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, VendorKeyError> {
        let secret = SigningKey::from_bytes(secret);
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).ok_or(VendorKeyError)?;
        Ok(Self { secret, public })
    }

    /// The key in a PEM text (PKCS#8, RFC 8410).
    ///
    /// # Errors
    /// [`VendorKeyError`]; it repeats nothing of the text.
    pub fn from_pem(text: &str) -> Result<Self, VendorKeyError> {
        let secret = SigningKey::from_pkcs8_pem(text).map_err(|_| VendorKeyError)?;
        Self::from_secret(secret.as_bytes())
    }

    /// The key as PEM text (PKCS#8, RFC 8410), as other tools read and write it.
    /// Dropping it wipes it from memory.
    ///
    /// # Errors
    /// [`VendorKeyError`], which has no way to happen for a key there is.
    pub fn to_pem(&self) -> Result<impl Deref<Target = String> + use<>, VendorKeyError> {
        // Without the public half, which not every tool expects there.
        let pair = KeypairBytes { secret_key: self.secret.to_bytes(), public_key: None };
        pair.to_pkcs8_pem(LineEnding::LF).map_err(|_| VendorKeyError)
    }

    /// The half to be registered.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs the component with this digest, `sha256:<hex>`. The same component
    /// always has the same signature.
    #[must_use]
    pub fn sign(&self, digest: &str) -> SignatureDocument {
        let signature = self.secret.sign(&signed_text(digest));
        SignatureDocument::new(&self.public, digest, &signature)
    }
}
