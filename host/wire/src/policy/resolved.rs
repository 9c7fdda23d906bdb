//! What holds in a division on a day, value by value, with where each came from.

use creditgate_credit::policy::{PolicyLayer, PolicyTree, Resolution};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Day;

/// What holds in a division on a day.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolvedPolicy {
    /// The division, six digits (GB/T 2260).
    pub division: String,
    /// Its name, where it is in the tree.
    pub name: Option<String>,
    /// The day.
    pub on: Day,
    /// Name of the policy, as records have it; left out while values are missing.
    pub snapshot: Option<String>,
    /// Layers in force that day, from the division up to the shipped rules.
    pub layers: Vec<LayerSpan>,
    /// Every value that somebody states.
    pub values: Vec<ResolvedValue>,
    /// Values that nobody states: no check can be made without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// A layer and its days.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LayerSpan {
    /// Name of the layer: division and version.
    pub layer: String,
    /// Its division; `default` for the shipped rules.
    pub division: String,
    /// Name of the division, where it is in the tree.
    pub name: Option<String>,
    /// Its version.
    pub version: String,
    /// First day in force.
    pub effective_from: Day,
    /// Last day in force.
    pub effective_until: Option<Day>,
}

/// A value and the layer it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolvedValue {
    /// Name of the value, such as `duties.publicity_limit`.
    pub name: String,
    /// The value, in the form in which it is imported.
    pub value: Value,
    /// Name of the layer.
    pub layer: String,
}

impl ResolvedPolicy {
    /// The body of a resolution of a tree.
    #[must_use]
    pub fn of(resolution: &Resolution, tree: &PolicyTree) -> Self {
        let name_of = |code: &str| tree.division(code).map(|division| division.name.clone());
        let span = |layer: &PolicyLayer| LayerSpan {
            layer: layer.name(),
            division: layer.division.clone(),
            name: name_of(&layer.division),
            version: layer.version.clone(),
            effective_from: layer.effective_from.into(),
            effective_until: layer.effective_until.map(Day),
        };
        Self {
            division: resolution.division.clone(),
            name: name_of(&resolution.division),
            on: resolution.day.into(),
            snapshot: resolution.policy().ok().map(|policy| policy.snapshot()),
            layers: resolution.layers.iter().map(|layer| span(layer)).collect(),
            values: values(resolution),
            missing: resolution.missing().map(str::to_owned).collect(),
        }
    }
}

fn values(resolution: &Resolution) -> Vec<ResolvedValue> {
    // A layer always has a JSON form.
    let document = serde_json::to_value(&resolution.values).unwrap_or_default();
    PolicyLayer::VALUES
        .iter()
        .zip(&resolution.origins)
        .filter_map(|(name, origin)| {
            let layer = resolution.layers.get((*origin)?)?.name();
            let value = document.pointer(&format!("/{}", name.replace('.', "/")))?.clone();
            Some(ResolvedValue { name: (*name).to_owned(), value, layer })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use creditgate_credit::policy::{Division, DivisionLevel, ListingLayer};
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r020_every_value_is_shown_with_its_layer_and_what_nobody_states_is_named() {
        let layer = PolicyLayer {
            division: "440700".into(),
            version: "2018-09".into(),
            effective_from: date(2018, 9, 29),
            listing: ListingLayer { alert_threshold: Some(None), ..ListingLayer::default() },
            ..PolicyLayer::default()
        };
        let city = Division {
            code: "440700".into(),
            name: "江门市".into(),
            level: DivisionLevel::City,
            parent: None,
        };
        let tree = PolicyTree::new([city], [layer]);
        let resolution = tree.resolve("440700", date(2026, 5, 1)).unwrap();
        let body = ResolvedPolicy::of(&resolution, &tree);
        assert_eq!(
            (body.missing.as_slice(), body.snapshot.as_ref()),
            (&["records_since".to_owned()][..], None)
        );
        assert_eq!(body.values.len(), PolicyLayer::VALUES.len() - 1);
        let shown = |name: &str| {
            let value = body.values.iter().find(|value| value.name == name).unwrap();
            (value.value.to_string(), value.layer.as_str())
        };
        assert_eq!(shown("listing.alert_threshold"), ("\"none\"".into(), "440700@2018-09"));
        assert_eq!(
            shown("duties.publicity_limit"),
            (r#"{"count":7,"unit":"working_days"}"#.into(), "default@2026-04")
        );
        assert_eq!(body.layers[0].name.as_deref(), Some("江门市"));
    }
}
