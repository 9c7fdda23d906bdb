//! The normal form of an identifier's text.

/// Half-width, ASCII letters in upper case, without spaces and hyphens.
///
/// People copy identifiers from documents and web pages: `91110000-600037341-L`, `９１１１…`, trailing tabs,
/// zero-width spaces. Letters outside ASCII stay as they are. Applying it twice changes nothing.
#[must_use]
pub fn normalise(text: &str) -> String {
    text.chars()
        .map(half_width)
        .filter(|character| !is_separator(*character))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The full-width forms U+FF01–U+FF5E mirror ASCII at a fixed distance.
fn half_width(character: char) -> char {
    const DISTANCE: u32 = 0xFF01 - 0x21;
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - DISTANCE).unwrap_or(character),
        _ => character,
    }
}

fn is_separator(character: char) -> bool {
    // U+2010–U+2015 are the hyphens and dashes of typography, U+2212 the minus sign; U+200B and U+FEFF are
    // spaces without width, which `is_whitespace` does not count.
    character.is_whitespace()
        || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200B}' | '\u{FEFF}')
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
            ("９１１１００００６０００３７３４１ｌ", "91110000600037341L"),
            ("1101\u{3000}0119\u{200B}9001\u{A0}0100\u{FEFF}15", "110101199001010015"),
            ("京a-1", "京A1"),
            (" - －\u{3000}", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(normalise(text), expected, "{text:?}");
        }
    }
}
