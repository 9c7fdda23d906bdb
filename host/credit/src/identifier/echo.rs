//! What may be repeated of a text somebody typed: no number that may be a person's, wherever it was typed.

use std::borrow::Cow;
use std::ops::Range;

use super::masked_between;
use crate::text::{is_blank, is_dash, is_invisible};

/// Digits in a row that may be a citizen ID number.
const FEWEST_DIGITS: usize = 15;
/// Letters and digits of a unified code, and how many digits tell one from a word.
const UNIFIED_CODE: usize = 18;
const DIGITS_OF_A_CODE: usize = 8;
/// Separators inside a number, such as a hyphen with blanks around it.
const MOST_SEPARATORS: usize = 3;

/// The text as it may be repeated in an error, a log or an address: whatever in it looks like an identity number
/// (15 digits or more in a row, or 18 letters and digits like a unified code; in any width, and with blanks,
/// hyphens and invisible marks between) is masked. Hexadecimal digests and UUIDs stay.
///
/// ```
/// # use creditgate_credit::identifier::without_numbers;
/// assert_eq!(without_numbers("department `110101199001010015`"), "department `110***********0015`");
/// ```
#[must_use]
pub fn without_numbers(text: &str) -> Cow<'_, str> {
    let digits =
        text.chars().filter(|character| folded(*character).is_some_and(|c| c.is_ascii_digit())).count();
    if digits < DIGITS_OF_A_CODE {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for found in numbers(text) {
        masked.push_str(text.get(kept..found.start).unwrap_or_default());
        masked.push_str(&masked_between(text.get(found.clone()).unwrap_or_default(), 3, 4));
        kept = found.end;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}

/// A run of letters and digits: where it stands, and its characters in ASCII.
struct Run {
    place: Range<usize>,
    text: String,
}

impl Run {
    fn may_end_a_code(&self) -> bool {
        self.text.len() < UNIFIED_CODE && self.text.bytes().all(|byte| byte.is_ascii_uppercase())
    }

    fn has_digits(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// Where something looks like an identity number.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut group: Vec<Run> = Vec::new();
    for run in runs(text) {
        let joins = group.last().is_some_and(|last| {
            let between = text.get(last.place.end..run.place.start).unwrap_or_default();
            last.has_digits()
                && (run.has_digits() || run.text.len() == 1 || run.may_end_a_code())
                && between.chars().count() <= MOST_SEPARATORS
                && between
                    .chars()
                    .all(|character| is_blank(character) || is_dash(character) || is_invisible(character))
        });
        if !joins {
            found.extend(number(&group));
            group.clear();
        }
        group.push(run);
    }
    found.extend(number(&group));
    found
}

/// The place of runs that together look like a number.
fn number(group: &[Run]) -> Option<Range<usize>> {
    let (first, last) = (group.first()?, group.last()?);
    let joined: String = group.iter().map(|run| run.text.as_str()).collect();
    let longest = joined.split(|character: char| !character.is_ascii_digit()).map(str::len).max();
    let looks_like_one = longest.unwrap_or_default() >= FEWEST_DIGITS
        || joined.len() == UNIFIED_CODE
            && joined.bytes().filter(u8::is_ascii_digit).count() >= DIGITS_OF_A_CODE
        || holds_a_code(&joined);
    looks_like_one.then_some(first.place.start..last.place.end)
}

/// Whether runs from here on are a UUID, or the first is a digest; how many they are.
fn of_a_machine(runs: &[Run], text: &str) -> usize {
    let hexadecimal = |run: &Run| run.text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if let Some(five) = runs.get(..5)
        && five.iter().map(|run| run.text.len()).eq([8, 4, 4, 4, 12])
        && five.iter().all(hexadecimal)
        && five
            .windows(2)
            .all(|two| matches!(two, [one, next] if text.get(one.place.end..next.place.start) == Some("-")))
    {
        return 5;
    }
    let Some(run) = runs.first() else { return 0 };
    let letters = run.text.bytes().filter(u8::is_ascii_lowercase).count();
    let is_digest =
        hexadecimal(run) && matches!(run.text.len(), 32 | 40 | 64 | 128) && letters * 8 >= run.text.len();
    usize::from(is_digest)
}

/// Whether a longer run has the form of a unified code inside.
fn holds_a_code(run: &str) -> bool {
    run.as_bytes().windows(UNIFIED_CODE).any(|window| {
        window.get(2..8).is_some_and(|division| division.iter().all(u8::is_ascii_digit))
            && window.iter().filter(|byte| byte.is_ascii_digit()).count() >= DIGITS_OF_A_CODE
    })
}

fn runs(text: &str) -> Vec<Run> {
    let all = every_run(text);
    let mut left = Vec::new();
    let mut rest = all.into_iter();
    while !rest.as_slice().is_empty() {
        match of_a_machine(rest.as_slice(), text) {
            0 => left.extend(rest.next()),
            passed => rest.by_ref().take(passed).for_each(drop),
        }
    }
    left
}

fn every_run(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (start, character) in text.char_indices() {
        let Some(plain) = folded(character) else { continue };
        let end = start + character.len_utf8();
        match runs.last_mut() {
            Some(run) if run.place.end == start => {
                run.place.end = end;
                run.text.push(plain);
            }
            _ => runs.push(Run { place: start..end, text: plain.into() }),
        }
    }
    runs
}

/// The ASCII letter or digit a character stands for.
fn folded(character: char) -> Option<char> {
    const DISTANCE: u32 = 0xFF01 - 0x21;
    let plain = match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - DISTANCE)?,
        _ if character.is_ascii() => character,
        // Digits of every script.
        _ => char::from_digit(decimal(character)?, 10)?,
    };
    plain.is_ascii_alphanumeric().then_some(plain)
}

