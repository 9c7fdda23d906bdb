//! What tests do with JSON documents: vary them, look into them, hold them to
//! what is expected.
//!
//! Places are written as JSON pointers; the name of a member stands for itself.

use serde_json::Value;

/// The document with these values at these places; a last member that is not there
/// is added.
#[must_use]
pub fn with(mut document: Value, changes: &Value) -> Value {
    for (place, value) in changes.as_object().expect("values by their places") {
        let (parent, name) = place.rsplit_once('/').unwrap_or(("", place));
        let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {place}"));
        match name.parse::<usize>() {
            Ok(index) if parent.is_array() => parent[index] = value.clone(),
            _ => parent[name] = value.clone(),
        }
    }
    document
}

/// What stands at a place; null where nothing does.
#[must_use]
pub fn at<'a>(document: &'a Value, place: &str) -> &'a Value {
    let found = if place.starts_with('/') { document.pointer(place) } else { document.get(place) };
    found.unwrap_or(&Value::Null)
}

/// Asserts that a document has these values at these places, whatever else it has.
#[track_caller]
pub fn assert_has(document: &Value, expected: &Value) {
    for (place, value) in expected.as_object().expect("values by their places") {
        assert_eq!(at(document, place), value, "{place} of {document}");
    }
}

/// The text at a place.
#[track_caller]
#[must_use]
pub fn text<'a>(document: &'a Value, place: &str) -> &'a str {
    at(document, place).as_str().unwrap_or_else(|| panic!("no text at {place} of {document}"))
}

/// The elements of a list.
#[track_caller]
#[must_use]
pub fn list(document: &Value) -> &[Value] {
    document.as_array().unwrap_or_else(|| panic!("no list: {document}"))
}

/// The text at a place of each element of a list.
#[track_caller]
#[must_use]
pub fn texts<'a>(elements: &'a Value, place: &str) -> Vec<&'a str> {
    list(elements).iter().map(|element| text(element, place)).collect()
}
