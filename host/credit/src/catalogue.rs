//! The measures catalogue: which measures follow from which lists, where, and
//! on what legal basis (R59 to R62).

use jiff::civil::Date;

use crate::vocabulary::vocabulary;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The catalogue's code.
    pub code: String,
    /// Title and article, for people.
    pub text: String,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueMeasure {
    /// The catalogue's code.
    pub code: String,
    /// 1 Category.
    pub category: String,
    /// 2 Nature.
    pub nature: Nature,
    /// 3 Content.
    pub content: String,
    /// 4 Object: whom it favours or burdens, and which of the two.
    pub direction: Direction,
    /// 4 Object, as text.
    pub target: String,
    /// 5 Power item (权责事项).
    pub power_item: String,
    /// 6 Responsible section.
    pub section: String,
    /// 7 Code of the legal basis.
    pub basis: String,
    /// Codes of the lists whose entries trigger it; never empty.
    pub lists: Vec<String>,
    /// Departments it is meant for; empty means all.
    pub departments: Vec<String>,
    /// Items it is meant for; empty means all.
    pub items: Vec<String>,
    /// Checkpoints it is meant for; empty means all.
    pub checkpoints: Vec<String>,
}

impl CatalogueMeasure {
    /// Whether it is meant for this place in a department's work.
    #[must_use]
    pub fn applies_at(&self, department: &str, item: &str, checkpoint: &str) -> bool {
        let within =
            |allowed: &[String], value: &str| allowed.is_empty() || allowed.iter().any(|a| a == value);
        within(&self.departments, department)
            && within(&self.items, item)
            && within(&self.checkpoints, checkpoint)
    }
}

/// One edition of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Name of the edition.
    pub edition: String,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
    pub effective_until: Option<Date>,
    /// Legal bases, by code.
    pub bases: Vec<Basis>,
    /// Measures, by code.
    pub measures: Vec<CatalogueMeasure>,
}

/// Why a catalogue cannot be used. Each names the measure or basis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Two bases or two measures share a code.
    #[error("code `{0}` is used twice")]
    DuplicateCode(String),
    /// A measure names a basis the edition does not have.
    #[error("measure `{measure}` rests on basis `{basis}`, which this edition does not have")]
    UnknownBasis {
        /// The measure.
        measure: String,
        /// The missing basis.
        basis: String,
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

impl Catalogue {
    /// Whether this edition is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }

    /// The basis with this code, if it is in force on `day`.
    #[must_use]
    pub fn basis_in_force(&self, code: &str, day: Date) -> Option<&Basis> {
        self.bases.iter().find(|basis| basis.code == code && basis.in_force_on(day))
    }

    /// Everything that is wrong with this edition; empty when it can be used.
    #[must_use]
    pub fn faults(&self) -> Vec<CatalogueError> {
        let mut faults = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for code in self.bases.iter().map(|basis| &basis.code) {
            if !seen.insert(("basis", code)) {
                faults.push(CatalogueError::DuplicateCode(code.clone()));
            }
        }
        for measure in &self.measures {
            if !seen.insert(("measure", &measure.code)) {
                faults.push(CatalogueError::DuplicateCode(measure.code.clone()));
            }
            for (field, value) in [
                ("category", &measure.category),
                ("content", &measure.content),
                ("target", &measure.target),
                ("power_item", &measure.power_item),
                ("section", &measure.section),
                ("basis", &measure.basis),
            ] {
                if value.trim().is_empty() {
                    faults.push(CatalogueError::MissingField { measure: measure.code.clone(), field });
                }
            }
            if measure.lists.is_empty() {
                faults.push(CatalogueError::NoTrigger(measure.code.clone()));
            }
            if !self.bases.iter().any(|basis| basis.code == measure.basis) {
                faults.push(CatalogueError::UnknownBasis {
                    measure: measure.code.clone(),
                    basis: measure.basis.clone(),
                });
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn r061_a_measure_lacking_one_of_the_seven_particulars_is_a_fault() {
        let whole = samples::measure("m1", "black", Direction::Punish);
        assert_eq!(samples::catalogue(vec![whole.clone()]).faults(), []);
        type Spoil = fn(&mut CatalogueMeasure);
        let cases: [(&str, Spoil); 5] = [
            ("category", |m| m.category.clear()),
            ("content", |m| m.content = "  ".into()),
            ("target", |m| m.target.clear()),
            ("power_item", |m| m.power_item.clear()),
            ("section", |m| m.section.clear()),
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
}
