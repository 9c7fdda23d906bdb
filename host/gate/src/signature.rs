//! Signatures of vendors: whether a component comes from who says so, and
//! whether they may bring components of its department.
//!
//! A signature is detached: a small JSON document beside the component, over
//! its digest. It is looked at before any byte of the component is parsed, so
//! that a stranger's bytes reach neither the parser nor the compiler. Whoever
//! holds a key is registered as a [`Signer`], for one department and a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signature;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::object;
use crate::ports::ComponentSignature;
use crate::signer::{ID_LENGTH, PublicKey, Signer, SignerError};

/// What is signed begins with this, so that a signature made for anything else
/// proves nothing here. The digest follows, as it is written.
const DOMAIN: &str = "creditgate-release-v1\n";

/// The one algorithm (RFC 8032).
const ALGORITHM: &str = "ed25519";

/// Longest signature document that is looked at, in bytes.
const LONGEST_DOCUMENT: usize = 1024;

/// A detached signature, as it travels and as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureDocument {
    /// Id of the key.
    key: String,
    /// `ed25519`.
    algorithm: String,
    /// `sha256:<hex>` of the component that was signed.
    digest: String,
    /// 64 bytes in base64url.
    signature: String,
}

impl SignatureDocument {
    /// The document around a signature over [`signed_text`].
    pub(crate) fn new(key: &PublicKey, digest: &str, signature: &Signature) -> Self {
        Self {
            key: key.id().to_owned(),
            algorithm: ALGORITHM.to_owned(),
            digest: digest.to_owned(),
            signature: URL_SAFE_NO_PAD.encode(signature.to_bytes()),
        }
    }

    /// As one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A struct of strings has no way to fail here.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn parse(document: &[u8]) -> Result<Self, SignatureError> {
        if document.len() > LONGEST_DOCUMENT {
            return Err(SignatureError::Malformed("it is too long"));
        }
        let document: Self = object::read(document).ok_or(SignatureError::Malformed(
            "it is not a JSON object of `key`, `algorithm`, `digest`, `signature`",
        ))?;
        // What is repeated in errors must be what it is called: never a number
        // somebody typed.
        let hexadecimal = |text: &str, length| {
            text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
        };
        if !hexadecimal(&document.key, ID_LENGTH) {
            return Err(SignatureError::Malformed("its `key` is not the id of a key, 16 hexadecimal digits"));
        }
        if !document.digest.strip_prefix("sha256:").is_some_and(|digits| hexadecimal(digits, 64)) {
            return Err(SignatureError::Malformed("its `digest` is not `sha256:` and 64 hexadecimal digits"));
        }
        if document.algorithm != ALGORITHM {
            return Err(SignatureError::Malformed("its `algorithm` is not `ed25519`"));
        }
        Ok(document)
    }

    fn signature(&self) -> Result<Signature, SignatureError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.signature).ok();
        bytes
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .ok_or(SignatureError::Malformed("its `signature` is not 64 bytes in base64url"))
    }
}

/// The text a signature is over.
pub(crate) fn signed_text(digest: &str) -> Vec<u8> {
    [DOMAIN, digest].concat().into_bytes()
}

/// Why a component's signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is none, and there has to be one.
    #[error(
        "the component is not signed, and this host takes signed ones only; sign it with \
         `creditgate plugin sign` and push it with its signature"
    )]
    Missing,
    /// It is not a signature document.
    #[error("this is not a signature of a component: {0}; make it with `creditgate plugin sign`")]
    Malformed(&'static str),
    /// It is for other bytes.
    #[error("the signature is for `{signed}`, but the component is `{found}`; sign this component")]
    OtherDigest {
        /// The digest in the document.
        signed: String,
        /// The digest of the bytes.
        found: String,
    },
    /// Nobody registered the key.
    #[error(
        "the key `{0}` is not registered here; an administrator registers it with `creditgate signers add`"
    )]
    UnknownKey(String),
    /// It does not fit.
    #[error("the signature does not fit: it was changed, or not made with the key `{key}`; sign again")]
    BadSignature {
        /// The key it names.
        key: String,
    },
    /// The key does not count.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

