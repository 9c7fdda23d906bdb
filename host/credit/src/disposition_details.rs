//! What else a department says of a measure it reports on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::day;
use crate::fault::Faults;
#[cfg(feature = "schema")]
use crate::time::Day;

/// Longest text, name and code, in characters, and most documents.
const LONGEST_TEXT: usize = 2000;
const LONGEST_NAME: usize = 200;
const LONGEST_CODE: usize = 64;
const MOST_ATTACHMENTS: usize = 50;

/// What else belongs to a feedback record; what is not said is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DispositionDetails {
    /// Amount in yuan, such as `12000.50`: a fine, a subsidy that was refused.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount: String,
    /// Code of the department that carried it out, where it is another one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub executing_department: String,
    /// Its division, six digits (GB/T 2260).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub executing_division: String,
    /// First day on which what was done has effect.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub valid_from: Option<Date>,
    /// Last day of it.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub valid_until: Option<Date>,
    /// What came of it, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub effect: String,
    /// Remark.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// Documents that show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A document, by name and reference; the host does not keep its contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Name of the document.
    pub name: String,
    /// Where it is: number of a document, or an address.
    pub reference: String,
}

impl DispositionDetails {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what is wrong to the faults; `place` is where the details stand.
    pub fn check(&self, place: &str, faults: &mut Faults) {
        let at = |field: &str| format!("{place}.{field}");
        if !self.amount.is_empty() && !is_amount(&self.amount) {
            faults.refuse(at("amount"), "amount.malformed", "must be an amount in yuan, such as 12000.50");
        }
        let division = &self.executing_division;
        let six_digits = division.len() == 6 && division.bytes().all(|byte| byte.is_ascii_digit());
        if !division.is_empty() && !six_digits {
            faults.refuse(at("executing_division"), "division.malformed", "must be six digits (GB/T 2260)");
        }
        if self.valid_from.is_some() && self.valid_until.is_some() && self.valid_until < self.valid_from {
            faults.refuse(at("valid_until"), "date.order", "must not be before `valid_from`");
        }
        if self.attachments.len() > MOST_ATTACHMENTS {
            faults.refuse(
                at("attachments"),
                "field.length",
                format!("may name {MOST_ATTACHMENTS} documents"),
            );
        }
        if self.attachments.iter().any(|document| document.name.trim().is_empty()) {
            faults.refuse(at("attachments"), "field.empty", "must name each document");
        }
        for (field, text, longest) in [
            ("amount", &self.amount, LONGEST_CODE),
            ("executing_department", &self.executing_department, LONGEST_CODE),
            ("effect", &self.effect, LONGEST_TEXT),
            ("remark", &self.remark, LONGEST_TEXT),
        ] {
            faults.optional_prose(&at(field), text, longest);
        }
        for document in &self.attachments {
            faults.optional_prose(&at("attachments.name"), &document.name, LONGEST_NAME);
            faults.optional_prose(&at("attachments.reference"), &document.reference, LONGEST_TEXT);
        }
    }
}

/// Digits, and behind a point one or two more.
fn is_amount(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((yuan, rest)) => digits(yuan) && digits(rest) && rest.len() <= 2,
        None => digits(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_yuan_and_at_most_fen() {
        for (text, fits) in [
            ("0", true),
            ("12000.50", true),
            ("1.5", true),
            ("1.234", false),
            ("-1", false),
            (".5", false),
            ("1.", false),
            ("1,000", false),
        ] {
            assert_eq!(is_amount(text), fits, "{text}");
        }
    }
}
