//! Case numbers on their way in: each is brought to its one form
//! ([`one_form`]), whichever body it comes in.

use std::borrow::Cow;

use creditgate_credit::case_number::one_form;
use serde::{Deserialize, Deserializer};

/// A case number that must be given.
pub(crate) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(in_one_form)
}

/// A case number that may be given.
pub(crate) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|number| number.map(in_one_form))
}

fn in_one_form(number: String) -> String {
    match one_form(&number) {
        Cow::Borrowed(_) => number,
        Cow::Owned(one) => one,
    }
}
