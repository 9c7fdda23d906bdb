//! What measures refer to, as rows: categories, memoranda, power items, items.

use creditgate_credit::catalogue::{
    CatalogueItem, Category, Memorandum, NonDisclosure, PowerItem, StatutoryMaterial,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Day;

/// A category of measures that the edition allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Category)]
pub struct CategoryRow {
    /// Code, such as `market-access`.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// A memorandum of cooperation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Memorandum)]
pub struct MemorandumRow {
    /// The catalogue's code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Number of the document.
    pub document_number: String,
    /// First day in force.
    #[schema(inline)]
    pub effective_from: Day,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub effective_until: Option<Day>,
}

/// A power item (权责事项).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PowerItem)]
pub struct PowerItemRow {
    /// Code of the list of powers and responsibilities.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Department that has the power.
    pub department: String,
    /// Section that answers for it; empty where nobody was named yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
}

/// An item of a department's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueItem)]
pub struct CatalogueItemRow {
    /// Code by which approval systems name it.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Department that handles it.
    pub department: String,
    /// What it is, such as `licence`, `procurement`, `tender`, `fund` or `award`.
    pub kind: String,
    /// A credit report belongs to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub report_required: bool,
    /// It is one of the key items (重点事项) that are published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_item: bool,
    /// Codes of its power items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub power_items: Vec<String>,
    /// Why it is not made public; public without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub non_disclosure: Option<NonDisclosure>,
    /// Materials without which law lets nobody have it: a refusal may rest on the
    /// absence of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statutory_materials: Vec<StatutoryMaterialRow>,
}

/// A material that law requires for an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatutoryMaterial)]
pub struct StatutoryMaterialRow {
    /// Code of the material, as applications give it.
    pub material: String,
    /// Code of the legal basis that requires it.
    pub basis: String,
}

impl From<&StatutoryMaterial> for StatutoryMaterialRow {
    fn from(required: &StatutoryMaterial) -> Self {
        Self { material: required.material.clone(), basis: required.basis.clone() }
    }
}

impl From<StatutoryMaterialRow> for StatutoryMaterial {
    fn from(row: StatutoryMaterialRow) -> Self {
        Self { material: row.material, basis: row.basis }
    }
}

impl From<&Category> for CategoryRow {
    fn from(category: &Category) -> Self {
        Self { code: category.code.clone(), name: category.name.clone() }
    }
}

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        Self { code: row.code, name: row.name }
    }
}

impl From<&Memorandum> for MemorandumRow {
    fn from(memorandum: &Memorandum) -> Self {
        Self {
            code: memorandum.code.clone(),
            title: memorandum.title.clone(),
            document_number: memorandum.document_number.clone(),
            effective_from: memorandum.effective_from.into(),
            effective_until: memorandum.effective_until.map(Day),
        }
    }
}

impl From<MemorandumRow> for Memorandum {
    fn from(row: MemorandumRow) -> Self {
        Self {
            code: row.code,
            title: row.title,
            document_number: row.document_number,
            effective_from: row.effective_from.0,
            effective_until: row.effective_until.map(|day| day.0),
        }
    }
}

impl From<&PowerItem> for PowerItemRow {
    fn from(power: &PowerItem) -> Self {
        Self {
            code: power.code.clone(),
            name: power.name.clone(),
            department: power.department.clone(),
            section: power.section.clone(),
        }
    }
}

impl From<PowerItemRow> for PowerItem {
    fn from(row: PowerItemRow) -> Self {
        Self { code: row.code, name: row.name, department: row.department, section: row.section }
    }
}

impl From<&CatalogueItem> for CatalogueItemRow {
    fn from(item: &CatalogueItem) -> Self {
        Self {
            code: item.code.clone(),
            name: item.name.clone(),
            department: item.department.clone(),
            kind: item.kind.clone(),
            report_required: item.report_required,
            key_item: item.key_item,
            power_items: item.power_items.clone(),
            non_disclosure: item.non_disclosure,
            statutory_materials: item.statutory_materials.iter().map(Into::into).collect(),
        }
    }
}

impl From<CatalogueItemRow> for CatalogueItem {
    fn from(row: CatalogueItemRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            department: row.department,
            kind: row.kind,
            report_required: row.report_required,
            key_item: row.key_item,
            power_items: row.power_items,
            non_disclosure: row.non_disclosure,
            statutory_materials: row.statutory_materials.into_iter().map(Into::into).collect(),
        }
    }
}
