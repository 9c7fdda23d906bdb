//! Rows of issued cases.

use std::collections::HashMap;

use creditgate_credit::coverage::IssuedCase;
use creditgate_credit::fault::Faults;

use super::cells::{Cell, Column};
use super::rows::{self, duplicate};
use super::{Format, Parsed};

const COLUMNS: &[Column] =
    &[("case_no", Cell::Text), ("department", Cell::Text), ("item", Cell::Text), ("issued_on", Cell::Text)];

/// Reads the cases an approval system issued. A case may stand there once for
/// each item (R19).
#[must_use]
pub fn parse_issued(file: &str, format: Format, text: impl AsRef<[u8]>) -> Parsed<IssuedCase> {
    let mut seen: HashMap<(String, String, String), u64> = HashMap::new();
    rows::parse(file, format, text.as_ref(), COLUMNS, |line, fields| {
        let case: IssuedCase = fields.read()?;
        let mut faults = Faults::default();
        for (name, value) in
            [("case_no", &case.case_no), ("department", &case.department), ("item", &case.item)]
        {
            faults.not_empty(name, value);
        }
        faults.passed(())?;
        let key = (case.case_no.clone(), case.department.clone(), case.item.clone());
        let earlier = *seen.entry(key).or_insert(line);
        if earlier != line {
            return Err(vec![duplicate("case_no", earlier)]);
        }
        Ok(case.into())
    })
}
