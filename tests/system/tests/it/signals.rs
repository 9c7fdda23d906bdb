//! Signals: those that stop the host, the one that has it read things anew, and
//! the many that mean nothing to it.

use serde_json::json;
use system_tests::{Setup, TestGate, eventually};

/// Waits for a line of the log.
async fn logged(gate: &TestGate, what: &str) {
    eventually(what, async || gate.log().contains(what)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_signal_ends_the_host_but_those_that_are_meant_to() {
    let mut gate = Setup::default().start().await;
    for name in [
        "USR1", "USR2", "ALRM", "VTALRM", "PROF", "IO", "PIPE", "XFSZ", "XCPU", "PWR", "WINCH", "URG",
        "CHLD", "CONT",
    ] {
        gate.signal(name);
        assert_eq!(gate.admin.get("/healthz").await.status, 200, "SIG{name}: {}", gate.log());
    }
    logged(&gate, "\"signal\":\"SIGUSR1\"").await;
    for name in ["QUIT", "INT", "TERM"] {
        gate.stop(name).await;
        gate.restart();
        assert_eq!(gate.ledger().await["intact"], json!(true), "SIG{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sighup_changes_the_level_of_the_log_and_says_what_needs_a_new_start() {
    let gate = Setup::default().log_level("error").start().await;
    let before = gate.log().lines().count();
    assert_eq!(gate.admin.get("/v1/admin/keys").await.status, 200);
    assert_eq!(gate.log().lines().count(), before, "requests are not logged: {}", gate.log());

    gate.configure(&Setup::default().log_level("info"));
    gate.signal("HUP");
    logged(&gate, "were read anew").await;
    assert_eq!(gate.admin.get("/v1/admin/keys").await.status, 200);
    logged(&gate, "\"route\":\"/v1/admin/keys\"").await;
    assert!(!gate.log().contains("next start"), "{}", gate.log());

    gate.configure(&Setup::default().http("max_in_flight = 7"));
    gate.signal("HUP");
    logged(&gate, "that counts from the next start on").await;

    std::fs::write(gate.configuration(), "[http]\nno_such_key = 1").unwrap();
    gate.signal("HUP");
    logged(&gate, "everything stays as it was").await;
    assert_eq!(gate.admin.get("/v1/admin/keys").await.status, 200);
}
