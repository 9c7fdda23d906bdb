//! What makes an edition unreadable: no import takes it.

use std::collections::HashSet;

use super::{Catalogue, Part};

/// Why a catalogue cannot be used. Each names the measure or basis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Two things of one kind share a code.
    #[error("{kind} `{code}` is there twice")]
    DuplicateCode {
        /// Which kind, as rows of an import name it.
        kind: &'static str,
        /// The code.
        code: String,
    },
    /// A measure or an item names something the edition does not have.
    #[error("{kind} `{code}` names the {field} `{missing}`, which this edition does not have")]
    Unknown {
        /// Kind of what names it: `measure` or `item`.
        kind: &'static str,
        /// Its code.
        code: String,
        /// The field that names it.
        field: &'static str,
        /// What is missing.
        missing: String,
    },
    /// One of the seven particulars is empty (R61).
    #[error("measure `{measure}` has no {field}")]
    MissingField {
        /// The measure.
        measure: String,
        /// The empty particular.
        field: &'static str,
    },
    /// Nothing triggers the measure.
    #[error("measure `{0}` names no list that triggers it")]
    NoTrigger(String),
}

impl CatalogueError {
    /// Kind and code of the row it is about.
    #[must_use]
    pub fn about(&self) -> (&'static str, &str) {
        match self {
            Self::DuplicateCode { kind, code } | Self::Unknown { kind, code, .. } => (kind, code),
            Self::MissingField { measure, .. } | Self::NoTrigger(measure) => ("measure", measure),
        }
    }
}

impl Catalogue {
    /// Everything that is wrong with this edition in itself; empty when it can be
    /// read. What is missing in it is for [`super::check`].
    #[must_use]
    pub fn faults(&self) -> Vec<CatalogueError> {
        let mut faults = self.duplicates();
        self.measure_faults(&mut faults);
        self.item_faults(&mut faults);
        faults
    }

    fn duplicates(&self) -> Vec<CatalogueError> {
        let mut seen = HashSet::new();
        self.codes()
            .into_iter()
            .filter(|thing| !seen.insert(*thing))
            .map(|(kind, code)| CatalogueError::DuplicateCode { kind, code: code.to_owned() })
            .collect()
    }

    /// Kind and code of everything in it.
    fn codes(&self) -> Vec<(&'static str, &str)> {
        fn of<T: Part>(parts: &[T]) -> impl Iterator<Item = (&'static str, &str)> {
            parts.iter().map(|part| (T::KIND, part.code()))
        }
        of(&self.categories)
            .chain(of(&self.memoranda))
            .chain(of(&self.bases))
            .chain(of(&self.power_items))
            .chain(of(&self.items))
            .chain(of(&self.measures))
            .collect()
    }

    fn measure_faults(&self, faults: &mut Vec<CatalogueError>) {
        let codes: HashSet<_> = self.codes().into_iter().collect();
        for measure in &self.measures {
            for (field, value) in measure.texts() {
                if value.trim().is_empty() {
                    faults.push(CatalogueError::MissingField { measure: measure.code.clone(), field });
                }
            }
            if measure.lists.is_empty() {
                faults.push(CatalogueError::NoTrigger(measure.code.clone()));
            }
            let named = [
                ("basis", Some(&measure.basis), true),
                ("category", Some(&measure.category), !self.categories.is_empty()),
                ("power_item", Some(&measure.power_item), !self.power_items.is_empty()),
                ("memorandum", measure.memorandum.as_ref(), !self.memoranda.is_empty()),
            ];
            for (field, name, referred) in named {
                let Some(name) = name.filter(|name| referred && !name.trim().is_empty()) else { continue };
                if !codes.contains(&(field, name.as_str())) {
                    let (code, missing) = (measure.code.clone(), name.clone());
                    faults.push(CatalogueError::Unknown { kind: "measure", code, field, missing });
                }
            }
        }
    }

    fn item_faults(&self, faults: &mut Vec<CatalogueError>) {
        let codes: HashSet<_> = self.codes().into_iter().collect();
        for item in &self.items {
            let powers = item.power_items.iter().map(|name| ("power_items", "power_item", name));
            let materials = item.statutory_materials.iter();
            let bases = materials.map(|required| ("statutory_materials", "basis", &required.basis));
            for (field, kind, name) in powers.chain(bases) {
                if !codes.contains(&(kind, name.as_str())) {
                    let (code, missing) = (item.code.clone(), name.clone());
                    faults.push(CatalogueError::Unknown { kind: "item", code, field, missing });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{CatalogueMeasure, Direction};
    use crate::samples;

    #[test]
    fn r061_a_measure_lacking_one_of_the_seven_particulars_is_a_fault() {
        let whole = samples::measure("m1", "black", Direction::Punish);
        assert_eq!(samples::catalogue(vec![whole.clone()]).faults(), []);
        type Spoil = fn(&mut CatalogueMeasure);
        let cases: [(&str, Spoil); 6] = [
            ("category", |m| m.category.clear()),
            ("content", |m| m.content = "  ".into()),
            ("target", |m| m.target.clear()),
            ("power_item", |m| m.power_item.clear()),
            ("section", |m| m.section.clear()),
            ("basis", |m| m.basis.clear()),
        ];
        for (field, spoil) in cases {
            let mut measure = whole.clone();
            spoil(&mut measure);
            let missing = CatalogueError::MissingField { measure: "m1".into(), field };
            assert_eq!(samples::catalogue(vec![measure]).faults(), [missing]);
        }
        let mut orphan = whole.clone();
        orphan.basis = "basis.none".into();
        orphan.lists.clear();
        assert_eq!(
            samples::catalogue(vec![orphan, whole]).faults().len(),
            3,
            "no trigger, no basis, same code"
        );
    }

    #[test]
    fn r061_a_measure_names_only_what_its_edition_has() {
        assert_eq!(samples::edition().faults(), []);
        type Spoil = fn(&mut Catalogue);
        let cases: [(&str, Spoil); 6] = [
            ("category", |c| c.measures[0].category = "other".into()),
            ("power_item", |c| c.measures[0].power_item = "other".into()),
            ("memorandum", |c| c.measures[0].memorandum = Some("other".into())),
            ("basis", |c| c.measures[0].basis = "other".into()),
            ("power_items", |c| c.items[0].power_items = vec!["other".into()]),
            ("statutory_materials", |c| c.items[0].statutory_materials[0].basis = "other".into()),
        ];
        for (field, spoil) in cases {
            let mut catalogue = samples::edition();
            spoil(&mut catalogue);
            let faults = catalogue.faults();
            assert!(
                matches!(&faults[..], [CatalogueError::Unknown { field: found, .. }] if *found == field),
                "{field}: {faults:?}"
            );
        }
        let mut free = samples::edition();
        (free.categories, free.power_items, free.memoranda) = (Vec::new(), Vec::new(), Vec::new());
        free.items[0].power_items.clear();
        assert_eq!(free.faults(), [], "an edition without them has free text");
    }
}
