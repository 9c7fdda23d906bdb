//! JSON inside JSON, and JSON as text.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{AdditionalProperties, Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};

/// Deepest nesting of an object that is passed on as text: whoever reads it
/// later may do so recursively.
const DEEPEST: usize = 64;

/// A JSON object that is carried along as text and never looked into.
#[derive(Debug, Clone)]
pub struct JsonObject(Box<RawValue>);

/// Why a text is not an object that can be carried along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAnObject {
    /// It is something else.
    Other,
    /// It is nested too deeply.
    TooDeep,
}

impl NotAnObject {
    /// What it would have to be.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Other => "must be a JSON object",
            Self::TooDeep => "must not be nested more than 64 levels deep",
        }
    }
}

impl JsonObject {
    /// The object in this text; `None` if the text is no JSON object.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let object = Self(serde_json::from_str(text).ok()?);
        if object.checked().is_ok() { Some(object) } else { None }
    }

    /// The object in a text that was written as one; `null` for any other text.
    #[must_use]
    pub(crate) fn of_object(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self(RawValue::NULL.to_owned()))
    }

    /// Its text, once it is known to be an object of reasonable depth.
    pub(crate) fn checked(&self) -> Result<&str, NotAnObject> {
        let text = self.0.get().trim_ascii();
        match text.as_bytes().first() {
            Some(b'{') if is_shallow(text) => Ok(text),
            Some(b'{') => Err(NotAnObject::TooDeep),
            _ => Err(NotAnObject::Other),
        }
    }
}

impl PartialEq for JsonObject {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}

impl utoipa::PartialSchema for JsonObject {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl utoipa::ToSchema for JsonObject {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("JsonObject")
    }
}

/// Counts brackets outside strings of a text that is known to be JSON.
fn is_shallow(text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > DEEPEST {
                    return false;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

/// Writes JSON that is kept as text into the document it belongs to.
pub(crate) struct Embedded<'a>(pub(crate) &'a str);

impl Serialize for Embedded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What is kept as JSON text was JSON when it came in; should it not be,
        // the text itself is still better evidence than nothing.
        match serde_json::from_str::<&RawValue>(self.0) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => self.0.serialize(serializer),
        }
    }
}

/// Writes a slice through a view of its elements, without a vector between.
pub(crate) struct Each<'a, T, V>(pub(crate) &'a [T], pub(crate) fn(&'a T) -> V);

impl<T, V: Serialize> Serialize for Each<'_, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

/// The value as JSON text.
///
/// Only for the views of this crate: they have string keys and no fallible
/// serialisation of their own, so that nothing can go wrong on the way.
pub(crate) fn text<T: Serialize>(value: &T, capacity: usize) -> String {
    let mut bytes = Vec::with_capacity(capacity);
    let written = serde_json::to_writer(&mut bytes, value);
    debug_assert!(written.is_ok(), "a view that cannot be written");
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_an_object_and_not_too_deep() {
        let nested =
            |levels: usize| format!("{}{}", "{\"a\":".repeat(levels - 1), "{}") + &"}".repeat(levels - 1);
        let cases = [
            ("{}".to_owned(), Ok(())),
            (r#" {"text":"[[[{{{\"","list":[1]} "#.to_owned(), Ok(())),
            (nested(64), Ok(())),
            (nested(65), Err(NotAnObject::TooDeep)),
            ("[]".to_owned(), Err(NotAnObject::Other)),
            ("\"{}\"".to_owned(), Err(NotAnObject::Other)),
        ];
        for (text, expected) in cases {
            let object: JsonObject = serde_json::from_str(&text).unwrap();
            assert_eq!(object.checked().map(|_| ()), expected, "{text}");
        }
    }
}
