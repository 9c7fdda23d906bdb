//! What of a text people see: characters that show nothing are left out, and forms that look alike are one.
//!
//! Which character shows nothing follows from its properties in the Unicode database (general category,
//! `Default_Ignorable_Code_Point`, `Dash`, `White_Space`), not from a list: numbers are copied from web pages,
//! chats and documents, and each brings marks of its own.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{Dash, DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Braille without a dot: by its properties a symbol, to the eye a space.
const BRAILLE_BLANK: char = '\u{2800}';

/// Whether a character shows nothing and takes no room: controls, format and direction marks, fillers,
/// variation selectors. Spaces of every width are not among them.
pub(crate) fn is_invisible(character: char) -> bool {
    match character {
        '\u{B}' => return false,
        _ if character.is_ascii() => return character.is_ascii_control() && !character.is_ascii_whitespace(),
        // Ideographs: what almost every name is made of.
        '\u{4E00}'..='\u{9FFF}' => return false,
        _ => {}
    }
    matches!(category(character), GeneralCategory::Control | GeneralCategory::Format)
        && !character.is_whitespace()
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Whether a character shows nothing but takes room.
pub(crate) fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == BRAILLE_BLANK
}

/// Whether a character is a hyphen, a dash or a minus sign.
pub(crate) fn is_dash(character: char) -> bool {
    match character {
        '-' => true,
        _ if character.is_ascii() => false,
        _ => CodePointSetData::new::<Dash>().contains(character),
    }
}

/// The general category of a character.
pub(crate) fn category(character: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(character)
}

/// The text without what shows nothing, and without blanks around it. What is left is as it was written.
///
/// ```
/// # use creditgate_credit::text::visible;
/// assert_eq!(visible(" \u{202D}钱示隐\u{202C}"), "钱示隐");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if has_invisible(text) {
        let left: String = text.chars().filter(|character| !is_invisible(*character)).collect();
        Cow::Owned(left.trim_matches(is_blank).to_owned())
    } else {
        Cow::Borrowed(text.trim_matches(is_blank))
    }
}

/// Whether the text holds characters that show nothing and take no room.
#[must_use]
pub fn has_invisible(text: &str) -> bool {
    text.chars().any(is_invisible)
}

/// The text with compatibility forms folded (NFKC: full-width forms, ligatures, circled and Roman numerals,
/// compatibility ideographs), each character passed through `map`, which may leave it out, until nothing
/// changes any more: to leave one out may bring others together that compose.
pub(crate) fn folded(text: &str, map: impl Fn(char) -> Option<char>) -> String {
    let once = |text: &str| -> String {
        ComposingNormalizerBorrowed::new_nfkc().normalize(text).chars().filter_map(&map).collect()
    };
    // What is left out first must not keep apart what belongs together.
    let mut text: String = text.chars().filter_map(&map).collect();
    loop {
        let next = once(&text);
        if next == text {
            return next;
        }
        text = next;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whatever_shows_nothing_is_left_out_by_its_properties() {
        let invisible = [
            "\u{0}",
            "\u{7}",
            "\u{7F}",
            "\u{80}",
            "\u{AD}",
            "\u{34F}",
            "\u{600}",
            "\u{61C}",
            "\u{70F}",
            "\u{115F}",
            "\u{1160}",
            "\u{17B4}",
            "\u{180E}",
            "\u{200B}",
            "\u{200C}",
            "\u{200D}",
            "\u{200E}",
            "\u{200F}",
            "\u{202A}",
            "\u{202B}",
            "\u{202C}",
            "\u{202D}",
            "\u{202E}",
            "\u{2060}",
            "\u{2061}",
            "\u{2064}",
            "\u{2066}",
            "\u{2067}",
            "\u{2068}",
            "\u{2069}",
            "\u{206A}",
            "\u{3164}",
            "\u{FE00}",
            "\u{FE0F}",
            "\u{FEFF}",
            "\u{FFA0}",
            "\u{FFF9}",
            "\u{FFFB}",
            "\u{E0001}",
            "\u{E0041}",
            "\u{E0100}",
        ];
        for mark in invisible {
            assert_eq!(visible(&format!("甲{mark}乙{mark}")), "甲乙", "{mark:?}");
        }
        let blank = [
            "\t", "\n", "\u{B}", " ", "\u{85}", "\u{A0}", "\u{2003}", "\u{2028}", "\u{202F}", "\u{3000}",
            "\u{2800}",
        ];
        for space in blank {
            assert_eq!(visible(&format!("{space}甲{space}乙{space}")), format!("甲{space}乙"), "{space:?}");
            assert!(!has_invisible(space), "{space:?}");
        }
    }

    #[test]
    fn what_is_seen_stays_as_it_was_written() {
        for text in
            ["示例（山东）贸易有限公司", "买买提·吐尔逊", "Ｌｉ　Ｓｈｉ", "㈱示例", "䶮\u{20000}", "é"]
        {
            assert_eq!(visible(text), text);
        }
    }

    proptest! {
        #[test]
        fn to_look_twice_shows_the_same(text in any::<String>()) {
            let once = visible(&text).into_owned();
            prop_assert!(!has_invisible(&once));
            prop_assert_eq!(visible(&once), once.as_str());
        }
    }
}
