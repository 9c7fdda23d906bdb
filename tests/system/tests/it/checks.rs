//! What a check says, with the rules of market regulation.

use serde_json::{Value, json};
use system_tests::document::{assert_has, texts, with};
use system_tests::{TestGate, city, component};

/// A host where market regulation reviews food licences and registers companies.
async fn market_regulation(bindings: &[Value]) -> TestGate {
    TestGate::serving(component::market_registration(), bindings).await
}

fn bound(item: &str, checkpoint: &str) -> Value {
    city::regulated(item, checkpoint)
}

fn codes(reasons: &Value) -> Vec<&str> {
    texts(reasons, "code")
}

#[tokio::test(flavor = "multi_thread")]
async fn r004_r005_the_departments_rules_are_applied_to_what_the_lists_say() {
    let gate =
        market_regulation(&[bound("food-licence", "review"), bound("company-registration", "review")]).await;
    let food = |uscc| city::request("food-licence", "review", "case", uscc);
    let registration = |person| {
        city::represented_by(
            city::request("company-registration", "review", "case", city::CLEAN_COMPANY),
            person,
        )
    };
    let cases = [
        ("clean", food(city::CLEAN_COMPANY), "clear", "proceed", None),
        (
            "seriously dishonest",
            food(city::BANNED_COMPANY),
            "hit",
            "refuse",
            Some("basis.food-safety-law-135"),
        ),
        ("clean representative", registration(city::CLEAN_PERSON), "clear", "proceed", None),
        (
            "judgment defaulter",
            registration(city::DEFAULTER),
            "hit",
            "refuse",
            Some("basis.court-defaulter-2013"),
        ),
    ];
    for (what, request, status, outcome, basis) in cases {
        let answer = gate.check(&request).await.ok();
        assert_eq!(
            (&answer["status"], &answer["outcome"]),
            (&json!(status), &json!(outcome)),
            "{what}: {answer}"
        );
        assert_eq!(answer["grounds"][0]["basis"].as_str(), basis, "{what}: {answer}");
        assert_eq!(codes(&answer["reasons"]), [""; 0], "{what}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r098_an_entry_under_verification_is_shown_and_punishes_nobody() {
    let gate = market_regulation(&[bound("food-licence", "review")]).await;
    let answer = gate.checked("food-licence", "review", "case-1", city::DISPUTING_COMPANY).await;
    assert_ne!(answer["outcome"], "refuse", "{answer}");
    assert_has(&answer, &json!({"measures": [], "/matches/0/entry/id": "entry-disputed"}));
    assert_eq!(answer["matches"][0]["entry"]["suspended"], true, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_under_the_same_name_alone_is_a_hint_and_never_a_measure() {
    let gate = market_regulation(&[bound("food-licence", "review")]).await;
    let mut request = city::request("food-licence", "review", "case-1", city::NAMESAKE_COMPANY);
    request["parties"][0]["name"] = json!(city::NAMESAKE);
    let answer = gate.check(&request).await.ok();
    assert_has(&answer, &json!({"/hints/0/entry/id": "entry-name-only", "matches": [], "measures": []}));
    assert_eq!(answer["status"], "clear", "{answer}");
    assert_ne!(answer["outcome"], "refuse", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r009_r016_a_binding_weighs_as_much_as_its_mode_says() {
    let modes = ["off", "observe", "advise", "enforce"];
    let bindings = modes
        .map(|mode| with(bound(mode, "review"), &json!({"mode": mode, "settings": {"food_items": modes}})));
    let gate = market_regulation(&bindings).await;
    for (mode, status, outcome, enforced, shown) in [
        ("off", "could_not_check", "proceed", false, false),
        ("observe", "hit", "proceed", false, false),
        ("advise", "hit", "refuse", false, true),
        ("enforce", "hit", "refuse", true, true),
    ] {
        let answer = gate.checked(mode, "review", "case-1", city::BANNED_COMPANY).await;
        assert_eq!(
            (&answer["status"], &answer["outcome"]),
            (&json!(status), &json!(outcome)),
            "{mode}: {answer}"
        );
        assert_eq!((&answer["mode"], &answer["enforced"]), (&json!(mode), &json!(enforced)), "{mode}");
        for field in ["matches", "measures", "grounds"] {
            assert_eq!(!answer[field].as_array().unwrap().is_empty(), shown, "{mode}: {field}: {answer}");
        }
        assert_eq!(!answer["explanation"].as_str().unwrap().is_empty(), shown, "{mode}: {answer}");
        assert_eq!(codes(&answer["reasons"]).contains(&"binding.off"), mode == "off", "{mode}: {answer}");
    }
    assert_eq!(gate.ledger().await["records"], 4, "each is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn r012_a_receipt_proves_the_check_it_was_given_for_and_no_other() {
    let gate = market_regulation(&[bound("food-licence", "review")]).await;
    let answer = gate.checked("food-licence", "review", "case-1", city::BANNED_COMPANY).await;
    let receipt = answer["receipt"].as_str().unwrap();
    let verify = async |receipt: &str| {
        gate.caller.post("/v1/receipts:verify", &json!({"receipt": receipt})).await.ok()
    };

    let verified = verify(receipt).await;
    assert_eq!(verified["valid"], true, "{verified}");
    for claim in
        ["check_id", "case_no", "department", "item", "checkpoint", "status", "outcome", "record_hash"]
    {
        assert_eq!(verified["claims"][claim], answer[claim], "{claim}");
    }
    let [header, payload, signature] = receipt.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = gate.checked("food-licence", "review", "case-2", city::CLEAN_COMPANY).await;
    let better = other["receipt"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    for (forged, code) in [
        (format!("{header}.{better}.{signature}"), "receipt.bad_signature"),
        (format!("{header}.{payload}"), "receipt.malformed"),
        ("not a receipt".to_owned(), "receipt.malformed"),
    ] {
        let refused = verify(&forged).await;
        assert_eq!((&refused["valid"], &refused["code"]), (&json!(false), &json!(code)), "{forged}");
    }
    // Whoever has the public keys needs neither an API key nor the host.
    let keys = gate.admin.with_key(None).get("/.well-known/jwks.json").await;
    assert_eq!(keys.ok()["keys"][0]["alg"], "EdDSA", "{keys:?}");
    assert!(keys.ok()["keys"][0].get("d").is_none(), "the private part stays where it is: {keys:?}");
    let folder = tempfile::tempdir().unwrap();
    let jwks = folder.path().join("jwks.json");
    std::fs::write(&jwks, &keys.text).unwrap();
    drop(gate);
    for (receipt, genuine) in [(receipt, true), (&format!("{header}.{better}.{signature}"), false)] {
        let words = format!("receipt verify {receipt} --json --jwks {}", jwks.display());
        let verified = system_tests::command_line(&words);
        assert_eq!(verified.status.success(), genuine, "{verified:?}");
        let said: Value = serde_json::from_str(&verified.said).unwrap();
        assert_eq!(said["valid"], genuine, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r001_r002_issuance_insists_on_the_checkpoints_before_it_and_names_the_missing_one() {
    let mut issuance = bound("food-licence", "issuance");
    issuance["require_receipts"] = json!(["intake", "review"]);
    let bindings = [bound("food-licence", "intake"), bound("food-licence", "review"), issuance];
    let gate = market_regulation(&bindings).await;
    let request =
        |checkpoint, case_no| city::request("food-licence", checkpoint, case_no, city::CLEAN_COMPANY);

    let intake = gate.check(&request("intake", "case-1")).await.ok();
    let before = gate.holdings().await;
    let detail = gate.check(&request("issuance", "case-1")).await.problem(409, "receipts.missing");
    assert!(detail.contains("`case-1` has not passed: review (no check was made)"), "{detail}");
    assert_eq!(gate.holdings().await, before);

    // The receipts of another case prove nothing here.
    let borrowed = with(request("issuance", "case-2"), &json!({"receipts": [intake["receipt"], "forged"]}));
    let detail = gate.check(&borrowed).await.problem(409, "receipts.missing");
    assert!(detail.contains("intake (no check was made), review"), "{detail}");

    let review = gate.check(&request("review", "case-1")).await.ok();
    let mut complete = request("issuance", "case-1");
    complete["receipts"] = json!([intake["receipt"], review["receipt"]]);
    assert_eq!(gate.check(&complete).await.ok()["outcome"], "proceed");

    let case = gate.caller.get("/v1/cases/case-1").await.ok();
    let checkpoints: Vec<_> =
        case["checks"].as_array().unwrap().iter().map(|check| &check["checkpoint"]).collect();
    assert_eq!(checkpoints, ["intake", "review", "issuance"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r002_a_checkpoint_is_passed_by_the_same_applicant_and_not_by_a_refusal() {
    let mut issuance = with(bound("food-licence", "issuance"), &json!({"require_receipts": ["review"]}));
    let gate = market_regulation(&[bound("food-licence", "review"), issuance.clone()]).await;
    let request = |checkpoint, case_no, company| city::request("food-licence", checkpoint, case_no, company);

    let refused = gate.check(&request("review", "refused", city::BANNED_COMPANY)).await.ok();
    assert_eq!(refused["outcome"], "refuse");
    let mut next = request("issuance", "refused", city::BANNED_COMPANY);
    next["receipts"] = json!([refused["receipt"]]);
    let detail = gate.check(&next).await.problem(409, "receipts.missing");
    assert!(detail.contains("review (the outcome of its last check is `refuse`)"), "{detail}");

    let passed = gate.check(&request("review", "swapped", city::CLEAN_COMPANY)).await.ok();
    let mut swapped = request("issuance", "swapped", city::BANNED_COMPANY);
    swapped["receipts"] = json!([passed["receipt"]]);
    let detail = gate.check(&swapped).await.problem(409, "receipts.missing");
    assert!(detail.contains("review (its last check is of another applicant)"), "{detail}");
    let _ = gate.check(&request("issuance", "swapped", city::CLEAN_COMPANY)).await.ok();

    // What counts is the binding's to say.
    issuance["passed"] = json!({"statuses": ["hit"], "outcomes": ["refuse"]});
    gate.import("bindings", &[issuance]).await;
    let _ = gate.check(&next).await.ok();
    let detail = gate
        .check(&request("issuance", "swapped", city::CLEAN_COMPANY))
        .await
        .problem(409, "receipts.missing");
    assert!(detail.contains("review (its last check is `clear`)"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_without_an_end_ages_or_asks_an_officer_and_is_permanent_only_by_word() {
    let gate = market_regulation(&[bound("food-licence", "review")]).await;
    let watch = with(city::list_types().remove(0), &json!({"code": "watch.key-attention", "kind": "watch"}));
    gate.import("list-types", &[watch]).await;
    let endless = |change: Value| {
        let mut entry = city::entries().remove(0);
        entry.as_object_mut().unwrap().remove("valid_until");
        entry.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        entry
    };
    let check = async |case: &str, change: Value| {
        gate.import("lists", &[endless(change)]).await;
        gate.checked("food-licence", "review", case, city::BANNED_COMPANY).await
    };

    let aged = check("aged", json!({"recognised_on": "2015-03-01"})).await;
    assert_has(&aged, &json!({"status": "clear", "outcome": "proceed"}));

    let unknown = json!({"list": "watch.key-attention", "kind": "watch", "severity": null});
    let asked = check("asked", unknown).await;
    assert_has(&asked, &json!({"status": "hit", "outcome": "manual_review"}));
    assert_eq!(codes(&asked["reasons"]), ["entry.end_unknown"]);
    assert!(asked["reasons"][0]["text"].as_str().unwrap().contains("未载明有效期"), "{asked}");

    let word = json!({"recognised_on": "2015-03-01", "particulars": {"term": "permanent"}});
    let permanent = check("permanent", word).await;
    assert_eq!(permanent["outcome"], "refuse", "{permanent}");

    let stated = with(city::list_types().remove(0), &json!({"term": "stated"}));
    gate.import("list-types", &[stated]).await;
    let question = check("stated", json!({"recognised_on": "2026-03-01"})).await;
    assert_eq!(codes(&question["reasons"]), ["entry.end_unknown"], "{question}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_many_texts_is_decided_like_a_small_one() {
    let gate = market_regulation(&[bound("food-licence", "review")]).await;
    let missing =
        json!({"code": "premises-proof", "name": "经营场所证明", "provided": false, "required_by": "law"});
    // More than the memory that a plug-in starts with.
    let filler = (0..250).map(|number| {
        json!({"code": format!("annex-{number}"), "name": "示例附件材料".repeat(30), "provided": true, "required_by": "other"})
    });
    let case = |case_no: &str, materials: Vec<Value>| {
        let mut request = city::request("food-licence", "review", case_no, city::CLEAN_COMPANY);
        request["materials"] = materials.into();
        request
    };
    let small = gate.check(&case("small", vec![missing.clone()])).await.ok();
    let large = gate.check(&case("large", filler.chain([missing]).collect())).await.ok();
    for field in ["status", "outcome", "reasons", "advice", "explanation"] {
        assert_eq!(large[field], small[field], "{field}");
    }
    assert_ne!(small["outcome"], "proceed", "something is missing: {small}");
}
