//! Days, instants and forms of a request, with what is wrong with them.

use creditgate_credit::fault::Faults;
use creditgate_credit::json::JsonObject;
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
    let Some(form) = form else { return "{}".to_owned() };
    faults.keep(form.checked("form", "form.not_an_object")).unwrap_or_default().to_owned()
}
