//! JSON inside JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Deepest nesting of an object that is passed on as text: whoever reads it
/// later may do so recursively.
const DEEPEST: usize = 64;

/// A JSON object that is carried along as text and never looked into.
#[derive(Debug, Clone)]
pub struct JsonObject(Box<RawValue>);

/// Why a text is not an object that can be carried along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnObject {
    /// It is something else.
    Other,
    /// It is nested too deeply.
    TooDeep,
}

impl NotAnObject {
    /// What it would have to be.
    pub const fn message(self) -> &'static str {
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
    pub fn of_object(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self(RawValue::NULL.to_owned()))
    }

    /// Its text, once it is known to be an object of reasonable depth.
    ///
    /// # Errors
    /// When it is something else, or nested too deeply.
    pub fn checked(&self) -> Result<&str, NotAnObject> {
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
