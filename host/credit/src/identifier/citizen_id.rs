//! Citizen identity number, GB 11643-1999: division (6), birth date (8), sequence (3), check character by
//! ISO 7064 MOD 11-2. The older form of 15 digits has a two-digit year and no check character.
//!
//! Nothing here prints the number or its birth date. The division is only ever a warning: numbers keep
//! the division of their time, and residence permits of Hong Kong, Macao and Taiwan residents and of
//! foreigners follow the same scheme with prefixes of their own.

use jiff::civil::Date;

use super::inspect::InspectedCheck;
use super::shape::{Characters, require_characters, require_length};
use super::{IdentifierError, IdentifierKind, IdentifierWarning, KindRules, division, masked_between};

const KIND: IdentifierKind = IdentifierKind::CitizenId;
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &str = "10X98765432";
const LENGTH: usize = 18;
const OLD_LENGTH: usize = 15;

pub(super) struct Rules;

impl KindRules for Rules {
    fn shape(&self, value: &str) -> Result<(), IdentifierError> {
        require_length(KIND, value, |length| length == LENGTH || length == OLD_LENGTH, "18 or 15")?;
        require_characters(KIND, value, |position| match position {
            LENGTH => Characters::DigitOrX,
            _ => Characters::Digit,
        })?;
        // Days to come are not refused: the host's rules have no clock.
        birth_date(value).map(|_| ()).ok_or(IdentifierError::Date { kind: KIND })
    }

    fn check_characters(&self, value: &str) -> Option<String> {
        if value.len() != LENGTH {
            return None;
        }
        check_character(value.get(..WEIGHTS.len())?).map(String::from)
    }

    fn remarks(&self, value: &str) -> Vec<IdentifierWarning> {
        match origin(value) {
            Some(_) => Vec::new(),
            None => vec![IdentifierWarning::UnknownDivision { kind: KIND }],
        }
    }

    fn findings(&self, value: &str) -> Vec<InspectedCheck> {
        let division = match origin(value) {
            Some(origin) => InspectedCheck::passed("division", origin.to_owned()),
            None => InspectedCheck::warning(
                "division",
                IdentifierWarning::UnknownDivision { kind: KIND }.to_string(),
            ),
        };
        vec![division, InspectedCheck::passed("birth_date", "a day of the calendar (not shown)".to_owned())]
    }
}

/// The check character for the 17 digits before it; `None` for a body of another length or alphabet.
pub fn check_character(body: &str) -> Option<char> {
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in body.chars().zip(WEIGHTS) {
        sum += character.to_digit(10)? * weight;
    }
    CHECK_CHARACTERS.chars().nth(usize::try_from(sum % 11).ok()?)
}

/// The first three characters and the sequence at the end, with the check character if there is one.
pub(super) fn mask(value: &str) -> String {
    let last = if value.len() == OLD_LENGTH { 3 } else { 4 };
    masked_between(value, 3, last)
}

/// Whether the length and the digits, not the date, are those of a citizen ID.
pub(super) fn has_the_digits_of_one(value: &str) -> bool {
    let digits = match value.len() {
        LENGTH => value.strip_suffix('X').unwrap_or(value),
        OLD_LENGTH => value,
        _ => return false,
    };
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the value ends with the check character of a citizen ID of 18 characters.
pub(super) fn check_fits(value: &str) -> bool {
    Rules.check_characters(value).is_some_and(|expected| value.ends_with(&expected))
}

fn birth_date(value: &str) -> Option<Date> {
    let (year, month_and_day) = if value.len() == LENGTH {
        (value.get(6..10)?.parse().ok()?, value.get(10..14)?)
    } else {
        // Numbers of 15 digits were given out until 1999, with a year of that century.
        (1900 + value.get(6..8)?.parse::<i16>().ok()?, value.get(8..12)?)
    };
    let month = month_and_day.get(..2)?.parse().ok()?;
    let day = month_and_day.get(2..)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

/// Where the number comes from, no finer than a province.
fn origin(value: &str) -> Option<&'static str> {
    match value.get(..2)? {
        "10" => None,
        "83" => Some("residence permit of a Taiwan resident"),
        foreign if foreign.starts_with('9') => Some("residence permit of a foreigner"),
        _ => division::province(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::{Identifier, Strictness};

    fn shape_of(value: &str) -> Result<(), &'static str> {
        Rules.shape(value).map_err(|error| error.code())
    }

    #[test]
    fn the_birth_date_must_exist() {
        let cases = [
            ("110101199002280011", true),
            ("110101199002300014", false),
            ("110101200002290011", true),
            ("110101190002290011", false),
            ("110101199013010011", false),
            ("110101199000010011", false),
            ("110101199001000011", false),
            ("110101900101001", true),
            ("110101900230001", false),
        ];
        for (value, possible) in cases {
            assert_eq!(shape_of(value), if possible { Ok(()) } else { Err("id.date") }, "{value}");
        }
    }

    #[test]
    fn neither_district_nor_birth_date_is_shown() {
        assert_eq!(mask("110101199001010015"), "110***********0015");
        assert_eq!(mask("11010119900118017X"), "110***********017X");
        assert_eq!(mask("110101900101001"), "110*********001");
    }

    #[test]
    fn the_origin_is_a_warning_at_most() {
        let cases = [
            ("110101199001010015", true),
            ("810000199001010019", true),
            ("830000198506150024", true),
            ("990101199001010017", true),
            ("660101199001010017", false),
            ("100000199001010017", false),
        ];
        for (value, known) in cases {
            let parsed = Identifier::parse(KIND, value, Strictness::Check).expect("well formed");
            let warned = parsed.warnings.contains(&IdentifierWarning::UnknownDivision { kind: KIND });
            assert_eq!(warned, !known, "{value}");
        }
    }
}
