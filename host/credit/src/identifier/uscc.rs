//! Unified social credit code, GB 32100-2015: registering department (1), category of entity (2),
//! division of the registering authority (3–8), organisation code (9–17), check character (18).

use super::filler::is_made_up;
use super::inspect::InspectedCheck;
use super::shape::{Characters, require_characters, require_length};
use super::{IdentifierError, IdentifierKind, IdentifierWarning, KindRules, division, organisation_code};

const KIND: IdentifierKind = IdentifierKind::Uscc;

/// The value of a character is its index: no I, O, S, V, Z. Not the values of the organisation code inside.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const MODULUS: usize = 31;
const BODY_LENGTH: usize = 17;

/// A registering department: its character, its name, and its categories of entity.
type Department = (char, &'static str, &'static [(char, &'static str)]);

/// Positions 1 and 2. Later amendments may extend it, so that a pair not found here is only a warning.
const DEPARTMENTS: [Department; 12] = [
    (
        '1',
        "establishment office",
        &[('1', "organ"), ('2', "public institution"), ('3', "mass organisation"), ('9', "other")],
    ),
    ('2', "foreign affairs", &[('1', "foreign news bureau"), ('9', "other")]),
    (
        '3',
        "justice",
        &[
            ('1', "law firm"),
            ('2', "notary"),
            ('3', "grassroots legal service"),
            ('4', "forensic institution"),
            ('5', "arbitration commission"),
            ('9', "other"),
        ],
    ),
    ('4', "culture", &[('1', "foreign cultural centre"), ('9', "other")]),
    (
        '5',
        "civil affairs",
        &[('1', "social group"), ('2', "private non-enterprise unit"), ('3', "foundation"), ('9', "other")],
    ),
    (
        '6',
        "tourism",
        &[('1', "foreign office"), ('2', "office of Hong Kong, Macao or Taiwan"), ('9', "other")],
    ),
    ('7', "religion", &[('1', "religious venue"), ('2', "religious college"), ('9', "other")]),
    ('8', "trade unions", &[('1', "grassroots union"), ('9', "other")]),
    (
        '9',
        "market regulation",
        &[('1', "enterprise"), ('2', "sole trader"), ('3', "farmers' cooperative"), ('9', "other")],
    ),
    ('A', "military reform office", &[('1', "military institution"), ('9', "other")]),
    (
        'N',
        "agriculture",
        &[
            ('1', "group collective"),
            ('2', "village collective"),
            ('3', "township collective"),
            ('9', "other"),
        ],
    ),
    ('Y', "other department", &[('1', "other")]),
];

pub(super) struct Rules;

impl KindRules for Rules {
    fn shape(&self, value: &str) -> Result<(), IdentifierError> {
        require_length(KIND, value, |length| length == BODY_LENGTH + 1, "18")?;
        require_characters(KIND, value, |position| match position {
            3..=8 => Characters::Digit,
            _ => Characters::UsccAlphabet,
        })
    }

    fn check_characters(&self, value: &str) -> Option<String> {
        check_character(value.get(..BODY_LENGTH)?).map(String::from)
    }

    /// The code inside is what organisations without a unified code are found by.
    fn is_made_up(&self, value: &str) -> bool {
        let body = value.get(..BODY_LENGTH).is_some_and(is_made_up);
        body || organisation_code_part(value)
            .is_some_and(|code| is_made_up(code) || organisation_code::Rules.is_made_up(code))
    }

    fn remarks(&self, value: &str) -> Vec<IdentifierWarning> {
        let mut warnings = Vec::new();
        let mut characters = value.chars();
        if let (Some(department), Some(category)) = (characters.next(), characters.next())
            && category_names(department, category).is_none()
        {
            warnings.push(IdentifierWarning::UnknownCategory { department, category });
        }
        if value.get(2..8).and_then(division::province).is_none() {
            warnings.push(IdentifierWarning::UnknownDivision { kind: KIND });
        }
        warnings
    }

    fn findings(&self, value: &str) -> Vec<InspectedCheck> {
        [category_finding(value), division_finding(value), organisation_code_finding(value)]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The value of a character in this code's alphabet.
pub(super) fn value_of(character: char) -> Option<usize> {
    ALPHABET.find(character)
}

/// Positions 9–17 of a unified social credit code.
pub(super) fn organisation_code_part(value: &str) -> Option<&str> {
    value.get(8..BODY_LENGTH)
}

/// The check character for the 17 characters before it; `None` for a body of another length or alphabet.
///
/// The weight of position *i* is 3^(i−1) mod 31. The outer modulo matters: for a sum divisible by 31 the
/// check value is 0, not 31.
pub fn check_character(body: &str) -> Option<char> {
    if body.len() != BODY_LENGTH {
        return None;
    }
    let mut sum = 0;
    let mut weight = 1;
    for character in body.chars() {
        sum += value_of(character)? * weight;
        weight = weight * 3 % MODULUS;
    }
    ALPHABET.chars().nth((MODULUS - sum % MODULUS) % MODULUS)
}

fn category_names(department: char, category: char) -> Option<(&'static str, &'static str)> {
    let (_, name, categories) = DEPARTMENTS.iter().find(|(character, ..)| *character == department)?;
    let (_, category) = categories.iter().find(|(character, _)| *character == category)?;
    Some((name, category))
}

fn category_finding(value: &str) -> Option<InspectedCheck> {
    let mut characters = value.chars();
    let (department, category) = (characters.next()?, characters.next()?);
    Some(match category_names(department, category) {
        Some((department, category)) => {
            InspectedCheck::passed("category", format!("{department}: {category}"))
        }
        None => InspectedCheck::warning(
            "category",
            IdentifierWarning::UnknownCategory { department, category }.to_string(),
        ),
    })
}

fn division_finding(value: &str) -> Option<InspectedCheck> {
    let division = value.get(2..8)?;
    Some(match division::province(division) {
        Some(province) => InspectedCheck::passed("division", format!("{division}, {province}")),
        None => InspectedCheck::warning("division", format!("{division} begins with no known province")),
    })
}

/// One check may hold where the other fails: that tells a mistyped code from one issued with a wrong check.
fn organisation_code_finding(value: &str) -> Option<InspectedCheck> {
    let code = organisation_code_part(value)?;
    let expected = organisation_code::Rules.check_characters(code)?;
    Some(if code.ends_with(&expected) {
        InspectedCheck::passed("organisation_code", format!("{code}, its check character fits"))
    } else {
        InspectedCheck::warning(
            "organisation_code",
            format!("{code}, its check character should be {expected}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_those_of_the_standard() {
        let published = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
        for (index, weight) in published.into_iter().enumerate() {
            let body: String = (0..BODY_LENGTH).map(|at| if at == index { '1' } else { '0' }).collect();
            assert_eq!(check_character(&body), ALPHABET.chars().nth((MODULUS - weight) % MODULUS));
        }
    }

    #[test]
    fn a_sum_divisible_by_31_has_check_character_0() {
        assert_eq!(check_character("91110105MA0000349"), Some('0'));
        assert_eq!(check_character("00000000000000000"), Some('0'));
    }

    #[test]
    fn a_body_of_another_length_or_alphabet_has_no_check_character() {
        for body in ["", "9111000060003734", "911100006000373411", "9111000060003734I", "9111000060003734好"]
        {
            assert_eq!(check_character(body), None, "{body}");
        }
    }
}
