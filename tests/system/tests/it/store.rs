//! A store that cannot write: nothing is answered that was not recorded, and
//! nothing that was recorded is lost.

use rusqlite::Connection;
use serde_json::json;
use system_tests::document::assert_has;
use system_tests::{Setup, TestGate, city, component, until};

async fn with_store(lines: &str) -> TestGate {
    Setup::default().store(lines).with_hostile_guest().await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_process_holds_the_database_nothing_is_answered_and_afterwards_all_goes_on() {
    let gate = with_store("busy_timeout_ms = 100").await;
    let request = city::request("honest", "review", "case-1", city::BANNED_COMPANY);
    let known = gate.check(&request).await.ok();
    let backup = Connection::open(gate.store_file()).unwrap();
    backup.execute_batch("BEGIN IMMEDIATE").unwrap();

    let refused = gate.caller.post_once("/v1/checks", "key-1", &request).await;
    let detail = refused.problem(503, "ledger.unavailable");
    assert!(detail.contains("nothing was recorded"), "{detail}");
    assert!(refused.retry_after.is_some(), "{refused:?}");
    let path = format!("/v1/checks/{}", known["check_id"].as_str().unwrap());
    let reported = gate.report(&known, &[city::executed()]).await;
    let _ = reported.problem(503, "ledger.unavailable");
    let _ = gate.push(component::market_registration()).await.problem(503, "ledger.unavailable");
    let revoked =
        gate.admin.send(reqwest::Method::DELETE, "/v1/admin/keys/000000000000", &[], Vec::new()).await;
    let _ = revoked.problem(503, "ledger.unavailable");
    assert_eq!(gate.caller.get(&path).await.ok(), known, "what is on record can be read");
    assert_eq!(gate.ledger().await["records"], 1);

    backup.execute_batch("ROLLBACK").unwrap();
    let answer = gate.caller.post_once("/v1/checks", "key-1", &request).await.ok();
    assert_eq!(answer["status"], "hit");
    let ledger = gate.ledger().await;
    assert_has(&ledger, &json!({"records": 2, "intact": true}));
    assert_eq!(gate.admin.get("/v1/admin/feedback").await.ok()["feedback"], json!([]));
    assert_eq!(gate.admin.get("/v1/admin/plugins").await.ok()["plugins"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_answered_unrecorded_and_with_space_again_all_goes_on() {
    let mut gate = with_store("").await;
    gate.terminate().await;
    let size = std::fs::metadata(gate.store_file()).unwrap().len();
    gate.configure(&Setup::default().store(&format!("max_bytes = {}", size + 200_000)));
    gate.restart();

    let mut answered = Vec::new();
    let refused = until("the store is full", async || {
        let case_no = format!("case-{}", answered.len());
        let reply = gate.check(&city::request("honest", "review", &case_no, city::BANNED_COMPANY)).await;
        if reply.status == 200 {
            answered.push(reply.json());
            return None;
        }
        Some(reply)
    });
    let refused = refused.await;
    let detail = refused.problem(503, "ledger.unavailable");
    assert!(detail.contains("nothing was recorded"), "{detail}");
    assert!(!answered.is_empty());
    assert_eq!(gate.ledger().await["records"], answered.len());
    let before = gate.holdings().await;
    let _ = gate.push(component::market_registration()).await.problem(503, "ledger.unavailable");
    assert_eq!(gate.holdings().await, before, "a component that finds no room leaves nothing");
    assert!(gate.log().contains("no space left"), "the administrator is told why");
    let _ = gate.admin.get("/healthz").await.ok();

    gate.start_as(&Setup::default()).await;
    for answer in &answered {
        let path = format!("/v1/checks/{}", answer["check_id"].as_str().unwrap());
        assert_eq!(gate.caller.get(&path).await.ok(), *answer);
    }
    let _ = gate.checked("honest", "review", "case-new", city::CLEAN_COMPANY).await;
    let ledger = gate.ledger().await;
    assert_has(&ledger, &json!({"records": answered.len() + 1, "intact": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_tampered_with_is_found() {
    let mut gate = with_store("").await;
    for number in 0..3 {
        let _ = gate.checked("honest", "review", &format!("case-{number}"), city::BANNED_COMPANY).await;
    }
    assert_eq!(gate.ledger().await["intact"], true);
    gate.terminate().await;
    let tampering = "UPDATE checks SET record = replace(record, '\"hit\"', '\"clear\"') WHERE seq = 2";
    gate.change_store(1, tampering, []);
    gate.restart();
    let ledger = gate.ledger().await;
    assert_eq!(ledger["intact"], false, "{ledger}");
    assert!(ledger["problem"].as_str().unwrap().contains('2'), "{ledger}");
}

#[tokio::test(flavor = "multi_thread")]
async fn below_the_floor_of_free_disk_nothing_large_is_begun_and_checks_go_on() {
    const FLOOR: &str = "90_000_000_000_000";
    let mut gate = with_store("").await;
    gate.start_as(&Setup::default().store(&format!("min_free_bytes = {FLOOR}"))).await;
    let before = gate.holdings().await;

    let admin = &gate.admin;
    let mut refused = Vec::new();
    for what in [
        "lists?format=csv",
        "lists?format=xlsx",
        "list-types?format=csv",
        "catalogue?format=jsonl",
        "policy?format=toml",
    ] {
        refused.push(admin.post_text(&format!("/v1/admin/{what}"), "text/plain", "a").await);
    }
    for what in ["policy", "bindings", "identifiers"] {
        refused.push(admin.post_text(&format!("/v1/admin/{what}?format=jsonl"), "text/plain", "{}").await);
    }
    refused.push(gate.push(component::market_registration()).await);
    refused.push(admin.post("/v1/admin/backtests", &json!({})).await);
    for reply in refused {
        let detail = reply.problem(507, "disk.low");
        assert!(detail.contains(&FLOOR.replace('_', "")) && detail.contains("min_free_bytes"), "{detail}");
    }
    assert_eq!(gate.holdings().await, before);

    for (case, company, status) in
        [("case-1", city::CLEAN_COMPANY, "clear"), ("case-2", city::BANNED_COMPANY, "hit")]
    {
        let answer = gate.checked("honest", "review", case, company).await;
        assert_eq!(answer["status"], status);
    }
    assert_eq!(gate.ledger().await["records"], 2);

    // The command line is told the same.
    gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bindings.jsonl");
    std::fs::write(&file, city::honest("other").to_string()).unwrap();
    let import = format!("import bindings {} --json", file.display());
    let refused = gate.command_line(&import).ended_with(1).errors;
    assert!(refused.contains("disk.low"), "{refused}");
    gate.configure(&Setup::default().store("min_free_bytes = 0"));
    let _ = gate.command_line(&import).ok();
}
