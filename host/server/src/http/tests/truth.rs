//! What is sent is held against the description of the interface, whatever the test
//! is about.

use std::sync::LazyLock;

use creditgate_wire::time::{Day, Instant};

use super::*;

static DOCUMENT: LazyLock<Value> = LazyLock::new(crate::http::openapi);

/// An answer has a status, a media type and a body that are described.
pub(super) fn of_answer(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    let status = answer.status.as_str();
    let responses = format!("{operation}/responses");
    let described = [status, "default"].map(|status| format!("{responses}/{status}"));
    let described = described.iter().find(|place| DOCUMENT.pointer(place).is_some()).unwrap();
    assert!(
        described.ends_with(status) || !answer.status.is_success(),
        "{method} {path} is answered {status}, which is not described"
    );
    let media = answer.headers.get("content-type").map(|value| value.to_str().unwrap()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default();
    let contents = DOCUMENT.pointer(&format!("{described}/content"));
    assert!(
        contents.is_some_and(|contents| contents.get(media).is_some()),
        "{method} {path} is answered {status} with {media}, which is not described: {}",
        answer.text
    );
    if media.ends_with("json") {
        holds(&format!("{described}/content/{}/schema", escaped(media)), &answer.text, method, path);
    }
}

/// A request that was taken has a body that is described.
pub(super) fn of_request(method: &Method, path: &str, body: &str) {
    let Some(operation) = operation(method, path) else { return };
    let place = format!("{operation}/requestBody/content/application~1json/schema");
    if DOCUMENT.pointer(&place).is_some() {
        holds(&place, body, method, path);
    }
}

/// The place of the operation in the document; none for a path that is no call.
fn operation(method: &Method, path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &&String| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == segments.len()
            && wanted.iter().zip(&segments).all(|(wanted, given)| match wanted.split_once('}') {
                Some((_, rest)) => given.ends_with(rest) && given.len() > rest.len(),
                None => wanted == given,
            })
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    // One without parameters before one that could mean the same.
    let template = paths.keys().filter(fits).min_by_key(|template| template.matches('{').count())?;
    let method = if method == Method::HEAD { "get" } else { &method.as_str().to_lowercase() };
    let place = format!("/paths/{}/{method}", escaped(template));
    DOCUMENT.pointer(&place).map(|_| place)
}

fn holds(place: &str, text: &str, method: &Method, path: &str) {
    let value: Value =
        serde_json::from_str(text).unwrap_or_else(|_| panic!("{method} {path}: not JSON: {text}"));
    let schema = DOCUMENT.pointer(place).unwrap();
    if let Err(fault) = fits(schema, &value) {
        panic!("{method} {path} does not hold to {place}: {fault}\n{text}");
    }
}

/// Whether a value is as a schema says, of what is said in schemas here; a word this
/// does not know is a fault of the test.
fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    for (word, said) in schema.as_object().unwrap() {
        let fits = match word.as_str() {
            "$ref" => fits(DOCUMENT.pointer(&said.as_str().unwrap()[1..]).unwrap(), value),
            "type" => said_of(is_of_type(said, value), said, value),
            "enum" => said_of(said.as_array().unwrap().contains(value), said, value),
            "allOf" => said.as_array().unwrap().iter().try_for_each(|part| fits(part, value)),
            "oneOf" => {
                let branches: Vec<_> = said.as_array().unwrap().iter().map(|it| fits(it, value)).collect();
                let fitting = branches.iter().filter(|branch| branch.is_ok()).count();
                said_of(fitting == 1, &json!(format!("one branch, {fitting} fit: {branches:?}")), value)
            }
            "properties" => {
                said.as_object().unwrap().iter().try_for_each(|(name, of)| match value.get(name) {
                    Some(part) => fits(of, part).map_err(|fault| format!("{name}: {fault}")),
                    None => Ok(()),
                })
            }
            "required" => {
                let missing =
                    said.as_array().unwrap().iter().find(|name| value.get(name.as_str().unwrap()).is_none());
                missing.map_or(Ok(()), |name| Err(format!("{name} is missing")))
            }
            "additionalProperties" => others_fit(schema, said, value),
            "propertyNames" => Ok(()),
            "items" => value.as_array().into_iter().flatten().enumerate().try_for_each(|(index, part)| {
                fits(said, part).map_err(|fault| format!("[{index}]: {fault}"))
            }),
            "format" => said_of(is_of_form(said, value), said, value),
            "minimum" => said_of(value.as_f64().is_none_or(|it| it >= said.as_f64().unwrap()), said, value),
            "maximum" => said_of(value.as_f64().is_none_or(|it| it <= said.as_f64().unwrap()), said, value),
            "minLength" => said_of(length(value).is_none_or(|it| it >= said.as_u64().unwrap()), said, value),
            "maxLength" => said_of(length(value).is_none_or(|it| it <= said.as_u64().unwrap()), said, value),
            "minItems" => said_of(count(value).is_none_or(|it| it >= said.as_u64().unwrap()), said, value),
            "maxItems" => said_of(count(value).is_none_or(|it| it <= said.as_u64().unwrap()), said, value),
            "description" | "title" | "default" | "example" | "examples" | "pattern" | "deprecated" => Ok(()),
            other => panic!("a schema says `{other}`, which this test does not know"),
        };
        fits.map_err(|fault| format!("{fault} ({word})"))?;
    }
    Ok(())
}

fn said_of(fits: bool, said: &Value, value: &Value) -> Result<(), String> {
    if fits { Ok(()) } else { Err(format!("{value} is not {said}")) }
}

fn is_of_type(said: &Value, value: &Value) -> bool {
    match said.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(other) => panic!("no type: {other}"),
        None => said.as_array().unwrap().iter().any(|one| is_of_type(one, value)),
    }
}

fn others_fit(schema: &Value, said: &Value, value: &Value) -> Result<(), String> {
    let known = |name: &str| schema.get("properties").is_some_and(|known| known.get(name).is_some());
    let others = value.as_object().into_iter().flatten().filter(|(name, _)| !known(name));
    for (name, other) in others {
        match said {
            Value::Bool(true) => {}
            Value::Bool(false) => return Err(format!("{name} is not described")),
            of => fits(of, other).map_err(|fault| format!("{name}: {fault}"))?,
        }
    }
    Ok(())
}

fn is_of_form(said: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match said.as_str().unwrap() {
        "date" => Day::parse(text).is_some(),
        // In milliseconds and at +08:00, whatever the format lets pass.
        "date-time" => Instant::parse(text).is_some() && text.len() == 29 && text.ends_with("+08:00"),
        "uuid" => uuid::Uuid::try_parse(text).is_ok(),
        _ => true,
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn count(value: &Value) -> Option<u64> {
    value.as_array().map(|items| items.len() as u64)
}

/// As a part of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
