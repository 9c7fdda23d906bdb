//! Cells whose value is not known: what a spreadsheet writes where it has none.
//!
//! None of them is ever read as an empty cell, since an entry without an end, or
//! one that is not suspended, would come of it. Each refuses its row.
//!
//! In CSV they are known by their text. A cell of a workbook is marked on its way
//! to the reader ([`Unknown::mark`]), with its place in the sheet.

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::Identifier;

/// Digits of a number a spreadsheet keeps.
pub const SPREADSHEET_DIGITS: usize = 15;

/// Opens the text of a marked cell. It is no character of any text (a
/// noncharacter of Unicode), so that no text can be taken for a mark by chance.
const MARK: char = '\u{fdd0}';

/// Why the value of a cell is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// A formula, and nothing it came out as.
    Formula,
    /// What a formula comes out as that cannot be worked out.
    Error,
    /// A number that has more digits than a spreadsheet keeps.
    LostDigits,
    /// What should be a day and is none of the calendar.
    NoDay,
    /// A truth value where a text or a day is due.
    Flag,
    /// A day where a text is due: the spreadsheet made it one.
    Day,
    /// A part of a merged cell, whose value stands in another cell.
    Merged,
    /// A value in a column without a name.
    NoColumn,
}

impl Unknown {
    const ALL: [Self; 8] = [
        Self::Formula,
        Self::Error,
        Self::LostDigits,
        Self::NoDay,
        Self::Flag,
        Self::Day,
        Self::Merged,
        Self::NoColumn,
    ];

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Formula => "cell.formula",
            Self::Error => "cell.error",
            Self::LostDigits => "cell.digits_lost",
            Self::NoDay => "cell.no_day",
            Self::Flag => "cell.flag",
            Self::Day => "cell.day",
            Self::Merged => "cell.merged",
            Self::NoColumn => "cell.no_column",
        }
    }

    /// What is wrong and what would be right, after the name of a cell.
    const fn reason(self) -> &'static str {
        match self {
            Self::Formula => {
                "holds a formula without a stored value; open the file in a spreadsheet and save it, or write \
                 the value itself"
            }
            Self::Error => "holds an error of the spreadsheet; write the value itself",
            Self::LostDigits => {
                "holds a number that has lost digits, since a spreadsheet keeps 15; format the column as text \
                 and write the number again"
            }
            Self::NoDay => {
                "holds no day of the calendar; write it as YYYY-MM-DD, or as a date from 1900-01-01 on"
            }
            Self::Flag => "holds TRUE or FALSE where a text or a day is due; write the value itself",
            Self::Day => {
                "holds a date where a text is due; format the column as text and write the text again"
            }
            Self::Merged => "is merged with another one; write the value into each row",
            Self::NoColumn => "holds a value, and its column has no name in the header",
        }
    }

    /// What stands for a cell of this sheet on its way to the reader, where its row
    /// and column count from 0: `法人!C7` is row 6, column 2.
    #[must_use]
    pub fn mark(self, sheet: &str, row: u32, column: u32) -> String {
        format!("{MARK}{} {sheet}!{}{}", self.code(), letters(column as usize), u64::from(row) + 1)
    }

    /// Whether this text stands for a cell of a workbook.
    pub(super) fn is_mark(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// Whether this text is what a spreadsheet writes where it has no value.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        match text.as_bytes().first()? {
            b'#' => is_error(text).then_some(Self::Error),
            // LibreOffice.
            b'E' => text.strip_prefix("Err:").is_some_and(all_digits).then_some(Self::Error),
            b'=' => is_formula(text).then_some(Self::Formula),
            b'0'..=b'9' | b'+' | b'-' => is_rounded(text).then_some(Self::LostDigits),
            _ => None,
        }
    }

    /// What to say of a cell of this column, if its value is not known.
    pub(super) fn fault(column: &str, cell: &str) -> Option<FieldProblem> {
        let Some(mark) = cell.strip_prefix(MARK) else {
            let unknown = Self::of_text(cell)?;
            return Some(FieldProblem::new(column, unknown.code(), unknown.reason()));
        };
        let (code, place) = mark.split_once(' ').unwrap_or_default();
        let unknown = Self::ALL.into_iter().find(|unknown| unknown.code() == code).unwrap_or(Self::Error);
        Some(FieldProblem::new(column, unknown.code(), format!("cell {place} {}", unknown.reason())))
    }

    /// What to say of an identifier in this field that reads as a spreadsheet leaves
    /// a number it kept 15 digits of: zeros behind them, and a check that fails.
    pub(super) fn cut_off(field: &str, identifier: &Identifier) -> Option<FieldProblem> {
        let value = identifier.value();
        let behind = value.get(SPREADSHEET_DIGITS..).filter(|behind| !behind.is_empty())?;
        let is_cut =
            all_digits(value) && behind.bytes().all(|digit| digit == b'0') && identifier.check_fails();
        is_cut.then(|| FieldProblem::new(field, Self::LostDigits.code(), Self::LostDigits.reason()))
    }

    /// What to say of a value in a column without a name; columns count from 0.
    pub(super) fn stray(column: usize, cell: &str) -> FieldProblem {
        let told = Self::fault("", cell).filter(|_| Self::is_mark(cell));
        told.unwrap_or_else(|| {
            let message = format!("the cell in column {} {}", letters(column), Self::NoColumn.reason());
            FieldProblem::new("", Self::NoColumn.code(), message)
        })
    }
}

