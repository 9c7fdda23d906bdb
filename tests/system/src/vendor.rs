//! Vendors and their signatures, made here from the description of them and not
//! by the host's own code: what both agree on is what is described.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Somebody with a key.
pub struct Vendor {
    key: SigningKey,
}

impl Vendor {
    /// The vendor of this name: the same name, the same key.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { key: SigningKey::from_bytes(&Sha256::digest(name).into()) }
    }

    /// The vendor every host of the tests knows for a department.
    #[must_use]
    pub fn of(department: &str) -> Self {
        Self::named(&format!("test vendor of {department}"))
    }

    /// Id of the key.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(self.key.verifying_key().as_bytes())[..8])
    }

    /// What an administrator sends to register the key.
    #[must_use]
    pub fn registration(&self, department: &str) -> Value {
        let public_key = hex::encode(self.key.verifying_key().as_bytes());
        json!({"name": "示例软件有限公司", "department": department, "public_key": public_key})
    }

    /// The signature document of a component.
    #[must_use]
    pub fn sign(&self, component: &[u8]) -> Value {
        let digest = digest(component);
        let signature = self.key.sign(format!("creditgate-release-v1\n{digest}").as_bytes());
        json!({
            "key": self.id(), "algorithm": "ed25519", "digest": digest,
            "signature": URL_SAFE_NO_PAD.encode(signature.to_bytes()),
        })
    }
}

/// `sha256:<hex>` of a component.
#[must_use]
pub fn digest(component: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(component)))
}

/// A signature document as it travels in a header.
#[must_use]
pub fn header(document: &str) -> String {
    URL_SAFE_NO_PAD.encode(document)
}
