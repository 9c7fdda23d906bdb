//! A value that can also be "there is none": the text `none`. Leaving a field out
//! cannot say that, because what is left out may be taken from elsewhere.
//!
//! For `#[serde(with = "or_none::stated")]`: nothing where a field is left out, and
//! within, nothing where it says `none`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// What is written where there is none.
const NONE: &str = "none";

/// A value, or `none`.
struct OrNone<T>(Option<T>);

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

/// A value that is stated, perhaps as `none`, or not stated.
pub(crate) mod stated {
    use super::{Deserialize, Deserializer, NONE, OrNone, Serialize, Serializer};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        stated: &Option<Option<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match stated {
            Some(Some(value)) => value.serialize(serializer),
            Some(None) => serializer.serialize_str(NONE),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Ok(Option::<OrNone<T>>::deserialize(deserializer)?.map(|stated| stated.0))
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::stated;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Stated(#[serde(with = "stated")] Option<Option<u8>>);

    #[test]
    fn a_value_or_none_is_read_and_written_the_same() {
        for (text, value) in [("3", Some(Some(3))), ("\"none\"", Some(None)), ("null", None)] {
            let read: Stated = serde_json::from_str(text).unwrap();
            assert_eq!(read, Stated(value));
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        for bad in ["\"nothing\"", "300", "-1", "true", "[]", "{}"] {
            assert!(serde_json::from_str::<Stated>(bad).is_err(), "{bad}");
        }
    }
}
