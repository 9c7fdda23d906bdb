//! Why an identifier is refused, and what is remarkable about an accepted one. No text here contains the
//! value.

use std::fmt;

use super::{Filler, IdentifierKind};

/// Why a text is not an identifier of the kind it was given as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing is left after removing spaces and hyphens.
    #[error("the {} is empty", .kind.name())]
    Empty {
        /// The kind asked for.
        kind: IdentifierKind,
    },
    /// A placeholder or a mask: it identifies nobody.
    #[error("the {} is {}; leave it out where it is not known", .kind.name(), described(*.filler))]
    Filler {
        /// The kind asked for.
        kind: IdentifierKind,
        /// What it is.
        filler: Filler,
    },
    /// The normal form has another length.
    #[error("the {} must have {expected} characters; this one has {found}", .kind.name())]
    Length {
        /// The kind asked for.
        kind: IdentifierKind,
        /// The lengths allowed, in words.
        expected: &'static str,
        /// Characters in the normal form.
        found: usize,
    },
    /// A character that cannot stand where it does.
    #[error("character {position} of the {} must be {expected}", .kind.name())]
    Character {
        /// The kind asked for.
        kind: IdentifierKind,
        /// Position in the normal form, from 1.
        position: usize,
        /// What may stand there, in words.
        expected: &'static str,
    },
    /// The digits of the birth date are not a day of the calendar.
    #[error("the birth date inside the {} is not a day of the calendar", .kind.name())]
    Date {
        /// The kind asked for.
        kind: IdentifierKind,
    },
    /// The check characters do not fit, and strictness is `strict`.
    #[error("the check character of the {} does not fit the characters before it", .kind.name())]
    CheckFailed {
        /// The kind asked for.
        kind: IdentifierKind,
    },
}

impl IdentifierError {
    /// The stable name of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "id.empty",
            Self::Filler { filler, .. } => code_of(*filler),
            Self::Length { .. } => "id.length",
            Self::Character { .. } => "id.character",
            Self::Date { .. } => "id.date",
            Self::CheckFailed { .. } => CHECK_FAILED,
        }
    }
}

/// What is unusual about an identifier that is accepted all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentifierWarning {
    /// The check characters do not fit.
    CheckFailed {
        /// The kind of the identifier.
        kind: IdentifierKind,
    },
    /// The first two characters of a unified social credit code are not in the table of GB 32100-2015. Later
    /// amendments may have extended it.
    UnknownCategory {
        /// Position 1, the registering department.
        department: char,
        /// Position 2, the category of entity.
        category: char,
    },
    /// The division code begins with no province known to the host.
    UnknownDivision {
        /// The kind of the identifier.
        kind: IdentifierKind,
    },
    /// A document number that is a placeholder or a mask: kept as text, and matches nothing.
    Filler {
        /// What it is.
        filler: Filler,
    },
    /// Characters that show nothing were left out.
    InvisibleRemoved {
        /// The kind of the identifier.
        kind: IdentifierKind,
    },
    /// An organisation code from the area PDY00001–PDY99999, which anyone may use: it matches nothing.
    UserDefinedArea,
}

/// The same finding is an error or a warning by strictness; its name is the same.
const CHECK_FAILED: &str = "id.check_failed";

const fn code_of(filler: Filler) -> &'static str {
    match filler {
        Filler::Placeholder => "id.placeholder",
        Filler::Masked => "id.masked",
    }
}

const fn described(filler: Filler) -> &'static str {
    match filler {
        Filler::Placeholder => "a placeholder and no number",
        Filler::Masked => "masked, so that it fits many",
    }
}

impl IdentifierWarning {
    /// The stable name of the finding.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CheckFailed { .. } => CHECK_FAILED,
            Self::UnknownCategory { .. } => "id.unknown_category",
            Self::UnknownDivision { .. } => "id.unknown_division",
            Self::Filler { filler } => code_of(*filler),
            Self::InvisibleRemoved { .. } => "id.invisible_removed",
            Self::UserDefinedArea => "id.user_defined_area",
        }
    }
}

impl fmt::Display for IdentifierWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckFailed { kind } => {
                write!(
                    formatter,
                    "the check character of the {} does not fit the characters before it",
                    kind.name()
                )
            }
            Self::UnknownCategory { department, category } => write!(
                formatter,
                "department {department} with category {category} is not in the table of GB 32100-2015"
            ),
            Self::UnknownDivision { kind } => {
                write!(formatter, "the division code of the {} begins with no known province", kind.name())
            }
            Self::Filler { filler } => write!(
                formatter,
                "the document number is {}: it is kept as text and matches nothing",
                described(*filler)
            ),
            Self::InvisibleRemoved { kind } => {
                write!(formatter, "characters that show nothing were left out of the {}", kind.name())
            }
            Self::UserDefinedArea => formatter.write_str(
                "organisation codes PDY00001 to PDY99999 are for local use; this one matches nothing",
            ),
        }
    }
}
