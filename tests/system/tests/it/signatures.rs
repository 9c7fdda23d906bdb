//! Signatures of vendors: what was not signed by whom it should have been comes
//! in nowhere, and a key that ends takes nothing down.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::document::{assert_has, list, text, texts, with};
use system_tests::vendor::{self, Vendor};
use system_tests::{Client, Reply, Setup, TestGate, city, command_line, component};

const DEPARTMENT: &str = "market-regulation";

async fn register(gate: &TestGate, vendor: &Vendor, terms: Value) {
    let order = with(vendor.registration(DEPARTMENT), &terms);
    let added = gate.admin.post("/v1/admin/signers", &order).await.ok();
    assert_eq!(added["id"], vendor.id());
}

async fn revoke(client: &Client, id: &str, body: &Value) -> Reply {
    client.delete(&format!("/v1/admin/signers/{id}"), body).await
}

/// Version and status of a check on a company on no list.
async fn check(gate: &TestGate) -> (Value, Value) {
    let answer = gate.checked("food-licence", "review", "case-1", city::CLEAN_COMPANY).await;
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
    let altered = |changes: Value| with(good.clone(), &changes).to_string();
    let before = gate.holdings().await;

    let detail = gate.push_unsigned(component.clone()).await.problem(422, "signature.missing");
    assert!(detail.contains("creditgate plugin sign"), "the remedy is named: {detail}");
    let other = Vendor::of("test");
    let others = &other.sign(&component)["signature"];
    let cases = [
        (late.sign(&component).to_string(), "signature.expired", "2020-12-31"),
        (early.sign(&component).to_string(), "signature.not_yet_valid", "2999-01-01"),
        (other.sign(&component).to_string(), "signature.other_department", "`test`"),
        (Vendor::named("stranger").sign(&component).to_string(), "signature.unknown_key", "signers add"),
        (Vendor::of(DEPARTMENT).sign(b"other bytes").to_string(), "signature.other_digest", "sha256:"),
        (altered(json!({"signature": others})), "signature.bad_signature", "not made"),
        (altered(json!({"key": late.id()})), "signature.bad_signature", "not made"),
        (altered(json!({"algorithm": "none"})), "signature.malformed", "ed25519"),
        (altered(json!({"valid": true})), "signature.malformed", "JSON object"),
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
    let bindings = ["food-licence", "drug-licence"].map(|item| city::regulated(item, "review"));
    let running = gate.serve(component.clone(), &bindings).await;
    let next = component::with_version(&component, "1.1.0");
    let pushed = gate.push_good(next.clone()).await;
    let id = Vendor::of(DEPARTMENT).id();

    let order = json!({"reason": "钥匙丢失"});
    let _ = revoke(&gate.admin, &id, &json!({})).await.problem(422, "request.invalid");
    let _ = revoke(&gate.admin, &id, &json!({"reason": " "})).await.problem(422, "request.invalid");
    let _ = revoke(&gate.admin, "0000000000000000", &order).await.problem(404, "signer.unknown");
    let publisher = gate.somebody("publisher").await;
    let _ = revoke(&publisher, &id, &order).await.problem(403, "auth.role");
    let revoked = revoke(&gate.admin, &id, &order).await.ok();
    assert_eq!(revoked["signer"]["revoked"]["reason"], "钥匙丢失");
    let listed = &revoked["running"];
    let [drugs, food] = ["drug", "food"].map(|item| format!("market-regulation/{item}-licence/review"));
    assert_eq!(texts(listed, "binding"), [drugs, food]);
    assert_eq!(texts(listed, "digest"), [running.as_str(); 2]);
    assert_eq!(texts(listed, "version"), ["1.0.0"; 2]);
    let again = revoke(&gate.admin, &id, &json!({"reason": "again"})).await.ok();
    assert_eq!(again["signer"], revoked["signer"], "the first reason stays");

    for _ in 0..2 {
        let another = component::with_version(&component, "1.2.0");
        let _ = gate.push(another).await.problem(422, "signature.revoked");
        let detail = gate.activate(&pushed).await.problem(422, "signature.revoked");
        assert!(detail.contains(&id), "which key: {detail}");
        assert_eq!(check(&gate).await, (json!("1.0.0"), json!("clear")), "what runs goes on");
        gate.start_anew().await;
    }

    // Signed anew, with a key that counts, the same component is good again.
    let successor = Vendor::named("successor");
    register(&gate, &successor, json!({})).await;
    let _ = gate.push_signed(next.clone(), &successor.sign(&next).to_string()).await.ok();
    let kept = gate.admin.get("/v1/admin/plugins").await.ok();
    let signatures = &list(&kept["plugins"]).iter().find(|it| it["digest"] == pushed).unwrap()["signatures"];
    assert_eq!(texts(signatures, "signer"), [successor.id(), id], "newest first");
    assert_eq!(texts(signatures, "name"), ["示例软件有限公司"; 2]);
    let _ = gate.activate(&pushed).await.ok();
    assert_eq!(check(&gate).await.0, "1.1.0");
    // Going back is no activation: it must work when it is needed.
    let _ = gate.roll_back("market-registration").await.ok();
    assert_eq!(check(&gate).await.0, "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_expires_after_the_push_brings_nothing_into_force() {
    let mut gate = TestGate::start().await;
    let component = component::market_registration();
    let binding = city::regulated("food-licence", "review");
    let digest = gate.serve(component, &[binding]).await;
    gate.terminate().await;
    let january = "UPDATE signers SET valid_until = '2026-01-31', valid_from = '2026-01-01' WHERE id = ?1";
    gate.change_store(1, january, [Vendor::of(DEPARTMENT).id()]);
    // Signed and pushed while the key counted: nanoseconds of 2026-01-15.
    gate.change_store(1, "UPDATE component_signatures SET at = 1768435200000000000", []);
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
    gate.import("bindings", &[city::regulated("food-licence", "review")]).await;
    let _ = gate.activate(digest).await.ok();
    assert_eq!(check(&gate).await.1, "clear");

    // Required from now on: what was taken without one cannot be told from what
    // has lost its own, and serves nobody until it is signed.
    gate.start_as(&Setup::default()).await;
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
    for (field, value) in [
        ("name", " "),
        ("department", "Market Regulation"),
        ("public_key", "ab"),
        // The neutral element, with which any signature would fit.
        ("public_key", &format!("01{}", "00".repeat(31))),
        ("valid_until", "2019-01-01"),
        ("valid_until", "2029-02-29"),
        ("comment", "x"),
    ] {
        let order = with(vendor.registration(DEPARTMENT), &json!({field: value}));
        let detail = gate.admin.post("/v1/admin/signers", &order).await.problem(422, "request.invalid");
        assert!(detail.contains(field), "{order}: {detail}");
    }
    register(&gate, &vendor, json!({})).await;
    let other = vendor.registration("housing");
    let detail = gate.admin.post("/v1/admin/signers", &other).await.problem(409, "signer.known");
    assert!(detail.contains(&vendor.id()), "{detail}");
    let listed = gate.admin.get("/v1/admin/signers").await.ok();
    let mut of_vendor = list(&listed["signers"]).iter().filter(|it| it["id"] == vendor.id());
    assert_eq!(of_vendor.next().unwrap()["department"], DEPARTMENT);
    assert_eq!(of_vendor.next(), None, "once");
    let trail = gate.admin.get("/v1/admin/audit").await.ok();
    assert_has(&trail, &json!({"/audit/0/action": "signer.add", "/audit/0/subject": vendor.id()}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_makes_a_key_signs_and_pushes_on_the_command_line() {
    let mut gate = TestGate::start().await;
    gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, component) = (path("vendor.pem"), path("market-registration.wasm"));
    std::fs::write(&component, component::market_registration()).unwrap();
    let made = command_line(&format!("plugin keygen --out {key} --json")).json();
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let secret = std::fs::read_to_string(&key).unwrap();
    let _ = command_line(&format!("plugin keygen --out {key}")).ended_with(1);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), secret, "a key is never written over");

    let (id, public_key) = (text(&made, "id"), text(&made, "public_key"));
    let vendor = format!("--department {DEPARTMENT} --name 示例软件有限公司 --public-key {public_key}");
    let _ = gate.command_line(&format!("signers add {vendor}")).ok();
    let push = |more: &str| gate.command_line(&format!("plugin push {component} {more}"));
    let unsigned = push("").ended_with(1).errors;
    assert!(unsigned.contains("signature.missing"), "{unsigned}");
    let sign = || command_line(&format!("plugin sign {component} --key {key} --json"));
    for _ in 0..2 {
        let _ = sign().ok();
    }
    let pushed = push("--json").json();
    let digest = vendor::digest(&component::market_registration());
    assert_has(&pushed[0], &json!({"signed_by": id, "digest": digest}));

    // The signature of another file, a file that is none, and a key others may read.
    let elsewhere = path("elsewhere.sig");
    std::fs::rename(format!("{component}.sig"), &elsewhere).unwrap();
    let _ = push(&format!("--signature {elsewhere}")).ok();
    let wrong = push(&format!("--signature {key} --json")).errors;
    assert!(wrong.contains("signature.malformed"), "{wrong}");
    assert!(!wrong.contains(secret.lines().nth(1).unwrap()), "{wrong}");
    let _ = push(&format!("{component} --signature {elsewhere}")).ended_with(2);
    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let open = sign();
    assert!(!open.status.success() && open.errors.contains("600"), "{open:?}");

    let revoked = gate.command_line(&format!("signers revoke {id} --reason test")).ok();
    assert!(revoked.contains("is revoked"), "{revoked}");
    assert!(gate.command_line("signers list").said.contains(id));
}
