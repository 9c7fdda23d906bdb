//! Days, instants and forms of a request, with what is wrong with them.

use creditgate_api::JsonObject;
use creditgate_credit::fault::Faults;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::time::{Day, EXPECTED_DAY, EXPECTED_INSTANT, Instant};

pub(super) fn day(faults: &mut Faults, field: impl FnOnce() -> String, text: &str) -> Option<Date> {
    let day = Day::parse(text);
    if day.is_none() {
        faults.refuse(field(), "date.malformed", format!("must be {EXPECTED_DAY}"));
    }
    day.map(|day| day.0)
}

pub(super) fn instant(faults: &mut Faults, field: impl FnOnce() -> String, text: &str) -> Option<Timestamp> {
    let instant = Instant::parse(text);
    if instant.is_none() {
        faults.refuse(field(), "date.malformed", format!("must be {EXPECTED_INSTANT}"));
    }
    instant.map(|instant| instant.0)
}

pub(super) fn form(faults: &mut Faults, form: Option<&JsonObject>) -> String {
    match form.map(JsonObject::checked) {
        None => "{}".to_owned(),
        Some(Ok(text)) => text.to_owned(),
        Some(Err(fault)) => {
            faults.refuse("form", "form.not_an_object", fault.message());
            String::new()
        }
    }
}
