//! The tree of administrative divisions with their layers (R20): powers delegated
//! downwards are used under the rules of the division above, unless the one below
//! states its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::layer::layer_names;
use super::{MissingValue, Policy, PolicyLayer, Resolution, shipped};
use crate::vocabulary;

/// More divisions above one another than there are levels, with room to spare.
const DEEPEST: usize = 8;

vocabulary! {
    /// Level of a division, the highest first.
    pub enum DivisionLevel {
        /// 国家.
        Nation = "nation",
        /// 省、自治区、直辖市.
        Province = "province",
        /// 设区的市、自治州、盟.
        City = "city",
        /// 县、区、旗.
        County = "county",
    }
}

/// An administrative division (R20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// Code, six digits (GB/T 2260).
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Level.
    pub level: DivisionLevel,
    /// Code of the division above; none directly below the shipped rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// What cannot be in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    /// The division above is not there.
    #[error("division `{division}` names `{parent}` as its parent, and there is no such division")]
    UnknownParent {
        /// The division.
        division: String,
        /// What it names.
        parent: String,
    },
    /// A division is above itself.
    #[error("division `{division}` is above itself: {}", .way.join(" under "))]
    Cycle {
        /// The division.
        division: String,
        /// The way from it back to it.
        way: Vec<String>,
    },
    /// The division above is not of a higher level.
    #[error("division `{division}` is a {}, and its parent `{parent}` is a {}", .level.code(), .parent_level.code())]
    LevelOrder {
        /// The division.
        division: String,
        /// Its level.
        level: DivisionLevel,
        /// The division above.
        parent: String,
        /// Its level.
        parent_level: DivisionLevel,
    },
    /// Nobody would know which of two layers holds.
    #[error("layer `{layer}` is in force on days on which `{other}` is; end the one before the other begins")]
    Overlap {
        /// A layer.
        layer: String,
        /// Another of the same division that begins no later.
        other: String,
    },
}

impl TreeFault {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownParent { .. } => "division.unknown_parent",
            Self::Cycle { .. } => "division.cycle",
            Self::LevelOrder { .. } => "division.level_order",
            Self::Overlap { .. } => "layer.overlap",
        }
    }
}

/// Divisions and layers, with the shipped rules above them all.
#[derive(Debug, Clone)]
pub struct PolicyTree {
    divisions: BTreeMap<String, Division>,
    /// By division, the one that begins last first.
    layers: BTreeMap<String, Vec<Arc<PolicyLayer>>>,
}

impl PolicyTree {
    /// A tree of these divisions and layers, whatever their [`PolicyTree::faults`].
    #[must_use]
    pub fn new(
        divisions: impl IntoIterator<Item = Division>,
        layers: impl IntoIterator<Item = PolicyLayer>,
    ) -> Self {
        let divisions = divisions.into_iter().map(|division| (division.code.clone(), division)).collect();
        let mut by_division: BTreeMap<String, Vec<Arc<PolicyLayer>>> = BTreeMap::new();
        for layer in layers.into_iter().chain(shipped::layers()) {
            by_division.entry(layer.division.clone()).or_default().push(Arc::new(layer));
        }
        for layers in by_division.values_mut() {
            layers.sort_by(|a, b| {
                b.effective_from.cmp(&a.effective_from).then_with(|| a.version.cmp(&b.version))
            });
        }
        Self { divisions, layers: by_division }
    }

    /// The division with this code.
    #[must_use]
    pub fn division(&self, code: &str) -> Option<&Division> {
        self.divisions.get(code)
    }

    /// The layers of a division, the one that begins last first.
    #[must_use]
    pub fn layers(&self, division: &str) -> &[Arc<PolicyLayer>] {
        self.layers.get(division).map_or(&[], Vec::as_slice)
    }

    /// Codes of all divisions that are in the tree or have layers of their own.
    #[must_use]
    pub fn known(&self) -> BTreeSet<&str> {
        let own = self.layers.keys().filter(|division| *division != shipped::ROOT);
        self.divisions.keys().chain(own).map(String::as_str).collect()
    }

    /// The division and those above it, up to the shipped rules.
    fn path<'a>(&'a self, division: &'a str) -> Vec<&'a str> {
        let above = |code: &&'a str| self.divisions.get(*code)?.parent.as_deref();
        std::iter::successors(Some(division), above).take(DEEPEST).chain([shipped::ROOT]).collect()
    }

