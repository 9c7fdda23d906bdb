//! The measures catalogue: one edition as one document, and its parts as rows.

mod edition;
mod parts;

use creditgate_credit::catalogue::{Basis, Catalogue, CatalogueMeasure, Direction, Nature};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use edition::{
    ChangedParticularBody, DifferenceBody, EditionBody, EditionCheckBody, EditionContentsBody,
    EditionDiffBody, EditionSizeBody, EditionStepBody, EditionsBody, FaultBody, ReviewBody,
};
pub use parts::{CatalogueItemRow, CategoryRow, MemorandumRow, PowerItemRow, StatutoryMaterialRow};

use crate::time::Day;

/// One edition of the catalogue, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Catalogue)]
pub struct CatalogueBody {
    /// Name of the edition.
    pub edition: String,
    /// First day in force.
    #[schema(inline)]
    pub effective_from: Day,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub effective_until: Option<Day>,
    /// Categories it allows; none where it restricts nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryRow>,
    /// Memoranda of cooperation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memoranda: Vec<MemorandumRow>,
    /// Legal bases.
    pub bases: Vec<BasisRow>,
    /// Power items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub power_items: Vec<PowerItemRow>,
    /// Items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<CatalogueItemRow>,
    /// Measures.
    pub measures: Vec<CatalogueMeasureRow>,
}

/// The row that opens an edition; the rows after it belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionRow {
    /// Name of the edition.
    pub edition: String,
    /// First day in force.
    #[schema(inline)]
    pub effective_from: Day,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub effective_until: Option<Day>,
}

/// A legal basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LegalBasis)]
pub struct BasisRow {
    /// The catalogue's code.
    pub code: String,
    /// Title and article, for people.
    pub text: String,
    /// First day in force.
    #[schema(inline)]
    pub effective_from: Day,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub effective_until: Option<Day>,
}

/// A measure with the seven particulars of R61 and what triggers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueMeasure)]
pub struct CatalogueMeasureRow {
    /// The catalogue's code.
    pub code: String,
    /// 1 Category: a code of the edition's categories, if it has any.
    pub category: String,
    /// 2 Nature.
    #[schema(inline)]
    pub nature: Nature,
    /// 3 Content.
    pub content: String,
    /// 4 Object: whether it favours or burdens.
    #[schema(inline)]
    pub direction: Direction,
    /// 4 Object, as text.
    pub target: String,
    /// 5 Power item (权责事项): a code of the edition's power items, if it has any.
    pub power_item: String,
    /// 6 Responsible section.
    pub section: String,
    /// 7 Code of the legal basis.
    pub basis: String,
    /// Code of the memorandum it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memorandum: Option<String>,
    /// Codes of the lists whose entries trigger it; never empty.
    pub lists: Vec<String>,
    /// Departments it is meant for; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
    /// Items it is meant for; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// Checkpoints it is meant for; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<String>,
}

impl From<&Catalogue> for CatalogueBody {
    fn from(catalogue: &Catalogue) -> Self {
        Self {
            edition: catalogue.edition.clone(),
            effective_from: catalogue.effective_from.into(),
            effective_until: catalogue.effective_until.map(Day),
            categories: catalogue.categories.iter().map(CategoryRow::from).collect(),
            memoranda: catalogue.memoranda.iter().map(MemorandumRow::from).collect(),
            bases: catalogue.bases.iter().map(BasisRow::from).collect(),
            power_items: catalogue.power_items.iter().map(PowerItemRow::from).collect(),
            items: catalogue.items.iter().map(CatalogueItemRow::from).collect(),
            measures: catalogue.measures.iter().map(CatalogueMeasureRow::from).collect(),
        }
    }
}

impl From<CatalogueBody> for Catalogue {
    fn from(body: CatalogueBody) -> Self {
        Self {
            edition: body.edition,
            effective_from: body.effective_from.0,
            effective_until: body.effective_until.map(|day| day.0),
            categories: body.categories.into_iter().map(Into::into).collect(),
            memoranda: body.memoranda.into_iter().map(Into::into).collect(),
            bases: body.bases.into_iter().map(Basis::from).collect(),
            power_items: body.power_items.into_iter().map(Into::into).collect(),
            items: body.items.into_iter().map(Into::into).collect(),
            measures: body.measures.into_iter().map(CatalogueMeasure::from).collect(),
        }
    }
}

impl From<EditionRow> for Catalogue {
    fn from(row: EditionRow) -> Self {
        Self {
            effective_until: row.effective_until.map(|day| day.0),
            ..Self::empty(row.edition, row.effective_from.0)
        }
    }
}

impl From<&Basis> for BasisRow {
    fn from(basis: &Basis) -> Self {
        Self {
            code: basis.code.clone(),
            text: basis.text.clone(),
            effective_from: basis.effective_from.into(),
            effective_until: basis.effective_until.map(Day),
        }
    }
}

impl From<BasisRow> for Basis {
    fn from(row: BasisRow) -> Self {
        Self {
            code: row.code,
            text: row.text,
            effective_from: row.effective_from.0,
            effective_until: row.effective_until.map(|day| day.0),
        }
    }
}

impl From<&CatalogueMeasure> for CatalogueMeasureRow {
    fn from(measure: &CatalogueMeasure) -> Self {
        Self {
            code: measure.code.clone(),
            category: measure.category.clone(),
            nature: measure.nature,
            content: measure.content.clone(),
            direction: measure.direction,
            target: measure.target.clone(),
            power_item: measure.power_item.clone(),
            section: measure.section.clone(),
            basis: measure.basis.clone(),
            memorandum: measure.memorandum.clone(),
            lists: measure.lists.clone(),
            departments: measure.departments.clone(),
            items: measure.items.clone(),
            checkpoints: measure.checkpoints.clone(),
        }
    }
}

impl From<CatalogueMeasureRow> for CatalogueMeasure {
    fn from(row: CatalogueMeasureRow) -> Self {
        Self {
            code: row.code,
            category: row.category,
            nature: row.nature,
            content: row.content,
            direction: row.direction,
            target: row.target,
            power_item: row.power_item,
            section: row.section,
            basis: row.basis,
            memorandum: row.memorandum,
            lists: row.lists,
            departments: row.departments,
            items: row.items,
            checkpoints: row.checkpoints,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn an_edition_survives_the_way_there_and_back() {
        let catalogue = samples::catalogue();
        let text = serde_json::to_string(&CatalogueBody::from(&catalogue)).unwrap();
        let body: CatalogueBody = serde_json::from_str(&text).unwrap();
        assert_eq!(Catalogue::from(body), catalogue);
    }

    #[test]
    fn an_edition_from_before_there_were_items_reads_as_it_was() {
        let old = r#"{"edition":"2024","effective_from":"2024-01-01","bases":[],"measures":[{"code":"m","category":"自由文本",
            "nature":"mandatory","content":"c","direction":"punish","target":"t","power_item":"自由文本","section":"s",
            "basis":"b","lists":["l"]}]}"#;
        let catalogue = Catalogue::from(serde_json::from_str::<CatalogueBody>(old).unwrap());
        assert!(catalogue.allows("自由文本") && catalogue.items.is_empty());
        let written = serde_json::to_string(&CatalogueBody::from(&catalogue)).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&written).unwrap(),
            serde_json::from_str::<serde_json::Value>(old).unwrap(),
            "nothing that was not there is written"
        );
    }
}
