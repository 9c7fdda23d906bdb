//! The normal form of an identifier's text.

use crate::text::{folded, is_blank, is_dash, is_invisible};

/// Compatibility forms folded (NFKC: half-width, `Ⅹ` as `X`), ASCII letters in upper case, without blanks,
/// hyphens and what shows nothing.
///
/// People copy identifiers from documents and web pages: `91110000-600037341-L`, `９１１１…`, trailing tabs,
/// zero-width spaces, marks of direction. Letters outside ASCII stay as they are. Applying it twice changes
/// nothing.
#[must_use]
pub fn normalise(text: &str) -> String {
    let map = |character: char| {
        let left_out = is_blank(character) || is_invisible(character) || is_dash(character);
        (!left_out).then_some(character.to_ascii_uppercase())
    };
    // Nothing to fold, for almost every number.
    if text.is_ascii() { text.chars().filter_map(map).collect() } else { folded(text, map) }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn every_way_of_writing_a_code_has_one_normal_form() {
        let cases = [
            ("91110000600037341l", "91110000600037341L"),
            (" 91110000 600037341 L\t\r\n", "91110000600037341L"),
            ("10162374-1", "101623741"),
            ("１０１６２３７４－１", "101623741"),
            ("10162374—1", "101623741"),
            ("10162374﹣1", "101623741"),
            ("９１１１００００６０００３７３４１ｌ", "91110000600037341L"),
            ("1101\u{3000}0119\u{200B}9001\u{A0}0100\u{FEFF}15", "110101199001010015"),
            ("\u{202D}110101199001010015\u{202C}", "110101199001010015"),
            ("\u{2067}1101\u{AD}0119\u{3164}9001\u{FE0F}0100\u{E0020}15\u{0}", "110101199001010015"),
            ("11010119900118017Ⅹ", "11010119900118017X"),
            ("①②③", "123"),
            ("京a-1", "京A1"),
            (" - －\u{3000}", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(normalise(text), expected, "{text:?}");
        }
    }
}
