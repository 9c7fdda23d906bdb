//! Shares: a department whose calls take long gets so many of them, and nobody
//! else learns of it.

use std::sync::Arc;
use std::time::Duration;

use creditgate_sandbox::{
    CallError, CallReport, Limits, LongCalls, LongOptions, Plugin, Sandbox, SandboxOptions,
};

use crate::guests::{MANIFEST, PROCEED, component_with, load, module, options};
use crate::sample::{Sample, settings};

const FOREVER: &str = "(loop br 0) unreachable";
/// Turns as often as the case's number has characters, ten thousand times.
const AS_LONG_AS_THE_NUMBER: &str = "(local $turns i32)
    (local.set $turns (i32.mul (i32.load offset=4 (local.get $p)) (i32.const 10000)))
    (loop (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
        (br_if 0 (i32.gt_s (local.get $turns) (i32.const 0))))
    i32.const 1024";

/// Nothing here takes this long unless it hangs.
const LONG: Duration = Duration::from_secs(20);

fn one_for_each(queued: u32) -> Sandbox {
    let long =
        LongOptions { threads: 1, calls_per_department: 1, queued_per_department: queued, queue_wait: LONG };
    let mut options = SandboxOptions { long, ..options() };
    options.small.queue_wait = LONG;
    Sandbox::new(options).expect("a sandbox")
}

fn of(department: &str) -> Sample {
    let limits = Limits { fuel: u64::MAX >> 1, wall_clock_ms: 60_000, ..Limits::default() };
    let mut sample = Sample { limits, ..Sample::at("intake") };
    department.clone_into(&mut Arc::make_mut(&mut sample.application).department);
    sample
}

fn with_number(department: &str, characters: usize) -> Sample {
    let mut sample = of(department);
    Arc::make_mut(&mut sample.application).case_no = "x".repeat(characters);
    sample
}

fn counts(sandbox: &Sandbox, department: &str) -> (u32, u32, u64) {
    let calls = sandbox.long_calls().into_iter().find(|calls| calls.department == department);
    calls.map_or((0, 0, 0), |LongCalls { running, waiting, begun, .. }| (running, waiting, begun))
}

async fn until(met: impl Fn() -> bool) {
    let waited = async {
        while !met() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, waited).await.expect("it comes about");
}

/// Runs `meanwhile` while a plug-in calls with a case that never ends.
async fn while_running(plugin: &Plugin, hog: &Sample, meanwhile: impl Future<Output = ()>) {
    tokio::select! {
        biased;
        report = plugin.call(hog.call()) => panic!("an endless loop ended: {:?}", report.outcome),
        () = meanwhile => {}
    }
}

fn is_done(report: &CallReport) -> bool {
    matches!(report.outcome, Ok(Ok(_)))
}

#[tokio::test]
async fn beyond_its_share_a_department_is_refused_and_its_neighbours_are_not() {
    let sandbox = one_for_each(0);
    let (endless, quick) = (load(&sandbox, FOREVER), load(&sandbox, PROCEED));
    let lengthy = load(&sandbox, AS_LONG_AS_THE_NUMBER);
    while_running(&endless, &of("noisy"), async {
        until(|| counts(&sandbox, "noisy").0 == 1).await;
        let refused = endless.call(of("noisy").call()).await.outcome.expect_err("the share is taken");
        assert!(matches!(&refused, CallError::ShareTaken { department, waited_ms: 0, .. } if department == "noisy"));
        assert_eq!(refused.code(), "department.busy");
        assert!(is_done(&quick.call(of("noisy").call()).await), "what is done at once needs no share");
        assert!(is_done(&lengthy.call(with_number("quiet", 40).call()).await), "the neighbour has its own");
        assert_eq!(counts(&sandbox, "quiet"), (0, 0, 1));
    })
    .await;
    until(|| counts(&sandbox, "noisy").0 == 0).await;
}

#[tokio::test]
async fn who_waits_for_the_share_holds_no_slot_and_leaves_the_queue_when_it_gives_up() {
    let sandbox = one_for_each(64);
    let (endless, quick) = (load(&sandbox, FOREVER), load(&sandbox, PROCEED));
    while_running(&endless, &of("noisy"), async {
        until(|| counts(&sandbox, "noisy").0 == 1).await;
        let hogs: Vec<Sample> = (0..8).map(|_| of("noisy")).collect();
        let mut waiting: Vec<_> = hogs.iter().map(|hog| Box::pin(endless.call(hog.call()))).collect();
        for call in &mut waiting {
            assert!(poll_once(call.as_mut()).await.is_none(), "it waits");
        }
        assert_eq!(counts(&sandbox, "noisy"), (1, 8, 1));
        // The pool has four slots.
        for _ in 0..20 {
            assert!(is_done(&quick.call(of("quiet").call()).await));
        }
        drop(waiting);
        assert_eq!(counts(&sandbox, "noisy"), (1, 0, 1));
    })
    .await;
}

/// Looks once whether a future has come to its end.
async fn poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(move |context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn a_call_that_was_dropped_leaves_its_share_to_the_next_one() {
    let sandbox = one_for_each(64);
    let (endless, lengthy) = (load(&sandbox, FOREVER), load(&sandbox, AS_LONG_AS_THE_NUMBER));
    for round in 1..=10 {
        while_running(&endless, &of("noisy"), until(|| counts(&sandbox, "noisy").0 == 1)).await;
        assert!(is_done(&lengthy.call(with_number("noisy", 40).call()).await), "round {round}");
        assert_eq!(counts(&sandbox, "noisy"), (0, 0, 2 * round));
    }
}

#[tokio::test]
async fn a_binding_whose_calls_are_short_again_is_tried_at_once_again() {
    let sandbox = one_for_each(0);
    let plugin = load(&sandbox, AS_LONG_AS_THE_NUMBER);
    let rows = [
        ("a short call", 1, 0),
        ("one that turns out long", 40, 1),
        ("a long one, as the one before it", 40, 2),
        ("a short one after a long one", 1, 3),
        ("a short one after a short one", 1, 3),
        ("a long one again", 40, 4),
    ];
    for (what, characters, begun) in rows {
        assert!(is_done(&plugin.call(with_number("any", characters).call()).await), "{what}");
        assert_eq!(counts(&sandbox, "any"), (0, 0, begun), "{what}");
    }
}

#[tokio::test]
async fn settings_that_take_long_to_check_count_for_the_plug_ins_department() {
    let validate = r#"(func (export "creditgate:plugin/validation@1.0.0#validate") (param i32 i32) (result i32)
        (local $turns i32)
        (loop (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
            (br_if 0 (i32.lt_s (local.get $turns) (i32.const 1000000))))
        i32.const 1024)"#;
    let world =
        "include creditgate:plugin/with-intake@1.0.0; include creditgate:plugin/with-validation@1.0.0;";
    let sandbox = one_for_each(0);
    let bytes = component_with(&module(PROCEED, validate), world, "", MANIFEST);
    let plugin = sandbox.load(&bytes).expect("a guest");
    assert_eq!(plugin.validate_settings(&settings("{}"), &Limits::default()).await, Ok(()));
    assert_eq!(counts(&sandbox, "test"), (0, 0, 1));
}
