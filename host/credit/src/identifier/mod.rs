//! Identifiers of parties: normal form, shape, check characters, masking and matching.
//!
//! One file per kind of identifier holds everything the host knows about that kind (`KindRules`);
//! `matching` says when two sets of identifiers mean the same subject; `inspect` explains a value to a
//! person. What must not be here: names of parties (a name is only ever a hint) and any list, store or
//! log.
//!
//! Two promises hold for everything in this module:
//! - a number that identifies a person is never printed in full: `Debug`, errors and warnings carry the kind,
//!   positions and codes, and [`Identifier::masked`] where a person needs to recognise the number;
//! - no text makes it panic.

mod citizen_id;
mod division;
mod echo;
mod error;
mod filler;
mod form;
mod inspect;
mod kind;
mod lei;
mod matching;
mod normal;
mod organisation_code;
mod other;
mod registration_number;
mod shape;
mod uscc;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;

use std::borrow::Cow;
use std::fmt;

pub use echo::without_numbers;
pub use error::{IdentifierError, IdentifierWarning};
pub use filler::{Filler, filler};
pub use form::{IdentifierText, Numbers, clear};
pub use inspect::{CheckResult, InspectedCheck, Inspection, inspect};
pub use kind::{IdentifierKind, Strictness};
pub use matching::{MatchKey, Namespaces, hint_keys, index_keys, lookup_keys, renewed};
pub use normal::normalise;

use crate::text::{has_invisible, visible};

/// Check characters for the body of an identifier, for tests and demonstrations that need synthetic
/// identifiers.
///
/// Each function takes the body in normal form without its check characters and answers `None` for a body of
/// another length or alphabet.
pub mod generate {
    pub use super::citizen_id::check_character as citizen_id_check_character;
    pub use super::lei::check_digits as lei_check_digits;
    pub use super::organisation_code::check_character as organisation_code_check_character;
    pub use super::registration_number::check_digit as registration_number_check_digit;
    pub use super::uscc::check_character as uscc_check_character;
}

/// What the host knows about one kind of identifier. Every value given to it is in normal form, and every
/// value given to the methods after [`shape`](Self::shape) has passed it.
trait KindRules {
    /// Refuses a value that cannot be of this kind: length, alphabet by position, impossible date.
    fn shape(&self, value: &str) -> Result<(), IdentifierError>;

    /// The check characters this value should end with; `None` if its form has none.
    fn check_characters(&self, _value: &str) -> Option<String> {
        None
    }

    /// Whether the value is made up to fill a field, by what only this kind knows; [`filler`] has the rest.
    fn is_made_up(&self, _value: &str) -> bool {
        false
    }

    /// What is unusual about the value although it is well formed. Never a reason to refuse it.
    fn remarks(&self, _value: &str) -> Vec<IdentifierWarning> {
        Vec::new()
    }

    /// What the parts of the value say, for [`inspect`]; beyond shape and check characters.
    fn findings(&self, _value: &str) -> Vec<InspectedCheck> {
        Vec::new()
    }
}

fn rules(kind: IdentifierKind) -> &'static dyn KindRules {
    match kind {
        IdentifierKind::Uscc => &uscc::Rules,
        IdentifierKind::OrganisationCode => &organisation_code::Rules,
        IdentifierKind::RegistrationNumber => &registration_number::Rules,
        IdentifierKind::CitizenId => &citizen_id::Rules,
        IdentifierKind::Lei => &lei::Rules,
        IdentifierKind::Other => &other::Rules,
    }
}

/// An identifier of a party in normal form.
///
/// Always well formed for its kind; whether its check character fits depends on the [`Strictness`] it was
/// parsed with. There is no `Display`: a caller chooses between [`value`](Self::value) and
/// [`masked`](Self::masked).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    kind: IdentifierKind,
    value: String,
    /// Follows from kind and value, like the next: worked out once.
    filler: Option<Filler>,
    check_fits: Option<bool>,
}

/// An accepted identifier and what was remarkable about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The identifier in normal form.
    pub identifier: Identifier,
    /// Findings that do not prevent its use; empty under [`Strictness::Format`].
    pub warnings: Vec<IdentifierWarning>,
}

impl Identifier {
    /// Normalises `text` and accepts it as an identifier of `kind` (R22).
    ///
    /// A check character that does not fit is a warning under [`Strictness::Check`], because codes are in use
    /// whose check fails, and an error under [`Strictness::Strict`]. The identifier matches in either case.
    /// A placeholder or a mask is an error for every kind that has a form; as a document of another kind it is
    /// kept as the text it is, with a warning, and matches nothing.
    ///
    /// # Errors
    /// [`IdentifierError`] for an empty text, a placeholder or a mask, a wrong length, a character that cannot
    /// stand where it does, an impossible birth date and, under `Strict`, a check character that does not fit.
    pub fn parse(
        kind: IdentifierKind,
        text: &str,
        strictness: Strictness,
    ) -> Result<Parsed, IdentifierError> {
        let value = value_of(kind, text);
        let filler = filler_as(kind, &value);
        // Of digits it is more to say that there are too few.
        let is_shapeless = || !value.bytes().all(|byte| byte.is_ascii_digit());
        let refused = filler.filter(|_| kind != IdentifierKind::Other);
        if let Some(filler) = refused.filter(|_| is_shapeless()) {
            return Err(IdentifierError::Filler { kind, filler });
        }
        let identifier = Self::shaped(kind, value, filler)?;
        if let Some(filler) = refused {
            return Err(IdentifierError::Filler { kind, filler });
        }
        let mut warnings = Vec::new();
        if has_invisible(text) {
            warnings.push(IdentifierWarning::InvisibleRemoved { kind });
        }
        if let Some(filler) = filler {
            warnings.push(IdentifierWarning::Filler { filler });
        }
        if strictness != Strictness::Format {
            if identifier.check_fails() {
                if strictness == Strictness::Strict {
                    return Err(IdentifierError::CheckFailed { kind });
                }
                warnings.push(IdentifierWarning::CheckFailed { kind });
            }
            warnings.extend(rules(kind).remarks(&identifier.value));
        }
        Ok(Parsed { identifier, warnings })
    }

