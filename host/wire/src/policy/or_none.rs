//! A value that can also be "there is none": the text `none`. Leaving a field out
//! cannot say that, because what is left out may be taken from elsewhere.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// What is written where there is none.
const NONE: &str = "none";

/// A value, or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrNone<T>(pub Option<T>);

impl<T: Serialize> Serialize for OrNone<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_str(NONE),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrNone<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueOrNone(PhantomData))
    }
}

struct ValueOrNone<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ValueOrNone<T> {
    type Value = OrNone<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value, or `none` in quotation marks")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OrNone<T>, E> {
        if text == NONE { Ok(OrNone(None)) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<OrNone<T>, E> {
        T::deserialize(number.into_deserializer()).map(|value| OrNone(Some(value)))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<OrNone<T>, M::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| OrNone(Some(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_or_none_is_read_and_written_the_same() {
        for (text, value) in [("3", Some(3)), ("\"none\"", None)] {
            let read: OrNone<u8> = serde_json::from_str(text).unwrap();
            assert_eq!(read, OrNone(value));
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        for bad in ["\"nothing\"", "300", "-1", "null", "true", "[]", "{}"] {
            assert!(serde_json::from_str::<OrNone<u8>>(bad).is_err(), "{bad}");
        }
    }
}
