//! Faults of the catalogue, of list types and of bindings.

use creditgate_credit::catalogue::{Basis, CatalogueMeasure, PowerItem};
use jiff::civil::date;

use super::Fault;
use crate::bindings::Binding;
use crate::catalogue::{CatalogueRow, FIRST_DAY};
use crate::lists::ListType;

/// An item that is not there.
const NO_ITEM: &str = "379900999999";

impl Fault {
    /// Puts this fault into the catalogue, if it is one of the catalogue's.
    pub(crate) fn spoil_catalogue(self, rows: &mut Vec<CatalogueRow>) {
        if let Some(CatalogueRow::Measure(measure)) = rows.last_mut() {
            self.spoil_measure(measure);
        }
        match self {
            Self::MeasureBasisOver => rows.push(CatalogueRow::Basis(Basis {
                code: "basis.over".to_owned(),
                text: "《示例省旧信用管理条例》第一条".to_owned(),
                effective_from: date(2010, 1, 1),
                effective_until: Some(date(2020, 12, 31)),
            })),
            Self::ItemWithoutMeasure => drop_measures_of_the_first_item(rows),
            Self::PowerItemWithoutSection => rows.iter_mut().take(200).for_each(|row| {
                if let CatalogueRow::PowerItem(power) = row
                    && power.code.ends_with("-0000")
                {
                    power.section.clear();
                }
            }),
            Self::PowerItemWithoutItem => rows.push(CatalogueRow::PowerItem(PowerItem {
                code: "health-power-none".to_owned(),
                name: "没有对应事项的权责事项".to_owned(),
                department: "health".to_owned(),
                section: "医政科".to_owned(),
            })),
            Self::EditionOverlap => rows.push(CatalogueRow::Edition {
                edition: "示例市2026补充版".to_owned(),
                effective_from: FIRST_DAY,
            }),
            _ => {}
        }
    }

    fn spoil_measure(self, measure: &mut CatalogueMeasure) {
        match self {
            Self::MeasureBasis => measure.basis = "basis.none".to_owned(),
            Self::MeasureBasisOver => measure.basis = "basis.over".to_owned(),
            Self::MeasureParticular => measure.content.clear(),
            Self::MeasureWithoutList => measure.lists.clear(),
            Self::MeasureList => measure.lists = vec!["no.such-list".to_owned()],
            Self::MeasureDuplicate => measure.code = "measure-0000".to_owned(),
            Self::MeasureCategory => measure.category = "no-such-category".to_owned(),
            Self::MeasurePowerItem => measure.power_item = "no-such-power-item".to_owned(),
            Self::MeasureMemorandum => measure.memorandum = Some("memorandum.none".to_owned()),
            Self::MeasureItem => measure.items = vec![NO_ITEM.to_owned()],
            _ => {}
        }
    }

    /// Puts this fault into the list types, if it is one of theirs.
    pub(crate) fn spoil_list_types(self, lists: &mut Vec<ListType>) {
        if self == Self::ListWithoutMeasure
            && let Some(first) = lists.first().cloned()
        {
            lists.push(ListType { code: "unused.serious".to_owned(), ..first });
        }
    }

    /// Puts this fault into the bindings, if it is one of theirs.
    pub(crate) fn spoil_bindings(self, bindings: &mut Vec<Binding>) {
        if self == Self::BindingItem
            && let Some(first) = bindings.first().cloned()
        {
            bindings.push(Binding { item: NO_ITEM.to_owned(), ..first });
        }
    }
}

fn drop_measures_of_the_first_item(rows: &mut Vec<CatalogueRow>) {
    let first = rows.iter().find_map(|row| match row {
        CatalogueRow::Item(item) => Some(item.code.clone()),
        _ => None,
    });
    rows.retain(|row| match row {
        CatalogueRow::Measure(measure) => measure.items.first() != first.as_ref(),
        _ => true,
    });
}
