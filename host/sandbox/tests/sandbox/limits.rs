//! Every limit fires, says so by its name, and leaves the host as it was.

use std::time::{Duration, Instant};

use creditgate_sandbox::{CallError, CallReport, LimitKind, Limits};

use crate::guests::{PROCEED, load, sandbox};
use crate::sample::Sample;

const FOREVER: &str = "(loop br 0) unreachable";
const LOG_FOREVER: &str = "(loop (call $log (i32.const 1) (i32.const 512) (i32.const 24)) br 0) unreachable";
const ASK_FOREVER: &str = "(loop (call $today (i32.const 256)) br 0) unreachable";
/// Grows memory by a page until that fails, then gives up.
const GROW: &str = "(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable";
const GROW_TABLE: &str = "(loop (br_if 0 (i32.ne (table.grow $table (ref.null func) (i32.const 100)) (i32.const -1)))) unreachable";
/// Answers a failure whose message is 100 KiB of its memory.
const LARGE: &str = "(i32.store8 (i32.const 1024) (i32.const 1))
    (i32.store (i32.const 1036) (i32.const 131072)) (i32.store (i32.const 1040) (i32.const 102400)) i32.const 1024";
/// Logs 100 KiB of its memory at once.
const LARGE_ARGUMENT: &str = "(call $log (i32.const 1) (i32.const 131072) (i32.const 102400)) i32.const 1024";

#[tokio::test]
async fn every_limit_fires_and_names_its_setting() {
    let defaults = Limits::default();
    let patient = Limits { fuel: u64::MAX >> 1, wall_clock_ms: 60_000, ..defaults };
    let cases = [
        ("fuel", FOREVER, Limits { fuel: 10_000, ..patient }, LimitKind::Fuel),
        ("wall clock", FOREVER, Limits { wall_clock_ms: 30, ..patient }, LimitKind::WallClock),
        (
            "wall clock in host calls",
            ASK_FOREVER,
            Limits { wall_clock_ms: 30, host_calls: u64::MAX, ..patient },
            LimitKind::WallClock,
        ),
        ("memory", GROW, Limits { memory_bytes: 1 << 20, ..defaults }, LimitKind::Memory),
        ("memory at the start", PROCEED, Limits { memory_bytes: 1 << 16, ..defaults }, LimitKind::Memory),
        ("table", GROW_TABLE, Limits { table_elements: 1_000, ..defaults }, LimitKind::Table),
        ("host calls", ASK_FOREVER, Limits { host_calls: 10, ..defaults }, LimitKind::HostCalls),
        ("log", LOG_FOREVER, Limits { log_bytes: 100, ..defaults }, LimitKind::LogBytes),
        ("result", LARGE, Limits { result_bytes: 50_000, ..defaults }, LimitKind::ResultBytes),
        ("argument", LARGE_ARGUMENT, Limits { result_bytes: 50_000, ..defaults }, LimitKind::ResultBytes),
    ];
    let sandbox = sandbox();
    for (name, body, limits, expected) in cases {
        let plugin = load(&sandbox, body);
        let sample = Sample { limits, ..Sample::at("intake") };
        let report = plugin.call(sample.call()).await;
        let Err(CallError::Limit { limit, allowed, site }) = &report.outcome else {
            panic!("{name}: {:?}", report.outcome)
        };
        assert_eq!(*limit, expected, "{name}");
        assert_eq!(*allowed, expected.allowed(&limits), "{name}");
        assert_eq!((site.plugin.as_str(), site.version.as_str()), ("guest", "1.2.3"), "{name}");
        let text = message(&report);
        for word in [expected.setting(), "binding sample", "guest 1.2.3 at intake"] {
            assert!(text.contains(word), "{name}: `{word}` is not in `{text}`");
        }
    }
}

fn message(report: &CallReport) -> String {
    report.outcome.as_ref().err().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn what_a_call_used_before_its_limit_is_kept() {
    let sandbox = sandbox();
    let plugin = load(&sandbox, LOG_FOREVER);
    let sample = Sample { limits: Limits { log_bytes: 100, ..Limits::default() }, ..Sample::at("intake") };
    let report = plugin.call(sample.call()).await;
    let lines: Vec<_> = report.log.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(lines, ["a message of some length"; 4], "four lines of 24 bytes fit into 100");
    assert!(report.fuel_used > 0);
}

#[tokio::test]
async fn control_characters_count_in_the_log_as_they_are_kept() {
    // Eight zeros a line, each of which is kept as `\u{0}`.
    let zeros = "(loop (call $log (i32.const 1) (i32.const 2048) (i32.const 8)) br 0) unreachable";
    let plugin = load(&sandbox(), zeros);
    let sample = Sample { limits: Limits { log_bytes: 100, ..Limits::default() }, ..Sample::at("intake") };
    let report = plugin.call(sample.call()).await;
    let kept: usize = report.log.iter().map(|line| line.message.len()).sum();
    assert_eq!((report.log.len(), kept), (2, 80), "two lines of 40 bytes fit into 100");
}

#[tokio::test]
async fn limits_that_are_not_reached_change_nothing() {
    let sandbox = sandbox();
    // 100 KiB pass where the limit allows them; zeros are five bytes each in the log.
    for body in [LARGE, LARGE_ARGUMENT] {
        let plugin = load(&sandbox, body);
        let limits = Limits { log_bytes: 600_000, ..Limits::default() };
        let report = plugin.call(Sample { limits, ..Sample::at("intake") }.call()).await;
        assert!(report.outcome.is_ok(), "{:?}", report.outcome);
    }
}

#[tokio::test]
async fn a_recursion_without_end_is_a_stack_overflow() {
    let plugin = load(&sandbox(), "(call $recurse (i32.const 0))");
    let report = plugin.call(Sample::at("intake").call()).await;
    let Err(CallError::StackOverflow { frames, .. }) = &report.outcome else {
        panic!("{:?}", report.outcome)
    };
    assert!(frames.iter().any(|frame| frame == "recurse"), "{frames:?}");
}

#[tokio::test]
async fn an_endless_loop_leaves_the_thread_to_others() {
    let sandbox = sandbox();
    let endless = load(&sandbox, FOREVER);
    let quick = load(&sandbox, PROCEED);
    let limits = Limits { fuel: u64::MAX >> 1, wall_clock_ms: 200, ..Limits::default() };
    let hog = Sample { limits, ..Sample::at("intake") };
    let other = Sample::at("intake");
    // One thread for both: the second gets its turn while the first runs.
    let started = Instant::now();
    let second = async {
        let report = quick.call(other.call()).await;
        assert!(report.outcome.is_ok());
        started.elapsed()
    };
    let (first, second) = tokio::join!(endless.call(hog.call()), second);
    assert!(message(&first).contains("limits.wall_clock_ms"), "{:?}", first.outcome);
    assert!(second < Duration::from_millis(150), "the other call waited {second:?}");
}
