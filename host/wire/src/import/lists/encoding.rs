//! The text of a chunk, whatever encoding it is in; and if it is in none, on which
//! line.

use std::borrow::Cow;

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::vocabulary;
use encoding_rs::GBK;

use super::split::{Chunk, line_ends};
use crate::charset;

vocabulary! {
    /// In which characters a file is written.
    pub enum Encoding {
        /// UTF-8, with or without a byte order mark.
        Utf8 = "utf-8",
        /// GBK, and GB 18030 of which it is a part.
        Gbk = "gbk",
    }
}

impl Encoding {
    /// The text of a chunk, up to the row that is in another encoding, if there
    /// is one.
    pub(super) fn text(self, chunk: &Chunk) -> (Cow<'_, str>, Option<Foreign>) {
        match self {
            Self::Utf8 => utf8(chunk),
            Self::Gbk => gbk(chunk),
        }
    }
}

/// A line that is not in the encoding of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) line: u64,
    expected: Encoding,
    /// It is text in the other encoding.
    other: bool,
    /// What it seems to be, where it is neither.
    seems: Option<&'static str>,
}

impl Foreign {
    /// What to say of it, where the lines before it held more than ASCII or not.
    pub(super) fn problem(self, mixed: bool) -> FieldProblem {
        let (name, code, remedy) = match self.expected {
            Encoding::Utf8 => ("UTF-8", "file.not_utf8", "if it is GBK, say so with --encoding gbk"),
            Encoding::Gbk => ("GBK", "file.not_gbk", "if it is UTF-8, leave --encoding away"),
        };
        if mixed && self.other {
            let message = format!(
                "this line is not {name} as the lines before it are; write the whole file in one encoding"
            );
            return FieldProblem::new("", "file.mixed_encodings", message);
        }
        match self.seems {
            Some(seeming) if !self.other => {
                let message =
                    format!("the file is not {name} text and seems to be {seeming}; save it as UTF-8");
                FieldProblem::new("", code, message)
            }
            _ => FieldProblem::new(
                "",
                code,
                format!("the file is not {name} text from this line on; {remedy}"),
            ),
        }
    }
}

fn utf8(chunk: &Chunk) -> (Cow<'_, str>, Option<Foreign>) {
    let error = match std::str::from_utf8(&chunk.bytes) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error,
    };
    let (good, bad) = chunk.bytes.split_at(error.valid_up_to());
    let start = memchr::memrchr(b'\n', good).map_or(0, |end| end + 1);
    let end = good.len() + memchr::memchr(b'\n', bad).unwrap_or(bad.len());
    let line = chunk.bytes.get(start..end).unwrap_or_default();
    let foreign = Foreign {
        line: chunk.line + line_ends(good),
        expected: Encoding::Utf8,
        seems: charset::seems(&chunk.bytes),
        other: GBK.decode_without_bom_handling_and_without_replacement(line).is_some(),
    };
    let before = chunk.bytes.get(..start).unwrap_or_default();
    // It was found to be valid.
    (Cow::Borrowed(std::str::from_utf8(before).unwrap_or_default()), Some(foreign))
}

fn gbk(chunk: &Chunk) -> (Cow<'_, str>, Option<Foreign>) {
    let mut start = 0;
    for (line, content) in (chunk.line..).zip(chunk.bytes.split_inclusive(|byte| *byte == b'\n')) {
        let decodes = || GBK.decode_without_bom_handling_and_without_replacement(content).is_some();
        if !content.is_ascii() && (is_surely_utf8(content) || !decodes()) {
            let before = chunk.bytes.get(..start).unwrap_or_default();
            let (text, _) = GBK.decode_without_bom_handling(before);
            let other = std::str::from_utf8(content).is_ok();
            let seems = charset::seems(content);
            return (text, Some(Foreign { line, expected: Encoding::Gbk, other, seems }));
        }
        start += content.len();
    }
    (GBK.decode_without_bom_handling(&chunk.bytes).0, None)
}

/// Much text in UTF-8 can be read as GBK too, as nonsense. A few characters of
/// GBK may look like UTF-8 by chance, a whole line of them does not.
fn is_surely_utf8(line: &[u8]) -> bool {
    const ENOUGH: usize = 3;
    std::str::from_utf8(line)
        .is_ok_and(|text| text.chars().filter(|character| character.len_utf8() == 3).count() >= ENOUGH)
}
