//! Texts that come from a plug-in and are shown to people: what is read is what
//! is there.
//!
//! A character that is not seen, or that changes how others are seen, is written
//! out as an escape. Nothing is left out in silence: that somebody wrote it is
//! worth knowing. Letters that look like other letters stay: no rule tells a
//! trick from a name, and no decision rests on how a text looks.

use std::borrow::Cow;

/// Longest excerpt, in characters.
const LONGEST_EXCERPT: usize = 200;

/// Whether a character is not seen, or turns round or hides others: control
/// characters, direction marks, characters of no width, fillers, tags.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    // Nearly every character is one of these: ASCII, Chinese and its punctuation.
    if matches!(character, ' '..='~' | '\u{3001}'..='\u{301f}' | '\u{3400}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}')
    {
        return false;
    }
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}')
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
        || matches!(character, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text of several lines as it may be shown. One in which nothing at all can
/// be seen is empty, so that it counts as no text.
#[must_use]
pub fn readable(text: &str) -> Cow<'_, str> {
    let hidden = |character: char| is_hidden(character) && !matches!(character, '\n' | '\t');
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    if text.chars().all(|character| is_hidden(character) || character.is_whitespace()) {
        return Cow::Borrowed("");
    }
    Cow::Owned(escaped(text, hidden))
}

/// A text as it may stand within a line.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) { Cow::Owned(escaped(text, is_hidden)) } else { Cow::Borrowed(text) }
}

/// The beginning of a text within a line: enough to know it by.
#[must_use]
pub fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_EXCERPT) {
        Some((end, _)) => Cow::Owned(one_line(&text[..end]).into_owned() + "…"),
        None => one_line(text),
    }
}

fn escaped(text: &str, hidden: impl Fn(char) -> bool) -> String {
    text.chars().fold(String::with_capacity(text.len() + 8), |mut line, character| {
        if hidden(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_is_there() {
        let cases = [
            ("审批通过", "审批通过", "审批通过"),
            ("", "", ""),
            ("a\nb\tc", "a\nb\tc", r"a\nb\tc"),
            ("a\r\u{1b}[31m\0", r"a\r\u{1b}[31m\u{0}", r"a\r\u{1b}[31m\u{0}"),
            ("a\u{202e}b\u{2066}\u{200f}", r"a\u{202e}b\u{2066}\u{200f}", r"a\u{202e}b\u{2066}\u{200f}"),
            ("a\u{200b}\u{feff}\u{e0041}", r"a\u{200b}\u{feff}\u{e0041}", r"a\u{200b}\u{feff}\u{e0041}"),
            ("\u{200b} \u{3164}", "", r"\u{200b} \u{3164}"),
            // A variant of a character in a name, and joiners that scripts need.
            ("葛\u{e0100} \u{200d}", "葛\u{e0100} \u{200d}", "葛\u{e0100} \u{200d}"),
        ];
        for (text, shown, line) in cases {
            assert_eq!(readable(text), shown, "{text:?}");
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }

    #[test]
    fn an_excerpt_is_short_and_cut_between_characters() {
        assert_eq!(excerpt("a\nb"), r"a\nb");
        assert_eq!(excerpt(&"信".repeat(200)), "信".repeat(200));
        assert_eq!(excerpt(&"信".repeat(201)), "信".repeat(200) + "…");
    }
}
