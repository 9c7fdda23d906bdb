//! What runs is what was pushed, and what is recorded stays: hosts whose store was
//! changed while they were off.

use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};
use system_tests::{Setup, TestGate, city, component, until};

/// A host that serves a signed component; gives back its digest too.
async fn serving() -> (TestGate, String) {
    let gate = Setup::default().start().await;
    let digest = gate.serve(component::hostile_guest(), &[city::honest("honest")]).await;
    (gate, digest)
}

async fn checked(gate: &TestGate, case_no: &str) -> Value {
    gate.checked("honest", "review", case_no, city::BANNED_COMPANY).await
}

/// Stops the host, changes its store as another program would, and starts it.
async fn alter(gate: &mut TestGate, change: &str) {
    gate.terminate().await;
    let store = Connection::open(gate.store_file()).unwrap();
    store.execute_batch(&format!("PRAGMA foreign_keys = OFF; {change}")).unwrap();
    drop(store);
    gate.restart();
}

/// Copies the store with its log from one folder into another, over what is there.
fn copy_store(from: &Path, to: &Path) {
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        let (from, to) = (from.join(name), to.join(name));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        } else if to.exists() {
            std::fs::remove_file(to).unwrap();
        }
    }
}

/// A component nobody may judge by, and what the host says of it.
async fn serves_nobody(gate: &TestGate, digest: &str, why: &str) {
    let answer = checked(gate, "case-altered").await;
    assert_eq!(answer["status"], "could_not_check", "{answer}");
    let releases = gate.admin.get("/v1/admin/releases").await.ok();
    let unavailable = releases["releases"][0]["unavailable"].as_str().unwrap().to_owned();
    assert!(unavailable.contains("altered") && unavailable.contains(why), "{unavailable}");
    assert_eq!(gate.admin.get("/readyz").await.ok()["unavailable"], 1);
    assert!(gate.log().contains("a component was altered in the store"));
    let told = until("the event", async || gate.events("name=component.altered").await.pop()).await;
    assert_eq!(told["event"]["subject"], digest, "{told}");
    assert!(told["event"]["data"]["reason"].as_str().unwrap().contains(why), "{told}");
    let refused = gate.activate(digest).await;
    assert!(matches!(refused.status, 409 | 422) && refused.text.contains(why), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_those_of_their_digest_serve_nobody_until_they_are_pushed_again() {
    let (mut gate, digest) = serving().await;
    let before = checked(&gate, "case-1").await;
    gate.terminate().await;
    gate.change_store(1, "UPDATE components SET bytes = ?1", [component::market_registration()]);
    gate.restart();
    serves_nobody(&gate, &digest, "its bytes have the digest").await;
    let replayed = gate.replay(&before).await;
    assert_ne!(replayed["result"], "identical", "{replayed}");
    let ledger = gate.ledger().await;
    assert_eq!(ledger["intact"], false);
    assert!(ledger["problem"].as_str().unwrap().contains(&digest), "{ledger}");

    gate.push_good(component::hostile_guest()).await;
    assert_eq!(checked(&gate, "case-2").await["status"], "hit");
    assert_eq!(gate.ledger().await["intact"], true, "it is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_whose_signature_is_not_one_that_was_taken_in_serves_nobody() {
    let (mut gate, digest) = serving().await;
    let revoked_before = "UPDATE signers SET revoked_at = 1, revoked_by = 'k', revoked_reason = 'r'";
    let cases = [
        ("DELETE FROM component_signatures", "not signed"),
        (
            "UPDATE component_signatures SET document = replace(document, '\"signature\":\"', '\"signature\":\"AA')",
            "signature",
        ),
        ("DELETE FROM signers", "not registered"),
        (revoked_before, "revoked"),
    ];
    for (change, why) in cases {
        let saved = tempfile::tempdir().unwrap();
        gate.terminate().await;
        copy_store(gate.store_file().parent().unwrap(), saved.path());
        gate.restart();
        alter(&mut gate, change).await;
        serves_nobody(&gate, &digest, why).await;
        assert_eq!(gate.ledger().await["intact"], false, "{change}");
        gate.terminate().await;
        copy_store(saved.path(), gate.store_file().parent().unwrap());
        gate.restart();
        assert_eq!(checked(&gate, "case-good").await["status"], "hit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_revoked_key_signed_before_goes_on_serving_over_a_restart() {
    let (mut gate, _) = serving().await;
    let signers = gate.admin.get("/v1/admin/signers").await.ok();
    for signer in signers["signers"].as_array().unwrap() {
        let path = format!("/v1/admin/signers/{}", signer["id"].as_str().unwrap());
        let _ = gate.admin.delete(&path, &json!({"reason": "test"})).await.ok();
    }
    gate.start_anew().await;
    assert_eq!(checked(&gate, "case-1").await["status"], "hit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_was_cut_off_or_changed_is_found_after_a_restart() {
    let (mut gate, _) = serving().await;
    for number in 0..3 {
        let answer = checked(&gate, &format!("case-{number}")).await;
        let _ = gate.report(&answer, &[city::executed()]).await;
    }
    let head = gate.ledger().await["head"].as_str().unwrap().to_owned();
    let verify = format!("ledger verify --since {head}");
    let _ = gate.server_command(&verify).ok();
    alter(&mut gate, "UPDATE dispositions SET result = 'not_executed' WHERE seq = 1").await;
    assert_eq!(gate.ledger().await["problem"], "dispositions 1: the row was changed");
    alter(
        &mut gate,
        "UPDATE dispositions SET result = 'executed' WHERE seq = 1;
         DELETE FROM checks WHERE seq = 3; DELETE FROM measures WHERE check_seq = 3;
         DELETE FROM check_entries WHERE check_seq = 3",
    )
    .await;
    let found = gate.server_command(&verify);
    assert!(!found.status.success());
    let shown = found.said;
    assert!(shown.contains("check 3: the check was removed"), "{shown}");
}
