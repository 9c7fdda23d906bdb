//! What else a department says of a measure it reports on.

use creditgate_credit::check::{Attachment, DispositionDetails};
use serde::{Deserialize, Serialize};

use creditgate_credit::time::Day;

/// Longest text, name and code, in characters, and most documents.
const LONGEST_TEXT: usize = 2000;
const LONGEST_NAME: usize = 200;
const LONGEST_CODE: usize = 64;
const MOST_ATTACHMENTS: usize = 50;

/// What else belongs to a feedback record; what is not said is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", schema(as = DispositionDetails))]
pub struct DetailsBody {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(inline))]
    pub valid_from: Option<Day>,
    /// Last day of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(inline))]
    pub valid_until: Option<Day>,
    /// What came of it, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub effect: String,
    /// Remark.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// Documents that show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentBody>,
}

/// A document, by name and reference; the host does not keep its contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", schema(as = Attachment))]
pub struct AttachmentBody {
    /// Name of the document.
    pub name: String,
    /// Where it is: number of a document, or an address.
    pub reference: String,
}

impl DetailsBody {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong: the field, a code and what would be right.
    pub fn faults(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut faults = Vec::new();
        if !self.amount.is_empty() && !is_amount(&self.amount) {
            faults.push(("amount", "amount.malformed", "must be an amount in yuan, such as 12000.50"));
        }
        let division = &self.executing_division;
        let six_digits = division.len() == 6 && division.bytes().all(|byte| byte.is_ascii_digit());
        if !division.is_empty() && !six_digits {
            faults.push(("executing_division", "division.malformed", "must be six digits (GB/T 2260)"));
        }
        if self.valid_from.is_some() && self.valid_until.is_some() && self.valid_until < self.valid_from {
            faults.push(("valid_until", "date.order", "must not be before `valid_from`"));
        }
        if self.attachments.len() > MOST_ATTACHMENTS {
            faults.push(("attachments", "field.length", "may name 50 documents"));
        }
        if self.attachments.iter().any(|document| document.name.trim().is_empty()) {
            faults.push(("attachments", "field.empty", "must name each document"));
        }
        faults
    }

    /// Every text, with the characters it may have.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str, usize)> {
        let documents = self.attachments.iter().flat_map(|document| {
            [
                ("attachments.name", document.name.as_str(), LONGEST_NAME),
                ("attachments.reference", document.reference.as_str(), LONGEST_TEXT),
            ]
        });
        [
            ("amount", self.amount.as_str(), LONGEST_CODE),
            ("executing_department", self.executing_department.as_str(), LONGEST_CODE),
            ("effect", self.effect.as_str(), LONGEST_TEXT),
            ("remark", self.remark.as_str(), LONGEST_TEXT),
        ]
        .into_iter()
        .chain(documents)
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

impl From<&DispositionDetails> for DetailsBody {
    fn from(said: &DispositionDetails) -> Self {
        let said = said.clone();
        let attachment = |Attachment { name, reference }| AttachmentBody { name, reference };
        Self {
            amount: said.amount,
            executing_department: said.executing_department,
            executing_division: said.executing_division,
            valid_from: said.valid_from.map(Day),
            valid_until: said.valid_until.map(Day),
            effect: said.effect,
            remark: said.remark,
            attachments: said.attachments.into_iter().map(attachment).collect(),
        }
    }
}

impl From<DetailsBody> for DispositionDetails {
    fn from(body: DetailsBody) -> Self {
        let attachment = |AttachmentBody { name, reference }| Attachment { name, reference };
        Self {
            amount: body.amount,
            executing_department: body.executing_department,
            executing_division: body.executing_division,
            valid_from: body.valid_from.map(|day| day.0),
            valid_until: body.valid_until.map(|day| day.0),
            effect: body.effect,
            remark: body.remark,
            attachments: body.attachments.into_iter().map(attachment).collect(),
        }
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
