//! Texts that stand where a number should and identify nobody: words for "unknown", masks, numbers made up to
//! fill a field. The one place that knows them.
//!
//! Such a text is never a key. Two people without a passport number are not one person because somebody typed
//! 无 for both, and a number with stars in it fits many. [`filler`] knows what holds for every kind of number;
//! each kind adds what holds for its own (`KindRules::filler`).

use std::borrow::Cow;

use icu_properties::props::GeneralCategory;

use crate::text::category;

/// What a text is instead of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Filler {
    /// A word, a stroke, or a number made up to fill the field: 无, N/A, 000000, 123456789.
    Placeholder,
    /// A number of which a part is hidden: 3799****0012.
    Masked,
}

/// Words whose mere presence says that there is no number.
const TELLING: &[&str] = &[
    "不详",
    "不明",
    "不清",
    "未知",
    "未提供",
    "未填",
    "未登记",
    "未办",
    "未取得",
    "未领",
    "待补",
    "待定",
    "待查",
    "待核",
    "待办",
    "待录",
    "暂无",
    "暂缺",
    "暂未",
    "查无",
    "没有",
    "保密",
    "某",
    "无证",
    "无号",
    "无码",
    "不适用",
    "不存在",
    "不公开",
];

/// Characters of which one says so where the text holds no digit otherwise: 无统一代码.
const DENYING: &str = "无不未暂缺空待略否没";

/// Chinese numerals: with one of them a text without digits may be a number all the same.
const NUMERALS: &str = "〇零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾";

/// Words for "none" in letters; those of four letters and fewer are never a number anyway.
const WORDS: &[&str] = &[
    "NOTAVAILABLE",
    "NOTAPPLICABLE",
    "NOTPROVIDED",
    "NOTKNOWN",
    "UNKNOWN",
    "UNDEFINED",
    "UNSPECIFIED",
    "MISSING",
    "EMPTY",
    "BLANK",
    "PENDING",
    "WITHHELD",
    "REDACTED",
    "MASKED",
    "HIDDEN",
    "ANONYMOUS",
    "CONFIDENTIAL",
    "SECRET",
    "PLACEHOLDER",
    "EXAMPLE",
    "SAMPLE",
    "NOTHING",
    "DBNULL",
    "FALSE",
    "OTHER",
    "OTHERS",
    "VALUE",
    "ERROR",
    "QWERTY",
    "ASDFGH",
    "BUXIANG",
    "WEIZHI",
    "ZANWU",
    "MEIYOU",
];

/// Words that stay words with a digit or two behind them: NULL0, TEST1.
const WORDS_WITH_DIGITS: &[&str] =
    &["NULL", "NONE", "NIL", "NAN", "UNKNOWN", "UNDEFINED", "TEST", "TBD", "TODO", "无"];

/// NULL001 is still a word.
const MOST_DIGITS_OF_A_WORD: usize = 3;

/// Whether a text in normal form identifies nobody, whatever kind of number it was given as.
///
/// ```
/// # use creditgate_credit::identifier::{Filler, filler, normalise};
/// assert_eq!(filler(&normalise("n/a")), Some(Filler::Placeholder));
/// assert_eq!(filler(&normalise("3799 **** 0012")), Some(Filler::Masked));
/// assert_eq!(filler(&normalise("E12345678")), None);
/// ```
#[must_use]
pub fn filler(normal: &str) -> Option<Filler> {
    let bare: Cow<'_, str> = match normal.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Cow::Borrowed(normal),
        false => normal.chars().filter(|character| character.is_alphanumeric()).collect(),
    };
    if is_masked(normal) {
        Some(if bare.is_empty() { Filler::Placeholder } else { Filler::Masked })
    } else {
        (says_none(&bare) || is_made_up(&bare) || is_filled_up(&bare)).then_some(Filler::Placeholder)
    }
}

/// So many letters X in a row may be part of a code.
const MOST_LETTERS_X: usize = 3;

