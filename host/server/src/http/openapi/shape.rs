//! The form of the document's schemas, for strict readers: what is generated says
//! of a described string that it is an object too, and describes a value in the
//! branch that it is one.

use serde_json::{Map, Value, json};

/// Sets every schema of a document right.
pub(super) fn set_right(part: &mut Value) {
    match part {
        Value::Object(fields) => {
            fields.values_mut().for_each(set_right);
            without_remark(fields);
            described_outside(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(set_right),
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
            set_right(&mut generated);
            assert_eq!(generated, right);
        }
    }
}
