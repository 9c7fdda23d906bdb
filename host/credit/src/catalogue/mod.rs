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

pub use faults::CatalogueError;
pub use index::IndexedCatalogue;
pub use item::{CatalogueItem, Category, Memorandum, NonDisclosure, PowerItem, StatutoryMaterial};
pub use measure::{Basis, CatalogueMeasure, Direction, Nature};

/// One edition of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Name of the edition.
    pub edition: String,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
    pub effective_until: Option<Date>,
    /// Categories it allows; none where it restricts nothing.
    pub categories: Vec<Category>,
    /// Memoranda of cooperation.
    pub memoranda: Vec<Memorandum>,
    /// Legal bases.
    pub bases: Vec<Basis>,
    /// Power items.
    pub power_items: Vec<PowerItem>,
    /// Items.
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
