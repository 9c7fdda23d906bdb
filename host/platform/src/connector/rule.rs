//! Where one field gets its value: the whole language of a profile. A rule is a
//! path or a constant; then a table of codes and a form of dates may follow.

use std::collections::BTreeMap;
use std::fmt;

use creditgate_credit::calendar::LOCAL_OFFSET;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::date::{DateForm, read_own};
use super::path::{Path, Scope};

/// Tables of codes by name: a platform's code to the host's, or the other way
/// round. The code `*` stands for every other one.
pub(crate) type Tables = BTreeMap<String, BTreeMap<String, Scalar>>;

/// A text; a number or a truth value in the file stands for its digits or word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Words")]
pub struct Scalar(pub(crate) String);

#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a text, a whole number, or true or false")]
enum Words {
    Text(String),
    Number(i64),
    Flag(bool),
}

impl From<Words> for Scalar {
    fn from(words: Words) -> Self {
        Self(match words {
            Words::Text(text) => text,
            Words::Number(number) => number.to_string(),
            Words::Flag(flag) => flag.to_string(),
        })
    }
}

/// Where one field gets its value. In a profile: a path as text, or a table with
/// `path` or `constant`, and `strip`, `prefix`, `table`, `date`, `default`, `number`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct Rule {
    /// Where the value stands; where none is, there is a constant.
    pub(crate) path: Option<Path>,
    constant: Option<Scalar>,
    /// Put before the value.
    prefix: String,
    /// Taken off the beginning of the value, where it is there.
    strip: String,
    /// Name of a table of codes.
    pub(crate) table: Option<String>,
    /// The forms a platform writes it in; the first one is written.
    date: Vec<DateForm>,
    /// What holds where there is nothing.
    default: Option<Scalar>,
    /// Written into JSON as a number.
    pub(crate) number: bool,
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PathOrTable;
        impl<'de> Visitor<'de> for PathOrTable {
            type Value = Rule;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a path such as \"data.name\", or a table with `path` or `constant`")
            }

            fn visit_str<E: Error>(self, path: &str) -> Result<Rule, E> {
                let path = Path::try_from(path.to_owned()).map_err(E::custom)?;
                Ok(Rule { path: Some(path), ..Rule::default() })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Rule, M::Error> {
                let rule = Rule::deserialize(MapAccessDeserializer::new(map))?;
                if rule.path.is_some() == rule.constant.is_some() {
                    return Err(M::Error::custom("a rule has either `path` or `constant`"));
                }
                Ok(rule)
            }
        }
        deserializer.deserialize_any(PathOrTable)
    }
}

/// Why a rule gives no value. The value is not repeated: it may be a number of a
/// person in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RuleFault {
    #[error("is a list or an object where a text should be")]
    NotText,
    #[error("has a code that the table of the profile does not know")]
    UnknownCode,
    #[error("is no date in any form the profile names")]
    NotADate,
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the platform: dates become the host's days.
    In,
    /// To the platform: the host's days and instants get the platform's form.
    Out,
}

impl Rule {
    /// The value, if there is one.
    pub(crate) fn value(
        &self,
        scope: &Scope<'_>,
        tables: &Tables,
        way: Way,
    ) -> Result<Option<String>, RuleFault> {
        let found = match &self.path {
            Some(path) => path.find(scope).map(text).transpose()?.flatten(),
            None => self.constant.clone().map(|constant| constant.0),
        };
        let Some(text) = found else { return Ok(self.default.clone().map(|default| default.0)) };
        let text = text.strip_prefix(&self.strip).unwrap_or(&text).to_owned();
        let coded = self.coded(text, tables)?;
        let dated = if self.date.is_empty() { coded } else { self.dated(&coded, way)? };
        Ok(Some(format!("{}{dated}", self.prefix)))
    }

    /// The instant a platform gives, for marking how far a pull came.
    pub(crate) fn instant(&self, scope: &Scope<'_>) -> Result<Option<Timestamp>, RuleFault> {
        let Some(path) = &self.path else { return Ok(None) };
        let Some(text) = path.find(scope).map(text).transpose()?.flatten() else { return Ok(None) };
        let local = self.read(&text).ok_or(RuleFault::NotADate)?;
        LOCAL_OFFSET.to_timestamp(local).map(Some).map_err(|_| RuleFault::NotADate)
    }

    pub(crate) fn has_date(&self) -> bool {
        !self.date.is_empty()
    }

