//! Days in their form on the wire: for `#[serde(with = "day")]`, and [`optional`] where
//! there may be none.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Day;

/// Writes a day.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    Day(*day).serialize(serializer)
}

/// Reads a day.
///
/// # Errors
/// That the text is none.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    Day::deserialize(deserializer).map(|day| day.0)
}

/// A day that may not be there.
pub mod optional {
    use super::{Date, Day, Deserialize, Deserializer, Serialize, Serializer};

    /// Writes a day, if there is one.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        day.map(Day).serialize(serializer)
    }

    /// Reads a day, or that there is none.
    ///
    /// # Errors
    /// That the text is no day.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Ok(Option::<Day>::deserialize(deserializer)?.map(|day| day.0))
    }
}
