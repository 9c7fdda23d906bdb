//! A platform's answer, from bytes to rows.

use encoding_rs::GB18030;
use reqwest::Response;
use serde_json::Value;

use super::error::QueryError;
use super::path::{Path, Scope};
use super::profile::{Charset, Envelope, Profile};

/// Longest code of a platform that is repeated in an error.
const LONGEST_CODE: usize = 12;

/// What the envelope says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Here is the answer.
    Success,
    /// Nothing is known of the party.
    Nothing,
}

/// Reads a whole answer, as far as the profile allows.
pub(crate) async fn bytes(mut response: Response, limit: usize) -> Result<Vec<u8>, QueryError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Err(QueryError::TooLong(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The answer as a document.
pub(crate) fn document(bytes: &[u8], charset: Charset) -> Result<Value, QueryError> {
    let text = match charset {
        Charset::Utf8 => std::str::from_utf8(bytes).map_err(|_| QueryError::NotText)?.into(),
        // The superset: platforms that say GBK send GB 18030.
        Charset::Gbk => {
            GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(QueryError::NotText)?
        }
    };
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| QueryError::NotJson)
}

/// What the envelope says of an answer.
pub(crate) fn envelope(envelope: &Envelope, answer: &Value) -> Result<Said, QueryError> {
    let Some(path) = &envelope.code else { return Ok(Said::Success) };
    let code = code_at(path, answer).ok_or(QueryError::NoCode)?;
    let among = |codes: &[super::rule::Scalar]| codes.iter().any(|known| known.0 == code);
    if among(&envelope.success) {
        Ok(Said::Success)
    } else if among(&envelope.nothing) {
        Ok(Said::Nothing)
    } else {
        Err(QueryError::NoSuccess(shown(&code)))
    }
}

/// The code of an answer, as text.
pub(crate) fn code_at(path: &Path, answer: &Value) -> Option<String> {
    match path.find(&Scope::of(answer))? {
        Value::String(code) => Some(code.trim().to_owned()),
        Value::Number(code) => Some(code.to_string()),
        Value::Bool(code) => Some(code.to_string()),
        _ => None,
    }
}

/// Only what looks like a code is repeated: anything else may be of a person.
pub(crate) fn shown(code: &str) -> String {
    let is_code = code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code { code.to_owned() } else { "*".to_owned() }
}

/// A whole answer: its document, if the envelope says success; none, if nothing
/// is known.
pub(crate) fn read(bytes: &[u8], profile: &Profile) -> Result<Option<Value>, QueryError> {
    let answer = document(bytes, profile.charset)?;
    Ok(match envelope(&profile.envelope, &answer)? {
        Said::Success => Some(answer),
        Said::Nothing => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::connector::testing::profile;

    #[test]
    fn only_a_known_code_is_success() {
        let profile = profile("", "");
        let said = |code: Value| envelope(&profile.envelope, &json!({ "code": code }));
        for code in [json!(0), json!("0"), json!("00"), json!(200), json!(" 200 ")] {
            assert_eq!(said(code.clone()).unwrap(), Said::Success, "{code}");
        }
        assert_eq!(said(json!(404)).unwrap(), Said::Nothing);
        for code in [json!(1), json!("000"), json!(500), json!(true)] {
            assert!(matches!(said(code.clone()), Err(QueryError::NoSuccess(_))), "{code}");
        }
        for code in [json!(null), json!([0]), json!({})] {
            assert!(matches!(said(code.clone()), Err(QueryError::NoCode)), "{code}");
        }
        let personal = said(json!("110101199001010015 is unknown")).unwrap_err().to_string();
        assert!(!personal.contains("110101"), "{personal}");
    }

    #[test]
    fn gbk_is_read_and_what_is_not_gbk_is_refused() {
        let (bytes, ..) = encoding_rs::GBK.encode(r#"{"name":"示例公司"}"#);
        assert_eq!(document(&bytes, Charset::Gbk).unwrap()["name"], "示例公司");
        assert!(matches!(document(&bytes, Charset::Utf8), Err(QueryError::NotText)));
        assert!(matches!(document(b"{\"name\":\"\xff\xff\"}", Charset::Gbk), Err(QueryError::NotText)));
        assert!(matches!(document(b"<html>", Charset::Utf8), Err(QueryError::NotJson)));
        assert_eq!(document(b"\xef\xbb\xbf{}", Charset::Utf8).unwrap(), json!({}));
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), gbk in any::<bool>()) {
            let charset = if gbk { Charset::Gbk } else { Charset::Utf8 };
            let profile = Profile { charset, ..profile("", "") };
            let _ = read(&bytes, &profile);
        }
    }
}
