//! An identifier as kind and value.

use std::borrow::Cow;

use creditgate_credit::identifier::{Identifier, IdentifierKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A number that identifies a subject. It may be a person's: for requests,
/// records and the credit platform, never for answers and logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Identifier)]
pub struct IdentifierBody<'a> {
    /// What kind of number it is.
    #[schema(inline)]
    pub kind: IdentifierKind,
    /// The number; spaces, hyphens, case and full-width characters do not matter.
    pub value: Cow<'a, str>,
}

/// Prints the kind only.
impl std::fmt::Debug for IdentifierBody<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "IdentifierBody({})", self.kind.code())
    }
}

impl<'a> From<&'a Identifier> for IdentifierBody<'a> {
    fn from(identifier: &'a Identifier) -> Self {
        Self { kind: identifier.kind(), value: Cow::Borrowed(identifier.value()) }
    }
}
