//! Values as JSON text.

use serde::Serialize;

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
