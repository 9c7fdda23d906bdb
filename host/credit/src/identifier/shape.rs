//! Length and alphabet by position: the part of a shape that all kinds share.

use super::{IdentifierError, IdentifierKind, uscc};

/// What may stand at a position.
#[derive(Debug, Clone, Copy)]
pub(super) enum Characters {
    Digit,
    DigitOrX,
    DigitOrLetter,
    /// The 31 characters of GB 32100-2015.
    UsccAlphabet,
    Printable,
}

impl Characters {
    fn allow(self, character: char) -> bool {
        match self {
            Self::Digit => character.is_ascii_digit(),
            Self::DigitOrX => character.is_ascii_digit() || character == 'X',
            Self::DigitOrLetter => character.is_ascii_digit() || character.is_ascii_uppercase(),
            Self::UsccAlphabet => uscc::value_of(character).is_some(),
            Self::Printable => !character.is_control(),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Digit => "a digit",
            Self::DigitOrX => "a digit or X",
            Self::DigitOrLetter => "a digit or a letter",
            Self::UsccAlphabet => "a digit or a letter other than I, O, S, V, Z",
            Self::Printable => "printable",
        }
    }
}

/// Refuses a value with a character that may not stand where it does; `at` maps a position, from 1, to
/// what may stand there.
pub(super) fn require_characters(
    kind: IdentifierKind,
    value: &str,
    at: impl Fn(usize) -> Characters,
) -> Result<(), IdentifierError> {
    for (position, character) in (1..).zip(value.chars()) {
        let characters = at(position);
        if !characters.allow(character) {
            return Err(IdentifierError::Character { kind, position, expected: characters.description() });
        }
    }
    Ok(())
}

/// Refuses a value of another length than those in `allowed`, which `expected` puts into words.
pub(super) fn require_length(
    kind: IdentifierKind,
    value: &str,
    allowed: impl Fn(usize) -> bool,
    expected: &'static str,
) -> Result<(), IdentifierError> {
    let found = value.chars().count();
    if allowed(found) { Ok(()) } else { Err(IdentifierError::Length { kind, expected, found }) }
}
