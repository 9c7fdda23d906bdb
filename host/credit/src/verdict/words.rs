//! What stands beside the kind of an advice: `text`, or `materials`.

/// The words of an advice.
pub(super) mod text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Text<T> {
        text: T,
    }

    pub(in crate::verdict) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        Text { text }.serialize(serializer)
    }

    pub(in crate::verdict) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<String, D::Error> {
        Text::deserialize(deserializer).map(|found| found.text)
    }
}

/// Codes of materials.
pub(super) mod materials {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Materials<T> {
        materials: T,
    }

    pub(in crate::verdict) fn serialize<S: Serializer>(
        materials: &[String],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Materials { materials }.serialize(serializer)
    }

    pub(in crate::verdict) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        Materials::deserialize(deserializer).map(|found| found.materials)
    }
}
