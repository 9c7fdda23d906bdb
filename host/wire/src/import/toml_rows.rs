//! TOML as rows: each table becomes the fields that a line of JSON would have, and
//! every fault finds its line again.

use creditgate_credit::fault::FieldProblem;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{Fields, raw};
use super::rows;

/// The text of a file.
pub(super) struct Document<'a> {
    text: &'a str,
}

impl<'a> Document<'a> {
    /// The text in these bytes, or the line on which it is none.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, (u64, FieldProblem)> {
        rows::text(bytes).map(|text| Self { text })
    }

    /// What stands in it, or the line on which it is no TOML.
    pub(super) fn tables(&self) -> Result<DeTable<'a>, (u64, FieldProblem)> {
        DeTable::parse(self.text).map(Spanned::into_inner).map_err(|error| {
            let line = self.line(error.span().map_or(0, |span| span.start));
            // The value at fault is not in the parser's words.
            (line, FieldProblem::new("", "toml.syntax", format!("is not TOML: {}", error.message())))
        })
    }

    /// The line of a place in the text, from 1.
    pub(super) fn line(&self, offset: usize) -> u64 {
        let before = self.text.get(..offset).unwrap_or(self.text);
        1 + before.bytes().filter(|byte| *byte == b'\n').count() as u64
    }
}

/// A table of a document.
pub(super) struct Table<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) table: &'a DeTable<'a>,
    /// Line on which it begins.
    pub(super) line: u64,
}

impl Table<'_> {
    /// Its fields.
    pub(super) fn fields(&self) -> Result<Fields, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            let value = json(value.get_ref()).as_ref().and_then(raw);
            let fault = || vec![FieldProblem::new(name, "value.type", "must be a value that JSON has too")];
            fields.push(name, value.ok_or_else(fault)?);
        }
        Ok(fields)
    }

    /// The line of a field such as `duties.record_limit.count`, or of as much of it
    /// as is there.
    pub(super) fn line_of(&self, field: &str) -> u64 {
        let mut line = self.line;
        let mut table = Some(self.table);
        for name in field.split('.') {
            let name = name.split('[').next().unwrap_or_default();
            let found = table.and_then(|table| table.iter().find(|(key, _)| key.get_ref().as_ref() == name));
            let Some((key, value)) = found else { break };
            line = self.document.line(key.span().start);
            table = value.get_ref().as_table();
        }
        line
    }
}

/// The value as JSON; dates become texts, numbers without end have no JSON form.
fn json(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok()?.into(),
        DeValue::Float(number) => serde_json::Number::from_f64(number.as_str().parse().ok()?)?.into(),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Datetime(day) => Value::from(day.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| json(item.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let name: &toml::de::DeString<'_> = key.get_ref();
                Some((name.to_string(), json(value.get_ref())?))
            };
            Value::Object(table.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}
