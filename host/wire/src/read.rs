//! Reading JSON that comes from outside: what is wrong is said with the field,
//! a stable code and what would be right. The value at fault is never repeated:
//! it may be an identity number in the wrong place.

mod every_fault;
mod objects;
mod query;

use creditgate_credit::fault::{FieldProblem, nearest};
use creditgate_credit::vocabulary::ONE_OF;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::time::{EXPECTED_DAY, EXPECTED_INSTANT};
pub use every_fault::{Faulty, every_fault};
pub use objects::Objects;
pub use query::{Known, from_query, name_faults};

/// The longest field name that is repeated in a message.
const LONGEST_NAME: usize = 40;
/// Stands for a name that is not repeated.
const HIDDEN: &str = "*";
/// So many digits in a row may be part of an identity number.
const FEWEST_DIGITS: usize = 6;
/// How serde begins to tell of these two.
const UNKNOWN: &str = "unknown field `";
const MISSING: &str = "missing field `";

/// Reads a body.
///
/// # Errors
/// The first fault: `json.syntax`, `field.unknown` (with the nearest known
/// field), `field.missing`, `field.duplicate`, `value.unknown`,
/// `date.malformed`, `value.type` or `value.invalid`.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FieldProblem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| fault(&error))?;
    deserializer.end().map_err(|error| syntax(&error))?;
    Ok(value)
}

/// Reads a body that is as it should be; of one that is not, serde's error is of no
/// use to its sender.
///
/// # Errors
/// When it has a fault.
pub fn from_sound_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Objects(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// Reads the fields of a row: names with the JSON of their values.
pub(crate) fn from_fields<T: DeserializeOwned>(
    fields: &[(String, Box<RawValue>)],
) -> Result<T, FieldProblem> {
    let fields = fields.iter().map(|(name, value)| (name.as_str(), &**value));
    serde_path_to_error::deserialize(Objects(MapDeserializer::new(fields))).map_err(|error| fault(&error))
}

/// A fault of the text itself, with line and column.
pub(crate) fn syntax(error: &serde_json::Error) -> FieldProblem {
    let (line, column) = (error.line(), error.column());
    let what = without_position(error);
    FieldProblem::new("", "json.syntax", format!("is not JSON: {what} at line {line}, column {column}"))
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldProblem {
    let cause = error.inner();
    if matches!(cause.classify(), Category::Syntax | Category::Eof) {
        return syntax(cause);
    }
    fault_at(shown(error.path()), &without_position(cause))
}

/// The fault serde tells of in `text`, at a path.
fn fault_at(path: String, text: &str) -> FieldProblem {
    if let Some((name, rest)) = quoted(text, UNKNOWN) {
        return unknown_field(&path, name, &quoted_all(rest));
    }
    if let Some((name, _)) = quoted(text, MISSING) {
        return FieldProblem::new(joined(&path, name), "field.missing", "is missing");
    }
    if let Some((name, _)) = quoted(text, "duplicate field `") {
        let name = if is_name(name) { name } else { HIDDEN };
        return FieldProblem::new(joined(&path, name), "field.duplicate", "is given twice");
    }
    match expected(text) {
        Some(expected) => {
            FieldProblem::new(path, code_of(expected), format!("must be {}", in_words(expected)))
        }
        None => FieldProblem::new(path, "value.invalid", text),
    }
}

/// What serde would have taken.
fn expected(text: &str) -> Option<&str> {
    text.rsplit_once(", expected ").map(|(_, expected)| expected)
}

/// Says that a field is unknown and which known one may be meant. The name is
/// repeated only if it looks like a name.
pub(crate) fn unknown_field(path: &str, name: &str, known: &[&str]) -> FieldProblem {
    if !is_name(name) {
        let message = format!("holds a field whose name is none of: {}", known.join(", "));
        return FieldProblem::new(joined(path, HIDDEN), "field.unknown", message);
    }
    let message = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("is not a known field; did you mean `{nearest}`?"),
        None if known.is_empty() => "is not a known field".to_owned(),
        None => format!("is not a known field; known are: {}", known.join(", ")),
    };
    FieldProblem::new(joined(path, name), "field.unknown", message)
}

/// The path with the keys that look like names; of the others only that there is
/// one.
fn shown(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                text = joined(&text, if is_name(name) { name } else { HIDDEN });
            }
            Segment::Unknown => {}
        }
    }
    text
}

