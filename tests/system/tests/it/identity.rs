//! Who a party is: fillers and masks identify nobody, two forms of a number are
//! one person, marks nobody sees change nothing, and a party whose number fails
//! its check is never clear.

use serde_json::{Value, json};
use system_tests::document::{assert_has, texts, with};
use system_tests::{TestGate, city, component};

const ITEM: &str = "honest";

async fn import(gate: &TestGate, csv: &str) -> Value {
    let path = "/v1/admin/lists?format=csv&file=lists.csv&accept_valid=true";
    gate.admin.post_text(path, "text/csv", csv.to_owned()).await.json()
}

/// Rows of a list: id, name, and what stands in the columns for numbers.
fn rows(rows: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut csv =
        "id,list,list_name,kind,severity,subject_name,uscc,citizen_id,other_id,facts,authority,basis,\
                   recognised_on,valid_until\n"
            .to_owned();
    for (id, name, uscc, citizen_id, other_id) in rows {
        csv.push_str(&format!(
            "{id},food-drug.serious,示例名单,black,serious,{name},{uscc},{citizen_id},{other_id},示例事实,示例机关,\
             示例依据,2024-03-15,2099-12-31\n"
        ));
    }
    csv
}

fn request(case: &str, name: &str, identifiers: &Value) -> Value {
    let mut request = city::request(ITEM, "review", case, city::CLEAN_COMPANY);
    request["parties"][0]["name"] = json!(name);
    request["parties"][0]["identifiers"] = identifiers.clone();
    request
}

fn ids(list: &Value) -> Vec<&str> {
    texts(list, "/entry/id")
}

fn codes(list: &Value) -> Vec<&str> {
    texts(list, "code")
}

