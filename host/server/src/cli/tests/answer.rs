//! How an answer to a check is shown to people.

use creditgate_api::Answer;
use serde_json::{Value, json};

fn shown(answer: Value) -> String {
    let answer: Answer<'static> = serde_json::from_value(answer).expect("an answer");
    super::shown(&answer)
}

/// The answer to a case with nothing against anyone.
fn clear() -> Value {
    json!({
        "check_id": "0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c",
        "case_no": "2026-000123",
        "department": "market-regulation",
        "item": "food-licence",
        "checkpoint": "review",
        "status": "clear",
        "outcome": "proceed",
        "mode": "enforce",
        "enforced": true,
        "reasons": [],
        "warnings": [],
        "matches": [],
        "hints": [],
        "measures": [],
        "grounds": [],
        "advice": [{ "kind": "fast_track", "text": "三年无失信记录,适用绿色通道" }],
        "explanation": "未发现失信记录。",
        "plugin": { "name": "market-registration", "version": "1.0.0", "digest": "sha256:00" },
        "policy": "370800@2026-1",
        "catalogue": "2026",
        "checked_at": "2026-08-03T09:30:00+08:00",
        "record_hash": "00",
        "receipt": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVk"
    })
}

#[test]
fn a_clear_case_is_shown_in_a_few_lines() {
    insta::assert_snapshot!(shown(clear()));
}

#[test]
fn a_hit_shows_entries_measures_and_every_remark() {
    let mut answer = clear();
    let entry = json!({
        "id": "black-1", "list": "court.judgment-defaulter", "list_name": "失信被执行人名单", "kind": "black",
        "field": "judgment", "facts": "未履行生效判决", "authority": "人民法院", "basis": "B1",
        "recognised_on": "2026-01-05", "suspended": false
    });
    answer["status"] = json!("hit");
    answer["outcome"] = json!("refuse");
    answer["matches"] = json!([{ "party": "legal-representative", "entry": entry }]);
    answer["hints"] = json!([{ "party": "applicant", "entry": entry }]);
    answer["measures"] = json!([{
        "id": "m1", "code": "M-29", "category": "qualification", "nature": "mandatory", "direction": "punish",
        "content": "不予登记为法定代表人", "power_item": "P1", "section": "S1", "basis": "B1",
        "basis_text": "公司法第一百七十八条", "entry": "black-1", "party": "legal-representative",
        "disposition": { "action": "applied" }
    }]);
    answer["advice"] = json!([{ "kind": "deferred_materials", "materials": ["lease", "layout"] }]);
    answer["reasons"] =
        json!([{ "code": "settle.disposition_missing", "text": "a measure has no disposition" }]);
    answer["warnings"] = json!([{
        "field": "parties[0].identifiers[0]", "code": "id.check_failed", "message": "the check character does not fit"
    }]);
    answer["commitment"] = json!({
        "party": "applicant", "effect": "accept_first", "text": "承诺按期补交材料", "missing": ["lease"],
        "due_on": "2026-08-31"
    });
    insta::assert_snapshot!(shown(answer));
}
