//! Imports, keys, releases and the audit trail.

use axum::http::Method;
use creditgate_gate::ports::{Component, Registry};

use super::*;

#[tokio::test]
async fn a_bad_row_keeps_the_whole_file_out_unless_told_otherwise() {
    let host = TestHost::empty(|_| {}).await;
    host.import("list-types", LIST_TYPES).await;
    let file = format!("{LISTS}\n{{\"id\":\"e2\"}}\n");
    let path = "/v1/admin/lists?format=jsonl&file=lists.jsonl";
    let refused = host.local(Method::POST, path, &file).await.expect(422);
    assert_eq!(refused["code"], "import.refused");
    assert_eq!((&refused["rows"], &refused["applied"]), (&json!(2), &json!(0)));
    let problem = &refused["problems"][0];
    assert_eq!((&problem["file"], &problem["line"]), (&json!("lists.jsonl"), &json!(2)));

    let taken = host.local(Method::POST, &format!("{path}&accept_valid=true"), &file).await.expect(200);
    assert_eq!((&taken["rows"], &taken["applied"]), (&json!(2), &json!(1)));
    let nothing = host.local(Method::POST, &format!("{path}&accept_valid=true"), "{}").await;
    assert_eq!(nothing.status.as_u16(), 422, "{}", nothing.text);

    for (path, body, status, code) in [
        ("/v1/admin/lists", LISTS, 400, "request.query"),
        ("/v1/admin/lists?format=xml", LISTS, 400, "request.query"),
        ("/v1/admin/lists?format=csv&fiel=x", LISTS, 400, "request.query"),
    ] {
        host.local(Method::POST, path, body).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_file_that_is_not_utf_8_is_refused_with_its_line() {
    let host = TestHost::empty(|_| {}).await;
    let mut request = request(
        Method::POST,
        "/v1/admin/lists?format=csv&file=gbk.csv",
        Body::from(b"id,list\n\xca\xbe\xc0\xfd,x\n".to_vec()),
    );
    request.extensions_mut().insert(LocalOperator::default());
    let answer = host.answer(request).await;
    let refused = answer.expect(422);
    assert!(refused["problems"].as_array().unwrap().iter().any(|problem| problem["line"] == 2), "{refused}");
}

#[tokio::test]
async fn what_was_imported_can_be_read_and_a_version_never_changes() {
    let host = TestHost::with_city(|_| {}).await;
    let bindings = host.get("/v1/admin/bindings").await;
    assert_eq!(bindings["bindings"].as_array().unwrap().len(), 2);
    let policy = host.get("/v1/admin/policy").await;
    assert_eq!(policy["policies"][0]["version"], "t1");
    let catalogue = host.get("/v1/admin/catalogue").await;
    assert_eq!(catalogue["editions"][0]["state"], "published");
    let edition = host.get("/v1/admin/catalogue/t1").await;
    assert_eq!(edition["contents"]["measures"][0]["code"], "M1");

    let path = "/v1/admin/policy?format=jsonl";
    host.local(Method::POST, path, POLICY).await.expect(200);
    let other = POLICY.replace("\"commitment_working_days\":20", "\"commitment_working_days\":30");
    host.local(Method::POST, path, &other).await.refused(409, "import.version_changed");
}

#[tokio::test]
async fn releases_say_why_a_binding_is_not_served() {
    let host = TestHost::with_city(|_| {}).await;
    let listed = host.get("/v1/admin/releases").await;
    let release = &listed["releases"][0];
    assert!(release["unavailable"].as_str().unwrap().contains("no release"), "{listed}");
    assert_eq!(release["history"], json!([]));
    let binding = &release["binding"];
    for (path, body, status, code) in [
        ("activate", json!({"digest": "sha256:00", "reason": "test"}), 404, "plugin.unknown_digest"),
        ("activate", json!({"digest": "sha256:00", "reason": " "}), 422, "request.invalid"),
        ("rollback", json!({"binding": binding, "reason": "test"}), 409, "release.nothing_to_roll_back"),
        ("rollback", json!({"binding": "none", "reason": "test"}), 404, "binding.unknown"),
        ("rollback", json!({"plugin": "none", "reason": "test"}), 409, "plugin.not_bound"),
        ("rollback", json!({"reason": "test"}), 422, "request.invalid"),
    ] {
        let answer = host.local(Method::POST, &format!("/v1/admin/releases:{path}"), &body.to_string()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{body}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn what_is_no_component_is_refused() {
    let host = TestHost::empty(|config| config.releases.require_signature = false).await;
    let push = |body: &'static [u8], media: &'static str| {
        let mut request = request(Method::POST, "/v1/admin/plugins", Body::from(body));
        request.headers_mut().insert("content-type", media.parse().unwrap());
        request.extensions_mut().insert(LocalOperator::default());
        host.answer(request)
    };
    for (body, media, status, code) in [
        (b"nonsense".as_slice(), "application/wasm", 422, "component.not_wasm"),
        (b"\0asm\x01\0\0\0".as_slice(), "application/wasm", 422, "component.core_module"),
        (b"nonsense".as_slice(), "application/json", 415, "request.media_type"),
    ] {
        push(body, media).await.refused(status, code);
    }
    let listed = host.get("/v1/admin/plugins").await;
    assert_eq!(listed["plugins"], json!([]));
}

#[tokio::test]
async fn a_component_is_named_by_its_digest_or_by_enough_of_it_to_be_the_only_one() {
    let host = TestHost::empty(|_| {}).await;
    for digits in ["abcdef0", "abc1234"] {
        let component = Component {
            digest: format!("sha256:{digits:0<64}"),
            name: "food".into(),
            version: "1.0.0".into(),
            department: Some(DEPARTMENT.into()),
            pushed_at: jiff::Timestamp::UNIX_EPOCH,
            pushed_by: "cli".into(),
            signatures: Vec::new(),
        };
        let kept = Registry::save_component(&host.host.shared.store, component, b"altered".to_vec(), None);
        kept.await.unwrap();
    }
    for (digits, status, code) in [
        ("abcdee", 404, "plugin.unknown_digest"),
        ("abc", 409, "plugin.ambiguous_digest"),
        ("abcde", 409, "plugin.ambiguous_digest"),
        // What is found is looked at, and is not what its digest says.
        ("abcdef", 409, "plugin.altered"),
        ("sha256:abcdef", 409, "plugin.altered"),
    ] {
        let asked = json!({"digest": digits, "settings": {}}).to_string();
        let answer = host.local(Method::POST, "/v1/admin/releases", &asked).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{digits}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_file_with_nothing_in_it_is_what_a_program_sends_that_could_not_read_its_own() {
    let host = TestHost::with_city(|_| {}).await;
    for path in [
        "/v1/admin/list-types?format=jsonl",
        "/v1/admin/policy?format=toml",
        "/v1/admin/bindings?format=csv",
        "/v1/admin/identifiers?format=csv",
        "/v1/admin/calendar",
        "/v1/coverage?format=csv",
        "/v1/catalogue:check?format=jsonl",
    ] {
        host.local(Method::POST, path, "").await.refused(422, "file.empty");
    }
}

#[tokio::test]
async fn without_a_signature_nothing_of_a_component_is_looked_at() {
    let host = TestHost::empty(|_| {}).await;
    let mut request = request(Method::POST, "/v1/admin/plugins", Body::from("nonsense"));
    request.headers_mut().insert("content-type", "application/wasm".parse().unwrap());
    request.extensions_mut().insert(LocalOperator::default());
    host.answer(request).await.refused(422, "signature.missing");
}

#[tokio::test]
async fn every_change_that_was_made_is_in_the_audit_trail_and_no_other() {
    let host = TestHost::with_city(|_| {}).await;
    let issued = host.issue("caller", Some(&[DEPARTMENT])).await;
    let id = issued["id"].as_str().unwrap();
    host.local(Method::DELETE, &format!("/v1/admin/keys/{id}"), "").await.expect(200);
    host.local(Method::POST, "/v1/admin/lists?format=jsonl", "{}").await.expect(422);
    let trail = host.get("/v1/admin/audit").await;
    let events = trail["audit"].as_array().unwrap();
    let actions: Vec<&str> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "key.revoke",
            "key.create",
            "catalogue.publish",
            "catalogue.review",
            "catalogue.review",
            "bindings.import",
            "lists.import",
            "list_types.import",
            "catalogue.import",
            "policy.import"
        ]
    );
    assert_eq!((&events[0]["actor"], &events[0]["subject"]), (&json!("cli"), &json!(id)));
    assert_eq!(events[6]["subject"], "lists.jsonl");
    assert_eq!((&events[3]["actor"], &events[3]["subject"]), (&json!("cli:chief"), &json!("t1")));
    assert!(!trail.to_string().contains(issued["key"].as_str().unwrap().rsplit('_').next().unwrap()));

    let last = host.get("/v1/admin/audit?limit=1").await;
    assert_eq!(last["audit"], json!([events[0]]));
    let first = host.get("/v1/admin/audit?limit=1").await;
    assert_eq!(first["audit"], json!([events[0]]));
    let second = format!("/v1/admin/audit?limit=1&cursor={}", first["next"].as_str().unwrap());
    assert_eq!(host.get(&second).await["audit"], json!([events[1]]));
}

#[tokio::test]
async fn a_key_is_made_only_of_what_makes_sense() {
    let host = TestHost::empty(|_| {}).await;
    for (body, field) in [
        (json!({"name": "", "role": "admin"}), "name"),
        (json!({"name": "n", "role": "emperor"}), "role"),
        (json!({"name": "n", "role": "admin", "departments": ["d"]}), "departments"),
        (json!({"name": "n", "role": "caller", "departments": []}), "departments"),
        (json!({"name": "n", "role": "vendor", "departments": []}), "departments"),
        (json!({"name": "n", "role": "vendor"}), "departments"),
    ] {
        let refused = host.local(Method::POST, "/v1/admin/keys", &body.to_string()).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(host.get("/v1/admin/keys").await["keys"], json!([]));
}

#[tokio::test]
async fn the_ledger_is_verified_on_request() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
    let found = host.get("/v1/admin/ledger:verify").await;
    assert_eq!((&found["records"], &found["intact"], found.get("faults")), (&json!(1), &json!(true), None));
    let head = found["head"].as_str().unwrap();
    let path = format!("/v1/admin/ledger:verify?since={head}");
    let again = host.get(&path).await;
    assert_eq!((&again["intact"], &again["head"]), (&json!(true), &json!(head)), "nothing came since");
    let (seq, hash) = head.split_once(':').unwrap();
    let later = format!("/v1/admin/ledger:verify?since={}:{hash}", seq.parse::<i64>().unwrap() + 1);
    let cut = host.get(&later).await;
    assert_eq!(cut["intact"], false, "{cut}");
    host.local(Method::GET, "/v1/admin/ledger:verify?since=12", "").await.refused(400, "request.query");
}
