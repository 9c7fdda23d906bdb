//! The form of the document's schemas, for strict readers: what is generated refers
//! to schemas of single words, says of a described string that it is an object too,
//! and describes a value in the branch that it is one.

use serde_json::{Map, Value, json};

/// How a schema of the document is referred to: this, and its name.
const REFERENCE: &str = "#/components/schemas/";

/// Sets every schema of a document right.
pub(super) fn set_right(document: &mut Value) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        let (words, others) = std::mem::take(schemas).into_iter().partition(|(_, it)| it["type"] == "string");
        *schemas = others;
        in_place(document, &words);
    }
    set_parts_right(document);
}

/// A word, such as an instant or a code, is described where it stands, and not by a
/// reference: a reader sees its form at once.
fn in_place(part: &mut Value, words: &Map<String, Value>) {
    match part {
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| in_place(field, words));
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(REFERENCE));
            if let Some(Value::Object(word)) = name.and_then(|name| words.get(name)) {
                fields.remove("$ref");
                word.iter().for_each(|(key, it)| _ = fields.entry(key).or_insert_with(|| it.clone()));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| in_place(item, words)),
        _ => {}
    }
}

fn set_parts_right(part: &mut Value) {
    match part {
        Value::Object(fields) => {
            fields.values_mut().for_each(set_parts_right);
            without_remark(fields);
            described_outside(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(set_parts_right),
        _ => {}
    }
}

/// `allOf` a schema and a remark on it is the schema with the remark.
fn without_remark(schema: &mut Map<String, Value>) {
    let Some(Value::Array(parts)) = schema.get("allOf") else { return };
    let [Value::Object(said), Value::Object(remark)] = parts.as_slice() else { return };
    let is_remark = remark.keys().all(|key| matches!(key.as_str(), "description" | "type" | "default"))
        && remark.get("type") == Some(&json!("object"));
    if !is_remark {
        return;
    }
    let mut whole = said.clone();
    whole.extend(remark.iter().filter(|(key, _)| *key != "type").map(|(key, it)| (key.clone(), it.clone())));
    schema.remove("allOf");
    schema.extend(whole);
}

/// Of a value that may be null, the description is of both.
fn described_outside(schema: &mut Map<String, Value>) {
    let Some(Value::Array(branches)) = schema.get_mut("oneOf") else { return };
    let [Value::Object(value), null] = branches.as_mut_slice() else { return };
    if *null != json!({"type": "null"}) {
        return;
    }
    if let Some(description) = value.remove("description") {
        schema.entry("description").or_insert(description);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_described_string_is_a_string_and_a_described_reference_a_reference() {
        let cases = [
            (
                json!({"allOf": [{"type": "string", "format": "date"}, {"description": "Day.", "type": "object"}]}),
                json!({"type": "string", "format": "date", "description": "Day."}),
            ),
            (
                json!({"properties": {"a": {"allOf": [{"$ref": "#/A"}, {"description": "A.", "type": "object"}]}}}),
                json!({"properties": {"a": {"$ref": "#/A", "description": "A."}}}),
            ),
            (
                json!({"oneOf": [{"$ref": "#/A", "description": "A."}, {"type": "null"}]}),
                json!({"oneOf": [{"$ref": "#/A"}, {"type": "null"}], "description": "A."}),
            ),
            (
                json!({"allOf": [{"$ref": "#/A"}, {"type": "object", "properties": {"b": {}}}]}),
                json!({"allOf": [{"$ref": "#/A"}, {"type": "object", "properties": {"b": {}}}]}),
            ),
        ];
        for (mut generated, right) in cases {
            set_parts_right(&mut generated);
            assert_eq!(generated, right);
        }
    }

    #[test]
    fn a_word_is_described_where_it_stands() {
        let mut document = json!({
            "components": {"schemas": {
                "Word": {"type": "string", "enum": ["a", "b"], "description": "A word."},
                "Whole": {"type": "object", "properties": {
                    "word": {"$ref": "#/components/schemas/Word", "description": "This word."},
                    "more": {"$ref": "#/components/schemas/Whole"},
                }},
            }},
        });
        set_right(&mut document);
        let schemas = &document["components"]["schemas"];
        assert!(schemas.get("Word").is_none());
        let [word, more] = ["word", "more"].map(|name| &schemas["Whole"]["properties"][name]);
        assert_eq!(*word, json!({"type": "string", "enum": ["a", "b"], "description": "This word."}));
        assert_eq!(*more, json!({"$ref": "#/components/schemas/Whole"}));
    }
}
