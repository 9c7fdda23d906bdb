//! What a run is held against: `tests/bench/bounds.toml` says for figures that
//! matter what they must not be worse than. It is how the bench notices that
//! something has become slow; the figures to reach stand in the documentation.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::cargo;

/// By the figure's name.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Bounds(BTreeMap<String, Bound>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    at_most: Option<f64>,
    at_least: Option<f64>,
}

impl Bounds {
    /// Those of this repository.
    pub(super) fn read() -> Result<Self> {
        let path = cargo::root().join("tests/bench/bounds.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} holds no bounds", path.display()))
    }

    /// What is worse than it may be, in words. A figure that could not be measured
    /// here (null) is passed over.
    ///
    /// # Errors
    /// When a bound is of a figure that does not exist.
    pub(super) fn broken(&self, figures: &Value) -> Result<Vec<String>> {
        let mut broken = Vec::new();
        for (name, bound) in &self.0 {
            let figure = figures.get(name);
            ensure!(figure.is_some(), "bounds.toml names {name}, which is not measured");
            let Some(figure) = figure.and_then(Value::as_f64) else { continue };
            if let Some(most) = bound.at_most.filter(|most| figure > *most) {
                broken.push(format!("{name} is {figure:.3}, at most {most} is allowed"));
            }
            if let Some(least) = bound.at_least.filter(|least| figure < *least) {
                broken.push(format!("{name} is {figure:.3}, at least {least} is asked for"));
            }
        }
        Ok(broken)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bounds(text: &str) -> Bounds {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_figure_past_its_bound_is_named_with_both() {
        let bounds = bounds("calls = { at_most = 0.05 }\nper_s = { at_least = 100 }\nnone = { at_most = 1 }");
        let cases: [(Value, &[&str]); 4] = [
            (json!({"calls": 0.05, "per_s": 100, "none": null}), &[]),
            (json!({"calls": 2.0, "per_s": 100, "none": null}), &["calls is 2.000, at most 0.05 is allowed"]),
            (json!({"calls": 0, "per_s": 99, "none": 1}), &["per_s is 99.000, at least 100 is asked for"]),
            (json!({"calls": 0, "per_s": 101, "none": 1.5}), &["none is 1.500, at most 1 is allowed"]),
        ];
        for (figures, expected) in cases {
            assert_eq!(bounds.broken(&figures).unwrap(), expected, "{figures}");
        }
    }

    #[test]
    fn a_bound_of_nothing_is_an_error() {
        assert!(bounds("typo = { at_most = 1 }").broken(&json!({"figure": 1})).is_err());
        assert!(toml::from_str::<Bounds>("figure = { atmost = 1 }").is_err());
    }

    #[test]
    fn the_bounds_of_this_repository_can_be_read() {
        assert!(!Bounds::read().unwrap().0.is_empty());
    }
}
