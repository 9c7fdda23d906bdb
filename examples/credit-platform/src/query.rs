//! Queries in the shapes two cities' platforms have: Taizhou's, signed JSON in
//! pages; Chongqing's, forms and answers in GBK.
//!
//! The shapes follow what is publicly known of their fields; neither is the
//! interface of a real system.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use encoding_rs::GBK;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use crate::faults::FaultMode;
use crate::http::{LATE, Platform, broken_connection, failing};
use crate::received::{Kept, Message};
use crate::records::Record;

/// The application key the platform gave out.
pub const APP_KEY: &str = "creditgate-example";
/// The secret that goes with it. Everybody may know it: this is an example.
pub const SECRET: &str = "example-secret";

/// A company nobody asked for.
const SOMEBODY_ELSE: &str = "91110105MA0000048B";

/// What is left to do with a query after the fault that was ordered.
enum Treated {
    Answer(Response),
    Go { other_subject: bool },
}

async fn treated(platform: &Platform) -> Treated {
    platform.records.count();
    match platform.query_faults.take() {
        FaultMode::None => Treated::Go { other_subject: false },
        FaultMode::OtherSubject => Treated::Go { other_subject: true },
        FaultMode::Down => Treated::Answer(broken_connection()),
        FaultMode::Error => Treated::Answer(failing()),
        FaultMode::Garbage => Treated::Answer(Html("<html><body>系统维护中</body></html>").into_response()),
        FaultMode::WrongSignature => Treated::Answer(taizhou("401", &Value::Null)),
        FaultMode::Slow => {
            tokio::time::sleep(LATE).await;
            Treated::Answer(failing())
        }
    }
}

/// The red and black records of one party, page by page, as Taizhou's platform
/// gives them.
pub(crate) async fn taizhou_redblack(
    State(platform): State<Arc<Platform>>,
    Json(asked): Json<Value>,
) -> Response {
    let other_subject = match treated(&platform).await {
        Treated::Answer(answer) => return answer,
        Treated::Go { other_subject } => other_subject,
    };
    if !is_signed(&asked) {
        return taizhou("401", &Value::Null);
    }
    let Some(code) = asked["certCode"].as_str() else { return taizhou("400", &Value::Null) };
    let mut found = platform.records.query(|record| record.code == code);
    if other_subject {
        found.iter_mut().for_each(|record| SOMEBODY_ELSE.clone_into(&mut record.code));
    }
    taizhou("00", &page(&found, &asked))
}

/// What has changed since, page by page.
pub(crate) async fn taizhou_changes(
    State(platform): State<Arc<Platform>>,
    Json(asked): Json<Value>,
) -> Response {
    if let Treated::Answer(answer) = treated(&platform).await {
        return answer;
    }
    if !is_signed(&asked) {
        return taizhou("401", &Value::Null);
    }
    let since = asked["startTime"].as_str().unwrap_or_default();
    taizhou("00", &page(&platform.records.query(|record| record.changed_at.as_str() >= since), &asked))
}

/// Feedback in Taizhou's fields; kept under `itemUid`.
pub(crate) async fn taizhou_feedback(
    State(platform): State<Arc<Platform>>,
    Json(said): Json<Value>,
) -> Response {
    match platform.query_faults.take() {
        FaultMode::None => {}
        _ => return failing(),
    }
    if !is_signed(&said) {
        return taizhou("401", &Value::Null);
    }
    let missing = ["entityName", "uniCode", "type", "dept", "itemId", "disciplinaryTime", "itemUid"]
        .into_iter()
        .find(|name| said[*name].as_str().is_none_or(str::is_empty));
    match (missing, said["itemUid"].as_str()) {
        (None, Some(id)) => taizhou(keep(&platform, id, said.clone(), "00"), &Value::Null),
        _ => taizhou("400", &Value::Null),
    }
}

/// The matches of one party by list, in GBK, as Chongqing's platform gives them.
pub(crate) async fn chongqing_page(State(platform): State<Arc<Platform>>, body: Bytes) -> Response {
    let other_subject = match treated(&platform).await {
        Treated::Answer(answer) => return answer,
        Treated::Go { other_subject } => other_subject,
    };
    let asked = gbk_form(&body);
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    if field("sysID").is_empty() || field("login").is_empty() {
        return chongqing(&json!({"result": "fail", "resultcode": 403}));
    }
    let mut found = platform.records.query(|record| record.code == field("code"));
    if other_subject {
        found.iter_mut().for_each(|record| SOMEBODY_ELSE.clone_into(&mut record.code));
    }
    let mut lists: Vec<(String, Vec<Record>)> = Vec::new();
    for record in found {
        match lists.iter_mut().find(|(list, _)| *list == record.list) {
            Some((_, records)) => records.push(record),
            None => lists.push((record.list.clone(), vec![record])),
        }
    }
    let lists: Vec<Value> = lists.iter().map(|(list, records)| matched(list, records)).collect();
    chongqing(&json!({"result": "success", "resultcode": 200, "requestId": "q-1", "list": lists}))
}