/// The name of a column in a spreadsheet: A to Z, AA and so on.
fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        name.insert(0, char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    name.into_iter().collect()
}

/// `#N/A`, `#DIV/0!`, `#NAME?` and their like, and the signs that fill a column
/// which is too narrow for its number.
fn is_error(text: &str) -> bool {
    let Some(name) = text.strip_prefix('#') else { return false };
    let of_letters = |name: &str| {
        name.bytes().any(|byte| byte.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'_' | b'0'))
    };
    let named = |known: &str| name.eq_ignore_ascii_case(known);
    named("N/A")
        || named("GETTING_DATA")
        || name.strip_suffix(['!', '?']).is_some_and(of_letters)
        || !name.is_empty() && name.bytes().all(|byte| byte == b'#')
}

/// A formula, of which CSV has no value: `=A1`, `="0012"`.
fn is_formula(text: &str) -> bool {
    let begins = |byte: &u8| byte.is_ascii_alphanumeric() || b"\"'($+-@[".contains(byte);
    text.as_bytes().get(1).is_some_and(begins)
}

/// A number as a spreadsheet shows one that is too long for its cell: `3.7E+17`.
/// A code such as `12E5` is none.
fn is_rounded(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some((mantissa, exponent)) = unsigned.split_once(['E', 'e']) else { return false };
    let (whole, fraction) =
        mantissa.split_once('.').map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let size = exponent.strip_prefix(['+', '-']);
    let is_written_so = fraction.is_some() || size.is_some();
    is_written_so
        && whole.len() <= 3
        && all_digits(whole)
        && fraction.is_none_or(all_digits)
        && all_digits(size.unwrap_or(exponent))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_writes_where_it_has_no_value_is_known_by_its_text() {
        for (unknown, texts) in [
            (
                Unknown::Error,
                &[
                    "#N/A",
                    "#n/a",
                    "#REF!",
                    "#VALUE!",
                    "#DIV/0!",
                    "#NAME?",
                    "#NULL!",
                    "#NUM!",
                    "#SPILL!",
                    "##",
                    "#GETTING_DATA",
                    "########",
                    "Err:502",
                ][..],
            ),
            (Unknown::Formula, &["=A1", "=\"0012\"", "=IF(1,TRUE,FALSE)", "=-B2", "=+C3", "=@x"]),
            (
                Unknown::LostDigits,
                &["3.7E17", "3.7E+17", "3.70000202E+17", "4E+17", "-1.2e-5", "370.0E+15", "3.7e17"],
            ),
        ] {
            for text in texts {
                assert_eq!(Unknown::of_text(text), Some(unknown), "{text}");
                assert_eq!(Unknown::fault("id", text).map(|fault| fault.code), Some(unknown.code()));
            }
        }
    }

    #[test]
    fn other_texts_are_what_they_say() {
        for text in [
            "",
            "#",
            "#1",
            "#1!",
            "# N/A",
            "示例#N/A",
            "1E5",
            "12E345",
            "12345E678",
            "1.5",
            "1.E5",
            "E1",
            "Err:",
            "=",
            "==",
            "= 1",
            "2024-03-15",
            "91110000600037341E",
            "+86",
            "-",
            "3.7E",
            "无",
        ] {
            assert_eq!(Unknown::of_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_with_zeros_behind_what_a_spreadsheet_keeps_is_cut_off_unless_its_check_fits() {
        use creditgate_credit::identifier::IdentifierKind::{CitizenId, Other, Uscc};
        let (cut, whole) = (true, false);
        for (kind, text, expected) in [
            (CitizenId, "370102198801011000", cut),
            (CitizenId, "370102198801012000", whole),
            (CitizenId, "370102198801011001", whole),
            (Uscc, "913701007654321000", cut),
            (Other, "913701007654321000", whole),
            (CitizenId, "370102880101100", whole),
        ] {
            let fault = Unknown::cut_off("id", &Identifier::accepted(kind, text).unwrap());
            assert_eq!(fault.map(|fault| fault.code), expected.then_some("cell.digits_lost"), "{text}");
        }
    }

    #[test]
    fn a_mark_names_the_cell_and_the_cause() {
        for unknown in Unknown::ALL {
            let fault = Unknown::fault("valid_until", &unknown.mark("法人", 6, 2)).unwrap();
            assert_eq!((fault.field.as_str(), fault.code), ("valid_until", unknown.code()));
            assert!(fault.message.starts_with("cell 法人!C7 "), "{}", fault.message);
        }
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), name);
        }
        assert!(Unknown::fault("id", "\u{fdd0}anything").is_some(), "a mark nobody made is no text either");
    }
}
