//! Signatures of vendors: what was not signed by whom it should have been comes
//! in nowhere, and a key that ends takes nothing down.

use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use system_tests::vendor::{self, Vendor};
use system_tests::{Client, Reply, Setup, TestGate, city, command_line, component};

const DEPARTMENT: &str = "market-regulation";

async fn register(gate: &TestGate, vendor: &Vendor, terms: Value) {
    let mut order = vendor.registration(DEPARTMENT);
    order.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
    let added = gate.admin.post("/v1/admin/signers", &order).await.ok();
    assert_eq!(added["id"], vendor.id());
}

async fn revoke(client: &Client, id: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    let path = format!("/v1/admin/signers/{id}");
    client.send(Method::DELETE, &path, &headers, body.to_string().into_bytes()).await
}

/// Version and status of a check on a company on no list.
async fn check(gate: &TestGate) -> (Value, Value) {
    let answer =
        gate.check(&city::request("food-licence", "review", "case-1", city::CLEAN_COMPANY)).await.ok();
    (answer["plugin"]["version"].clone(), answer["status"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_as_it_should_be_is_refused_by_name_and_changes_nothing() {
    let gate = TestGate::start().await;
    let component = component::market_registration();
    let [late, early] = ["late", "early"].map(Vendor::named);
    register(&gate, &late, json!({"valid_from": "2019-01-01", "valid_until": "2020-12-31"})).await;
    register(&gate, &early, json!({"valid_from": "2999-01-01"})).await;
    let good = Vendor::of(DEPARTMENT).sign(&component);
    let with = |field: &str, value: Value| {
        let mut document = good.clone();
        document[field] = value;
        document.to_string()
    };
    let before = gate.holdings().await;

    let detail = gate.push_unsigned(component.clone()).await.problem(422, "signature.missing");
    assert!(detail.contains("creditgate plugin sign"), "the remedy is named: {detail}");
    let other = Vendor::of("test");
    let cases = [
        (late.sign(&component).to_string(), "signature.expired", "2020-12-31"),
        (early.sign(&component).to_string(), "signature.not_yet_valid", "2999-01-01"),
        (other.sign(&component).to_string(), "signature.other_department", "`test`"),
        (Vendor::named("stranger").sign(&component).to_string(), "signature.unknown_key", "signers add"),
        (Vendor::of(DEPARTMENT).sign(b"other bytes").to_string(), "signature.other_digest", "sha256:"),
        (
            with("signature", other.sign(&component)["signature"].clone()),
            "signature.bad_signature",
            "not made",
        ),
        (with("key", json!(late.id())), "signature.bad_signature", "not made"),
        (with("algorithm", json!("none")), "signature.malformed", "ed25519"),
        (with("valid", json!(true)), "signature.malformed", "JSON object"),
        ("{\"key\":".to_owned(), "signature.malformed", "JSON object"),
        ("garbage".to_owned(), "signature.malformed", "plugin sign"),
        ("g".repeat(4000), "signature.malformed", "too long"),
        (String::new(), "signature.malformed", "JSON object"),
    ];
    for (document, code, named) in cases {
        let detail = gate.push_signed(component.clone(), &document).await.problem(422, code);
        assert!(detail.contains(named), "{document}: {detail}");
    }
    let wasm = ("content-type", "application/wasm");
    let good = vendor::header(&good.to_string());
    let header = ("creditgate-signature", good.as_str());
    for headers in [vec![wasm, ("creditgate-signature", "no base64!")], vec![wasm, header, header]] {
        let reply = gate.admin.send(Method::POST, "/v1/admin/plugins", &headers, component.clone()).await;
        let _ = reply.problem(422, "signature.malformed");
    }
    assert_eq!(gate.holdings().await, before);
    let _ = gate.push(component).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_is_looked_at_before_the_bytes_are() {
    let gate = TestGate::start().await;
    let text = b"hello, I am a plug-in".to_vec();
    let _ = gate.push_unsigned(text.clone()).await.problem(422, "signature.missing");
    let strange = Vendor::named("stranger").sign(&text).to_string();
    let _ = gate.push_signed(text.clone(), &strange).await.problem(422, "signature.unknown_key");
    let of_other = Vendor::of("test").sign(b"other bytes").to_string();
    let _ = gate.push_signed(text.clone(), &of_other).await.problem(422, "signature.other_digest");
    let _ = gate.push(text).await.problem(422, "component.not_wasm");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_brings_nothing_more_into_force_and_what_runs_goes_on() {
    let mut gate = TestGate::start().await;
    let component = component::market_registration();
    let bindings =
        ["food-licence", "drug-licence"].map(|item| city::binding("market-registration", item, "review"));
    let running = gate.serve(component.clone(), &bindings).await;
    let next = component::with_version(&component, "1.1.0");
    let pushed = gate.push_good(next.clone()).await;
    let id = Vendor::of(DEPARTMENT).id();

    let order = json!({"reason": "钥匙丢失"});
    let _ = revoke(&gate.admin, &id, &json!({})).await.problem(422, "request.invalid");
    let _ = revoke(&gate.admin, &id, &json!({"reason": " "})).await.problem(422, "request.invalid");
    let _ = revoke(&gate.admin, "0000000000000000", &order).await.problem(404, "signer.unknown");
    let publisher = gate.new_key(json!({"name": "publisher", "role": "publisher"})).await;
    let _ = revoke(&publisher, &id, &order).await.problem(403, "auth.role");
    let revoked = revoke(&gate.admin, &id, &order).await.ok();
    assert_eq!(revoked["signer"]["revoked"]["reason"], "钥匙丢失");
    let listed: Vec<_> = revoked["running"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (it["binding"].as_str().unwrap(), it["digest"].as_str().unwrap(), it["version"].as_str().unwrap())
        })
        .collect();
    let expected = [
        ("market-regulation/drug-licence/review", running.as_str(), "1.0.0"),
        ("market-regulation/food-licence/review", running.as_str(), "1.0.0"),
    ];
    assert_eq!(listed, expected);
    let again = revoke(&gate.admin, &id, &json!({"reason": "again"})).await.ok();
    assert_eq!(again["signer"], revoked["signer"], "the first reason stays");

    for _ in 0..2 {
        let another = component::with_version(&component, "1.2.0");
        let _ = gate.push(another).await.problem(422, "signature.revoked");
        let detail = gate.activate(&pushed).await.problem(422, "signature.revoked");
        assert!(detail.contains(&id), "which key: {detail}");
        assert_eq!(check(&gate).await, (json!("1.0.0"), json!("clear")), "what runs goes on");
        gate.terminate().await;
        gate.restart();
    }

    // Signed anew, with a key that counts, the same component is good again.
    let successor = Vendor::named("successor");
    register(&gate, &successor, json!({})).await;
    let _ = gate.push_signed(next.clone(), &successor.sign(&next).to_string()).await.ok();
    let kept = gate.admin.get("/v1/admin/plugins").await.ok();
    let signatures =
        kept["plugins"].as_array().unwrap().iter().find(|it| it["digest"] == pushed).unwrap()["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|signature| (signature["signer"].as_str().unwrap(), signature["name"].as_str().unwrap()))
            .collect::<Vec<_>>();
    let name = "示例软件有限公司";
    assert_eq!(signatures, [(successor.id().as_str(), name), (id.as_str(), name)], "newest first");
    let _ = gate.activate(&pushed).await.ok();
    assert_eq!(check(&gate).await.0, "1.1.0");
    // Going back is no activation: it must work when it is needed.
    let order = json!({"plugin": "market-registration", "reason": "complaint"});
    let _ = gate.admin.post("/v1/admin/releases:rollback", &order).await.ok();
    assert_eq!(check(&gate).await.0, "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_expires_after_the_push_brings_nothing_into_force() {
    let mut gate = TestGate::start().await;
    let component = component::market_registration();
    let binding = city::binding("market-registration", "food-licence", "review");
    let digest = gate.serve(component, &[binding]).await;
    gate.terminate().await;
    let store = Connection::open(gate.store_file()).unwrap();
    let id = Vendor::of(DEPARTMENT).id();
    let changed = store.execute(
        "UPDATE signers SET valid_until = '2026-01-31', valid_from = '2026-01-01' WHERE id = ?1",
        [&id],
    );
    assert_eq!(changed.unwrap(), 1);
    // Signed and pushed while the key counted: nanoseconds of 2026-01-15.
    let pushed = store.execute("UPDATE component_signatures SET at = 1768435200000000000", []);
    assert_eq!(pushed.unwrap(), 1);
    drop(store);
    gate.restart();
    let detail = gate.activate(&digest).await.problem(422, "signature.expired");
    assert!(detail.contains("2026-01-31"), "{detail}");
    assert_eq!(check(&gate).await, (json!("1.0.0"), json!("clear")), "what runs goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_signature_is_required_one_that_is_given_is_verified_all_the_same() {
    let mut gate = Setup::default().releases("require_signature = false").start().await;
    let component = component::market_registration();
    let strange = Vendor::named("stranger").sign(&component).to_string();
    let _ = gate.push_signed(component.clone(), &strange).await.problem(422, "signature.unknown_key");
    let pushed = gate.push_unsigned(component.clone()).await.ok();
    assert!(pushed.get("signed_by").is_none(), "{pushed}");
    let digest = pushed["digest"].as_str().unwrap();
    gate.import("bindings", &[city::binding("market-registration", "food-licence", "review")]).await;
    let _ = gate.activate(digest).await.ok();
    assert_eq!(check(&gate).await.1, "clear");

    // Required from now on: what was taken without one cannot be told from what
    // has lost its own, and serves nobody until it is signed.
    gate.terminate().await;
    gate.configure(&Setup::default());
    gate.restart();
    assert_eq!(check(&gate).await.1, "could_not_check");
    let _ = gate.activate(digest).await.problem(422, "signature.missing");
    let pushed = gate.push(component).await.ok();
    assert_eq!(pushed["signed_by"], Vendor::of(DEPARTMENT).id());
    let _ = gate.activate(digest).await.ok();
    assert_eq!(check(&gate).await.1, "clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_registered_once_and_only_if_it_can_be_one() {
    let gate = TestGate::start().await;
    let vendor = Vendor::named("new");
    let good = vendor.registration(DEPARTMENT);
    let with = |field: &str, value: Value| {
        let mut order = good.clone();
        order[field] = value;
        order
    };
    for (order, field) in [
        (with("name", json!(" ")), "name"),
        (with("department", json!("Market Regulation")), "department"),
        (with("public_key", json!("ab")), "public_key"),
        // The neutral element, with which any signature would fit.
        (with("public_key", json!(format!("01{}", "00".repeat(31)))), "public_key"),
        (with("valid_until", json!("2019-01-01")), "valid_until"),
        (with("valid_until", json!("2029-02-29")), "valid_until"),
        (with("comment", json!("x")), "comment"),
    ] {
        let detail = gate.admin.post("/v1/admin/signers", &order).await.problem(422, "request.invalid");
        assert!(detail.contains(field), "{order}: {detail}");
    }
    register(&gate, &vendor, json!({})).await;
    let other = vendor.registration("housing");
    let detail = gate.admin.post("/v1/admin/signers", &other).await.problem(409, "signer.known");
    assert!(detail.contains(&vendor.id()), "{detail}");
    let listed = gate.admin.get("/v1/admin/signers").await.ok();
    let of_vendor: Vec<&Value> =
        listed["signers"].as_array().unwrap().iter().filter(|it| it["id"] == vendor.id()).collect();
    assert_eq!(of_vendor.len(), 1);
    assert_eq!(of_vendor[0]["department"], DEPARTMENT);
    let trail = gate.admin.get("/v1/admin/audit").await.ok();
    assert_eq!(
        (&trail["audit"][0]["action"], &trail["audit"][0]["subject"]),
        (&json!("signer.add"), &json!(vendor.id()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_makes_a_key_signs_and_pushes_on_the_command_line() {
    let mut gate = TestGate::start().await;
    gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, component) = (path("vendor.pem"), path("market-registration.wasm"));
    std::fs::write(&component, component::market_registration()).unwrap();
    let made = command_line(&["plugin", "keygen", "--out", &key, "--json"]);
    assert!(made.status.success(), "{made:?}");
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let secret = std::fs::read_to_string(&key).unwrap();
    let again = command_line(&["plugin", "keygen", "--out", &key]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), secret, "a key is never written over");

    let (id, public_key) = (made["id"].as_str().unwrap(), made["public_key"].as_str().unwrap());
    let vendor = [
        "signers",
        "add",
        "--department",
        DEPARTMENT,
        "--name",
        "示例软件有限公司",
        "--public-key",
        public_key,
    ];
    let added = gate.command_line(&vendor);
    assert!(added.status.success(), "{added:?}");
    let unsigned = gate.command_line(&["plugin", "push", &component]);
    assert_eq!(unsigned.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unsigned.stderr).contains("signature.missing"), "{unsigned:?}");
    for _ in 0..2 {
        let signed = command_line(&["plugin", "sign", &component, "--key", &key, "--json"]);
        assert!(signed.status.success(), "{signed:?}");
    }
    let pushed = gate.command_line(&["plugin", "push", &component, "--json"]);
    assert!(pushed.status.success(), "{pushed:?}");
    let pushed: Value = serde_json::from_slice(&pushed.stdout).unwrap();
    assert_eq!(pushed[0]["signed_by"], id);
    assert_eq!(pushed[0]["digest"], vendor::digest(&component::market_registration()));

    // The signature of another file, a file that is none, and a key others may read.
    let elsewhere = path("elsewhere.sig");
    std::fs::rename(format!("{component}.sig"), &elsewhere).unwrap();
    let pushed = gate.command_line(&["plugin", "push", &component, "--signature", &elsewhere]);
    assert!(pushed.status.success(), "{pushed:?}");
    let wrong = gate.command_line(&["plugin", "push", &component, "--signature", &key, "--json"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("signature.malformed"), "{wrong:?}");
    assert!(!String::from_utf8_lossy(&wrong.stderr).contains(secret.lines().nth(1).unwrap()), "{wrong:?}");
    let several = gate.command_line(&["plugin", "push", &component, &component, "--signature", &elsewhere]);
    assert_eq!(several.status.code(), Some(2), "{several:?}");
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let open = command_line(&["plugin", "sign", &component, "--key", &key]);
    assert!(!open.status.success() && String::from_utf8_lossy(&open.stderr).contains("600"), "{open:?}");

    let revoked = gate.command_line(&["signers", "revoke", id, "--reason", "test"]);
    let said = String::from_utf8_lossy(&revoked.stdout).into_owned();
    assert!(revoked.status.success() && said.contains("is revoked"), "{revoked:?}");
    let listed = gate.command_line(&["signers", "list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains(id), "{listed:?}");
}
