//! Columns of CSV and what a cell of each means.

use creditgate_credit::fault::FieldProblem;
use serde_json::value::RawValue;

use super::fields::raw;
use super::unknown::Unknown;
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

/// The columns of a header line, in its order. Some have no name.
pub(super) fn header(
    record: &csv::StringRecord,
    known: &[Column],
) -> Result<Vec<Option<Column>>, Vec<FieldProblem>> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(record.len());
    let mut problems = Vec::new();
    for name in record {
        match known.iter().find(|(column, _)| *column == name) {
            Some(column) if columns.contains(&Some(*column)) => {
                problems.push(FieldProblem::new(column.0, "field.duplicate", "is given twice"));
            }
            Some(column) => columns.push(Some(*column)),
            None if name.is_empty() => columns.push(None),
            None => problems.push(Unknown::fault("", name).unwrap_or_else(|| {
                let names: Vec<&str> = known.iter().map(|(column, _)| *column).collect();
                unknown_field("", name, &names)
            })),
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

/// Whether a row has a cell for each column with a name, and nothing in those
/// without one. Columns without a name that are empty throughout are none: tools
/// write them wherever a sheet was once formatted.
///
/// # Errors
/// Every value without a column, or that there are too few or too many cells.
pub(super) fn fit<'c>(
    mut named: impl ExactSizeIterator<Item = bool>,
    cells: impl ExactSizeIterator<Item = &'c str>,
) -> Result<(), Vec<FieldProblem>> {
    let (columns, given) = (named.len(), cells.len());
    let mut strays = Vec::new();
    let mut marked = false;
    for (index, cell) in cells.enumerate() {
        if !named.next().unwrap_or_default() && !cell.is_empty() {
            marked |= Unknown::is_mark(cell);
            strays.push(Unknown::stray(index, cell));
        }
    }
    // A comma that was meant as text moves what comes after it: nothing beyond the
    // header is passed over, not even where it is empty.
    if given > columns && !marked || named.any(|named| named) {
        let message =
            format!("has {given} cells and the header {columns}; is a comma or a quotation mark missing?");
        return Err(vec![FieldProblem::new("", "row.cells", message)]);
    }
    if strays.is_empty() { Ok(()) } else { Err(strays) }
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
        value.ok_or_else(|| FieldProblem::new(name, "value.type", format!("must be {expected}")))
    }
}

/// Spreadsheets write them in capitals.
fn flag(text: &str) -> Option<bool> {
    [true, false].into_iter().find(|flag| text.eq_ignore_ascii_case(&flag.to_string()))
}

fn json(text: &str, opening: char) -> Option<Box<RawValue>> {
    serde_json::from_str::<Box<RawValue>>(text).ok().filter(|value| value.get().starts_with(opening))
}
