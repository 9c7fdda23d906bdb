//! Case numbers: one form, however they were typed. What reads one from a body or a row
//! brings it to that form ([`given`], [`optional`]).

use std::borrow::Cow;

use icu_properties::props::GeneralCategory;
use serde::{Deserialize, Deserializer};

use crate::text::{category, folded, is_blank, is_dash, is_invisible};

/// The number in its one form: without what shows nothing, blanks around it gone and those inside it one space,
/// compatibility forms folded (full-width letters, digits and brackets), every dash a hyphen, every bracket a
/// round one. Letters keep their case. Applying it twice changes nothing.
///
/// ```
/// # use creditgate_credit::case_number::one_form;
/// assert_eq!(one_form(" 示许〔２０２６〕第７号\u{200B}"), "示许(2026)第7号");
/// ```
#[must_use]
pub fn one_form(text: &str) -> Cow<'_, str> {
    // As almost every number is.
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !b"[]{}".contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let folded = folded(text, |character| match character {
        _ if is_invisible(character) => None,
        _ if is_blank(character) => Some(' '),
        _ if is_dash(character) => Some('-'),
        _ => Some(match category(character) {
            GeneralCategory::OpenPunctuation => '(',
            GeneralCategory::ClosePunctuation => ')',
            _ => character,
        }),
    });
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// Reads a case number that must be given, in its one form.
///
/// # Errors
/// That there is no text.
pub fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(in_one_form)
}

/// Reads a case number that may be given, in its one form.
///
/// # Errors
/// That there is something else than a text.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|number| number.map(in_one_form))
}

fn in_one_form(number: String) -> String {
    match one_form(&number) {
        Cow::Borrowed(_) => number,
        Cow::Owned(one) => one,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::one_form;

    #[test]
    fn every_way_of_typing_a_case_number_has_one_form() {
        for (forms, one) in [
            (
                &[
                    "示许(2026)第7号",
                    "示许〔2026〕第7号",
                    "示许[2026]第7号",
                    "示许【2026】第7号",
                    "示许（２０２６）第７号",
                    "示许［2026］第7号",
                    "\u{FEFF} 示许\u{200B}〔2026〕第7号\u{3000}",
                    "\u{202D}示许(2026)第7号\u{202C}\r\n",
                ][..],
                "示许(2026)第7号",
            ),
            (
                &["2026-000123", "２０２６－０００１２３", "2026—000123", "2026–000123", "2026−000123\t"],
                "2026-000123",
            ),
            (&["A 1", " A \u{A0} 1 ", "Ａ\u{3000}１"], "A 1"),
            (&["a-1"], "a-1"),
            (&["", " ", "\u{200B}\u{3164}"], ""),
        ] {
            for form in forms {
                assert_eq!(one_form(form), one, "{form:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_one_form_is_its_own(text in any::<String>()) {
            let once = one_form(&text).into_owned();
            prop_assert_eq!(one_form(&once), once.as_str());
        }
    }
}
