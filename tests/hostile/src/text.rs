//! What a text shown to people may not hold.

use serde_json::Value;

/// No text is longer than what a plug-in may hand over at once, in bytes.
const LONGEST: usize = 256 << 10;

/// The texts of an answer that are too long, or hold something that is not seen or
/// changes how the rest is seen.
pub(crate) fn tricks(answer: &Value) -> Vec<String> {
    match answer {
        Value::String(text) if text.len() > LONGEST => vec![format!("a text of {} bytes", text.len())],
        Value::String(text) if text.chars().any(is_trick) => vec![text.escape_debug().to_string()],
        Value::Array(values) => values.iter().flat_map(tricks).collect(),
        Value::Object(values) => values.values().flat_map(tricks).collect(),
        _ => Vec::new(),
    }
}

/// Control characters but the line feed, direction marks, zero widths, tags.
fn is_trick(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}