/// Whether this may be repeated as the name of a field: short, in one word, and
/// without the digits of a number.
fn is_name(text: &str) -> bool {
    let digits = text.split(|character: char| !character.is_ascii_digit()).map(str::len).max();
    text.chars().count() <= LONGEST_NAME
        && digits.unwrap_or_default() < FEWEST_DIGITS
        && text.chars().all(|character| character.is_alphanumeric() || "_-./".contains(character))
        && !text.is_empty()
}

fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&position).map_or_else(|| text.clone(), str::to_owned)
}

fn quoted<'a>(text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(prefix)?.rsplit_once("`, expected ").or_else(|| {
        let rest = text.strip_prefix(prefix)?;
        Some((rest.split_once('`').map_or(rest, |(name, _)| name), ""))
    })
}

fn quoted_all(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else if path == name || path.ends_with(&format!(".{name}")) {
        path.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn code_of(expected: &str) -> &'static str {
    match expected {
        EXPECTED_DAY | EXPECTED_INSTANT => "date.malformed",
        _ if expected.starts_with(ONE_OF) => "value.unknown",
        _ => "value.type",
    }
}

/// Names of Rust types mean nothing to the reader.
fn in_words(expected: &str) -> String {
    let whole = |largest: u64| format!("a whole number from 0 to {largest}");
    match expected {
        "u8" => whole(u8::MAX.into()),
        "u16" => whole(u16::MAX.into()),
        "u32" => whole(u32::MAX.into()),
        "u64" => "a whole number, not negative".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        _ => match expected.strip_prefix("struct ") {
            Some(_) => "an object".to_owned(),
            None => expected.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::application::PartyRole;
    use serde::Deserialize;

    use super::*;
    use crate::time::Day;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        role: PartyRole,
        filed_on: Option<Day>,
        years: Option<u8>,
    }

    #[test]
    fn every_fault_names_its_field_and_code_and_never_the_value() {
        const ID: &str = "110101199001010015";
        let cases = [
            (format!(r#"{{"inner":[{{"role":"{ID}"}}]}}"#), "inner[0].role", "value.unknown"),
            (format!(r#"{{"inner":[{{"role":{ID}}}]}}"#), "inner[0].role", "value.unknown"),
            (
                format!(r#"{{"inner":[{{"role":"agent","filed_on":"{ID}"}}]}}"#),
                "inner[0].filed_on",
                "date.malformed",
            ),
            (format!(r#"{{"inner":[{{"role":"agent","years":"{ID}"}}]}}"#), "inner[0].years", "value.type"),
            (format!(r#"{{"inner":[{{"role":"agent","years":{ID}}}]}}"#), "inner[0].years", "value.type"),
            (format!(r#"{{"inner":[{{"role":"agent","{ID}":1}}]}}"#), "inner[0].*", "field.unknown"),
            (format!(r#"{{"inner":"{ID}"}}"#), "inner", "value.type"),
            (r#"{"inner":[{"role":"agent","role":"agent"}]}"#.to_owned(), "inner[0].role", "field.duplicate"),
            (r#"{"inner":[{}]}"#.to_owned(), "inner[0].role", "field.missing"),
            (r#"{"inner":[["agent",null,null]]}"#.to_owned(), "inner[0]", "value.type"),
            (r#"[[]]"#.to_owned(), "", "value.type"),
            (r#"{"inners":[]}"#.to_owned(), "inners", "field.unknown"),
            (format!(r#"{{"inner":[]}} {ID}"#), "", "json.syntax"),
            (format!(r#"{{"inner":[{ID}"#), "inner[0]", "value.type"),
            (String::new(), "", "json.syntax"),
        ];
        for (text, field, code) in cases {
            let problem = from_json::<Outer>(text.as_bytes()).unwrap_err();
            assert_eq!((problem.field.as_str(), problem.code), (field, code), "{text}: {problem:?}");
            assert!(!problem.message.contains(ID), "{problem:?}");
        }
    }

    #[test]
    fn an_unknown_field_names_the_nearest_known_one() {
        let problem = from_json::<Outer>(br#"{"iner":[]}"#).unwrap_err();
        assert_eq!(problem.message, "is not a known field; did you mean `inner`?");
    }
}
