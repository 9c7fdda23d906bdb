//! Words of the closed vocabularies and days as arguments.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use creditgate_wire::time::Day;

/// Reads one of these words; help and errors list them.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    code: fn(T) -> &'static str,
    from_code: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(move |value| code(*value)))
        .try_map(move |text| from_code(&text).ok_or("unknown word"))
}

/// Reads a day.
pub(super) fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day of the calendar is written YYYY-MM-DD")
}
