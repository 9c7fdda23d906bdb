//! Citizen identity number, GB 11643-1999: division (6), birth date (8), sequence (3), check character by
//! ISO 7064 MOD 11-2. The older form of 15 digits has a two-digit year and no check character.
//!
//! Both forms are one number: [`modern`] is the form in which people are looked for. The sequences 996 to 999
//! of the older form were given to people born a century earlier; which one it was is not in the number, and
//! the two forms only may be one ([`maybe_the_same`]).
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

    /// Divisions 000… and of one digit, the sequence 000, and years nobody living was born in.
    fn is_made_up(&self, value: &str) -> bool {
        let (Some(division), Some(born)) = (value.get(..6), birth_date(value)) else { return false };
        let one_digit = division.bytes().all(|byte| division.as_bytes().first() == Some(&byte));
        division.starts_with("000")
            || one_digit
            || sequence(value) == Some("000")
            || !(EARLIEST_BIRTH..=LATEST_BIRTH).contains(&born.year())
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
        let mut findings = vec![
            division,
            InspectedCheck::passed("birth_date", "a day of the calendar (not shown)".to_owned()),
        ];
        if value.len() == OLD_LENGTH {
            findings.push(match modern(value) {
                Some(modern) => {
                    InspectedCheck::passed("form", format!("the same person as {}", mask(&modern)))
                }
                None => InspectedCheck::warning("form", "the century of birth is not known".to_owned()),
            });
        }
        findings
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

/// Sequences of the older form that say nothing of the century.
const CENTENARIANS: [&str; 4] = ["996", "997", "998", "999"];
/// Years in which the holder of a number, or a person in a record, may have been born.
const EARLIEST_BIRTH: i16 = 1850;
const LATEST_BIRTH: i16 = 2100;

fn sequence(value: &str) -> Option<&str> {
    match value.len() {
        LENGTH => value.get(14..17),
        OLD_LENGTH => value.get(12..),
        _ => None,
    }
}

/// The form of 18 characters of a number of 15 digits; `None` for every other value, and where the century is
/// not known. Numbers of 15 digits were given out until 1999.
pub(super) fn modern(value: &str) -> Option<String> {
    let century_is_known = value.len() == OLD_LENGTH && !CENTENARIANS.contains(&sequence(value)?);
    century_is_known.then(|| in_century(value, "19")).flatten()
}

/// The number of 15 digits with the century put in and the check character added.
fn in_century(old: &str, century: &str) -> Option<String> {
    let body = [old.get(..6)?, century, old.get(6..)?].concat();
    check_character(&body).map(|check| format!("{body}{check}"))
}

/// The numbers of the other form that may be the same person's, where the century is not known.
pub(super) fn maybe_the_same(value: &str) -> Vec<String> {
    if !sequence(value).is_some_and(|sequence| CENTENARIANS.contains(&sequence)) {
        return Vec::new();
    }
    match (value.len(), value.get(6..8)) {
        (OLD_LENGTH, _) => ["18", "19"].iter().filter_map(|century| in_century(value, century)).collect(),
        (LENGTH, Some("18" | "19")) => {
            let old =
                value.get(..6).zip(value.get(8..17)).map(|(division, rest)| format!("{division}{rest}"));
            old.into_iter().collect()
        }
        _ => Vec::new(),
    }
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
    fn both_forms_are_one_number_where_the_century_is_known() {
        let cases = [
            ("110101900101001", Some("110101199001010015")),
            ("379901700101001", Some("379901197001010016")),
            ("110101001231995", Some("110101190012319952")),
            ("110101900101996", None),
            ("110101900101999", None),
            ("110101199001010015", None),
        ];
        for (old, expected) in cases {
            let expected =
                expected.map(|value| format!("{}{}", &value[..17], check_character(&value[..17]).unwrap()));
            assert_eq!(modern(old), expected, "{old}");
        }
        assert_eq!(modern("379901700101001").as_deref(), Some("379901197001010016"));
    }

    #[test]
    fn the_forms_of_a_centenarian_may_be_one() {
        let of = |body: &str| format!("{body}{}", check_character(body).unwrap());
        let [older, later] = ["11010118900101996", "11010119900101996"].map(of);
        assert_eq!(maybe_the_same("110101900101996"), [older.clone(), later.clone()]);
        for modern in [older, later] {
            assert_eq!(maybe_the_same(&modern), ["110101900101996"]);
        }
        assert_eq!(maybe_the_same("110101900101995"), [""; 0]);
        assert_eq!(
            maybe_the_same(&of("11010120000101996")),
            [""; 0],
            "no number of 15 digits was given out then"
        );
    }

    #[test]
    fn numbers_made_up_to_fill_a_field_are_known_by_division_sequence_and_year() {
        let cases = [
            ("000000199001010015", true),
            ("000101199001010015", true),
            ("111111199001010015", true),
            ("110101199001010007", true),
            ("110101900101000", true),
            ("110101111111111111", true),
            ("110101999912310015", true),
            ("110101199001010015", false),
            ("110101900101001", false),
            ("990101199001010017", false),
            ("110101188001010015", false),
        ];
        for (value, made_up) in cases {
            assert_eq!(Rules.is_made_up(value), made_up, "{value}");
        }
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
