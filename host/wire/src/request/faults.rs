//! Reads vocabularies and dates and collects what is wrong with them.

use creditgate_gate::FieldProblem;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::json::JsonObject;
use crate::time::{Day, EXPECTED_DAY, EXPECTED_INSTANT, Instant};

/// Collects what is wrong. A value that cannot be read becomes `None`; since
/// nothing is carried out while there is a fault, none gets lost.
#[derive(Default)]
pub(super) struct Faults(Vec<FieldProblem>);

impl Faults {
    /// What is wrong.
    pub(super) fn found(self) -> Vec<FieldProblem> {
        self.0
    }

    /// What was read, if nothing is wrong.
    pub(super) fn none_or<T>(self, read: T) -> Result<T, Vec<FieldProblem>> {
        if self.0.is_empty() { Ok(read) } else { Err(self.0) }
    }

    pub(super) fn value<T>(
        &mut self,
        field: impl FnOnce() -> String,
        value: Option<T>,
        known: fn() -> String,
    ) -> Option<T> {
        if value.is_none() {
            self.add(field(), "value.unknown", format!("must be one of {}", known()));
        }
        value
    }

    pub(super) fn day(&mut self, field: impl FnOnce() -> String, text: &str) -> Option<Date> {
        let day = Day::parse(text);
        if day.is_none() {
            self.add(field(), "date.malformed", format!("must be {EXPECTED_DAY}"));
        }
        day.map(|day| day.0)
    }

    pub(super) fn instant(&mut self, field: impl FnOnce() -> String, text: &str) -> Option<Timestamp> {
        let instant = Instant::parse(text);
        if instant.is_none() {
            self.add(field(), "date.malformed", format!("must be {EXPECTED_INSTANT}"));
        }
        instant.map(|instant| instant.0)
    }

    pub(super) fn form(&mut self, form: Option<&JsonObject>) -> String {
        match form.map(JsonObject::checked) {
            None => "{}".to_owned(),
            Some(Ok(text)) => text.to_owned(),
            Some(Err(fault)) => {
                self.add("form".to_owned(), "form.not_an_object", fault.message().to_owned());
                String::new()
            }
        }
    }

    /// Adds what is wrong with a field, if anything is.
    pub(super) fn extend(&mut self, field: String, fault: Option<(&'static str, String)>) {
        if let Some((code, message)) = fault {
            self.add(field, code, message);
        }
    }

    pub(super) fn add(&mut self, field: String, code: &'static str, message: String) {
        self.0.push(FieldProblem { field, code, message });
    }
}
