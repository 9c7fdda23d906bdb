//! Business registration number, GS15-2006: first registering authority (6), sequence (8), check digit by
//! ISO 7064 MOD 11,10. The older form has 13 digits and no check digit.

use super::filler::is_made_up;
use super::inspect::InspectedCheck;
use super::shape::{Characters, require_characters, require_length};
use super::{IdentifierError, IdentifierKind, IdentifierWarning, KindRules, division};

const KIND: IdentifierKind = IdentifierKind::RegistrationNumber;
const BODY_LENGTH: usize = 14;
const OLD_LENGTH: usize = 13;

pub(super) struct Rules;

impl KindRules for Rules {
    fn shape(&self, value: &str) -> Result<(), IdentifierError> {
        require_length(KIND, value, |length| length == OLD_LENGTH || length == BODY_LENGTH + 1, "13 or 15")?;
        require_characters(KIND, value, |_| Characters::Digit)
    }

    fn check_characters(&self, value: &str) -> Option<String> {
        if value.len() != BODY_LENGTH + 1 {
            return None;
        }
        check_digit(value.get(..BODY_LENGTH)?).map(String::from)
    }

    fn is_made_up(&self, value: &str) -> bool {
        value.get(..BODY_LENGTH).is_some_and(is_made_up)
    }

    fn remarks(&self, value: &str) -> Vec<IdentifierWarning> {
        match division::province(value) {
            Some(_) => Vec::new(),
            None => vec![IdentifierWarning::UnknownDivision { kind: KIND }],
        }
    }

    fn findings(&self, value: &str) -> Vec<InspectedCheck> {
        let division = value.get(..6).map(|authority| match division::province(authority) {
            Some(province) => InspectedCheck::passed("division", format!("{authority}, {province}")),
            None => InspectedCheck::warning("division", format!("{authority} begins with no known province")),
        });
        let category =
            (value.len() == BODY_LENGTH + 1).then(|| value.chars().nth(6)).flatten().map(|first| {
                let category = match first {
                    '0'..='3' => "domestic enterprise",
                    '4' | '5' => "foreign-invested enterprise",
                    _ => "sole trader",
                };
                InspectedCheck::passed("category", category.to_owned())
            });
        [division, category].into_iter().flatten().collect()
    }
}

/// The check digit for the 14 digits before it (ISO 7064 MOD 11,10); `None` for a body of another length or
/// alphabet.
pub fn check_digit(body: &str) -> Option<char> {
    if body.len() != BODY_LENGTH {
        return None;
    }
    let mut product = 10;
    for character in body.chars() {
        let sum = match (product + character.to_digit(10)?) % 10 {
            0 => 10,
            sum => sum,
        };
        product = sum * 2 % 11;
    }
    char::from_digit((11 - product) % 10, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_another_length_or_alphabet_has_no_check_digit() {
        for body in ["", "1101050000000", "110105000000012", "1101050000000A", "11010500000好"] {
            assert_eq!(check_digit(body), None, "{body}");
        }
    }
}
