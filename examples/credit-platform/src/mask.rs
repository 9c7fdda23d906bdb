//! Hides numbers of natural persons before a message is shown.

use serde_json::Value;

/// Numbers that are public by law.
const PUBLIC: [&str; 4] = ["uscc", "organisation_code", "registration_number", "lei"];

/// Masks, anywhere in a message, the `value` of every identifier whose `kind`
/// is not a public number of an organisation.
pub(crate) fn mask(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(fields) => {
            let public =
                fields.get("kind").and_then(Value::as_str).is_some_and(|kind| PUBLIC.contains(&kind));
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::String(text) if name == "value" && !public => *text = masked(text),
                    Value::String(text) if is_of_a_person(text) => *text = masked(text),
                    field => mask(field),
                }
            }
        }
        _ => {}
    }
}

/// Whether a text has the form of a citizen ID number.
fn is_of_a_person(text: &str) -> bool {
    text.len() == 18
        && text.bytes().take(17).all(|byte| byte.is_ascii_digit())
        && ["19", "20"].iter().any(|century| text.get(6..8) == Some(century))
}

/// The first three and the last two characters, if there is enough between.
fn masked(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let (head, tail) = if characters.len() >= 15 { (3, 2) } else { (0, 0) };
    let hidden = characters.len() - head - tail;
    let mut shown: String = characters.iter().take(head).collect();
    shown.extend(std::iter::repeat_n('*', hidden));
    shown.extend(characters.iter().skip(head + hidden));
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_numbers_of_organisations_are_shown() {
        let mut message = json!({
            "subject": { "kind": "natural_person", "name": "张某", "identifiers": [
                { "kind": "citizen_id", "value": "11010119900118017X" },
                { "kind": "other", "value": "H1234567" },
                { "kind": "uscc", "value": "91110000600037341L" },
            ]},
            "measure": { "code": "M-1" },
        });
        mask(&mut message);
        let identifiers = &message["subject"]["identifiers"];
        assert_eq!(identifiers[0]["value"], "110*************7X");
        assert_eq!(identifiers[1]["value"], "********");
        assert_eq!(identifiers[2]["value"], "91110000600037341L");
        assert_eq!(message["measure"]["code"], "M-1");
    }
}
