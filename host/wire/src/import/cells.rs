//! Columns of CSV and what a cell of each means.

use creditgate_gate::FieldProblem;
use serde_json::value::RawValue;

use super::fields::raw;
use super::rules::problem;
use crate::read::unknown_field;

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Text,
    Flag,
    Number,
    /// A JSON list inside the cell.
    List,
    /// A JSON object inside the cell.
    Object,
}

/// A column that may stand in the header.
pub(super) type Column = (&'static str, Cell);

/// The columns of a header line, in its order.
pub(super) fn header(record: &csv::StringRecord, known: &[Column]) -> Result<Vec<Column>, Vec<FieldProblem>> {
    let mut columns: Vec<Column> = Vec::with_capacity(record.len());
    let mut problems = Vec::new();
    for name in record {
        match known.iter().find(|(column, _)| *column == name) {
            Some((column, _)) if columns.iter().any(|(earlier, _)| earlier == column) => {
                problems.push(problem(column, "field.duplicate", "is given twice"));
            }
            Some(column) => columns.push(*column),
            None => {
                let names: Vec<&str> = known.iter().map(|(column, _)| *column).collect();
                problems.push(unknown_field("", name, &names));
            }
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

impl Cell {
    /// The value in a cell that is not empty, as JSON.
    pub(super) fn value(self, name: &str, text: &str) -> Result<Box<RawValue>, FieldProblem> {
        let (value, expected) = match self {
            Self::Text => (raw(&text), "text"),
            Self::Flag => (flag(text).and_then(|flag| raw(&flag)), "true or false"),
            Self::Number => {
                (text.parse::<u64>().ok().and_then(|number| raw(&number)), "a whole number, not negative")
            }
            Self::List => (json(text, '['), r#"a JSON list, such as ["a","b"]"#),
            Self::Object => (json(text, '{'), r#"a JSON object, such as {"a":1}"#),
        };
        value.ok_or_else(|| problem(name, "value.type", format!("must be {expected}")))
    }
}

/// Spreadsheets write them in capitals.
fn flag(text: &str) -> Option<bool> {
    [true, false].into_iter().find(|flag| text.eq_ignore_ascii_case(&flag.to_string()))
}

fn json(text: &str, opening: char) -> Option<Box<RawValue>> {
    serde_json::from_str::<Box<RawValue>>(text).ok().filter(|value| value.get().starts_with(opening))
}
