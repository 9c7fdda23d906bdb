//! What changed from one edition to another, by particular (R60). Editions are
//! compared by value, in the form they have on the wire: a particular that a part gets
//! later is compared without a word here.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use super::{Catalogue, Part};
use crate::vocabulary;

vocabulary! {
    /// How something differs between two editions.
    pub enum Change {
        /// Only the later one has it.
        Added = "added",
        /// Only the earlier one has it.
        Removed = "removed",
        /// Both have it, and say different things.
        Changed = "changed",
    }
}

/// A particular that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChangedParticular {
    /// Its name, as rows of an import give it.
    pub field: String,
    /// What the earlier edition says; several values are joined by `, `.
    pub from: String,
    /// What the later edition says.
    pub to: String,
}

/// Something that is not the same in two editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = EditionDifference))]
pub struct Difference {
    /// Kind of it, as rows of an import name it: `category`, `memorandum`, `basis`,
    /// `power_item`, `item` or `measure`.
    pub kind: String,
    /// Its code.
    pub code: String,
    /// `added`, `removed` or `changed`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub change: Change,
    /// Which particulars changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub particulars: Vec<ChangedParticular>,
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

fn compare<T: Part + Serialize>(earlier: &[T], later: &[T], found: &mut Vec<Difference>) {
    let before: HashMap<&str, &T> = earlier.iter().map(|part| (part.code(), part)).collect();
    let after: HashMap<&str, &T> = later.iter().map(|part| (part.code(), part)).collect();
    let mut note = |code: &str, change, particulars| {
        found.push(Difference { kind: T::KIND.to_owned(), code: code.to_owned(), change, particulars });
    };
    for part in earlier {
        match after.get(part.code()) {
            None => note(part.code(), Change::Removed, Vec::new()),
            Some(other) => {
                let changed = changed(&Said::by(part), &Said::by(*other));
                if !changed.is_empty() {
                    note(part.code(), Change::Changed, changed);
                }
            }
        }
    }
    for part in later.iter().filter(|part| !before.contains_key(part.code())) {
        note(part.code(), Change::Added, Vec::new());
    }
}

/// What one of two says otherwise than the other, in the order of its declaration.
fn changed(before: &Said, after: &Said) -> Vec<ChangedParticular> {
    let (before, after) = (before.parts(), after.parts());
    let mut names: Vec<&str> = before.iter().map(|(name, _)| name.as_str()).collect();
    let mut place = 0;
    for (name, _) in after {
        place = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.insert(place, name);
            place
        }) + 1;
    }
    let of = |parts: &[(String, Said)], name: &str| {
        parts.iter().find(|(known, _)| known == name).map(|(_, said)| said.clone())
    };
    let both = names.into_iter().map(|name| (name, of(before, name), of(after, name)));
    both.filter(|(_, from, to)| from != to)
        .map(|(name, from, to)| ChangedParticular {
            field: name.to_owned(),
            from: shown(from.as_ref(), to.as_ref()),
            to: shown(to.as_ref(), from.as_ref()),
        })
        .collect()
}

/// What a part of an edition says, whatever it is: read from its form on the wire,
/// where the order of its particulars is that of its declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Flag(bool),
    Text(String),
    Several(Vec<Said>),
    Parts(Vec<(String, Said)>),
}

impl Said {
    /// Such a part always has a form.
    fn by(part: &impl Serialize) -> Self {
        let form = serde_json::to_string(part).and_then(|text| serde_json::from_str(&text));
        form.unwrap_or(Self::Parts(Vec::new()))
    }

    fn parts(&self) -> &[(String, Self)] {
        match self {
            Self::Parts(parts) => parts,
            Self::Flag(_) | Self::Text(_) | Self::Several(_) => &[],
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined =
            |said: &mut dyn Iterator<Item = &Self>| said.map(Self::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Flag(flag) => flag.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
            Self::Several(several) => joined(&mut several.iter()).fmt(formatter),
            Self::Parts(parts) => match parts.as_slice() {
                [(_, first), others @ ..] => {
                    write!(formatter, "{first} ({})", joined(&mut others.iter().map(|(_, said)| said)))
                }
                [] => Ok(()),
            },
        }
    }
}

/// What is left out is false, or nothing.
fn shown(said: Option<&Said>, other: Option<&Said>) -> String {
    match (said, other) {
        (Some(said), _) => said.to_string(),
        (None, Some(Said::Flag(_))) => false.to_string(),
        (None, _) => String::new(),
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsSaid)
    }
}

struct AsSaid;

impl<'de> Visitor<'de> for AsSaid {
    type Value = Said;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what a part of an edition says")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Said, E> {
        Ok(Said::Flag(flag))
    }

    fn visit_str<E>(self, text: &str) -> Result<Said, E> {
        Ok(Said::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Said, A::Error> {
        let mut several = Vec::new();
        while let Some(said) = sequence.next_element()? {
            several.push(said);
        }
        Ok(Said::Several(several))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = map.next_entry()? {
            parts.push(part);
        }
        Ok(Said::Parts(parts))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalogue::{Direction, Nature, NonDisclosure, StatutoryMaterial};
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
        later.items[0].non_disclosure = Some(NonDisclosure::TradeSecret);
        later.items[0]
            .statutory_materials
            .push(StatutoryMaterial { material: "营业执照".into(), basis: "basis.one".into() });
        later.bases[0].effective_until = Some(date(2027, 6, 30));
        let changed = |field: &str, from: &str, to: &str| ChangedParticular {
            field: field.into(),
            from: from.into(),
            to: to.into(),
        };
        let difference = |kind: &str, code: &str, change, particulars| Difference {
            kind: kind.into(),
            code: code.into(),
            change,
            particulars,
        };
        assert_eq!(
            diff(&earlier, &later),
            [
                difference("memorandum", "memo.food", Change::Removed, Vec::new()),
                difference(
                    "basis",
                    "basis.one",
                    Change::Changed,
                    vec![changed("effective_until", "2026-12-31", "2027-06-30")]
                ),
                difference(
                    "item",
                    "food-licence",
                    Change::Changed,
                    vec![
                        changed("key_item", "true", "false"),
                        changed("non_disclosure", "", "trade_secret"),
                        changed(
                            "statutory_materials",
                            "identity-proof (basis.one)",
                            "identity-proof (basis.one), 营业执照 (basis.one)"
                        ),
                    ]
                ),
                difference(
                    "measure",
                    "m1",
                    Change::Changed,
                    vec![
                        changed("nature", "mandatory", "recommended"),
                        changed("lists", "black", "black, watch"),
                    ]
                ),
                difference("measure", "m2", Change::Added, Vec::new()),
            ]
        );
    }
}