/// Whether a part is hidden behind signs: stars, crosses, dots, boxes, or a row of X between digits.
fn is_masked(normal: &str) -> bool {
    let mut before = '\0';
    let mut crosses = 0;
    let mut digit_before_crosses = false;
    // In a code of these lengths letters X may stand side by side.
    let is_code =
        matches!(normal.len(), 9 | 18 | 20) && normal.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let most_crosses = if is_code { MOST_LETTERS_X } else { 1 };
    for character in normal.chars() {
        let repeated = character == before && !character.is_alphanumeric();
        if repeated || is_mask(character) {
            return true;
        }
        if character == 'X' {
            digit_before_crosses |= crosses == 0 && before.is_ascii_digit();
            crosses += 1;
        } else {
            if crosses > most_crosses && digit_before_crosses && character.is_ascii_digit() {
                return true;
            }
            crosses = 0;
            digit_before_crosses = false;
        }
        before = character;
    }
    crosses > MOST_LETTERS_X
}

/// Signs people and systems write over what they hide, by their category, and some punctuation.
fn is_mask(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, '*' | '?' | '~' | '^' | '=' | '$' | '%' | '!' | '|' | '<' | '>' | '`');
    }
    matches!(character, '•' | '※' | '⁎' | '⁕' | '†' | '‡')
        || matches!(
            category(character),
            GeneralCategory::OtherSymbol | GeneralCategory::MathSymbol | GeneralCategory::Unassigned
        )
}

/// Whether the letters and digits of a text say in words that there is nothing.
fn says_none(bare: &str) -> bool {
    let digits = bare.chars().filter(|character| character.is_numeric()).count();
    if !bare.is_ascii() && TELLING.iter().any(|word| bare.contains(word)) {
        return true;
    }
    if digits > MOST_DIGITS_OF_A_WORD {
        return false;
    }
    let letters: String = bare.chars().filter(|character| !character.is_numeric()).collect();
    if digits > 0 {
        return WORDS_WITH_DIGITS.contains(&letters.as_str());
    }
    if letters.is_ascii() {
        return letters.len() <= 4 || WORDS.contains(&letters.as_str());
    }
    // No number is written in letters of another script alone.
    !letters.chars().any(|letter| NUMERALS.contains(letter))
        || letters.chars().any(|letter| DENYING.contains(letter))
}

/// Whether the digits are made up: one character again and again, a sequence, a pattern repeated.
pub(super) fn is_made_up(bare: &str) -> bool {
    let Some(first) = bare.chars().next() else { return true };
    if bare.chars().all(|character| character == first) {
        return true;
    }
    // Of a number with a check character X, what stands before it.
    let body = Some(bare.trim_end_matches('X')).filter(|body| body.len() >= LONG).unwrap_or(bare);
    let letters = body.bytes().take_while(u8::is_ascii_alphabetic).count();
    let Some(digits) = body.get(letters..) else { return false };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_alphabet(body);
    }
    let same =
        digits.len() >= MOST_OF_A_CODE && digits.bytes().all(|byte| digits.as_bytes().first() == Some(&byte));
    same || letters == 0 && (is_sequence(digits) || is_repeated(digits))
        || digits.is_empty() && is_alphabet(body)
}

/// In the code of an organisation, six digits after two letters may be the same.
const MOST_OF_A_CODE: usize = 7;
/// Digits that look made up at this length.
const SHORT: usize = 5;
const LONG: usize = 8;

/// 12345…, 98765…, with 0 after 9 and 9 after 0.
fn is_sequence(digits: &str) -> bool {
    let pairs = || digits.bytes().zip(digits.bytes().skip(1));
    let step = |by: u8| pairs().all(|(one, next)| (one - b'0' + by) % 10 == next - b'0');
    digits.len() >= SHORT && (step(1) || step(9))
}

/// 370000000000000000, 91000000000000000X: a beginning filled up with zeros.
fn is_filled_up(bare: &str) -> bool {
    let number = bare.trim_end_matches('X');
    number.len() - number.trim_end_matches('0').len() >= LONG
}

