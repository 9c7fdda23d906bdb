//! What is missing in an edition (R62): every item has measures and lists, every
//! measure an item, a list, a basis in force and its seven particulars, every
//! power item an item and a section.
//!
//! [`check`] is a pure function of the edition, what the host knows beside it, and
//! a day. It finds everything at once, in the order of the edition.

use std::collections::HashSet;

use jiff::civil::Date;

use super::{Catalogue, CatalogueError};
use crate::list_type::ListType;
use crate::vocabulary;

vocabulary! {
    /// What is wrong, by what the thing lacks.
    pub enum FaultKind {
        /// Two things of one kind share a code.
        DuplicateCode = "duplicate_code",
        /// One of the seven particulars is empty.
        EmptyParticular = "empty_particular",
        /// Something is named that the edition does not have.
        UnknownReference = "unknown_reference",
        /// No measure is meant for the item.
        ItemWithoutMeasure = "item_without_measure",
        /// No measure of the item is triggered by a list that is known.
        ItemWithoutList = "item_without_list",
        /// The item has no power item.
        ItemWithoutPowerItem = "item_without_power_item",
        /// The measure is meant for no item of the edition.
        MeasureWithoutItem = "measure_without_item",
        /// No list that is known triggers the measure.
        MeasureWithoutList = "measure_without_list",
        /// The basis of the measure, or of a statutory material of the item, is not in
        /// force on the day.
        BasisNotInForce = "basis_not_in_force",
        /// The power item belongs to no item.
        PowerItemWithoutItem = "power_item_without_item",
        /// Nobody answers for the power item.
        PowerItemWithoutSection = "power_item_without_section",
        /// A checkpoint is bound for an item the edition does not have.
        BoundItemMissing = "bound_item_missing",
        /// Another published edition is for the same days.
        OverlappingEditions = "overlapping_editions",
        /// No measure uses the list. A warning: there are lists for information.
        ListWithoutMeasure = "list_without_measure",
    }
}

impl FaultKind {
    /// Whether an edition with it may still be right.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::ListWithoutMeasure)
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::DuplicateCode => "give one of them another code",
            Self::EmptyParticular => "say what it is",
            Self::UnknownReference => "add what is named to the edition, or name another",
            Self::ItemWithoutMeasure => "add a measure for it, or take the item out",
            Self::ItemWithoutList => "import the kinds of lists that trigger its measures",
            Self::ItemWithoutPowerItem => "name its power items in `power_items`",
            Self::MeasureWithoutItem => "name items of its departments in `items`, or take the measure out",
            Self::MeasureWithoutList => "import the kinds of lists it names, or name others",
            Self::BasisNotInForce => "name a basis in force, or take out what rests on it",
            Self::PowerItemWithoutItem => "name it in the `power_items` of an item, or take it out",
            Self::PowerItemWithoutSection => "name the section that answers for it",
            Self::BoundItemMissing => "add the item to the edition, or take the binding back",
            Self::OverlappingEditions => "end one of them before the other begins",
            Self::ListWithoutMeasure => "add measures for it, or leave it for information",
        }
    }
}

/// Something that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Kind of the thing, as rows of an import name it, such as `measure`.
    pub thing: &'static str,
    /// Code of the thing.
    pub code: String,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

/// An item for which a checkpoint is bound.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BoundItem {
    /// Department.
    pub department: String,
    /// Item.
    pub item: String,
}

/// What the host knows beside the edition.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Kinds of lists.
    pub list_types: &'a [ListType],
    /// Items that are bound; the same more than once does no harm.
    pub bound: &'a [BoundItem],
    /// Published editions, be the one that is checked among them or not.
    pub published: &'a [Catalogue],
}

/// Everything that is missing in an edition on `day`.
#[must_use]
pub fn check(catalogue: &Catalogue, surroundings: &Surroundings<'_>, day: Date) -> Vec<Fault> {
    let mut search = Search {
        catalogue,
        lists: surroundings.list_types.iter().map(|list| list.code.as_str()).collect(),
        day,
        faults: Vec::new(),
    };
    search.structure();
    search.items();
    search.measures();
    search.power_items();
    search.bound_items(surroundings.bound);
    search.editions(surroundings.published);
    search.unused_lists(surroundings.list_types);
    search.faults
}

struct Search<'a> {
    catalogue: &'a Catalogue,
    lists: HashSet<&'a str>,
    day: Date,
    faults: Vec<Fault>,
}

