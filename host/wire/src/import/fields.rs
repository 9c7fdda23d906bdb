//! The fields of one row, whatever the format: names with the JSON of their
//! values, in the order of the file.

use std::fmt;

use creditgate_credit::fault::FieldProblem;
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};

use crate::read;

/// Names and values of a row; no name stands twice.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// The fields of a line of JSON.
    pub(super) fn from_line(line: &str) -> Result<Self, FieldProblem> {
        read::from_json(line.as_bytes()).map_err(|mut problem: FieldProblem| {
            // The line of the row is told with the problem; within it, it is 1.
            problem.message = problem.message.replace(" at line 1, column", " at column");
            problem
        })
    }

    /// Adds a field that is not there yet.
    pub(super) fn push(&mut self, name: &str, value: Box<RawValue>) {
        self.0.push((name.to_owned(), value));
    }

    /// Adds a text that is not there yet.
    pub(super) fn push_text(&mut self, name: &str, text: &str) {
        self.0.extend(raw(&text).map(|value| (name.to_owned(), value)));
    }

    /// Whether a field is there and not `null`.
    pub(super) fn says(&self, name: &str) -> bool {
        self.0.iter().any(|(known, value)| known == name && value.get() != "null")
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        let index = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// The row these fields make up.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<FieldProblem>> {
        read::from_fields(&self.0).map_err(|problem| vec![problem])
    }
}

/// A value as JSON; `None` only for what has no JSON form.
pub(super) fn raw(value: &impl Serialize) -> Option<Box<RawValue>> {
    to_raw_value(value).ok()
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Fields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                let mut fields = Fields::default();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if fields.0.iter().any(|(earlier, _)| *earlier == name) {
                        return Err(M::Error::custom(format!("duplicate field `{name}`")));
                    }
                    fields.0.push((name, value));
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Names)
    }
}
