//! A request as a profile wants it: fields by its rules, signed, in its form and
//! characters.

use std::borrow::Cow;

use creditgate_gate::chain;
use encoding_rs::GBK;
use form_urlencoded::Serializer;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Map, Number, Value};

use super::error::QueryError;
use super::path::Scope;
use super::profile::{BodyForm, Charset, HttpMethod, Profile, RequestRules};
use super::rule::{Rule, Way};
use super::signing::{Credentials, SigningPlace};
use crate::options::Endpoint;

/// A field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Written into JSON as a number.
    pub(crate) number: bool,
}

/// What a request says, before it is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) query: Vec<Field>,
    pub(crate) body: Vec<Field>,
}

impl Said {
    /// Fills the fields of a request from a question; a field without a value is
    /// left out.
    pub(crate) fn by(rules: &RequestRules, profile: &Profile, question: &Value) -> Result<Self, QueryError> {
        let scope = Scope::of(question);
        let fill = |(name, rule): (&String, &Rule)| match rule.value(&scope, &profile.tables, Way::Out) {
            Ok(value) => value.map(|value| Ok(Field { name: name.clone(), value, number: rule.number })),
            Err(fault) => Some(Err(QueryError::request(name, fault.to_string()))),
        };
        Ok(Self {
            query: rules.query.iter().filter_map(fill).collect::<Result<_, _>>()?,
            body: rules.fields.iter().filter_map(fill).collect::<Result<_, _>>()?,
        })
    }

    /// Adds a field where the request takes its fields.
    pub(crate) fn add(&mut self, rules: &RequestRules, name: &str, value: String, number: bool) {
        let field = Field { name: name.to_owned(), value, number };
        match rules.method {
            HttpMethod::Get => self.query.push(field),
            HttpMethod::Post => self.body.push(field),
        }
    }
}

/// A request ready to be sent.
pub(crate) struct Prepared {
    pub(crate) method: HttpMethod,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
}

/// Signs a request and writes it.
pub(crate) fn prepare(
    endpoint: &Endpoint,
    rules: &RequestRules,
    profile: &Profile,
    credentials: &Credentials,
    mut said: Said,
    now: Timestamp,
) -> Result<Prepared, QueryError> {
    let mut headers = Vec::new();
    if let Some(signing) = &profile.signing {
        let added = signing.fields(credentials, now);
        let parameters: Vec<(String, String)> = said
            .query
            .iter()
            .chain(&said.body)
            .map(|field| (field.name.clone(), field.value.clone()))
            .chain(added.iter().cloned())
            .collect();
        let body = body_of(rules, profile.charset, &said)?;
        let signature = signing.sign(credentials, &parameters, body.as_deref().unwrap_or_default());
        for (name, value) in added.into_iter().chain([(signing.sign_field.clone(), signature)]) {
            let field = Field { name, value, number: false };
            match signing.place {
                SigningPlace::Header => headers.push(header(&field)?),
                SigningPlace::Query => said.query.push(field),
                SigningPlace::Body => said.body.push(field),
            }
        }
    }
    let media = match (rules.body, profile.charset) {
        (BodyForm::Json, Charset::Utf8) => "application/json; charset=utf-8",
        (BodyForm::Json, Charset::Gbk) => "application/json; charset=gbk",
        (BodyForm::Form, Charset::Utf8) => "application/x-www-form-urlencoded; charset=utf-8",
        (BodyForm::Form, Charset::Gbk) => "application/x-www-form-urlencoded; charset=gbk",
    };
    let body = body_of(rules, profile.charset, &said)?.map(|body| (media, body));
    let mut url = endpoint.below(&rules.path);
    if !said.query.is_empty() {
        url.set_query(Some(&form(&said.query, profile.charset)));
    }
    Ok(Prepared { method: rules.method, url, headers, body })
}

fn header(field: &Field) -> Result<(HeaderName, HeaderValue), QueryError> {
    let refused = |error: &dyn std::error::Error| QueryError::request(&field.name, chain(error));
    let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|error| refused(&error))?;
    let mut value = HeaderValue::from_str(&field.value).map_err(|error| refused(&error))?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn body_of(rules: &RequestRules, charset: Charset, said: &Said) -> Result<Option<Vec<u8>>, QueryError> {
    if rules.method == HttpMethod::Get {
        return Ok(None);
    }
    let text = match rules.body {
        BodyForm::Form => return Ok(Some(form(&said.body, charset).into_bytes())),
        BodyForm::Json => json(&said.body)?.to_string(),
    };
    Ok(Some(match charset {
        Charset::Utf8 => text.into_bytes(),
        // What GBK cannot write becomes a character reference, as browsers do.
        Charset::Gbk => GBK.encode(&text).0.into_owned(),
    }))
}