/// Feedback in Chongqing's fields, JSON in GBK; kept under `requestId`.
pub(crate) async fn chongqing_commit(State(platform): State<Arc<Platform>>, body: Bytes) -> Response {
    match platform.query_faults.take() {
        FaultMode::None => {}
        _ => return failing(),
    }
    let text = GBK.decode(&body).0;
    let said: Value = serde_json::from_str(&text).unwrap_or_default();
    let code = match said["req"]["requestId"].as_str() {
        Some(id) if said["req"]["handleType"].is_string() => keep(&platform, id, said.clone(), "200"),
        _ => "400",
    };
    chongqing(&json!({"result": if code == "200" { "success" } else { "fail" }, "resultcode": code}))
}

/// Keeps what was said, without what differs between two attempts.
fn keep(platform: &Platform, id: &str, mut said: Value, success: &'static str) -> &'static str {
    if let Some(fields) = said.as_object_mut() {
        fields.retain(|name, _| !["appKey", "requestTime", "sign"].contains(&name.as_str()));
    }
    match platform.received().keep(Message { id: id.to_owned(), feedback: said }) {
        Ok(Kept::New | Kept::Duplicate) => success,
        Ok(Kept::Conflict) => "409",
        Err(_) => "500",
    }
}

fn matched(list: &str, records: &[Record]) -> Value {
    let details: Vec<Value> = records
        .iter()
        .map(|record| {
            json!({"id": record.id, "name": record.name, "code": record.code, "date": record.recognised_at,
                   "validTo": record.valid_to, "state": record.state})
        })
        .collect();
    let first = records.first();
    json!({
        "unitedId": list,
        "unitedType": first.map(|record| record.kind.as_str()),
        "unitedName": first.map(|record| record.list_name.as_str()),
        "unionPairList": [{"itemName": "示例合作备忘录", "originDept": first.map(|record| record.organ.as_str())}],
        "redblackDetailList": details,
    })
}

/// One page of records in Taizhou's fields.
fn page(found: &[Record], asked: &Value) -> Value {
    let number = |name: &str| {
        let given = &asked[name];
        given
            .as_u64()
            .or_else(|| given.as_str()?.parse().ok())
            .and_then(|number| usize::try_from(number).ok())
    };
    let size = number("pageSize").unwrap_or(10).max(1);
    let first = number("pageNum").unwrap_or(1).saturating_sub(1) * size;
    let rows: Vec<Value> = found
        .iter()
        .skip(first)
        .take(size)
        .map(|record| {
            json!({"mdid": record.id, "mdlxid": record.list, "mdlxmc": record.list_name,
                   "hhmdlx": if record.kind == "red" { 1 } else { 2 }, "ztmc": record.name,
                   "zjhm": record.code, "rdbm": record.organ, "rdrq": record.recognised_at,
                   "yxqz": record.valid_to, "zt": record.state, "gxsj": record.changed_at})
        })
        .collect();
    json!({"total": found.len(), "list": rows})
}

/// MD5 of key, secret and time.
fn is_signed(asked: &Value) -> bool {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let expected = hex::encode(Md5::digest(format!("{}{SECRET}{}", text("appKey"), text("requestTime"))));
    text("appKey") == APP_KEY && text("requestTime").len() == 14 && text("sign") == expected
}

fn taizhou(code: &str, data: &Value) -> Response {
    Json(json!({"code": code, "msg": if code == "00" { "成功" } else { "失败" }, "data": data}))
        .into_response()
}

fn chongqing(answer: &Value) -> Response {
    let bytes = GBK.encode(&answer.to_string()).0.into_owned();
    ([(CONTENT_TYPE, "application/json;charset=GBK")], Body::from(bytes)).into_response()
}

/// The fields of a form whose bytes are GBK.
fn gbk_form(body: &[u8]) -> HashMap<String, String> {
    let decoded = |text: &str| {
        let plain = text.replace('+', " ");
        let bytes: Vec<u8> = percent_decoded(plain.as_bytes());
        GBK.decode(&bytes).0.into_owned()
    };
    String::from_utf8_lossy(body)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes
}
