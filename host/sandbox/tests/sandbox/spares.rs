//! Instances made in advance: nobody can tell.

use creditgate_sandbox::{CallReport, Limits, renew_spares};

use crate::guests::{PROCEED, load, sandbox};
use crate::sample::Sample;

/// Calls and lets the thread renew, so that the next call finds an instance made.
async fn call_and_renew(plugin: &creditgate_sandbox::Plugin, sample: &Sample) -> CallReport {
    let report = plugin.call(sample.call()).await;
    renew_spares();
    report
}

#[tokio::test]
async fn a_call_that_finds_its_instance_made_is_like_any_other() {
    let plugin = load(&sandbox(), "(call $today (i32.const 256)) i32.const 1024");
    let sample = Sample::at("intake");
    let first = plugin.call(sample.call()).await;
    for _ in 0..20 {
        let again = call_and_renew(&plugin, &sample).await;
        assert_eq!((again.fuel_used, &again.transcript), (first.fuel_used, &first.transcript));
        assert!(again.outcome.is_ok(), "{:?}", again.outcome);
    }
}

#[tokio::test]
async fn nothing_of_a_call_is_found_by_another() {
    // Traps if memory or global still hold what the call before left there.
    let body = "(if (i32.or (global.get $calls) (i32.load (i32.const 70000))) (then unreachable))
        (global.set $calls (i32.const 1)) (i32.store (i32.const 70000) (i32.const 1)) i32.const 1024";
    let plugin = load(&sandbox(), body);
    let sample = Sample::at("intake");
    renew_spares();
    for call in 0..50 {
        // Several calls between two renewals: some find an instance, some do not.
        let report = if call % 7 == 0 {
            call_and_renew(&plugin, &sample).await
        } else {
            plugin.call(sample.call()).await
        };
        assert!(report.outcome.is_ok(), "call {call}: {:?}", report.outcome);
    }
}

#[tokio::test]
async fn an_instance_made_in_advance_has_the_limits_of_its_call() {
    let plugin = load(&sandbox(), PROCEED);
    let usual = Sample::at("intake");
    let tight =
        Sample { limits: Limits { memory_bytes: 2 * 65_536, ..Limits::default() }, ..Sample::at("intake") };
    renew_spares();
    for _ in 0..3 {
        assert!(call_and_renew(&plugin, &usual).await.outcome.is_ok());
        let error = call_and_renew(&plugin, &tight).await.outcome.expect_err("its memory is larger");
        assert_eq!(error.code(), "limit.memory", "{error}");
    }
}

#[tokio::test]
async fn more_components_than_there_is_room_for_are_all_served() {
    let sandbox = sandbox();
    let guests: Vec<_> =
        (0..20).map(|number| load(&sandbox, &format!("(drop (i32.const {number})) {PROCEED}"))).collect();
    let sample = Sample::at("intake");
    for _ in 0..3 {
        for guest in &guests {
            assert!(call_and_renew(guest, &sample).await.outcome.is_ok());
        }
    }
    // What is no longer loaded is let go of.
    drop(guests);
    renew_spares();
}

#[test]
fn a_thread_may_end_with_instances_left() {
    let sandbox = sandbox();
    let plugin = load(&sandbox, PROCEED);
    for _ in 0..80 {
        let plugin = plugin.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let sample = Sample::at("intake");
            renew_spares();
            let report = runtime.expect("a runtime").block_on(call_and_renew(&plugin, &sample));
            report.outcome.is_ok()
        });
        assert!(thread.join().expect("the thread ends"), "every slot comes back");
    }
}
