//! JSON inside JSON.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::fault::FieldProblem;

/// Deepest nesting of an object that is passed on as text: whoever reads it
/// later may do so recursively.
const DEEPEST: usize = 64;

/// The object without anything in it.
const EMPTY: &str = "{}";

/// A JSON object that is carried along as text and never looked into.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonObject(Box<RawValue>);

impl JsonObject {
    /// The object in a text that was written as one; `null` for any other text.
    #[must_use]
    pub fn of_object(text: &str) -> Self {
        let object = serde_json::from_str(text).ok().filter(|object: &Self| object.fault().is_none());
        object.unwrap_or_else(|| Self(RawValue::NULL.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get().trim_ascii()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text() == EMPTY
    }

    /// Its text, once it is known to be an object of reasonable depth.
    ///
    /// # Errors
    /// When it is something else, or nested too deeply: a fault of this field, with
    /// this code.
    pub fn checked(&self, field: &str, code: &'static str) -> Result<&str, FieldProblem> {
        match self.fault() {
            None => Ok(self.text()),
            Some(fault) => Err(FieldProblem::new(field, code, fault)),
        }
    }

    /// What keeps it from being carried along.
    fn fault(&self) -> Option<&'static str> {
        match self.text().as_bytes().first() {
            Some(b'{') if is_shallow(self.text()) => None,
            Some(b'{') => Some("must not be nested more than 64 levels deep"),
            _ => Some("must be a JSON object"),
        }
    }
}

impl Default for JsonObject {
    fn default() -> Self {
        Self::of_object(EMPTY)
    }
}

impl PartialEq for JsonObject {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for JsonObject {}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for JsonObject {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::ObjectBuilder;
        use utoipa::openapi::schema::{AdditionalProperties, Type};
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for JsonObject {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("JsonObject")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_an_object_and_not_too_deep() {
        let nested =
            |levels: usize| format!("{}{}", "{\"a\":".repeat(levels - 1), "{}") + &"}".repeat(levels - 1);
        let cases = [
            ("{}".to_owned(), None),
            (r#" {"text":"[[[{{{\"","list":[1]} "#.to_owned(), None),
            (nested(64), None),
            (nested(65), Some("must not be nested more than 64 levels deep")),
            ("[]".to_owned(), Some("must be a JSON object")),
            ("\"{}\"".to_owned(), Some("must be a JSON object")),
        ];
        for (text, expected) in cases {
            let object: JsonObject = serde_json::from_str(&text).unwrap();
            assert_eq!(object.fault(), expected, "{text}");
        }
    }
}
