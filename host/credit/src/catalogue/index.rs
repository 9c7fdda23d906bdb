//! An edition in the form in which it serves checks: what an entry triggers is
//! found by the code of its list, whatever the size of the edition (R64).

use std::collections::HashMap;
use std::ops::Deref;

use jiff::civil::Date;

use super::{Basis, Catalogue, CatalogueItem, CatalogueMeasure};

/// An edition with the ways into it, built once when it is loaded.
///
/// A measure of a category the edition does not allow is on no way: it reaches no
/// dossier, and so no plug-in (R5, R60).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedCatalogue {
    catalogue: Catalogue,
    /// Positions of the measures that the entries of a list trigger, in the order
    /// of the edition.
    by_list: HashMap<String, Vec<usize>>,
    bases: HashMap<String, usize>,
    power_items: HashMap<String, usize>,
    items: HashMap<String, usize>,
}

impl From<Catalogue> for IndexedCatalogue {
    fn from(catalogue: Catalogue) -> Self {
        let mut by_list: HashMap<String, Vec<usize>> = HashMap::new();
        let measures = catalogue.measures.iter().enumerate();
        for (position, measure) in measures.filter(|(_, measure)| catalogue.allows(&measure.category)) {
            for list in &measure.lists {
                let triggered = by_list.entry(list.clone()).or_default();
                if triggered.last() != Some(&position) {
                    triggered.push(position);
                }
            }
        }
        Self {
            by_list,
            bases: positions(catalogue.bases.iter().map(|basis| &basis.code)),
            power_items: positions(catalogue.power_items.iter().map(|power| &power.code)),
            items: positions(catalogue.items.iter().map(|item| &item.code)),
            catalogue,
        }
    }
}

fn positions<'a>(codes: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    codes.enumerate().map(|(position, code)| (code.clone(), position)).collect()
}

impl Deref for IndexedCatalogue {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        &self.catalogue
    }
}

impl IndexedCatalogue {
    /// The measures that entries of this list trigger, in the order of the edition.
    pub fn triggered_by(&self, list: &str) -> impl Iterator<Item = &CatalogueMeasure> {
        let positions = self.by_list.get(list).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|position| self.catalogue.measures.get(*position))
    }

    /// The basis with this code, if it is in force on `day`.
    #[must_use]
    pub fn basis_in_force(&self, code: &str, day: Date) -> Option<&Basis> {
        let basis = self.catalogue.bases.get(*self.bases.get(code)?)?;
        basis.in_force_on(day).then_some(basis)
    }

    /// What an officer reads for the power item of a measure: the name where the
    /// measure gives a code.
    #[must_use]
    pub fn power_item_name<'a>(&'a self, code: &'a str) -> &'a str {
        let power = self.power_items.get(code).and_then(|at| self.catalogue.power_items.get(*at));
        power.map_or(code, |power| &power.name)
    }

    /// Whether a credit report belongs to an item of a department (R87).
    #[must_use]
    pub fn requires_report(&self, department: &str, item: &str) -> bool {
        self.item(department, item).is_some_and(|item| item.report_required)
    }

    /// The materials of an item of a department that this basis requires by law.
    pub fn materials_required_by<'a>(
        &'a self,
        department: &str,
        item: &str,
        basis: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let materials = self.item(department, item).map_or(&[][..], |item| &item.statutory_materials);
        let of_basis = materials.iter().filter(move |required| required.basis == basis);
        of_basis.map(|required| required.material.as_str())
    }

    fn item(&self, department: &str, item: &str) -> Option<&CatalogueItem> {
        let found = self.catalogue.items.get(*self.items.get(item)?)?;
        (found.department == department).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalogue::{Category, Direction};
    use crate::samples;

    #[test]
    fn r064_an_entry_finds_its_measures_among_thousands_in_the_order_of_the_edition() {
        let list_of = |n: usize| format!("list-{}", n % 37);
        let measures: Vec<CatalogueMeasure> =
            (0..4000).map(|n| samples::measure(&format!("m{n}"), &list_of(n), Direction::Punish)).collect();
        let scanned: Vec<&str> =
            measures.iter().filter(|m| m.lists.contains(&list_of(5))).map(|m| m.code.as_str()).collect();
        let catalogue = IndexedCatalogue::from(samples::catalogue(measures.clone()));
        let found: Vec<&str> = catalogue.triggered_by(&list_of(5)).map(|m| m.code.as_str()).collect();
        assert_eq!(found, scanned);
        assert_eq!(catalogue.triggered_by("no-such-list").count(), 0);
    }

    #[test]
    fn r060_a_measure_of_a_category_outside_the_edition_is_triggered_by_nothing() {
        let mut catalogue = samples::catalogue(vec![samples::measure("m1", "black", Direction::Punish)]);
        assert_eq!(IndexedCatalogue::from(catalogue.clone()).triggered_by("black").count(), 1);
        catalogue.categories = vec![Category { code: "other".into(), name: "其他".into() }];
        assert_eq!(IndexedCatalogue::from(catalogue).triggered_by("black").count(), 0);
    }

    #[test]
    fn r061_a_power_item_is_read_by_its_name_and_a_basis_by_its_days() {
        let catalogue = IndexedCatalogue::from(samples::edition());
        assert_eq!(catalogue.power_item_name("power.food"), "食品经营许可");
        assert_eq!(catalogue.power_item_name("自由文本"), "自由文本");
        assert!(catalogue.basis_in_force("basis.one", date(2026, 12, 31)).is_some());
        assert!(catalogue.basis_in_force("basis.one", date(2027, 1, 1)).is_none());
        assert!(catalogue.basis_in_force("basis.none", date(2026, 1, 1)).is_none());
    }

    #[test]
    fn r087_a_report_belongs_to_the_items_that_say_so() {
        let catalogue = IndexedCatalogue::from(samples::edition());
        assert!(catalogue.requires_report("market-regulation", "food-licence"));
        assert!(!catalogue.requires_report("finance", "food-licence"));
        assert!(!catalogue.requires_report("market-regulation", "other"));
    }

    #[test]
    fn a_statutory_material_is_required_by_its_own_basis_for_its_own_item() {
        let catalogue = IndexedCatalogue::from(samples::edition());
        let required = |department, item, basis| -> Vec<&str> {
            catalogue.materials_required_by(department, item, basis).collect()
        };
        assert_eq!(required("market-regulation", "food-licence", "basis.one"), ["identity-proof"]);
        assert_eq!(required("market-regulation", "food-licence", "basis.none"), [""; 0]);
        assert_eq!(required("market-regulation", "other", "basis.one"), [""; 0]);
        assert_eq!(required("finance", "food-licence", "basis.one"), [""; 0]);
    }
}
