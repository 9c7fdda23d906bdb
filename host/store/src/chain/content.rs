//! What a row says, as one hash.

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// The hash of a row while it is taken in, column by column, in their order.
///
/// A column that is empty is left out: one that is added later leaves the rows as
/// they were. Of every other its name, its type, its length and its bytes count.
#[derive(Clone, Default)]
pub(crate) struct Content(Sha256);

/// The hash of a row.
pub(crate) type ContentHash = [u8; 32];

impl Content {
    pub(crate) fn text(&mut self, column: &str, text: &str) {
        self.part(column, 3, text.as_bytes());
    }

    pub(crate) fn integer(&mut self, column: &str, integer: i64) {
        self.part(column, 1, &integer.to_le_bytes());
    }

    pub(crate) fn blob(&mut self, column: &str, bytes: &[u8]) {
        self.part(column, 4, bytes);
    }

    pub(crate) fn value(&mut self, column: &str, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => {}
            ValueRef::Integer(integer) => self.integer(column, integer),
            ValueRef::Real(real) => self.part(column, 2, &real.to_le_bytes()),
            ValueRef::Text(text) => self.part(column, 3, text),
            ValueRef::Blob(bytes) => self.blob(column, bytes),
        }
    }

    pub(crate) fn finish(self) -> ContentHash {
        self.0.finalize().into()
    }

    fn part(&mut self, column: &str, kind: u8, bytes: &[u8]) {
        self.0.update((column.len() as u64).to_le_bytes());
        self.0.update(column);
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(columns: &[(&str, ValueRef<'_>)]) -> ContentHash {
        let mut content = Content::default();
        columns.iter().for_each(|(column, value)| content.value(column, *value));
        content.finish()
    }

    #[test]
    fn whatever_differs_between_two_rows_gives_another_hash_and_an_empty_column_none() {
        let [one, a, b] = [ValueRef::Integer(1), ValueRef::Text(b"a"), ValueRef::Text(b"b")];
        let row = hash(&[("x", one), ("y", a)]);
        let others = [
            hash(&[("x", one), ("y", b)]),
            hash(&[("x", one), ("z", a)]),
            hash(&[("y", a), ("x", one)]),
            hash(&[("x", one)]),
            hash(&[("x", ValueRef::Text(b"1")), ("y", a)]),
            hash(&[("x", one), ("y", ValueRef::Blob(b"a"))]),
            hash(&[("x", one), ("ya", ValueRef::Text(b""))]),
        ];
        assert!(others.iter().all(|other| *other != row));
        assert_eq!(hash(&[("x", one), ("y", a), ("later", ValueRef::Null)]), row);
    }
}
