//! Layers: what one division states over one span of days, and the policy that a
//! stack of them makes.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Policy, PolicyValues, shipped};

/// Between the layers in the name of a policy, the nearest first.
const AND: char = '+';
/// Between division and version in the name of a layer.
const AT: char = '@';

/// Some values of a policy, as one division states them over one span of days.
/// What a version says never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLayer {
    /// Administrative division that states them, or [`shipped::ROOT`].
    pub division: String,
    /// The division's own name of this version, without `+` and `@`.
    pub version: String,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
    pub effective_until: Option<Date>,
    /// What it states.
    pub values: PolicyValues,
}

impl PolicyLayer {
    /// Whether it is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }

    /// Names this layer in records, answers and messages.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}{AT}{}", self.division, self.version)
    }

    /// Whether a version may have this name: the names of policies are read back.
    #[must_use]
    pub fn is_version(version: &str) -> bool {
        !version.trim().is_empty() && !version.contains([AND, AT])
    }
}

/// A version that states every value.
impl From<&Policy> for PolicyLayer {
    fn from(policy: &Policy) -> Self {
        Self {
            division: policy.division.clone(),
            version: policy.version.clone(),
            effective_from: policy.effective_from,
            effective_until: policy.effective_until,
            values: PolicyValues::of(policy),
        }
    }
}

/// No layer states a value that a rule needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the policy of division `{division}` has no `{value}` on {day}: \
     neither it nor a division above it states one; import a layer that does"
)]
pub struct MissingValue {
    /// Name of the value.
    pub value: &'static str,
    /// The division.
    pub division: String,
    /// The day.
    pub day: Date,
}

/// What holds in a division on a day, value by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The division.
    pub division: String,
    /// The day.
    pub day: Date,
    /// Layers in force on the way from the division up to the shipped rules.
    pub layers: Vec<Arc<PolicyLayer>>,
    /// The values, each from the nearest layer that states it.
    pub values: PolicyValues,
    /// Position in `layers` of the one each value came from, in the order of
    /// [`PolicyValues::NAMES`].
    pub origins: Vec<Option<usize>>,
}

impl Resolution {
    /// Puts layers together, the nearest first.
    #[must_use]
    pub fn of(division: &str, day: Date, layers: Vec<Arc<PolicyLayer>>) -> Self {
        let stated: Vec<&PolicyValues> = layers.iter().map(|layer| &layer.values).collect();
        let (values, origins) = PolicyValues::first_stated(&stated);
        Self { division: division.to_owned(), day, layers, values, origins }
    }

    /// The layers from which at least one value came, the nearest first: they are
    /// what the name of the policy names.
    pub fn contributing(&self) -> impl Iterator<Item = &Arc<PolicyLayer>> {
        let used = |position: &usize| self.origins.contains(&Some(*position));
        (0..self.layers.len()).filter(used).map(|position| &self.layers[position])
    }

    /// Whether anything but the shipped rules speaks here.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.contributing().any(|layer| layer.division != shipped::ROOT)
    }

    /// The policy, in force while all layers it came from are.
    ///
    /// # Errors
    /// [`MissingValue`] where no layer states a value.
    pub fn policy(&self) -> Result<Policy, MissingValue> {
        let mut policy = shipped::blank();
        self.values.clone().write_to(&mut policy).map_err(|value| MissingValue {
            value,
            division: self.division.clone(),
            day: self.day,
        })?;
        let mut layers = self.contributing();
        if let Some(nearest) = layers.next() {
            policy.division.clone_from(&nearest.division);
            policy.version.clone_from(&nearest.version);
        }
        for layer in layers {
            policy.version.push(AND);
            policy.version.push_str(&layer.name());
        }
        policy.effective_from =
            self.contributing().map(|layer| layer.effective_from).max().unwrap_or(Date::MIN);
        policy.effective_until = self.contributing().filter_map(|layer| layer.effective_until).min();
        Ok(policy)
    }
}

/// The names of the layers that the name of a policy names.
pub(super) fn layer_names(snapshot: &str) -> impl Iterator<Item = &str> {
    snapshot.split(AND)
}