    /// Whether a division is `above` itself or lies somewhere below it: by the tree,
    /// and where the tree does not have both by the levels their codes name (GB/T
    /// 2260).
    #[must_use]
    pub fn is_within(&self, division: &str, above: &str) -> bool {
        if division == above || self.path(division).contains(&above) {
            return true;
        }
        if [division, above].iter().all(|code| self.divisions.contains_key(*code)) {
            return false;
        }
        // `440000` is a province, `440700` a city of it, `440703` a county of that.
        let levels = ["0000", "00"].into_iter().filter_map(|rest| above.strip_suffix(rest)).next();
        let both_codes = [division, above].iter().all(|code| code.len() == 6);
        both_codes && levels.is_some_and(|prefix| division.starts_with(prefix))
    }

    /// What holds in a division on a day; none where the division is unknown. Of a
    /// division's layers in force that day the one that began last holds.
    #[must_use]
    pub fn resolve(&self, division: &str, day: Date) -> Option<Resolution> {
        if !self.divisions.contains_key(division) && self.layers(division).is_empty() {
            return None;
        }
        let in_force = |code| self.layers(code).iter().find(|layer| layer.in_force_on(day)).cloned();
        let layers = self.path(division).into_iter().filter_map(in_force).collect();
        Some(Resolution::of(division, day, layers))
    }

    /// The days on which something may change for a division, oldest first.
    #[must_use]
    pub fn turning_days(&self, division: &str) -> BTreeSet<Date> {
        let layers = self.path(division).into_iter().flat_map(|code| self.layers(code));
        layers
            .flat_map(|layer| {
                let after = layer.effective_until.and_then(|last| last.tomorrow().ok());
                [Some(layer.effective_from), after]
            })
            .flatten()
            .chain([Date::MIN])
            .collect()
    }

    /// The policy a record names, in force today or not, and whatever the tree has
    /// become since; none where one of its layers is gone.
    #[must_use]
    pub fn named(&self, snapshot: &str) -> Option<Policy> {
        let layers: Option<Vec<_>> = match self.layer(snapshot) {
            Some(whole) => Some(vec![whole]),
            None => layer_names(snapshot).map(|name| self.layer(name)).collect(),
        };
        let layers = layers?;
        let nearest = layers.first()?;
        let (division, day) = (nearest.division.clone(), nearest.effective_from);
        let mut resolution = Resolution::of(&division, day, layers);
        // A value that there was not yet when the record was made is as shipped.
        let shipped = PolicyLayer { records_since: None, ..PolicyLayer::from(&Policy::default()) };
        resolution.values = PolicyLayer::first_stated(&[&resolution.values, &shipped]).0;
        resolution.policy().ok()
    }

    fn layer(&self, name: &str) -> Option<Arc<PolicyLayer>> {
        let (division, version) = name.split_once('@')?;
        self.layers(division).iter().find(|layer| layer.version == version).cloned()
    }

    /// Everything that cannot be in a tree.
    #[must_use]
    pub fn faults(&self) -> Vec<TreeFault> {
        let divisions = self.divisions.values().filter_map(|division| self.fault_of(division));
        divisions.chain(self.layers.values().flat_map(|layers| overlaps(layers))).collect()
    }

    fn fault_of(&self, division: &Division) -> Option<TreeFault> {
        let code = division.code.clone();
        let parent = division.parent.as_ref()?;
        let Some(above) = self.divisions.get(parent) else {
            return Some(TreeFault::UnknownParent { division: code, parent: parent.clone() });
        };
        let mut way: Vec<String> = self.path(&code).into_iter().map(str::to_owned).collect();
        if let Some(again) = way.iter().skip(1).position(|step| *step == code) {
            way.truncate(again + 2);
            return Some(TreeFault::Cycle { division: code, way });
        }
        (above.level >= division.level).then(|| TreeFault::LevelOrder {
            division: code,
            level: division.level,
            parent: parent.clone(),
            parent_level: above.level,
        })
    }

    /// The policy of a division on a day, or what it lacks; none where the division
    /// is unknown or nothing but the shipped rules speaks that day.
    #[must_use]
    pub fn policy(&self, division: &str, day: Date) -> Option<Result<Policy, MissingValue>> {
        self.resolve(division, day).filter(Resolution::is_local).map(|resolution| resolution.policy())
    }
}

/// Layers of one division, the one that begins last first, that hold at the same
/// time. One without a last day is followed by the next and makes no overlap.
fn overlaps(layers: &[Arc<PolicyLayer>]) -> Vec<TreeFault> {
    let mut faults = Vec::new();
    for (position, layer) in layers.iter().enumerate() {
        let meets = |earlier: &&Arc<PolicyLayer>| {
            earlier.effective_from == layer.effective_from
                || earlier.effective_until.is_some_and(|last| last >= layer.effective_from)
        };
        let met = layers.iter().skip(position + 1).find(meets);
        faults.extend(met.map(|other| TreeFault::Overlap { layer: layer.name(), other: other.name() }));
    }
    faults
}

#[cfg(test)]
mod tests;