impl SignatureError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "signature.missing",
            Self::Malformed(_) => "signature.malformed",
            Self::OtherDigest { .. } => "signature.other_digest",
            Self::UnknownKey(_) => "signature.unknown_key",
            Self::BadSignature { .. } => "signature.bad_signature",
            Self::Signer(error) => error.code(),
        }
    }
}

/// Who signed the component with this digest, if the document is their
/// signature and their key counts at this moment. Their department is not
/// looked at: the component's is in its manifest, which nobody has read yet.
///
/// # Errors
/// [`SignatureError`], saying what is wrong with it.
pub fn verify<'s>(
    signers: &'s [Signer],
    document: &[u8],
    digest: &str,
    at: Timestamp,
) -> Result<&'s Signer, SignatureError> {
    let document = SignatureDocument::parse(document)?;
    let signature = document.signature()?;
    if document.digest != digest {
        return Err(SignatureError::OtherDigest { signed: document.digest, found: digest.to_owned() });
    }
    let Some(signer) = signers.iter().find(|signer| signer.id() == document.key) else {
        return Err(SignatureError::UnknownKey(document.key));
    };
    if !signer.public_key.fits(&signed_text(digest), &signature) {
        return Err(SignatureError::BadSignature { key: document.key });
    }
    signer.counts_at(at)?;
    Ok(signer)
}

/// Whether components have to be signed. One that is signed is verified all the
/// same where none has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignaturePolicy {
    /// Without a signature nothing is pushed or activated.
    Required,
    /// A signature may be missing.
    Optional,
}

impl SignaturePolicy {
    /// Who signed a component that is being pushed; nobody, where that is
    /// allowed. Comes before its bytes are parsed.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn on_push<'s>(
        self,
        signers: &'s [Signer],
        document: Option<&[u8]>,
        digest: &str,
        at: Timestamp,
    ) -> Result<Option<&'s Signer>, SignatureError> {
        match (document, self) {
            (Some(document), _) => verify(signers, document, digest, at).map(Some),
            (None, Self::Optional) => Ok(None),
            (None, Self::Required) => Err(SignatureError::Missing),
        }
    }

    /// Whether one of the signatures of a component that is kept is as it was taken
    /// in: it fits a key that is known, which counted at that moment. What became of
    /// the key since is not looked at.
    ///
    /// # Errors
    /// [`SignatureError`] of the newest signature.
    pub fn on_load(
        self,
        signers: &[Signer],
        signatures: &[ComponentSignature],
        digest: &str,
    ) -> Result<(), SignatureError> {
        let taken_in = |signature: &ComponentSignature| {
            let then: Vec<Signer> = signers.iter().map(|signer| signer.as_of(signature.at)).collect();
            verify(&then, signature.document.as_bytes(), digest, signature.at).map(drop)
        };
        self.any(signatures.iter().map(taken_in))
    }

    /// Whether a component that is kept may be activated at this moment: one of
    /// its signatures has to be good, if there is or has to be one.
    ///
    /// # Errors
    /// [`SignatureError`], of the newest signature where none is good.
    pub fn on_activation(
        self,
        signers: &[Signer],
        signatures: &[ComponentSignature],
        digest: &str,
        at: Timestamp,
    ) -> Result<(), SignatureError> {
        let good = |signature: &ComponentSignature| {
            verify(signers, signature.document.as_bytes(), digest, at).map(drop)
        };
        self.any(signatures.iter().map(good))
    }

    /// One of them has to be good, if there is or has to be one.
    fn any(self, signatures: impl Iterator<Item = Result<(), SignatureError>>) -> Result<(), SignatureError> {
        let mut newest = None;
        for signature in signatures {
            match signature {
                Ok(()) => return Ok(()),
                Err(error) => newest = newest.or(Some(error)),
            }
        }
        match (newest, self) {
            (Some(error), _) => Err(error),
            (None, Self::Optional) => Ok(()),
            (None, Self::Required) => Err(SignatureError::Missing),
        }
    }
}

#[cfg(test)]
mod tests;
