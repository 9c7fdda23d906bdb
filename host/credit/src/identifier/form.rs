//! The form of numbers outside the domain: kind and value as text.
//!
//! [`Identifier`] has none of its own, so that nobody shows a number by deriving.
//! A field says that it means numbers in [`clear`], which is for records and the
//! credit platform; for people there is [`Identifier::shown`]. [`IdentifierText`] is a
//! number nobody has looked at yet, or one that may be shown.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Identifier, IdentifierKind};

/// A number that identifies a subject, as it was typed or as it may be shown. It may
/// be a person's: for what comes in, and masked for what is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Identifier))]
#[serde(deny_unknown_fields)]
pub struct IdentifierText {
    /// What kind of number it is.
    pub kind: IdentifierKind,
    /// The number; spaces, hyphens, case and full-width characters do not matter.
    pub value: String,
}

/// Prints the kind only.
impl fmt::Debug for IdentifierText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IdentifierText({})", self.kind.code())
    }
}

impl Identifier {
    /// The number as it may be shown.
    #[must_use]
    pub fn shown(&self) -> IdentifierText {
        IdentifierText { kind: self.kind, value: self.masked().into_owned() }
    }
}

/// [`IdentifierText`] of a number that is there already.
#[derive(Serialize)]
struct Written<'a> {
    kind: IdentifierKind,
    value: &'a str,
}

/// A list of numbers that can be written and read in clear.
pub trait Numbers: Default + PartialEq {
    /// Whether there is none.
    fn is_empty(&self) -> bool;

    /// Writes them as they are.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write_clear<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads what was written so.
    ///
    /// # Errors
    /// For what is none; the number is not repeated.
    fn read_clear<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Read back are numbers that were accepted before, maybe by an earlier host.
impl Numbers for Vec<Identifier> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write_clear<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|number| Written { kind: number.kind, value: &number.value }))
    }

    fn read_clear<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<IdentifierText>::deserialize(deserializer)?;
        let read = |text: IdentifierText| Identifier::accepted(text.kind, &text.value);
        let none = |_| D::Error::custom("an identifier is none");
        texts.into_iter().map(|text| read(text).map_err(none)).collect()
    }
}

impl Numbers for Vec<IdentifierText> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write_clear<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn read_clear<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// Numbers in clear: for what is kept and for the credit platform, never for people.
pub mod clear {
    use super::{Deserializer, Numbers, Serializer};

    /// Writes numbers as they are.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<N: Numbers, S: Serializer>(numbers: &N, serializer: S) -> Result<S::Ok, S::Error> {
        numbers.write_clear(serializer)
    }

    /// Reads numbers.
    ///
    /// # Errors
    /// For what is none; the number is not repeated.
    pub fn deserialize<'de, N: Numbers, D: Deserializer<'de>>(deserializer: D) -> Result<N, D::Error> {
        N::read_clear(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Identifier, IdentifierKind, clear};
    use crate::identifier::Strictness;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Kept(#[serde(with = "clear")] Vec<Identifier>);

    #[test]
    fn a_number_is_read_back_where_it_was_written_clear() {
        let number = "110101199001010015";
        let number =
            Identifier::parse(IdentifierKind::CitizenId, number, Strictness::Check).unwrap().identifier;
        let text = serde_json::to_string(&Kept(vec![number.clone()])).unwrap();
        assert_eq!(text, r#"[{"kind":"citizen_id","value":"110101199001010015"}]"#);
        assert_eq!(serde_json::from_str::<Kept>(&text).unwrap().0, std::slice::from_ref(&number));
        let shown = serde_json::to_string(&[number.shown()]).unwrap();
        assert_eq!(shown, r#"[{"kind":"citizen_id","value":"110***********0015"}]"#);
        let error = serde_json::from_str::<Kept>(&shown).map(|kept| kept.0).unwrap_err().to_string();
        assert!(!error.contains("0015"), "{error}");
    }
}