#[tokio::test(flavor = "multi_thread")]
async fn r022_fillers_and_masks_are_refused_where_a_number_has_a_form_and_match_nobody_elsewhere() {
    let gate = TestGate::with_hostile_guest().await;
    let fillers = ["无", "/", "不详", "N/A", "3799011990****0046", "－", "000000", "待补"];
    let mut listed: Vec<(String, String)> = Vec::new();
    for (number, filler) in fillers.iter().enumerate() {
        listed.push((format!("text-{number}"), (*filler).to_owned()));
    }
    let good: Vec<_> =
        listed.iter().map(|(id, filler)| (id.as_str(), "吴示", "", "", filler.as_str())).collect();
    let report = import(&gate, &rows(&good)).await;
    assert_has(&report, &json!({"applied": 8, "problem_count": 0}));
    let warned = codes(&report["warnings"]);
    for code in ["id.placeholder", "id.masked", "identifier.none"] {
        assert!(warned.contains(&code), "{report}");
    }

    let strict = [
        ("u1", "示例甲", "000000000000000000", "", ""),
        ("u2", "示例乙", "111111111111111111", "", ""),
        ("u3", "示例丙", "无", "", ""),
        ("u4", "示例丁", "91379901****0001X", "", ""),
        ("c1", "卫示", "", "111111111111111111", ""),
        ("c2", "卫示", "", "379901********0046", ""),
        ("c3", "卫示", "", "暂无", ""),
    ];
    let report = import(&gate, &rows(&strict)).await;
    assert_eq!(report["problems"].as_array().unwrap().len(), 7, "{report}");
    for problem in report["problems"].as_array().unwrap() {
        assert!(["id.placeholder", "id.masked"].contains(&problem["code"].as_str().unwrap()), "{problem}");
    }

    for filler in fillers {
        let both =
            json!([{"kind": "uscc", "value": city::CLEAN_COMPANY}, {"kind": "other", "value": filler}]);
        let answer = gate.check(&request("case-1", "示例申请有限公司", &both)).await.ok();
        assert_eq!(
            (&answer["status"], ids(&answer["matches"])),
            (&json!("clear"), vec![]),
            "{filler}: {answer}"
        );
        let warnings = codes(&answer["warnings"]);
        assert!(
            warnings.iter().any(|code| ["id.placeholder", "id.masked"].contains(code)),
            "{filler}: {answer}"
        );

        let alone = json!([{"kind": "other", "value": filler}]);
        let answer = gate.check(&request("case-2", "示例申请有限公司", &alone)).await.ok();
        assert_eq!(answer["status"], "could_not_check", "{filler}: {answer}");
        assert_eq!((&answer["outcome"], ids(&answer["matches"])), (&json!("manual_review"), vec![]));
        assert_eq!(codes(&answer["reasons"]), ["identifier.none"], "{answer}");
    }
    let strict = [("uscc", "000000000000000000"), ("organisation_code", "00000000-0"), ("citizen_id", "无")];
    for (kind, value) in strict {
        let reply = gate.check(&request("case-3", "示例", &json!([{"kind": kind, "value": value}]))).await;
        let problem = reply.json();
        assert_eq!((reply.status, codes(&problem["errors"])), (422, vec!["id.placeholder"]), "{problem}");
    }
    let nameless = request("case-4", "不详", &json!([{"kind": "uscc", "value": city::CLEAN_COMPANY}]));
    let answer = gate.check(&nameless).await.ok();
    assert_eq!((&answer["hints"], codes(&answer["warnings"])), (&json!([]), vec!["name.placeholder"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn r022_a_person_is_found_by_either_form_of_the_number() {
    let gate = TestGate::with_hostile_guest().await;
    let listed = [
        ("before", "赵示旧", "", "379901700101001", ""),
        ("today", "钱示新", "", "110101199001010015", ""),
        ("old", "孙示老", "", "110101900101996", ""),
    ];
    assert_eq!(import(&gate, &rows(&listed)).await["applied"], 3);
    let cases = [
        ("379901197001010016", "before", "379***********0016"),
        ("379901700101001", "before", "379*********001"),
        ("110101900101001", "today", "110*********001"),
        ("110101199001010015", "today", "110***********0015"),
    ];
    for (number, id, shown) in cases {
        let person = json!([{"kind": "citizen_id", "value": number}]);
        let answer = gate.check(&request("case-1", "别名", &person)).await.ok();
        assert_eq!((&answer["status"], ids(&answer["matches"])), (&json!("hit"), vec![id]), "{number}");
        assert!(!answer.to_string().contains(number), "{answer}");
        let entry = gate.admin.get(&format!("/v1/checks/{}", answer["check_id"].as_str().unwrap())).await;
        assert!(!entry.text.contains(&shown.replace('*', "0")) && !entry.text.contains(number), "{entry:?}");
    }
    let centenarian = json!([{"kind": "citizen_id", "value": "110101189001019969"}]);
    let answer = gate.check(&request("case-2", "别名", &centenarian)).await.ok();
    assert_eq!((ids(&answer["matches"]), ids(&answer["hints"])), (vec![], vec!["old"]), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r022_marks_nobody_sees_are_left_out_of_numbers_and_names_and_said() {
    let gate = TestGate::with_hostile_guest().await;
    let listed = [
        ("lro", "\u{202D}钱示隐\u{202C}", "", "\u{202D}379901199001010058\u{202C}", ""),
        ("zwsp", "Li Shi", "", "", "\u{200B}E12345678\u{2066}"),
        ("named", "示例（山东）·贸易有限公司", "", "", ""),
    ];
    let report = import(&gate, &rows(&listed)).await;
    assert_eq!(report["applied"], 3, "{report}");
    let warned = codes(&report["warnings"]);
    assert!(
        warned.contains(&"id.invisible_removed") && warned.contains(&"name.invisible_removed"),
        "{report}"
    );
    let cases = [("citizen_id", "379901199001010058", "lro"), ("other", "E12345678", "zwsp")];
    for (kind, number, id) in cases {
        for mark in ["", "\u{200B}", "\u{202E}", "\u{FEFF}", "\u{AD}", "\u{3164}", "\u{FE0F}", "\u{E0041}"] {
            let (head, tail) = number.split_at(4);
            let dressed = json!([{"kind": kind, "value": format!("{mark}{head}{mark}{tail}")}]);
            let answer = gate.check(&request("case-1", "别名", &dressed)).await.ok();
            assert_eq!(ids(&answer["matches"]), [id], "{mark:?}: {answer}");
            let expected: &[&str] = if mark.is_empty() { &[] } else { &["id.invisible_removed"] };
            assert_eq!(codes(&answer["warnings"]), expected, "{mark:?}");
        }
    }
    let clean = json!([{"kind": "uscc", "value": city::CLEAN_COMPANY}]);
    for name in
        ["示例(山东)•贸易有限公司", "示例（山东）・贸易\u{200B}有限公司", "示例【山东】．贸易有限公司"]
    {
        let answer = gate.check(&request("case-2", name, &clean)).await.ok();
        assert_eq!(ids(&answer["hints"]), ["named"], "{name}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r024_a_company_whose_code_fails_its_check_is_never_clear_whatever_the_policy_is_but_strict() {
    let binding = with(city::honest(ITEM), &json!({"division": city::division::ABOVE}));
    let gate = TestGate::serving(component::hostile_guest(), &[binding]).await;
    // The code of the listed company, its last character wrong.
    let mistyped = format!("{}X", &city::BANNED_COMPANY[..17]);
    let mut asked = request("case-1", "示例失信食品有限公司", &json!([{"kind": "uscc", "value": mistyped}]));
    for division in [city::division::CHECK, city::division::FORMAT] {
        asked["division"] = json!(division);
        let answer = gate.check(&asked).await.ok();
        assert_has(&answer, &json!({"status": "could_not_check", "outcome": "manual_review"}));
        assert_eq!(ids(&answer["hints"]), ["entry-banned"], "{answer}");
        assert_eq!(codes(&answer["reasons"]), ["identifier.check_failed"], "{answer}");
        let text = answer["reasons"][0]["text"].as_str().unwrap();
        assert!(text.contains("统一社会信用代码校验不符") && text.contains("同名记录 1 条"), "{text}");
        assert!(!answer["explanation"].as_str().unwrap().contains("未发现"), "{answer}");
    }
    asked["division"] = json!(city::division::STRICT);
    let reply = gate.check(&asked).await;
    assert_eq!((reply.status, codes(&reply.json()["errors"])), (422, vec!["id.check_failed"]));

    let mut right = request("case-2", "别名", &json!([{"kind": "uscc", "value": city::BANNED_COMPANY}]));
    right["division"] = json!(city::division::CHECK);
    assert_eq!(gate.check(&right).await.ok()["status"], "hit");
    let mut other =
        request("case-3", "示例失信食品有限公司", &json!([{"kind": "uscc", "value": city::CLEAN_COMPANY}]));
    other["division"] = json!(city::division::CHECK);
    let answer = gate.check(&other).await.ok();
    assert_eq!(
        (&answer["status"], &answer["hints"]),
        (&json!("clear"), &json!([])),
        "another valid number is another"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r075_a_case_is_filed_neither_in_the_future_nor_before_1949() {
    let gate = TestGate::with_hostile_guest().await;
    let day = |day: &str| {
        with(city::request(ITEM, "review", "case-1", city::CLEAN_COMPANY), &json!({"filed_on": day}))
    };
    for (filed_on, code) in
        [("2199-01-01", "date.future"), ("1949-09-30", "date.too_early"), ("0201-03-04", "date.too_early")]
    {
        let reply = gate.check(&day(filed_on)).await;
        let problem = reply.json();
        assert_eq!((reply.status, codes(&problem["errors"])), (422, vec![code]), "{problem}");
        assert_eq!(problem["errors"][0]["field"], "filed_on");
    }
    let _ = gate.check(&day("1949-10-01")).await.ok();
}

/// Puts a text in the place of every text of a request, one after the other.
fn with_each_text_replaced(value: &Value, text: &str, found: &mut Vec<Value>, whole: &Value, path: &str) {
    let replaced = |path: &str| {
        let mut changed = whole.clone();
        *changed.pointer_mut(path).unwrap() = json!(text);
        changed
    };
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                with_each_text_replaced(inner, text, found, whole, &format!("{path}/{name}"));
            }
        }
        Value::Array(elements) => {
            for (index, inner) in elements.iter().enumerate() {
                with_each_text_replaced(inner, text, found, whole, &format!("{path}/{index}"));
            }
        }
        _ => found.push(replaced(path)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_error_repeats_an_identity_number_wherever_it_was_typed() {
    let gate = TestGate::with_hostile_guest().await;
    let mut whole = city::represented_by(
        city::request(ITEM, "review", "case-1", city::CLEAN_COMPANY),
        city::CLEAN_PERSON,
    );
    whole["division"] = json!(city::division::CHECK);
    whole["filed_on"] = json!("2026-01-05");
    whole["materials"] = json!([{"code": "a", "name": "材料", "provided": true, "required_by": "other"}]);
    whole["reports"] = json!([{"party": "p1", "issuer": "示例", "number": "R-1", "issued_on": "2026-01-01", "published_at": ["platform"]}]);
    whole["receipts"] = json!(["x"]);
    let numbers = [
        "110101199001010015",
        "110101900101001",
        "91110000600037341L",
        "110101 19900101 0015",
        "１１０１０１１９９００１０１００１５",
    ];
    let mut refused = 0;
    for number in numbers {
        let mut requests = Vec::new();
        with_each_text_replaced(&whole, number, &mut requests, &whole, "");
        assert!(requests.len() > 25);
        for request in requests {
            let reply = gate.check(&request).await;
            if reply.status >= 400 {
                refused += 1;
                assert!(!reply.text.contains(number), "{request}\n{}", reply.text);
            }
        }
        let path = |place: &str| format!("/v1/{place}").replace(' ', "%20");
        for place in [format!("checks/{number}"), format!("cases/{number}/checks"), number.to_owned()] {
            let reply = gate.caller.get(&path(&place)).await;
            assert!(reply.status < 400 || !reply.text.contains(number), "{place}: {}", reply.text);
        }
        for what in ["lists", "identifiers", "catalogue", "policy", "bindings"] {
            let csv = format!("{number},kind\n{number},{number}\n");
            let path = format!("/v1/admin/{what}?format=csv&file=rows.csv");
            let reply = gate.admin.post_text(&path, "text/csv", csv).await;
            assert!(!reply.text.contains(number), "{what}: {}", reply.text);
            let line =
                json!({"id": number, "kind": number, "department": number, "list": number, "value": number})
                    .to_string();
            let path = format!("/v1/admin/{what}?format=jsonl&file=rows.jsonl");
            let reply = gate.admin.post_text(&path, "text/plain", line).await;
            assert!(!reply.text.contains(number), "{what}: {}", reply.text);
        }
    }
    assert!(refused > 50, "{refused}");
}
