//! Words of the closed vocabularies and days as arguments.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use creditgate_credit::vocabulary::Vocabulary;
use creditgate_wire::time::Day;

/// Reads a word of a vocabulary; help and errors list all of them.
pub(super) fn one_of<T: Vocabulary + Send + Sync>() -> impl TypedValueParser<Value = T> {
    words(T::VALUES.iter().map(|value| PossibleValue::new(value.name())))
}

/// Reads one of these words of a vocabulary; help says of each what it means.
pub(super) fn explained<T: Vocabulary + Send + Sync>(
    meanings: &'static [(T, &'static str)],
) -> impl TypedValueParser<Value = T> {
    words(meanings.iter().map(|(value, meaning)| PossibleValue::new(value.name()).help(*meaning)))
}

fn words<T: Vocabulary + Send + Sync>(
    words: impl Iterator<Item = PossibleValue>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words)
        .try_map(|text| T::VALUES.iter().copied().find(|value| value.name() == text).ok_or("unknown word"))
}

/// Reads a day.
pub(super) fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day of the calendar is written YYYY-MM-DD")
}

/// The word on the command line that stands for a value; hosts know the same words.
pub(super) fn word_of(value: &impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |word| word.get_name().to_owned())
}
