//! Document numbers of other kinds: passports, travel permits, foreign registrations. No scheme to check.

use super::shape::{Characters, require_characters, require_length};
use super::{IdentifierError, IdentifierKind, KindRules, masked_between};

const KIND: IdentifierKind = IdentifierKind::Other;
const LONGEST: usize = 64;
/// Below this, showing four characters would show most of the number.
const SHORTEST_SHOWN: usize = 8;

pub(super) struct Rules;

impl KindRules for Rules {
    fn shape(&self, value: &str) -> Result<(), IdentifierError> {
        require_length(KIND, value, |length| (1..=LONGEST).contains(&length), "1 to 64")?;
        require_characters(KIND, value, |_| Characters::Printable)
    }
}

pub(super) fn mask(value: &str) -> String {
    if value.chars().count() < SHORTEST_SHOWN {
        masked_between(value, 0, 0)
    } else {
        masked_between(value, 2, 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_hidden_entirely() {
        assert_eq!(mask("E123456"), "*******");
        assert_eq!(mask("E1234567"), "E1****67");
        assert_eq!(mask("护照一二三四五六"), "护照****五六");
    }

    #[test]
    fn anything_printable_up_to_64_characters_is_accepted() {
        assert_eq!(Rules.shape(&"护".repeat(64)), Ok(()));
        let too_long = Rules.shape(&"A".repeat(65)).map_err(|error| error.code());
        assert_eq!(too_long, Err("id.length"));
        let control = Rules.shape("A\u{7}B").map_err(|error| error.to_string());
        assert_eq!(control, Err("character 2 of the document number must be printable".to_owned()));
    }
}
