//! Named values of an open vocabulary: a JSON object of strings, in the order given.
//! For `#[serde(with = "attributes")]`.

use std::fmt;

use serde::Serializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::application::Attributes;

/// Writes attributes.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(attributes: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(attributes.iter().map(|(name, value)| (name, value)))
}

/// Reads attributes.
///
/// # Errors
/// For what is no object of strings, and for a name that stands twice.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Attributes, D::Error> {
    deserializer.deserialize_map(Pairs)
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Attributes;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of strings")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Attributes, M::Error> {
        let mut pairs = Attributes::new();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            if pairs.iter().any(|(earlier, _)| *earlier == name) {
                return Err(M::Error::custom("must not name an attribute twice"));
            }
            pairs.push((name, value));
        }
        Ok(pairs)
    }
}

/// How attributes are described.
#[cfg(feature = "schema")]
pub struct Described;

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Described {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::ObjectBuilder;
        use utoipa::openapi::schema::Type;
        let text = ObjectBuilder::new().schema_type(Type::String);
        ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(text)).into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Described {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("Attributes")
    }
}

#[cfg(test)]
mod tests {
    use super::Attributes;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Given(#[serde(with = "super")] Attributes);

    #[test]
    fn the_order_is_kept_and_a_name_stands_once() {
        let text = r#"{"z":"1","a":"2"}"#;
        let read: Given = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        for bad in [r#"{"a":"1","a":"2"}"#, r#"{"a":1}"#, "[]"] {
            assert!(serde_json::from_str::<Given>(bad).is_err(), "{bad}");
        }
    }
}
