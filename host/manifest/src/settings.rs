//! The settings a plug-in takes, and the check of a binding's settings
//! against them: unknown keys refused, types and bounds kept, defaults
//! filled in.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::reader::{Findings, Found, TableReader, nearest, suggestion};

const SETTING_NAME_EXPECTED: &str = "1 to 64 lower-case letters, digits and underscores, a letter first";
const TYPE_EXPECTED: &str = "`string`, `integer`, `boolean` or `string-list`";
const BOUNDS_EXPECTED: &str = "the minimum may not be above the maximum";
const DEFAULT_EXPECTED: &str = "the default must lie within the minimum and the maximum";

/// The settings of one plug-in by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SettingsSchema {
    settings: BTreeMap<String, Setting>,
}

/// One setting of a plug-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its type, default and bounds.
    #[serde(flatten)]
    pub kind: SettingKind,
    /// What it does, for the person who writes the binding.
    pub description: String,
}

/// Type, default and bounds of a setting. Without a default, a binding must
/// give the setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SettingKind {
    /// A text.
    String {
        /// Used where a binding gives none.
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
    /// A whole number.
    Integer {
        /// Used where a binding gives none.
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<i64>,
        /// Smallest accepted value.
        #[serde(skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// Largest accepted value.
        #[serde(skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// Yes or no.
    Boolean {
        /// Used where a binding gives none.
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<bool>,
    },
    /// A list of texts.
    StringList {
        /// Used where a binding gives none.
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<Vec<String>>,
    },
}

/// Why a binding's settings do not fit a plug-in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingProblem {
    /// The plug-in has no such setting.
    #[error("unknown setting `{setting}`{}", suggestion(nearest.as_deref()))]
    Unknown {
        /// The name given.
        setting: String,
        /// The plug-in's setting that is spelled most alike, if any is close.
        nearest: Option<String>,
    },
    /// The value has another JSON type.
    #[error("setting `{setting}` must be {expected}, but is {found}")]
    WrongType {
        /// The setting's name.
        setting: String,
        /// What it takes.
        expected: &'static str,
        /// What was given.
        found: &'static str,
    },
    /// The number lies outside the setting's bounds.
    #[error("setting `{setting}` is {value}, but must be {}", bounds(*minimum, *maximum))]
    OutOfRange {
        /// The setting's name.
        setting: String,
        /// The number given.
        value: i64,
        /// Smallest accepted value, if there is one.
        minimum: Option<i64>,
        /// Largest accepted value, if there is one.
        maximum: Option<i64>,
    },
    /// The setting has no default and was not given.
    #[error("setting `{setting}` is required")]
    Missing {
        /// The setting's name.
        setting: String,
    },
}

fn bounds(minimum: Option<i64>, maximum: Option<i64>) -> String {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) => format!("between {minimum} and {maximum}"),
        (Some(minimum), None) => format!("at least {minimum}"),
        (None, Some(maximum)) => format!("at most {maximum}"),
        (None, None) => "any integer".to_owned(),
    }
}

