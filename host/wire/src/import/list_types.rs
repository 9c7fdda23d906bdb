//! Rows of list types.

use std::collections::HashMap;

use creditgate_credit::fault::Faults;
use creditgate_credit::list_type::ListType;

use super::cells::{Cell, Column};
use super::rows::{self, duplicate};
use super::{Format, Parsed};

const COLUMNS: &[Column] = &[
    ("code", Cell::Text),
    ("name", Cell::Text),
    ("kind", Cell::Text),
    ("field", Cell::Text),
    ("key_field", Cell::Flag),
    ("family", Cell::Text),
    ("level", Cell::Text),
    ("standard", Cell::Text),
    ("approval", Cell::Text),
    ("authorities", Cell::List),
    ("term", Cell::Text),
];

/// Reads list types.
#[must_use]
pub fn parse_list_types(file: &str, format: Format, text: impl AsRef<[u8]>) -> Parsed<ListType> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    rows::parse(file, format, text.as_ref(), COLUMNS, |line, fields| {
        let list: ListType = fields.read()?;
        let mut faults = Faults::default();
        faults.not_empty("code", &list.code);
        faults.not_empty("name", &list.name);
        faults.not_empty("standard", &list.standard);
        faults.passed(())?;
        let earlier = *seen.entry(list.code.clone()).or_insert(line);
        if earlier != line {
            return Err(vec![duplicate("code", earlier)]);
        }
        Ok(list.into())
    })
}
