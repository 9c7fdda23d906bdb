//! The signature of a webhook's request: who has the secret can tell that the
//! host sent this body, and when. Pure.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::options::OptionsError;

/// Shorter secrets, in bytes, could be tried out.
const SHORTEST_SECRET: usize = 16;

/// The secret a host shares with the receiver of its events. `Debug` does not
/// show it.
#[derive(Clone)]
pub struct WebhookSecret(Hmac<Sha256>);

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("WebhookSecret")
    }
}

impl WebhookSecret {
    /// Takes the bytes of the secret.
    ///
    /// # Errors
    /// [`OptionsError::Secret`] when they are fewer than 16.
    pub fn new(bytes: &[u8]) -> Result<Self, OptionsError> {
        if bytes.len() < SHORTEST_SECRET {
            return Err(OptionsError::Secret { shortest: SHORTEST_SECRET });
        }
        let keyed = Hmac::new_from_slice(bytes);
        keyed.map(Self).map_err(|_| OptionsError::Secret { shortest: SHORTEST_SECRET })
    }

    /// The value of `Creditgate-Signature`, `t=<unix seconds>,v1=<hex>`, where
    /// the hex is HMAC-SHA256 over `<unix seconds>.<body>`. The time is signed
    /// too, so that an old request cannot be sent again as a new one.
    pub(crate) fn sign(&self, unix_seconds: i64, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(unix_seconds.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        format!("t={unix_seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with another implementation (Python's `hmac`).
    #[test]
    fn the_signature_is_hmac_sha256_over_time_and_body() {
        let secret = WebhookSecret::new(b"0123456789abcdef").unwrap();
        let cases: [(i64, &str, &str); 2] = [
            (
                1_786_600_000,
                "{\"name\":\"release.activated\"}",
                "971436873fc250d77ef96226108849bab43d21d5cd38933b837c1c38f16c581b",
            ),
            (0, "", "9b9567f7a6e6e3243d8c5c66dde94f7df77b79d6edb3dee210c5778814cfaca0"),
        ];
        for (at, body, hex) in cases {
            assert_eq!(secret.sign(at, body.as_bytes()), format!("t={at},v1={hex}"), "{body}");
        }
    }

    #[test]
    fn another_time_body_or_secret_gives_another_signature() {
        let secret = WebhookSecret::new(b"0123456789abcdef").unwrap();
        let other = WebhookSecret::new(b"0123456789abcdeg").unwrap();
        let hex = |signature: String| signature.split_once("v1=").unwrap().1.to_owned();
        let own = hex(secret.sign(1, b"body"));
        for different in [secret.sign(2, b"body"), secret.sign(1, b"bodi"), other.sign(1, b"body")] {
            assert_ne!(hex(different), own);
        }
    }

    #[test]
    fn a_secret_is_not_shown_and_not_short() {
        assert_eq!(format!("{:?}", WebhookSecret::new(b"very-secret-indeed").unwrap()), "WebhookSecret");
        assert!(matches!(WebhookSecret::new(b"fifteen bytes.."), Err(OptionsError::Secret { .. })));
    }
}
