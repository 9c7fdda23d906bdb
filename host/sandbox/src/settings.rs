//! The settings of a binding in the two forms a guest can ask for. Which
//! settings a plug-in takes is the manifest's business, not this module's.

use std::sync::Arc;

use serde_json::{Map, Value};

/// Complete settings of a binding. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    text: Arc<str>,
    encoded: Arc<[u8]>,
}

/// The text of settings is not a JSON object.
#[derive(Debug, thiserror::Error)]
#[error("settings are not a JSON object")]
pub struct NotAnObject(#[source] serde_json::Error);

impl Settings {
    /// Settings as the manifest's schema completed them. Encodes them, once for
    /// all calls of the release.
    #[must_use]
    pub fn new(settings: Map<String, Value>) -> Self {
        let encoded = minicbor_serde::to_vec(&settings).unwrap_or_else(|error| {
            // Neither texts, numbers, booleans nor lists of them can fail to be
            // encoded into memory. Should one, no guest can read nothing as its
            // settings: the plug-in's check of them fails, and so does a call.
            tracing::error!(%error, "settings cannot be encoded");
            Vec::new()
        });
        Self { text: Value::Object(settings).to_string().into(), encoded: encoded.into() }
    }

    /// Settings from the text of a record.
    ///
    /// # Errors
    /// [`NotAnObject`].
    pub fn from_json(text: &str) -> Result<Self, NotAnObject> {
        serde_json::from_str(text).map(Self::new).map_err(NotAnObject)
    }

    /// A JSON object.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.text
    }

    /// The same in CBOR (RFC 8949).
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let text = r#"{"days":-20,"fast":true,"items":["食品","a\"b"],"name":"示例"}"#;
        let settings = Settings::from_json(text).expect("an object");
        assert_eq!(settings.json(), text);
        let decoded: Value = minicbor_serde::from_slice(settings.encoded()).expect("CBOR");
        assert_eq!(decoded.to_string(), text);
        assert!(Settings::from_json("[]").is_err());
    }
}