    fn coded(&self, text: String, tables: &Tables) -> Result<String, RuleFault> {
        let Some(table) = self.table.as_ref().and_then(|name| tables.get(name)) else { return Ok(text) };
        table.get(&text).or_else(|| table.get("*")).map(|code| code.0.clone()).ok_or(RuleFault::UnknownCode)
    }

    fn dated(&self, text: &str, way: Way) -> Result<String, RuleFault> {
        let written = match way {
            Way::In => self.read(text).map(|local| local.date().to_string()),
            Way::Out => read_own(text).and_then(|local| self.date.first()?.write(local)),
        };
        written.ok_or(RuleFault::NotADate)
    }

    fn read(&self, text: &str) -> Option<DateTime> {
        self.date.iter().find_map(|form| form.read(text))
    }
}

/// A value as text; empty texts say nothing.
fn text(value: &Value) -> Result<Option<String>, RuleFault> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(_) | Value::Object(_) => return Err(RuleFault::NotText),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(toml: &str) -> Result<Rule, String> {
        #[derive(Deserialize)]
        struct File {
            rule: Rule,
        }
        toml::from_str::<File>(&format!("rule = {toml}"))
            .map(|file| file.rule)
            .map_err(|e| e.message().to_owned())
    }

    fn tables() -> Tables {
        let table = [("1", "black"), ("*", "other")].map(|(a, b)| (a.to_owned(), Scalar(b.to_owned())));
        [("kind".to_owned(), BTreeMap::from(table)), ("strict".to_owned(), BTreeMap::new())].into()
    }

    #[test]
    fn a_rule_takes_a_path_a_constant_a_code_or_a_date() {
        let row = json!({"kind": 1, "other": "7", "on": "2026-08-07 16:00:00", "ms": 1786089909000_i64,
                         "blank": " ", "none": null, "flag": true});
        let cases = [
            ("'kind'", Some("1")),
            ("{ path = 'kind', table = 'kind' }", Some("black")),
            ("{ path = 'other', table = 'kind' }", Some("other")),
            ("{ path = 'on', date = ['datetime'] }", Some("2026-08-07")),
            ("{ path = 'ms', date = ['day', 'epoch_ms'] }", Some("2026-08-07")),
            ("{ path = 'flag' }", Some("true")),
            ("{ constant = 5 }", Some("5")),
            ("{ path = 'kind', prefix = 'cq-' }", Some("cq-1")),
            ("{ path = 'on', strip = '2026-08-07 ' }", Some("16:00:00")),
            ("'blank'", None),
            ("'none'", None),
            ("'gone'", None),
            ("{ path = 'gone', default = 'x' }", Some("x")),
        ];
        for (text, expected) in cases {
            let value = rule(text).unwrap().value(&Scope::of(&row), &tables(), Way::In);
            assert_eq!(value, Ok(expected.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_a_fault_and_never_nothing() {
        let row = json!({"list": [1], "code": "9", "on": "soon"});
        let cases = [
            ("'list'", RuleFault::NotText),
            ("{ path = 'code', table = 'strict' }", RuleFault::UnknownCode),
            ("{ path = 'on', date = ['day'], default = '2026-01-01' }", RuleFault::NotADate),
        ];
        for (text, fault) in cases {
            assert_eq!(rule(text).unwrap().value(&Scope::of(&row), &tables(), Way::In), Err(fault), "{text}");
        }
    }

    #[test]
    fn dates_go_out_in_the_form_of_the_platform() {
        let question = json!({"now": "2026-08-07T08:00:00Z", "day": "2026-08-07"});
        let cases = [
            ("{ path = 'now', date = ['compact'] }", "20260807160000"),
            ("{ path = 'now', date = ['datetime', 'day'] }", "2026-08-07 16:00:00"),
            ("{ path = 'day', date = ['compact_day'] }", "20260807"),
        ];
        for (text, expected) in cases {
            let value = rule(text).unwrap().value(&Scope::of(&question), &tables(), Way::Out);
            assert_eq!(value, Ok(Some(expected.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_rule_that_is_none_is_refused_with_what_is_wrong() {
        let cases = [
            ("{ path = 'a', constant = 'b' }", "either `path` or `constant`"),
            ("{ table = 'a' }", "either `path` or `constant`"),
            ("'a..b'", "`a..b` is no path"),
            ("{ pth = 'a' }", "unknown field `pth`"),
            ("{ path = 'a', date = ['week'] }", "unknown variant `week`"),
            ("7", "a path such as"),
        ];
        for (text, words) in cases {
            let message = rule(text).unwrap_err();
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
