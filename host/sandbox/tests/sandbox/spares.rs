//! Instances made in advance: nobody can tell.

use std::sync::mpsc;

use creditgate_sandbox::{CallReport, Limits, Plugin, renew_spares};

use crate::guests::{MANIFEST, PROCEED, component, load, module, sandbox};
use crate::sample::Sample;

/// Instances one thread has in store at most, and all threads together.
const OF_A_THREAD: usize = 4;
const OF_ALL_THREADS: usize = 64;

/// Calls and lets the thread renew, so that the next call finds an instance made.
async fn call_and_renew(plugin: &Plugin, sample: &Sample) -> CallReport {
    let report = plugin.call(sample.call()).await;
    renew_spares();
    report
}

/// Calls several times before the thread renews, and says what it then has.
async fn spares_after(calls: usize, plugin: &Plugin) -> usize {
    let sample = Sample::at("intake");
    for _ in 0..calls {
        assert!(plugin.call(sample.call()).await.outcome.is_ok());
    }
    renew_spares()
}

#[tokio::test]
async fn a_call_takes_the_instance_that_is_made() {
    let plugin = load(&sandbox(), PROCEED);
    assert_eq!(renew_spares(), 0, "before the first call nobody knows what will be asked for");
    for _ in 0..2 * OF_A_THREAD {
        assert_eq!(spares_after(1, &plugin).await, 1, "one is taken, and one is made");
    }
}

#[tokio::test]
async fn a_call_that_finds_its_instance_made_is_like_any_other() {
    let plugin = load(&sandbox(), "(call $today (i32.const 256)) i32.const 1024");
    let sample = Sample::at("intake");
    let first = plugin.call(sample.call()).await;
    renew_spares();
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
    assert_eq!(renew_spares(), OF_A_THREAD);
    drop(guests);
    assert_eq!(renew_spares(), 0, "what is no longer loaded is let go of");
}

#[tokio::test]
async fn a_component_that_runs_code_when_it_is_made_is_never_made_in_advance() {
    let begins = "(func $begin (global.set $calls (i32.const 7))) (start $begin)";
    let body = format!("(if (i32.ne (global.get $calls) (i32.const 7)) (then unreachable)) {PROCEED}");
    let plugin =
        sandbox().load(&component(&module(&body, begins), "with-intake", MANIFEST)).expect("the guest loads");
    renew_spares();
    for _ in 0..3 {
        assert_eq!(spares_after(1, &plugin).await, 0, "its code might look at the case");
    }
}

#[tokio::test]
async fn a_thread_that_nobody_lets_renew_keeps_nothing() {
    let plugin = load(&sandbox(), PROCEED);
    let calls = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        // The first renewal comes after the calls: what they used is gone by then.
        runtime.expect("a runtime").block_on(spares_after(3, &plugin))
    });
    assert_eq!(calls.join().expect("the thread ends"), 0);
}

#[test]
fn spares_of_all_threads_leave_the_slots_of_calls_alone() {
    let sandbox = sandbox();
    let plugin = load(&sandbox, PROCEED);
    let (count, counts) = mpsc::channel();
    let threads: Vec<_> = (0..OF_ALL_THREADS / OF_A_THREAD + 3)
        .map(|_| {
            let (plugin, count) = (plugin.clone(), count.clone());
            let (stay, until) = mpsc::channel::<()>();
            let thread = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                renew_spares();
                let spares = runtime.expect("a runtime").block_on(spares_after(OF_A_THREAD + 1, &plugin));
                count.send(spares).expect("somebody counts");
                // Keeps what it has until the other end is dropped.
                until.recv().expect_err("nothing is sent");
            });
            (thread, stay)
        })
        .collect();
    let all: usize = counts.iter().take(threads.len()).sum();
    assert_eq!(all, OF_ALL_THREADS);
    for (thread, stay) in threads {
        drop(stay);
        thread.join().expect("every call found a slot");
    }
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
