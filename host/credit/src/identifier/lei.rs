//! Legal entity identifier, ISO 17442: 18 letters or digits and two check digits by ISO 7064 MOD 97-10.

use super::filler::is_made_up;
use super::shape::{Characters, require_characters, require_length};
use super::{IdentifierError, IdentifierKind, KindRules};

const KIND: IdentifierKind = IdentifierKind::Lei;
const BODY_LENGTH: usize = 18;
const MODULUS: u32 = 97;

pub(super) struct Rules;

impl KindRules for Rules {
    fn shape(&self, value: &str) -> Result<(), IdentifierError> {
        require_length(KIND, value, |length| length == BODY_LENGTH + 2, "20")?;
        require_characters(KIND, value, |position| match position {
            19 | 20 => Characters::Digit,
            _ => Characters::DigitOrLetter,
        })
    }

    fn is_made_up(&self, value: &str) -> bool {
        value.get(..BODY_LENGTH).is_some_and(is_made_up)
    }

    fn check_characters(&self, value: &str) -> Option<String> {
        check_digits(value.get(..BODY_LENGTH)?)
    }
}

/// The two check digits, 02–98, for the 18 characters before them; `None` for a body of another length or
/// alphabet.
pub fn check_digits(body: &str) -> Option<String> {
    if body.len() != BODY_LENGTH {
        return None;
    }
    let mut remainder = 0;
    for character in body.chars() {
        if character.is_ascii_lowercase() {
            return None;
        }
        let value = character.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        remainder = (remainder * shift + value) % MODULUS;
    }
    Some(format!("{:02}", MODULUS + 1 - remainder * 100 % MODULUS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_have_two_digits() {
        // 97 divides 0: the check digits are 98, and 01, which has the same remainder, is not used.
        assert_eq!(check_digits("000000000000000000").as_deref(), Some("98"));
        assert_eq!(check_digits("213800KUD8LAJWSQ9D").as_deref(), Some("15"));
    }

    #[test]
    fn a_body_of_another_length_or_alphabet_has_no_check_digits() {
        for body in ["", "01", "213800KUD8LAJWSQ9D1", "213800kud8lajwsq9d", "213800KUD8LAJWS好"] {
            assert_eq!(check_digits(body), None, "{body}");
        }
    }
}
