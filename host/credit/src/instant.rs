//! Instants in their form on the wire: for `#[serde(with = "instant")]`, and [`optional`] where
//! there may be none.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Instant;

/// Writes an instant.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    Instant(*instant).serialize(serializer)
}

/// Reads an instant.
///
/// # Errors
/// That the text is none.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Instant::deserialize(deserializer).map(|instant| instant.0)
}

/// An instant that may not be there.
pub mod optional {
    use super::{Deserialize, Deserializer, Instant, Serialize, Serializer, Timestamp};

    /// Writes an instant, if there is one.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        instant.map(Instant).serialize(serializer)
    }

    /// Reads an instant, or that there is none.
    ///
    /// # Errors
    /// That the text is no instant.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<Instant>::deserialize(deserializer)?.map(|instant| instant.0))
    }
}
