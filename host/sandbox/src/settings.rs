//! The settings of a binding in the two forms a guest can ask for. Which
//! settings a plug-in takes is the manifest's business, not this module's.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Complete settings of a binding. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    text: Arc<str>,
    encoded: Arc<[u8]>,
}

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

/// As the object they are.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.text).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let text = r#"{"days":-20,"fast":true,"items":["食品","a\"b"],"name":"示例"}"#;
        let settings: Settings = serde_json::from_str(text).expect("an object");
        assert_eq!(settings.json(), text);
        assert_eq!(serde_json::to_string(&settings).expect("JSON"), text);
        let decoded: Value = minicbor_serde::from_slice(settings.encoded()).expect("CBOR");
        assert_eq!(decoded.to_string(), text);
        assert!(serde_json::from_str::<Settings>("[]").is_err());
    }
}