impl SettingsSchema {
    /// Whether the plug-in takes no settings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty()
    }

    /// The settings in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.settings.iter().map(|(name, setting)| (name.as_str(), setting))
    }

    /// Checks a binding's settings and completes them with the defaults.
    ///
    /// # Errors
    ///
    /// Every problem found, not only the first: unknown settings (with the
    /// nearest known one), wrong types, numbers out of bounds, and settings
    /// without default that were not given.
    pub fn check(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<SettingProblem>> {
        let mut problems: Vec<SettingProblem> = given
            .keys()
            .filter(|name| !self.settings.contains_key(name.as_str()))
            .map(|name| SettingProblem::Unknown {
                setting: name.clone(),
                nearest: nearest(name, self.settings.keys().map(String::as_str)),
            })
            .collect();
        let mut completed = Map::new();
        for (name, setting) in &self.settings {
            let outcome = match given.get(name) {
                Some(value) => setting.kind.accept(name, value).map(|()| value.clone()),
                None => {
                    setting.kind.default().ok_or_else(|| SettingProblem::Missing { setting: name.clone() })
                }
            };
            match outcome {
                Ok(value) => {
                    completed.insert(name.clone(), value);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(completed) } else { Err(problems) }
    }

    pub(crate) fn read(tables: Vec<(&str, TableReader<'_>)>, findings: &mut Findings<'_>) -> Self {
        let mut settings = BTreeMap::new();
        for (name, mut reader) in tables {
            if !is_setting_name(name) {
                reader.here().refuse(findings, name, SETTING_NAME_EXPECTED);
            }
            let kind = SettingKind::read(&mut reader, findings);
            let description = reader.require("description", findings, TableReader::string);
            // Without a type, it is unknown which keys belong here.
            if let Some(kind) = kind {
                reader.finish(findings);
                let description = description.map(|found| found.value).unwrap_or_default();
                settings.insert(name.to_owned(), Setting { kind, description });
            }
        }
        Self { settings }
    }
}

impl SettingKind {
    fn read(reader: &mut TableReader<'_>, findings: &mut Findings<'_>) -> Option<Self> {
        let kind = reader.require("type", findings, TableReader::string)?;
        match kind.value.as_str() {
            "string" => Some(Self::String { default: reader.string("default", findings).map(value) }),
            "boolean" => Some(Self::Boolean { default: reader.boolean("default", findings).map(value) }),
            "string-list" => {
                Some(Self::StringList { default: reader.strings("default", findings).map(value) })
            }
            "integer" => Some(Self::read_integer(reader, findings)),
            other => {
                kind.refuse(findings, other, TYPE_EXPECTED);
                None
            }
        }
    }

    fn read_integer(reader: &mut TableReader<'_>, findings: &mut Findings<'_>) -> Self {
        let default = reader.integer("default", findings);
        let minimum = reader.integer("minimum", findings);
        let maximum = reader.integer("maximum", findings).map(value);
        if let (Some(minimum), Some(maximum)) = (&minimum, maximum)
            && minimum.value > maximum
        {
            minimum.refuse(findings, minimum.value.to_string(), BOUNDS_EXPECTED);
        }
        let minimum = minimum.map(value);
        if let Some(default) = &default
            && !within(default.value, minimum, maximum)
        {
            default.refuse(findings, default.value.to_string(), DEFAULT_EXPECTED);
        }
        Self::Integer { default: default.map(value), minimum, maximum }
    }

    fn default(&self) -> Option<Value> {
        match self {
            Self::String { default } => default.clone().map(Value::from),
            Self::Integer { default, .. } => default.map(Value::from),
            Self::Boolean { default } => default.map(Value::from),
            Self::StringList { default } => default.clone().map(Value::from),
        }
    }

    fn accept(&self, setting: &str, value: &Value) -> Result<(), SettingProblem> {
        let fits = match self {
            Self::String { .. } => value.is_string(),
            Self::Boolean { .. } => value.is_boolean(),
            Self::StringList { .. } => {
                value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
            }
            Self::Integer { minimum, maximum, .. } => match value.as_i64() {
                Some(number) if !within(number, *minimum, *maximum) => {
                    return Err(SettingProblem::OutOfRange {
                        setting: setting.to_owned(),
                        value: number,
                        minimum: *minimum,
                        maximum: *maximum,
                    });
                }
                number => number.is_some(),
            },
        };
        if fits {
            return Ok(());
        }
        Err(SettingProblem::WrongType {
            setting: setting.to_owned(),
            expected: self.expected(),
            found: json_type(value),
        })
    }

    fn expected(&self) -> &'static str {
        match self {
            Self::String { .. } => "a string",
            Self::Integer { .. } => "a 64-bit integer",
            Self::Boolean { .. } => "true or false",
            Self::StringList { .. } => "a list of strings",
        }
    }
}

fn value<T>(found: Found<T>) -> T {
    found.value
}

fn within(number: i64, minimum: Option<i64>, maximum: Option<i64>) -> bool {
    minimum.is_none_or(|minimum| number >= minimum) && maximum.is_none_or(|maximum| number <= maximum)
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_i64() => "an integer",
        Value::Number(number) if number.is_u64() => "an integer above the largest one",
        Value::Number(_) => "a decimal number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Snake case, as the settings' JSON reaches the plug-in's own types.
fn is_setting_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Manifest;

    fn schema() -> SettingsSchema {
        let text = r#"
name = "sample"
version = "1.0.0"
department = "market-regulation"
wit = "creditgate:plugin@1.0.0"
hooks = ["intake"]
description = "Sample."
[settings.days]
type = "integer"
default = 20
minimum = 1
maximum = 60
description = "Days."
[settings.basis]
type = "string"
description = "Required: no default."
[settings.strict]
type = "boolean"
default = false
description = "Strict."
[settings.items]
type = "string-list"
default = ["food"]
description = "Items."
"#;
        Manifest::parse("plugin.toml", text).expect("the example is valid").settings
    }

    fn check(given: Value) -> Result<Value, String> {
        let given = given.as_object().expect("the case is an object").clone();
        schema()
            .check(&given)
            .map(Value::Object)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn defaults_are_filled_in_and_given_values_kept() {
        assert_eq!(
            check(json!({"basis": "x", "strict": true})),
            Ok(json!({"basis": "x", "days": 20, "items": ["food"], "strict": true}))
        );
    }

    #[test]
    fn settings_that_do_not_fit_are_refused_with_the_reason() {
        let cases = [
            (json!({}), "setting `basis` is required"),
            (json!({"basis": "x", "day": 3}), "unknown setting `day`; did you mean `days`?"),
            (json!({"basis": "x", "zzzz": 3}), "unknown setting `zzzz`"),
            (json!({"basis": 1}), "setting `basis` must be a string, but is an integer"),
            (
                json!({"basis": "x", "days": u64::MAX}),
                "setting `days` must be a 64-bit integer, but is an integer above the largest one",
            ),
            (json!({"basis": "x", "days": 0}), "setting `days` is 0, but must be between 1 and 60"),
            (json!({"basis": "x", "days": 61}), "setting `days` is 61, but must be between 1 and 60"),
            (
                json!({"basis": "x", "days": 1.5}),
                "setting `days` must be a 64-bit integer, but is a decimal number",
            ),
            (json!({"basis": "x", "days": null}), "setting `days` must be a 64-bit integer, but is null"),
            (
                json!({"basis": "x", "strict": "yes"}),
                "setting `strict` must be true or false, but is a string",
            ),
            (
                json!({"basis": "x", "items": ["a", 1]}),
                "setting `items` must be a list of strings, but is a list",
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(check(given.clone()), Err(expected.to_owned()), "{given}");
        }
    }

    #[test]
    fn all_problems_are_reported_together() {
        let problems = check(json!({"days": 99, "extra": 1})).expect_err("three problems");
        assert_eq!(problems.split("; ").count(), 3, "{problems}");
    }
}