impl Search<'_> {
    fn note(&mut self, kind: FaultKind, thing: &'static str, code: &str, message: impl Into<String>) {
        self.faults.push(Fault { kind, thing, code: code.to_owned(), message: message.into() });
    }

    /// What an import would have refused.
    fn structure(&mut self) {
        for error in self.catalogue.faults() {
            let kind = match &error {
                CatalogueError::DuplicateCode { .. } => FaultKind::DuplicateCode,
                CatalogueError::MissingField { .. } => FaultKind::EmptyParticular,
                CatalogueError::Unknown { .. } => FaultKind::UnknownReference,
                CatalogueError::NoTrigger(_) => FaultKind::MeasureWithoutList,
            };
            let (thing, code) = error.about();
            self.note(kind, thing, code, error.to_string());
        }
    }

    fn items(&mut self) {
        for item in &self.catalogue.items {
            let mut own = self
                .catalogue
                .measures
                .iter()
                .filter(|measure| measure.applies_to(&item.department, &item.code))
                .peekable();
            let unmapped = own.peek().is_none();
            let listed =
                own.any(|measure| measure.lists.iter().any(|list| self.lists.contains(list.as_str())));
            if unmapped {
                let message = format!("no measure is meant for item `{}`", item.code);
                self.note(FaultKind::ItemWithoutMeasure, "item", &item.code, message);
            } else if !listed {
                let message = format!("no known list triggers a measure for item `{}`", item.code);
                self.note(FaultKind::ItemWithoutList, "item", &item.code, message);
            }
            if item.power_items.is_empty() {
                let message = format!("item `{}` has no power item", item.code);
                self.note(FaultKind::ItemWithoutPowerItem, "item", &item.code, message);
            }
            for required in &item.statutory_materials {
                self.basis_in_force("item", &item.code, &required.basis);
            }
        }
    }

    fn measures(&mut self) {
        let known: HashSet<&str> = self.catalogue.items.iter().map(|item| item.code.as_str()).collect();
        for measure in &self.catalogue.measures {
            for item in measure.items.iter().filter(|item| !known.contains(item.as_str())) {
                let message = format!(
                    "measure `{}` names the item `{item}`, which this edition does not have",
                    measure.code
                );
                self.note(FaultKind::UnknownReference, "measure", &measure.code, message);
            }
            let meant =
                self.catalogue.items.iter().any(|item| measure.applies_to(&item.department, &item.code));
            if !meant {
                let message = format!("measure `{}` is meant for no item of the edition", measure.code);
                self.note(FaultKind::MeasureWithoutItem, "measure", &measure.code, message);
            }
            let listed = measure.lists.iter().any(|list| self.lists.contains(list.as_str()));
            if !listed && !measure.lists.is_empty() {
                let message = format!("measure `{}` is triggered by no known list", measure.code);
                self.note(FaultKind::MeasureWithoutList, "measure", &measure.code, message);
            }
            self.basis_in_force("measure", &measure.code, &measure.basis);
        }
    }

    fn basis_in_force(&mut self, thing: &'static str, code: &str, basis: &str) {
        let named = self.catalogue.bases.iter().find(|known| known.code == basis);
        if named.is_some_and(|basis| !basis.in_force_on(self.day)) {
            let message =
                format!("{thing} `{code}` rests on basis `{basis}`, which is not in force on {}", self.day);
            self.note(FaultKind::BasisNotInForce, thing, code, message);
        }
    }

    fn power_items(&mut self) {
        let used: HashSet<&str> =
            self.catalogue.items.iter().flat_map(|item| &item.power_items).map(String::as_str).collect();
        for power in &self.catalogue.power_items {
            if !used.contains(power.code.as_str()) {
                let message = format!("power item `{}` belongs to no item", power.code);
                self.note(FaultKind::PowerItemWithoutItem, "power_item", &power.code, message);
            }
            if power.section.trim().is_empty() {
                let message = format!("power item `{}` has no section", power.code);
                self.note(FaultKind::PowerItemWithoutSection, "power_item", &power.code, message);
            }
        }
    }

    fn bound_items(&mut self, bound: &[BoundItem]) {
        let known: HashSet<(&str, &str)> =
            self.catalogue.items.iter().map(|item| (item.department.as_str(), item.code.as_str())).collect();
        let mut seen = HashSet::new();
        for BoundItem { department, item } in bound {
            if known.contains(&(department.as_str(), item.as_str())) || !seen.insert((department, item)) {
                continue;
            }
            let message =
                format!("item `{item}` of `{department}` is bound, and the edition does not have it");
            self.note(FaultKind::BoundItemMissing, "item", item, message);
        }
    }

    /// An edition without an end makes way for the next; one that says when it
    /// ends must do so before the next begins, or they contradict each other.
    fn editions(&mut self, published: &[Catalogue]) {
        let own = self.catalogue;
        for other in published.iter().filter(|other| other.edition != own.edition) {
            let (older, newer) =
                if own.effective_from <= other.effective_from { (own, other) } else { (other, own) };
            let overlaps = older.effective_from == newer.effective_from
                || older.effective_until.is_some_and(|last| last >= newer.effective_from);
            if overlaps {
                let message =
                    format!("the editions `{}` and `{}` are for the same days", older.edition, newer.edition);
                self.note(FaultKind::OverlappingEditions, "edition", &own.edition, message);
            }
        }
    }

    fn unused_lists(&mut self, list_types: &[ListType]) {
        let used: HashSet<&str> =
            self.catalogue.measures.iter().flat_map(|measure| &measure.lists).map(String::as_str).collect();
        for list in list_types.iter().filter(|list| !used.contains(list.code.as_str())) {
            let message = format!("no measure uses the list `{}`", list.code);
            self.note(FaultKind::ListWithoutMeasure, "list_type", &list.code, message);
        }
    }
}

#[cfg(test)]
mod tests;
