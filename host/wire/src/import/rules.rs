//! Rules that rows of several kinds share. Each names the field it is about.

use creditgate_gate::FieldProblem;

use crate::time::Day;

/// What is wrong with one row.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<FieldProblem>);

impl Rules {
    /// The row, if nothing is wrong with it.
    pub(super) fn passed<T>(self, row: T) -> Result<T, Vec<FieldProblem>> {
        if self.0.is_empty() { Ok(row) } else { Err(self.0) }
    }

    pub(super) fn refuse(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(problem(field, code, message));
    }

    pub(super) fn found(&mut self, fault: Option<FieldProblem>) {
        self.0.extend(fault);
    }

    /// The text says something.
    pub(super) fn filled(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.refuse(field, "field.empty", "must not be empty");
        }
    }

    /// A division of GB/T 2260.
    pub(super) fn division(&mut self, division: &str) {
        if division.len() != 6 || !division.bytes().all(|byte| byte.is_ascii_digit()) {
            self.refuse("division", "division.malformed", "must be six digits (GB/T 2260)");
        }
    }

    /// A span of days does not end before it begins.
    pub(super) fn span(&mut self, from: (&str, Day), until: (&str, Option<Day>)) {
        if until.1.is_some_and(|until| until < from.1) {
            self.refuse(until.0, "date.order", format!("must not be before `{}`", from.0));
        }
    }
}

/// A finding about a field.
pub(super) fn problem(field: &str, code: &'static str, message: impl Into<String>) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code, message: message.into() }
}

/// The same key stood in an earlier row.
pub(super) fn duplicate(field: &str, earlier: u64) -> FieldProblem {
    problem(field, "row.duplicate", format!("is the same as in line {earlier}"))
}
