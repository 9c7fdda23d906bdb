//! JSON that is kept as text, and values as JSON text.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

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