fn decimal(character: char) -> Option<u32> {
    let mut buffer = [0; 4];
    let normal = super::normalise(character.encode_utf8(&mut buffer));
    let mut digits = normal.chars();
    digits.next().filter(|_| digits.next().is_none())?.to_digit(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identifier::normalise;

    #[test]
    fn what_looks_like_an_identity_number_is_masked_wherever_it_stands() {
        let cases = [
            ("110101199001010015", "110***********0015"),
            ("11010119900118017X", "110***********017X"),
            ("11010119900118017x", "110***********017x"),
            ("110101900101001", "110********1001"),
            ("department `110101199001010015` is not bound", "department `110***********0015` is not bound"),
            ("110101 19900101 0015", "110*************0015"),
            ("110101-19900101-0015", "110*************0015"),
            ("１１０１０１１９９００１０１００１５", "１１０***********００１５"),
            ("1101\u{200B}01199001010015", "110************0015"),
            ("张三110101199001010015、李四110101900101001", "张三110***********0015、李四110********1001"),
            ("91110000600037341L", "911***********341L"),
            ("91110000-600037341-L", "911*************41-L"),
            ("no 91110000600037341L here", "no 911***********341L here"),
            ("id=110101199001010015&x=1", "id=110***********0015&x=1"),
            ("110101199001010015110101199001010015", "110*****************************0015"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_identity_number_stays() {
        let texts = [
            "department `market` is not bound",
            "2026-11-29T10:00:00Z",
            "check 0193a7c2-1234-7abc-8def-012345678901 is not known",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "of 1,000,000 rows, at most 65536 bytes",
            "market-registration-1.2.3",
            "case 2026-0001",
            "row 5 of 0193a7c2-1234-7abc-8def-012345678901 5",
            "sha256:1111111111111111111111111111111111111111111111111111abcdefabcdef",
            "",
        ];
        for text in texts {
            assert!(matches!(without_numbers(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_run_of_fifteen_digits_and_no_unified_code_is_repeated(
            before in "[a-z`张, ]{0,6}",
            number in "[0-9]{15,40}|[0-9]{17}X|9[1-3][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}",
            separator in prop::sample::select(vec!["", " ", "-", "\u{200B}", " - ", "\u{3000}"]),
            at in 1_usize..14,
            after in "[`张,。 ]{0,6}",
        ) {
            let (head, tail) = number.split_at(at);
            // A code may have too few digits to be told from a word.
            prop_assume!(number.bytes().filter(u8::is_ascii_digit).count() >= DIGITS_OF_A_CODE);
            let text = format!("{before}{head}{separator}{tail}{after}");
            let repeated = normalise(&without_numbers(&text));
            prop_assert!(!repeated.contains(&number), "{repeated}");
            let longest = repeated.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            prop_assert!(longest.unwrap_or_default() < FEWEST_DIGITS, "{repeated}");
        }

        #[test]
        fn any_text_can_be_repeated_twice(text in any::<String>()) {
            let once = without_numbers(&text).into_owned();
            prop_assert_eq!(without_numbers(&once), once.as_str());
        }
    }
}
