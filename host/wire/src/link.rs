//! A link between numbers of one organisation, as a row.

use creditgate_credit::identifier::{Identifier, IdentifierKind};
use creditgate_credit::link::IdentifierLink;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Day;

/// A number of an organisation and the unified social credit code it belongs to
/// (R23).
#[skip_serializing_none]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentifierLink)]
pub struct LinkRow {
    /// Kind of the number; an earlier unified code is `uscc`, a tax or an internal
    /// management number `other`.
    pub kind: IdentifierKind,
    /// The number.
    pub value: String,
    /// The unified social credit code.
    pub uscc: String,
    /// First day on which the number was the organisation's.
    pub valid_from: Option<Day>,
    /// Last day; absent while it still is.
    pub valid_until: Option<Day>,
    /// Where the link is known from.
    pub source: String,
}

/// Prints the kind only.
impl std::fmt::Debug for LinkRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "LinkRow({})", self.kind.code())
    }
}

/// As it is kept, with its numbers.
impl From<&IdentifierLink> for LinkRow {
    fn from(link: &IdentifierLink) -> Self {
        Self::with(link, |number| number.value().to_owned())
    }
}

/// Links between numbers of organisations, as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentifierLinks {
    /// The links, by kind and number. Numbers are masked like those of parties.
    pub links: Vec<LinkRow>,
    /// How many there are in all.
    pub total: u64,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl LinkRow {
    /// A link as it may be shown: its numbers masked, as an answer shows them.
    #[must_use]
    pub fn masked(link: &IdentifierLink) -> Self {
        Self::with(link, |number| number.masked().into_owned())
    }

    fn with(link: &IdentifierLink, text: impl Fn(&Identifier) -> String) -> Self {
        Self {
            kind: link.number.kind(),
            value: text(&link.number),
            uscc: text(&link.uscc),
            valid_from: link.valid_from.map(Day),
            valid_until: link.valid_until.map(Day),
            source: link.source.clone(),
        }
    }

    /// The link of a row that was accepted before; none if it could not have been.
    #[must_use]
    pub fn into_link(self) -> Option<IdentifierLink> {
        let read = |kind, text: &str| Identifier::accepted(kind, text).ok();
        Some(IdentifierLink {
            number: read(self.kind, &self.value)?,
            uscc: read(IdentifierKind::Uscc, &self.uscc)?,
            valid_from: self.valid_from.map(|day| day.0),
            valid_until: self.valid_until.map(|day| day.0),
            source: self.source,
        })
    }
}
