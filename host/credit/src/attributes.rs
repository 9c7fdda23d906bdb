//! Named values of an open vocabulary: a JSON object of strings, kept in the
//! order given.

use std::borrow::Cow;
use std::fmt;

use crate::application::Attributes;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::{Serialize, Serializer};

/// Attributes, owned when they were read and borrowed when they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributesBody<'a>(pub Cow<'a, [(String, String)]>);

impl AttributesBody<'_> {
    /// Whether there is none, and the field is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> From<&'a Attributes> for AttributesBody<'a> {
    fn from(attributes: &'a Attributes) -> Self {
        Self(Cow::Borrowed(attributes))
    }
}

impl From<AttributesBody<'_>> for Attributes {
    fn from(body: AttributesBody<'_>) -> Self {
        body.0.into_owned()
    }
}

impl Serialize for AttributesBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for AttributesBody<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Attributes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of strings")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Attributes, M::Error> {
                let mut pairs: Attributes = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    if pairs.iter().any(|(earlier, _)| *earlier == name) {
                        return Err(M::Error::custom("must not name an attribute twice"));
                    }
                    pairs.push((name, value));
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Pairs).map(|pairs| Self(Cow::Owned(pairs)))
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for AttributesBody<'_> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::ObjectBuilder;
        use utoipa::openapi::schema::Type;
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(ObjectBuilder::new().schema_type(Type::String)))
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for AttributesBody<'_> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Attributes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept_and_a_name_stands_once() {
        let text = r#"{"z":"1","a":"2"}"#;
        let read: AttributesBody<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        for bad in [r#"{"a":"1","a":"2"}"#, r#"{"a":1}"#, "[]"] {
            assert!(serde_json::from_str::<AttributesBody<'_>>(bad).is_err(), "{bad}");
        }
    }
}
