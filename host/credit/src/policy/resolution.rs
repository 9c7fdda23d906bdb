//! What holds in a division on a day: the layers that speak, and the policy they make.

use std::sync::Arc;

use jiff::civil::Date;

use super::layer::AND;
use super::{Policy, PolicyLayer, shipped};

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
    /// Every value from the nearest layer that states it, as one layer of the division
    /// and the day.
    pub values: PolicyLayer,
    /// Position in `layers` of the one each value came from, in the order of
    /// [`PolicyLayer::VALUES`].
    pub origins: Vec<Option<usize>>,
}

impl Resolution {
    /// Puts layers together, the nearest first.
    #[must_use]
    pub fn of(division: &str, day: Date, layers: Vec<Arc<PolicyLayer>>) -> Self {
        let (stated, origins) =
            PolicyLayer::first_stated(&layers.iter().map(Arc::as_ref).collect::<Vec<_>>());
        let values = PolicyLayer { division: division.to_owned(), effective_from: day, ..stated };
        Self { division: division.to_owned(), day, layers, values, origins }
    }

    /// The layers from which at least one value came, the nearest first: they are
    /// what the name of the policy names.
    pub fn contributing(&self) -> impl Iterator<Item = &Arc<PolicyLayer>> {
        let used = |position: &usize| self.origins.contains(&Some(*position));
        (0..self.layers.len()).filter(used).map(|position| &self.layers[position])
    }

    /// Names of the values that no layer states.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        let values = PolicyLayer::VALUES.iter().zip(&self.origins);
        values.filter(|(_, origin)| origin.is_none()).map(|(name, _)| *name)
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
        let mut policy = Policy::default();
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
