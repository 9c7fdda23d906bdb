//! The pool: who waits, who is refused, and that slots always come back.

use std::time::Duration;

use creditgate_sandbox::{CallError, Limits, LongOptions, Sandbox, SandboxOptions, SlotOptions};

use crate::guests::{PROCEED, load, options};
use crate::sample::Sample;

pub(crate) const FOREVER: &str = "(loop br 0) unreachable";

pub(crate) fn one_slot() -> Sandbox {
    one_slot_waited_for(Duration::from_millis(20))
}

fn one_slot_waited_for(queue_wait: Duration) -> Sandbox {
    let one = |slots| SlotOptions { concurrent_calls: 1, queue_wait, ..slots };
    let (small, large) = (one(SlotOptions::small()), one(SlotOptions::large()));
    // Slots are what is scarce here, and not a department's share of long calls.
    let long = LongOptions { calls_per_department: 4, ..LongOptions::default() };
    Sandbox::new(SandboxOptions { small, large, long, ..options() }).expect("a sandbox")
}

pub(crate) fn endless() -> Sample {
    let limits = Limits { fuel: u64::MAX >> 1, wall_clock_ms: 60_000, ..Limits::default() };
    Sample { limits, ..Sample::at("intake") }
}

#[tokio::test]
async fn a_full_pool_is_busy_and_says_so() {
    let sandbox = one_slot();
    let hog = load(&sandbox, FOREVER);
    let other = load(&sandbox, PROCEED);
    let running = endless();
    let refused = tokio::select! {
        report = hog.call(running.call()) => panic!("an endless loop ended: {:?}", report.outcome),
        refused = async { tokio::task::yield_now().await; other.call(Sample::at("intake").call()).await } => refused,
    };
    let error = refused.outcome.expect_err("no slot is free");
    assert!(matches!(error, CallError::Busy { waited_ms: 20, .. }), "{error}");
    assert!(error.to_string().contains("concurrent calls"), "{error}");
}

#[tokio::test]
async fn a_call_that_is_dropped_gives_its_slot_back() {
    // How soon depends on the machine; that it does at all is what counts.
    let sandbox = one_slot_waited_for(Duration::from_secs(30));
    let hog = load(&sandbox, FOREVER);
    let other = load(&sandbox, PROCEED);
    for round in 0..20 {
        let running = endless();
        let given_up = tokio::time::timeout(Duration::from_millis(12), hog.call(running.call())).await;
        assert!(given_up.is_err(), "round {round}: an endless loop ended");
        let report = other.call(Sample::at("intake").call()).await;
        assert!(report.outcome.is_ok(), "round {round}: {:?}", report.outcome);
    }
}

#[tokio::test]
async fn a_call_that_breaks_gives_its_slot_back() {
    let sandbox = one_slot();
    let broken = load(&sandbox, "unreachable");
    let other = load(&sandbox, PROCEED);
    for round in 0..20 {
        assert!(broken.call(Sample::at("intake").call()).await.outcome.is_err());
        assert!(other.call(Sample::at("intake").call()).await.outcome.is_ok(), "round {round}");
    }
}