/// ABCDEF…
fn is_alphabet(letters: &str) -> bool {
    let mut pairs = letters.bytes().zip(letters.bytes().skip(1));
    letters.len() >= SHORT && pairs.all(|(one, next)| one.is_ascii_alphabetic() && one + 1 == next)
}

/// 121212, 123123123, 1234512345: two digits or a sequence at least twice, anything three times.
fn is_repeated(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    (2..=bytes.len() / 2).any(|period| {
        let repeats = bytes.iter().zip(bytes.iter().skip(period)).all(|(one, next)| one == next);
        let times = bytes.len() / period;
        let sequence = digits.get(..period).is_some_and(|unit| {
            let mut pairs = unit.bytes().zip(unit.bytes().skip(1));
            pairs.all(|(one, next)| one + 1 == next)
        });
        repeats && bytes.len() > SHORT && (times >= 3 || sequence)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identifier::normalise;

    fn filler_of(text: &str) -> Option<Filler> {
        filler(&normalise(text))
    }

    #[test]
    fn what_stands_for_no_number_is_a_placeholder() {
        let placeholders = [
            "无",
            "无 ",
            "（无）",
            "无。",
            "没有",
            "暂无",
            "暂缺",
            "不详",
            "不 详",
            "不详。",
            "不明",
            "未知",
            "未提供",
            "未填写",
            "未登记",
            "空",
            "空白",
            "缺",
            "待补",
            "待补充",
            "待定",
            "略",
            "其他",
            "同上",
            "保密",
            "匿名",
            "查无此人",
            "无统一社会信用代码",
            "身份证号不详",
            "无证件",
            "无身份证",
            "证件号待补",
            "护照号未知",
            "护照",
            "N/A",
            "n/a",
            "NA",
            "#N/A",
            "n.a.",
            "N．A．",
            "null",
            "NULL",
            "(null)",
            "[null]",
            "<null>",
            "none",
            "None",
            "nil",
            "NaN",
            "undefined",
            "unknown",
            "UNKNOWN",
            "not available",
            "N O N E",
            "tbd",
            "test",
            "ｎｕｌｌ",
            "Ｎ／Ａ",
            "/",
            "//",
            "\\",
            ".",
            "…",
            "、",
            "0",
            "1",
            "00",
            "000",
            "0000000000",
            "000000000000000000",
            "111111111111111111",
            "９９９９",
            "00000000-0",
            "1234567",
            "12345",
            "123456789",
            "1234567890",
            "12345678901234567X",
            "0123456789",
            "987654321",
            "370000000000000000",
            "91000000000000000X",
            "9137000000000000XX",
            "121212",
            "123123123",
            "123456123456",
            "A",
            "X",
            "xxx",
            "XXXXXXXXX",
            "E00000000",
            "G11111111",
            "null0",
            "test1",
            "test 001",
            "无1",
            "なし",
            "нет",
            "ABCDEFGH",
            "某某",
            "张某身份证",
            "〇〇〇〇",
        ];
        for text in placeholders {
            let found = filler_of(text);
            assert!(matches!(found, Some(Filler::Placeholder | Filler::Masked)), "{text:?}");
        }
    }

    #[test]
    fn a_number_of_which_a_part_is_hidden_is_masked() {
        let masked = [
            "3799****0012",
            "379901********0046",
            "3799011990＊＊＊＊0046",
            "91379901****0001X",
            "9137********046K",
            "3799××××0012",
            "3799✕✕0012",
            "3799xxxx0012",
            "3799ＸＸＸＸ0012",
            "37990119900101XXXX",
            "3799••••0012",
            "3799●●●●0012",
            "3799○○○○0012",
            "3799■■■■0012",
            "3799□□□□0012",
            "3799████0012",
            "3799????0012",
            "3799？？？？0012",
            "3799____0012",
            "3799####0012",
            "3799....0012",
            "3799……0012",
            "3799·····0012",
            "E1*****78",
            "E1234****",
            "*0012",
            "3799\u{FFFD}0012",
            "379901 **** **** 0046",
        ];
        for text in masked {
            assert_eq!(filler_of(text), Some(Filler::Masked), "{text:?}");
        }
    }

    #[test]
    fn a_row_of_x_in_a_code_whose_check_fits_is_part_of_the_code() {
        use crate::identifier::{Identifier, IdentifierKind, Strictness};
        let cases = [
            (IdentifierKind::Uscc, "91370100MA3XXXX7X2", true),
            (IdentifierKind::Uscc, "91370100MAXXXXX15J", true),
            (IdentifierKind::OrganisationCode, "MA3XXXX7-X", true),
            (IdentifierKind::Uscc, "91370100MA3XXXX7X3", false),
            (IdentifierKind::Uscc, "913701002XXXXXX72Y", false),
            (IdentifierKind::OrganisationCode, "MA3XXXX7-1", false),
            (IdentifierKind::Other, "91370100MA3XXXX7X2", false),
        ];
        for (kind, text, is_number) in cases {
            let parsed = Identifier::parse(kind, text, Strictness::Format);
            let filler = parsed.map_or(Some(Filler::Masked), |parsed| parsed.identifier.filler());
            assert_eq!(filler, (!is_number).then_some(Filler::Masked), "{kind:?} {text}");
        }
    }

    #[test]
    fn a_number_that_only_looks_like_one_of_them_is_a_number() {
        let numbers = [
            "E12345678",
            "NB-000123",
            "C/2024/001",
            "京朝食字(2019)第001号",
            "A123456(7)",
            "CAN110085010123",
            "无锡食证字2019001号",
            "CFGHJKLMN",
            "110105000000012",
            "91110105MA000004XW",
            "000000019",
            "MA0000015",
            "300300A0B1C2D3E4F545",
            "3301002000001",
            "护照一二三四五六",
            "A1",
            "AB12",
            "NO12345",
            "NA12345",
            "X1234567",
            "91110105MAXX0004X1",
            "MA1111112",
            "12346",
            "1234589",
            "100001",
            "2019-0101",
        ];
        for text in numbers {
            assert_eq!(filler_of(text), None, "{text:?}");
        }
    }

    proptest! {
        /// Neither case nor width, blanks, brackets or marks make a number of a filler.
        #[test]
        fn a_filler_stays_one_however_it_is_dressed(
            word in prop::sample::select(vec!["无", "不详", "N/A", "null", "none", "暂无", "待补", "0", "000000", "3799****0012", "XXXX", "12345678"]),
            wide in any::<bool>(),
            upper in any::<bool>(),
            around in prop::sample::select(vec![("", ""), (" ", "\u{3000}"), ("（", "）"), ("[", "]"), ("\u{200B}", "\u{FEFF}"), ("\u{202D}", "\u{202C}"), ("", "。"), ("-", "-")]),
        ) {
            let text = if upper { word.to_uppercase() } else { word.to_owned() };
            let widened = |c: char| if ('!'..='~').contains(&c) { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c };
            let text: String = if wide { text.chars().map(widened).collect() } else { text };
            let dressed = format!("{}{text}{}", around.0, around.1);
            prop_assert!(filler_of(&dressed).is_some(), "{dressed:?}");
        }

        #[test]
        fn a_star_anywhere_hides_a_number(number in "[0-9A-Z]{4,18}", at in 0_usize..18, star in "[*＊×•●？]{1,4}") {
            let (before, after) = number.split_at(at.min(number.len()));
            let text = format!("{before}{star}{after}");
            prop_assert!(filler_of(&text).is_some(), "{text}");
        }

        #[test]
        fn no_text_makes_looking_for_a_filler_panic(text in any::<String>()) {
            let _ = filler(&text);
            let _ = filler_of(&text);
        }
    }
}
