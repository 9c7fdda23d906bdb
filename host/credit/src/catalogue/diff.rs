//! What changed from one edition to another, by particular (R60).

use std::collections::HashMap;
use std::fmt::Display;

use super::{Basis, Catalogue, CatalogueItem, CatalogueMeasure, Category, Memorandum, PowerItem};

/// How something differs between two editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Only the later one has it.
    Added,
    /// Only the earlier one has it.
    Removed,
    /// Both have it, and say different things.
    Changed(Vec<ChangedParticular>),
}

/// A particular that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedParticular {
    /// Its name, as rows of an import give it.
    pub field: &'static str,
    /// What the earlier edition says; several values are joined by `, `.
    pub from: String,
    /// What the later edition says.
    pub to: String,
}

/// Something that is not the same in both editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Kind of it, as rows of an import name it, such as `measure`.
    pub kind: &'static str,
    /// Its code.
    pub code: String,
    /// How it differs.
    pub change: Change,
}

/// Every difference from one edition to another, by kind and in the order of the
/// editions; the names and days of the editions themselves are not compared.
#[must_use]
pub fn diff(earlier: &Catalogue, later: &Catalogue) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&earlier.categories, &later.categories, &mut found);
    compare(&earlier.memoranda, &later.memoranda, &mut found);
    compare(&earlier.bases, &later.bases, &mut found);
    compare(&earlier.power_items, &later.power_items, &mut found);
    compare(&earlier.items, &later.items, &mut found);
    compare(&earlier.measures, &later.measures, &mut found);
    found
}

/// Something with a code and particulars.
trait Thing {
    const KIND: &'static str;

    fn code(&self) -> &str;

    fn particulars(&self) -> Vec<(&'static str, String)>;
}

fn compare<T: Thing>(earlier: &[T], later: &[T], found: &mut Vec<Difference>) {
    let before: HashMap<&str, &T> = earlier.iter().map(|thing| (thing.code(), thing)).collect();
    let after: HashMap<&str, &T> = later.iter().map(|thing| (thing.code(), thing)).collect();
    let mut note =
        |code: &str, change| found.push(Difference { kind: T::KIND, code: code.to_owned(), change });
    for thing in earlier {
        match after.get(thing.code()) {
            None => note(thing.code(), Change::Removed),
            Some(other) => {
                let changed = changed(thing, other);
                if !changed.is_empty() {
                    note(thing.code(), Change::Changed(changed));
                }
            }
        }
    }
    for thing in later.iter().filter(|thing| !before.contains_key(thing.code())) {
        note(thing.code(), Change::Added);
    }
}

fn changed<T: Thing>(before: &T, after: &T) -> Vec<ChangedParticular> {
    before
        .particulars()
        .into_iter()
        .zip(after.particulars())
        .filter(|((_, from), (_, to))| from != to)
        .map(|((field, from), (_, to))| ChangedParticular { field, from, to })
        .collect()
}

fn shown(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

impl Thing for Category {
    const KIND: &'static str = "category";

    fn code(&self) -> &str {
        &self.code
    }

    fn particulars(&self) -> Vec<(&'static str, String)> {
        vec![("name", self.name.clone())]
    }
}

impl Thing for Memorandum {
    const KIND: &'static str = "memorandum";

    fn code(&self) -> &str {
        &self.code
    }

    fn particulars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("title", self.title.clone()),
            ("document_number", self.document_number.clone()),
            ("effective_from", self.effective_from.to_string()),
            ("effective_until", shown(self.effective_until)),
        ]
    }
}

impl Thing for Basis {
    const KIND: &'static str = "basis";

    fn code(&self) -> &str {
        &self.code
    }

    fn particulars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("text", self.text.clone()),
            ("effective_from", self.effective_from.to_string()),
            ("effective_until", shown(self.effective_until)),
        ]
    }
}

impl Thing for PowerItem {
    const KIND: &'static str = "power_item";

    fn code(&self) -> &str {
        &self.code
    }

    fn particulars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.name.clone()),
            ("department", self.department.clone()),
            ("section", self.section.clone()),
        ]
    }
}

impl Thing for CatalogueItem {
    const KIND: &'static str = "item";

    fn code(&self) -> &str {
        &self.code
    }

    fn particulars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.name.clone()),
            ("department", self.department.clone()),
            ("kind", self.kind.clone()),
            ("report_required", self.report_required.to_string()),
            ("key_item", self.key_item.to_string()),
            ("power_items", self.power_items.join(", ")),
            ("non_disclosure", shown(self.non_disclosure.map(super::NonDisclosure::code))),
            ("statutory_materials", {
                let materials = self.statutory_materials.iter();
                let said: Vec<_> = materials.map(|it| format!("{} ({})", it.material, it.basis)).collect();
                said.join(", ")
            }),
        ]
    }
}

impl Thing for CatalogueMeasure {
    const KIND: &'static str = "measure";

    fn code(&self) -> &str {
        &self.code
    }

    fn particulars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("category", self.category.clone()),
            ("nature", self.nature.code().to_owned()),
            ("content", self.content.clone()),
            ("direction", self.direction.code().to_owned()),
            ("target", self.target.clone()),
            ("power_item", self.power_item.clone()),
            ("section", self.section.clone()),
            ("basis", self.basis.clone()),
            ("memorandum", shown(self.memorandum.as_ref())),
            ("lists", self.lists.join(", ")),
            ("departments", self.departments.join(", ")),
            ("items", self.items.join(", ")),
            ("checkpoints", self.checkpoints.join(", ")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalogue::{Direction, Nature};
    use crate::samples;

    #[test]
    fn r060_what_was_added_removed_and_changed_is_named_by_particular() {
        let earlier = samples::edition();
        assert_eq!(diff(&earlier, &earlier), []);
        let mut later = earlier.clone();
        later.measures[0].nature = Nature::Recommended;
        later.measures[0].lists.push("watch".into());
        later.measures.push(samples::measure("m2", "black", Direction::Punish));
        later.memoranda.clear();
        later.items[0].key_item = false;
        later.bases[0].effective_until = Some(date(2027, 6, 30));
        let changed =
            |field, from: &str, to: &str| ChangedParticular { field, from: from.into(), to: to.into() };
        let difference = |kind, code: &str, change| Difference { kind, code: code.into(), change };
        assert_eq!(
            diff(&earlier, &later),
            [
                difference("memorandum", "memo.food", Change::Removed),
                difference(
                    "basis",
                    "basis.one",
                    Change::Changed(vec![changed("effective_until", "2026-12-31", "2027-06-30")])
                ),
                difference(
                    "item",
                    "food-licence",
                    Change::Changed(vec![changed("key_item", "true", "false")])
                ),
                difference(
                    "measure",
                    "m1",
                    Change::Changed(vec![
                        changed("nature", "mandatory", "recommended"),
                        changed("lists", "black", "black, watch"),
                    ])
                ),
                difference("measure", "m2", Change::Added),
            ]
        );
    }
}