fn form(fields: &[Field], charset: Charset) -> String {
    fn in_gbk(text: &str) -> Cow<'_, [u8]> {
        GBK.encode(text).0.into_owned().into()
    }
    let encode: form_urlencoded::EncodingOverride<'_> = match charset {
        Charset::Utf8 => None,
        Charset::Gbk => Some(&in_gbk),
    };
    let mut form = Serializer::new(String::new());
    form.encoding_override(encode);
    form.extend_pairs(fields.iter().map(|field| (&field.name, &field.value)));
    form.finish()
}

/// An object of the fields; a full stop in a name leads into an inner one.
fn json(fields: &[Field]) -> Result<Value, QueryError> {
    let mut object = Map::new();
    for field in fields {
        let number = || field.value.parse::<Number>().map(Value::Number);
        let value = match field.number {
            false => Value::String(field.value.clone()),
            true => number().map_err(|_| QueryError::request(&field.name, "is no number"))?,
        };
        insert(&mut object, &field.name, value)
            .map_err(|()| QueryError::request(&field.name, "stands inside a field that is no object"))?;
    }
    Ok(Value::Object(object))
}

fn insert(object: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), ()> {
    let Some((outer, inner)) = name.split_once('.') else {
        object.insert(name.to_owned(), value);
        return Ok(());
    };
    let outer = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
    insert(outer.as_object_mut().ok_or(())?, inner, value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::testing::profile;

    const NOW: &str = "2026-08-07T08:00:00Z";

    fn prepared(profile: &Profile, question: &Value) -> Prepared {
        let rules = &profile.query.as_ref().unwrap().request;
        let said = Said::by(rules, profile, question).unwrap();
        let endpoint = Endpoint::parse("http://platform.example/api/").unwrap();
        let credentials = Credentials { app_key: "app".to_owned(), secret: b"s".to_vec() };
        prepare(&endpoint, rules, profile, &credentials, said, NOW.parse().unwrap()).unwrap()
    }

    fn question() -> Value {
        json!({"party": {"identifier": "91110105MA0000226Y", "name": "示例公司"}, "item": "food", "case_no": "c1"})
    }

    #[test]
    fn a_signed_json_request_says_what_the_profile_says() {
        let profile = profile("path = \"/query\"", "path = \"/query\"");
        let request = prepared(&profile, &question());
        assert_eq!(request.url.as_str(), "http://platform.example/api/query");
        let (media, body) = request.body.unwrap();
        assert_eq!(media, "application/json; charset=utf-8");
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["certCode"], "91110105MA0000226Y");
        assert_eq!(body["requestTime"], "20260807160000");
        assert_eq!(body["sign"].as_str().unwrap().len(), 32);
    }

    #[test]
    fn a_form_in_gbk_is_percent_encoded_in_gbk() {
        let profile = profile("path = \"/query\"", "path = \"/query\"\nbody = \"form\"");
        let profile = Profile { charset: Charset::Gbk, ..profile };
        let (media, body) = prepared(&profile, &question()).body.unwrap();
        assert_eq!(media, "application/x-www-form-urlencoded; charset=gbk");
        // 示 is CA BE in GBK.
        assert!(String::from_utf8(body).unwrap().contains("personName=%CA%BE"));
    }

    #[test]
    fn a_full_stop_leads_into_an_object_and_numbers_are_numbers() {
        let field =
            |name: &str, value: &str, number| Field { name: name.into(), value: value.into(), number };
        let fields = [field("head.app", "a", false), field("head.page", "2", true), field("x", "1", false)];
        assert_eq!(json(&fields).unwrap(), json!({"head": {"app": "a", "page": 2}, "x": "1"}));
        assert!(json(&[field("x", "many", true)]).is_err());
        assert!(json(&[field("x", "1", false), field("x.y", "1", false)]).is_err());
    }

    #[test]
    fn a_field_without_a_value_is_left_out() {
        let profile = profile("path = \"/query\"", "path = \"/query\"");
        let rules = &profile.query.as_ref().unwrap().request;
        let said = Said::by(rules, &profile, &json!({"item": "food"})).unwrap();
        assert_eq!(said.body.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["itemCode"]);
    }
}
