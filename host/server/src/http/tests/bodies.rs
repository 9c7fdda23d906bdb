//! Bodies that are packed, or written in other characters than UTF-8.

use axum::http::header;

use super::*;

/// A check in which this stands for the operator, whatever it is.
fn with_bytes(body: &str, operator: &[u8]) -> Vec<u8> {
    let ascii: String = body.chars().filter(char::is_ascii).collect();
    let (before, after) = ascii.split_once("o-17").unwrap();
    [before.as_bytes(), operator, after.as_bytes()].concat()
}

fn utf_16(body: &str, bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    mark.then_some(0xfeff).into_iter().chain(body.encode_utf16()).flat_map(bytes).collect()
}

async fn send(host: &TestHost, path: &str, headers: &[(header::HeaderName, &str)], body: Vec<u8>) -> Answer {
    let mut request = request(Method::POST, path, body.into());
    request.extensions_mut().insert(LocalOperator::default());
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    host.answer(request).await
}

#[tokio::test]
async fn a_packed_body_is_refused_by_every_call_that_takes_one() {
    let host = TestHost::with_city(|_| {}).await;
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".to_vec();
    let calls = crate::http::calls::CALLS.iter().filter(|call| call.method == Method::POST);
    for call in calls {
        let path = call.path.replace(['{', '}'], "");
        for packing in ["gzip", "deflate", "br", "zstd", "identity, gzip", "x-unknown"] {
            let answer = send(&host, &path, &[(header::CONTENT_ENCODING, packing)], packed.clone()).await;
            let told = (answer.status.as_u16(), answer.code());
            assert_eq!(told, (415, "request.content_encoding".to_owned()), "{path} {packing}");
        }
    }
    let body = check().to_string();
    for packing in ["identity", "Identity", ""] {
        let answer =
            send(&host, "/v1/checks", &[(header::CONTENT_ENCODING, packing)], body.clone().into()).await;
        answer.expect(200);
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_refused_by_what_it_is_said_or_seems_to_be() {
    let host = TestHost::with_city(|_| {}).await;
    let body = check().to_string();
    let json = |charset: &str| format!("application/json; charset={charset}");
    for charset in ["GBK", "gb18030", "utf-16", "\"ISO-8859-1\""] {
        let answer =
            send(&host, "/v1/checks", &[(header::CONTENT_TYPE, &json(charset))], body.clone().into()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (415, "request.charset"), "{charset}");
    }
    for charset in ["utf-8", "UTF-8", "\"utf-8\"", "utf8", "us-ascii"] {
        let answer =
            send(&host, "/v1/checks", &[(header::CONTENT_TYPE, &json(charset))], body.clone().into()).await;
        answer.expect(200);
    }
    for (bytes, seeming) in [
        // 张三, as an older system writes it.
        (with_bytes(&body, b"\xd5\xc5\xc8\xfd"), "GBK"),
        (utf_16(&body, u16::to_le_bytes, false), "UTF-16 (little-endian)"),
        (utf_16(&body, u16::to_le_bytes, true), "UTF-16 (little-endian)"),
        (utf_16(&body, u16::to_be_bytes, true), "UTF-16 (big-endian)"),
        (with_bytes(&body, b"\xff\xff"), "not UTF-8"),
    ] {
        let answer = send(&host, "/v1/checks", &[], bytes).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "request.not_utf8"), "{seeming}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(seeming), "{detail}");
    }
    let marked = [b"\xef\xbb\xbf", body.as_bytes()].concat();
    send(&host, "/v1/checks", &[], marked).await.expect(200);
}

#[tokio::test]
async fn a_file_said_to_be_in_other_characters_than_it_is_read_in_is_refused() {
    let host = TestHost::empty(|_| {}).await;
    for (query, charset, code) in [
        ("lists?format=csv", "gbk", "request.charset"),
        ("lists?format=csv&encoding=gbk", "utf-8", "request.charset"),
        ("lists?format=csv&encoding=gbk", "GB2312", ""),
        ("lists?format=csv", "utf-8", ""),
        ("list-types?format=csv", "gbk", "request.charset"),
    ] {
        let kind = format!("text/csv; charset={charset}");
        let path = format!("/v1/admin/{query}");
        let answer = send(&host, &path, &[(header::CONTENT_TYPE, &kind)], b"id\n".to_vec()).await;
        let told = if answer.status.is_success() { String::new() } else { answer.code() };
        assert_eq!(told, code, "{query} {charset}");
    }
}

#[tokio::test]
async fn a_case_number_is_one_however_it_is_typed_at_every_way_in() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let mut first = check();
    first["case_no"] = json!(" 示许〔２０２６〕第７号\u{200B}");
    let answer = host.send(Method::POST, "/v1/checks", &key, &first.to_string()).await.expect(200);
    assert_eq!(answer["case_no"], "示许(2026)第7号", "the form is answered");
    let verified = json!({"receipt": answer["receipt"]}).to_string();
    let verified = host.send(Method::POST, "/v1/receipts:verify", &key, &verified).await.expect(200);
    assert_eq!(verified["claims"]["case_no"], "示许(2026)第7号");

    // 示许[2026]第7号 and 示许（2026）第7号 in a path.
    for path in [
        "%E7%A4%BA%E8%AE%B8%5B2026%5D%E7%AC%AC7%E5%8F%B7%20",
        "%E7%A4%BA%E8%AE%B8%EF%BC%882026%EF%BC%89%E7%AC%AC7%E5%8F%B7",
    ] {
        let case = host.send(Method::GET, &format!("/v1/cases/{path}"), &key, "").await.expect(200);
        assert_eq!(
            (&case["case_no"], case["checks"].as_array().unwrap().len()),
            (&json!("示许(2026)第7号"), 1)
        );
    }
    let issued = format!(
        "case_no,department,item,issued_on\n示许［2026］第7号,{DEPARTMENT},food-licence,2999-01-01\n"
    );
    let path = "/v1/coverage?format=csv&since=2020-01-01&until=2999-12-31";
    let covered = host.send(Method::POST, path, &key, &issued).await.expect(200);
    let checkpoint = &covered["checkpoints"][0];
    // No release serves the checkpoint: it was asked, and could not be checked.
    assert_eq!((&checkpoint["could_not_check"], &checkpoint["missing"]), (&json!(1), &json!(0)), "{covered}");

    let act = json!({"check_id": answer["check_id"], "case_no": "示许【2026】第7号", "party": "nobody",
                     "kind": "false_commitment", "facts": "示例"});
    let refused = host.send(Method::POST, "/v1/acts", &key, &act.to_string()).await;
    assert_eq!(
        refused.json()["errors"][0]["field"],
        "party",
        "the case is that of the check: {}",
        refused.text
    );
    for empty in ["\u{200B}", " \u{3000}", ""] {
        first["case_no"] = json!(empty);
        let refused = host.send(Method::POST, "/v1/checks", &key, &first.to_string()).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "case_no", "{refused}");
    }
}
