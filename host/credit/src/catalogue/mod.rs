//! The measures catalogue: which measures follow from which lists, where, and
//! on what legal basis (R59 to R66).
//!
//! An edition allows **categories** of measures, and has **bases**, **memoranda**,
//! **items**, **power items** and **measures**. Where it has no categories, power
//! items or memoranda of its own, what a measure says of them is free text, as in
//! editions made before there were any.
//!
//! [`state`] is an edition's way to publication, [`check`] the search for what is
//! missing in it, [`diff`] what changed between two, [`index`] the form in which
//! it serves checks.

pub mod check;
pub mod diff;
mod faults;
pub mod index;
mod item;
mod measure;
pub mod state;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::day;
#[cfg(feature = "schema")]
use crate::time::Day;

pub use faults::CatalogueError;
pub use index::IndexedCatalogue;
pub use item::{CatalogueItem, Category, Memorandum, NonDisclosure, PowerItem, StatutoryMaterial};
pub use measure::{Basis, CatalogueMeasure, Direction, Nature};

/// One edition of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Name of the edition.
    pub edition: String,
    /// First day in force.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub effective_from: Date,
    /// Last day in force.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub effective_until: Option<Date>,
    /// Categories it allows; none where it restricts nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// Memoranda of cooperation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memoranda: Vec<Memorandum>,
    /// Legal bases.
    pub bases: Vec<Basis>,
    /// Power items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub power_items: Vec<PowerItem>,
    /// Items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<CatalogueItem>,
    /// Measures.
    pub measures: Vec<CatalogueMeasure>,
}

impl Catalogue {
    /// An edition that says nothing yet.
    #[must_use]
    pub fn empty(edition: impl Into<String>, effective_from: Date) -> Self {
        Self {
            edition: edition.into(),
            effective_from,
            effective_until: None,
            categories: Vec::new(),
            memoranda: Vec::new(),
            bases: Vec::new(),
            power_items: Vec::new(),
            items: Vec::new(),
            measures: Vec::new(),
        }
    }

    /// Whether this edition is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }

    /// Whether measures of this category may be applied (R5, R60).
    #[must_use]
    pub fn allows(&self, category: &str) -> bool {
        self.categories.is_empty() || self.categories.iter().any(|allowed| allowed.code == category)
    }
}

/// A part of an edition: a row of an import, with a code of its own among its kind.
pub trait Part {
    /// Kind of it, as rows of an import name it.
    const KIND: &'static str;

    /// Its code.
    fn code(&self) -> &str;
}

macro_rules! parts {
    ($($part:ty = $kind:literal),+ $(,)?) => {
        $(impl Part for $part {
            const KIND: &'static str = $kind;

            fn code(&self) -> &str {
                &self.code
            }
        })+
    };
}

parts! {
    Category = "category",
    Memorandum = "memorandum",
    Basis = "basis",
    PowerItem = "power_item",
    CatalogueItem = "item",
    CatalogueMeasure = "measure",
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Catalogue;
    use crate::samples;

    #[test]
    fn an_edition_survives_the_way_there_and_back() {
        let edition = samples::edition();
        let text = serde_json::to_string(&edition).unwrap();
        assert_eq!(serde_json::from_str::<Catalogue>(&text).unwrap(), edition);
    }

    #[test]
    fn an_edition_from_before_there_were_items_reads_as_it_was() {
        let old = r#"{"edition":"2024","effective_from":"2024-01-01","bases":[],"measures":[{"code":"m","category":"自由文本",
            "nature":"mandatory","content":"c","direction":"punish","target":"t","power_item":"自由文本","section":"s",
            "basis":"b","lists":["l"]}]}"#;
        let edition: Catalogue = serde_json::from_str(old).unwrap();
        assert!(edition.allows("自由文本") && edition.items.is_empty());
        assert_eq!(
            serde_json::to_value(&edition).unwrap(),
            serde_json::from_str::<Value>(old).unwrap(),
            "nothing that was not there is written"
        );
    }
}
