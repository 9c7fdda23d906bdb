//! Measures and the legal bases they rest on (R59, R61).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{day, vocabulary};

vocabulary! {
    /// Whether a measure must be taken (R59).
    pub enum Nature {
        /// 强制性.
        Mandatory = "mandatory",
        /// 推荐性.
        Recommended = "recommended",
    }
}

vocabulary! {
    /// Whether a measure favours or burdens.
    pub enum Direction {
        /// 激励.
        Incentive = "incentive",
        /// 惩戒.
        Punish = "punish",
    }
}

/// A law, regulation or central document that measures and refusals rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LegalBasis))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The catalogue's code.
    pub code: String,
    /// Title and article, for people.
    pub text: String,
    /// First day in force.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub effective_from: Date,
    /// Last day in force.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub effective_until: Option<Date>,
}

impl Basis {
    /// Whether it is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }
}

/// A measure with the seven particulars of R61 and what triggers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CatalogueMeasure {
    /// The catalogue's code.
    pub code: String,
    /// 1 Category: a code of the edition's categories, or free text where the
    /// edition has none.
    pub category: String,
    /// 2 Nature.
    pub nature: Nature,
    /// 3 Content.
    pub content: String,
    /// 4 Object: whom it favours or burdens, and which of the two.
    pub direction: Direction,
    /// 4 Object, as text.
    pub target: String,
    /// 5 Power item (权责事项): a code of the edition's power items, or free text
    /// where the edition has none.
    pub power_item: String,
    /// 6 Responsible section.
    pub section: String,
    /// 7 Code of the legal basis.
    pub basis: String,
    /// Code of the memorandum of cooperation it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memorandum: Option<String>,
    /// Codes of the lists whose entries trigger it; never empty.
    pub lists: Vec<String>,
    /// Departments it is meant for; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
    /// Items it is meant for; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// Checkpoints it is meant for; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<String>,
}

impl CatalogueMeasure {
    /// Whether it is meant for this place in a department's work.
    #[must_use]
    pub fn applies_at(&self, department: &str, item: &str, checkpoint: &str) -> bool {
        self.applies_to(department, item) && within(&self.checkpoints, checkpoint)
    }

    /// Whether it is meant for this item of a department, at any checkpoint.
    #[must_use]
    pub fn applies_to(&self, department: &str, item: &str) -> bool {
        within(&self.departments, department) && within(&self.items, item)
    }

    /// The particulars of R61 that are texts, by their names.
    pub(super) fn texts(&self) -> [(&'static str, &str); 6] {
        [
            ("category", &self.category),
            ("content", &self.content),
            ("target", &self.target),
            ("power_item", &self.power_item),
            ("section", &self.section),
            ("basis", &self.basis),
        ]
    }
}

fn within(allowed: &[String], value: &str) -> bool {
    allowed.is_empty() || allowed.iter().any(|known| known == value)
}
