//! Small JSON objects from outside whose values are texts and numbers alone: a
//! signature document, the parts of a receipt.

use serde::de::DeserializeOwned;

/// Reads an object; `None` for anything else. Serde would also take a list of its
/// values, whose order nobody promised.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let json = json.trim_ascii_start();
    json.starts_with(b"{").then(|| serde_json::from_slice(json).ok()).flatten()
}
