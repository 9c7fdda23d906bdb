//! Organisation code, GB 11714-1997: eight characters and a check character, written `XXXXXXXX-X`.

use super::filler::is_made_up;
use super::inspect::InspectedCheck;
use super::shape::{Characters, require_characters, require_length};
use super::{IdentifierError, IdentifierKind, IdentifierWarning, KindRules};

const KIND: IdentifierKind = IdentifierKind::OrganisationCode;
const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

pub(super) struct Rules;

impl KindRules for Rules {
    fn shape(&self, value: &str) -> Result<(), IdentifierError> {
        require_length(KIND, value, |length| length == WEIGHTS.len() + 1, "9")?;
        require_characters(KIND, value, |position| match position {
            9 => Characters::DigitOrX,
            _ => Characters::DigitOrLetter,
        })
    }

    fn check_characters(&self, value: &str) -> Option<String> {
        check_character(value.get(..WEIGHTS.len())?).map(String::from)
    }

    fn is_made_up(&self, value: &str) -> bool {
        value.get(..WEIGHTS.len()).is_some_and(is_made_up)
    }

    fn remarks(&self, value: &str) -> Vec<IdentifierWarning> {
        if is_user_defined(value) { vec![IdentifierWarning::UserDefinedArea] } else { Vec::new() }
    }

    fn findings(&self, value: &str) -> Vec<InspectedCheck> {
        self.remarks(value)
            .iter()
            .map(|warning| InspectedCheck::warning("area", warning.to_string()))
            .collect()
    }
}

/// The check character for the eight characters before it; `None` for a body of another length or alphabet.
///
/// Letters count from A = 10 to Z = 35, unlike in the unified social credit code.
pub fn check_character(body: &str) -> Option<char> {
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in body.chars().zip(WEIGHTS) {
        if character.is_ascii_lowercase() {
            return None;
        }
        sum += character.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

/// Whether the code lies in PDY00001–PDY99999, which every system may use for its own purposes: two equal
/// codes of this area say nothing about two organisations.
pub(super) fn is_user_defined(value: &str) -> bool {
    value
        .strip_prefix("PDY")
        .and_then(|rest| rest.get(..5))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()) && number != "00000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_for_local_use_is_recognised() {
        let cases = [
            ("PDY000017", true),
            ("PDY999990", true),
            ("PDY000000", false),
            ("PDY0000A1", false),
            ("PDX000017", false),
            ("101623741", false),
        ];
        for (value, expected) in cases {
            assert_eq!(is_user_defined(value), expected, "{value}");
        }
    }

    #[test]
    fn a_body_of_another_length_or_alphabet_has_no_check_character() {
        for body in ["", "1016237", "101623741", "a0000002", "1016237好"] {
            assert_eq!(check_character(body), None, "{body}");
        }
    }
}