    /// The identifier of a text that was accepted before, maybe by an earlier host: only its shape is looked
    /// at. What would not be accepted any more still matches nothing.
    ///
    /// # Errors
    /// [`IdentifierError`] for what can never have been accepted.
    pub fn accepted(kind: IdentifierKind, text: &str) -> Result<Self, IdentifierError> {
        Self::well_formed(kind, value_of(kind, text))
    }

    fn well_formed(kind: IdentifierKind, value: String) -> Result<Self, IdentifierError> {
        let filler = filler_as(kind, &value);
        Self::shaped(kind, value, filler)
    }

    fn shaped(kind: IdentifierKind, value: String, filler: Option<Filler>) -> Result<Self, IdentifierError> {
        if value.is_empty() {
            return Err(IdentifierError::Empty { kind });
        }
        rules(kind).shape(&value)?;
        let check_fits = check_fits(kind, &value);
        Ok(Self { kind, value, filler, check_fits })
    }

    /// The kind of identifier.
    #[must_use]
    pub fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The normal form: half-width, upper case, no spaces and hyphens. It may identify a person: for
    /// matching and storing, not for logs, addresses or messages.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The form to show and log. It has as many characters as the value.
    ///
    /// Codes of organisations are public and shown in full. Of a citizen ID the first three characters
    /// and the sequence at the end are shown (`110***********0015`): neither district nor birth date. Of
    /// an `other` document the first and last two, if it has at least eight. A number of digits that was
    /// given as an organisation's, but whose check does not fit, may be a citizen ID in the wrong field:
    /// masked like one.
    #[must_use]
    pub fn masked(&self) -> Cow<'_, str> {
        match self.kind {
            IdentifierKind::CitizenId => citizen_id::mask(&self.value).into(),
            IdentifierKind::Other => other::mask(&self.value).into(),
            _ if self.may_be_a_persons() => citizen_id::mask(&self.value).into(),
            _ => Cow::Borrowed(&self.value),
        }
    }

    /// The organisation code: the value itself, or positions 9–17 of a unified social credit code; `None` for
    /// other kinds, and where these positions hold what no organisation code can be (R23).
    #[must_use]
    pub fn organisation_code(&self) -> Option<Self> {
        let value = self.organisation_code_part()?.to_owned();
        Self::well_formed(IdentifierKind::OrganisationCode, value).ok()
    }

    fn organisation_code_part(&self) -> Option<&str> {
        match self.kind {
            IdentifierKind::OrganisationCode => Some(&self.value),
            IdentifierKind::Uscc => uscc::organisation_code_part(&self.value),
            _ => None,
        }
    }

    /// Whether it has check characters and they do not fit: the number is mistyped, or was issued so. Whoever
    /// is looked for by it may be somebody else.
    #[must_use]
    pub fn check_fails(&self) -> bool {
        self.check_fits == Some(false)
    }

    /// Whether records can be found by it: it is no filler, and no code for local use.
    #[must_use]
    pub fn finds(&self) -> bool {
        let local = || {
            self.kind == IdentifierKind::OrganisationCode && organisation_code::is_user_defined(&self.value)
        };
        self.filler.is_none() && !local()
    }

    /// What it is instead of a number, if it identifies nobody.
    #[must_use]
    pub fn filler(&self) -> Option<Filler> {
        self.filler
    }

    fn may_be_a_persons(&self) -> bool {
        citizen_id::has_the_digits_of_one(&self.value)
            && (self.check_fits != Some(true) || citizen_id::check_fits(&self.value))
    }
}

/// The normal form; of a document whose text has none, such as a stroke, what is seen of it.
fn value_of(kind: IdentifierKind, text: &str) -> String {
    let value = normalise(text);
    if value.is_empty() && kind == IdentifierKind::Other { visible(text).into_owned() } else { value }
}

fn filler_as(kind: IdentifierKind, value: &str) -> Option<Filler> {
    let found =
        filler(value).filter(|found| *found != Filler::Masked || !has_letters_x_of_its_own(kind, value));
    found.or_else(|| rules(kind).is_made_up(value).then_some(Filler::Placeholder))
}

/// Whether a row of X that looks like a mask is part of a code: X is a letter of some codes, and of a
/// million codes a few have four in a row. The check of a mask seldom fits, and a mask of six hides more
/// than chance makes.
fn has_letters_x_of_its_own(kind: IdentifierKind, value: &str) -> bool {
    const TOO_MANY: &str = "XXXXXX";
    !value.contains(TOO_MANY) && rules(kind).shape(value).is_ok() && check_fits(kind, value) == Some(true)
}

/// Whether the check characters fit, of a number that is well formed and has some.
fn check_fits(kind: IdentifierKind, value: &str) -> Option<bool> {
    rules(kind).check_characters(value).map(|expected| value.ends_with(&expected))
}

/// Prints the masked form.
impl fmt::Debug for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identifier({}:{})", self.kind.code(), self.masked())
    }
}

/// Stars instead of everything but the first and last characters.
fn masked_between(value: &str, first: usize, last: usize) -> String {
    let length = value.chars().count();
    let hidden = first..length.saturating_sub(last);
    value
        .chars()
        .enumerate()
        .map(|(index, character)| if hidden.contains(&index) { '*' } else { character })
        .collect()
}
