//! What measures refer to: categories, memoranda, items and power items (R62 to
//! R64, R87, R93).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{day, vocabulary};

/// A category of measures that an edition allows. What is not among them may not
/// be applied while the edition is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Code, such as `market-access`.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// A memorandum of cooperation (合作备忘录) that measures come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Memorandum {
    /// The catalogue's code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Number of the document, such as 发改财金〔2016〕1001号.
    pub document_number: String,
    /// First day in force.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub effective_from: Date,
    /// Last day in force.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub effective_until: Option<Date>,
}

/// A power item (权责事项) of a department's list of powers and responsibilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PowerItem {
    /// Code of the list.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Department that has the power.
    pub department: String,
    /// Section that answers for it; empty where nobody was named yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
}

vocabulary! {
    /// Why an item is not made public (R93).
    pub enum NonDisclosure {
        /// 涉及国家秘密.
        StateSecret = "state_secret",
        /// 涉及商业秘密.
        TradeSecret = "trade_secret",
        /// 涉及个人隐私.
        PersonalPrivacy = "personal_privacy",
        /// 法律法规规定的其他情形.
        OtherLawfulGround = "other_lawful_ground",
    }
}

/// A material without which law lets nobody have what is applied for: a refusal
/// may rest on its absence alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatutoryMaterial {
    /// Code of the material, as applications give it.
    pub material: String,
    /// Code of the legal basis that requires it.
    pub basis: String,
}

/// An item of a department's work: a licence, a procurement, a fund (R11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CatalogueItem {
    /// Code by which approval systems name it.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Department that handles it.
    pub department: String,
    /// What it is, such as `licence`, `procurement`, `tender`, `fund` or `award`:
    /// data of the jurisdiction, not of this program (R11).
    pub kind: String,
    /// A credit report belongs to it (R87).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub report_required: bool,
    /// It is one of the key items (重点事项) that are published (R63).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_item: bool,
    /// Codes of its power items (R93).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub power_items: Vec<String>,
    /// Why it is not made public; public without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_disclosure: Option<NonDisclosure>,
    /// Materials without which law lets nobody have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statutory_materials: Vec<StatutoryMaterial>,
}

impl CatalogueItem {
    /// Whether it belongs to the key items that are published (R63, R111).
    #[must_use]
    pub const fn is_published_key_item(&self) -> bool {
        self.key_item && self.non_disclosure.is_none()
    }
}
