//! Guests that bring a language runtime along: the rules in `tests/large-guests`.
//! They are no part of plain `cargo test`, because their tools come from the
//! registries of other languages; `cargo xtask test` builds and runs them.

use std::path::PathBuf;

use creditgate_sandbox::{
    CacheOptions, CallReport, GuestClass, LimitKind, Limits, Plugin, Sandbox, SandboxOptions,
};

use crate::guests::options;
use crate::sample::Sample;

/// The rule in a language, compiled once for all tests and runs.
fn rule(language: &str) -> Plugin {
    let test = std::env::current_exe().expect("the path of the test binary");
    // target/<profile>/deps/<test binary>
    let target = test.ancestors().nth(3).expect("a target folder").join("guests");
    let plugins =
        std::env::var_os("CREDITGATE_PLUGINS").map_or_else(|| target.join("plugins"), PathBuf::from);
    let file = plugins.join(format!("{language}-rule-1.0.0.wasm"));
    let missing = |error| format!("{}: {error}; `cargo xtask guests` builds it", file.display());
    let bytes = std::fs::read(&file).map_err(missing).expect("the rule is built");
    let cache = Some(CacheOptions { folder: target.join("large/compiled"), key: [7; 32] });
    let sandbox = Sandbox::new(SandboxOptions { cache, ..options() }).expect("a sandbox");
    sandbox.load(&bytes).expect("the rule loads")
}

/// A case for a large guest.
fn sample() -> Sample {
    Sample { limits: Limits::usual(GuestClass::Large), ..Sample::at("intake") }
}

async fn call(rule: &Plugin, sample: &Sample) -> CallReport {
    rule.call(sample.call()).await
}

/// What it says of time and chance.
fn ambient(report: &CallReport) -> (String, String) {
    let verdict = report.outcome.as_ref().expect("an answer").as_ref().expect("a verdict");
    let (now, random) = verdict.explanation.split_once(' ').expect("two parts");
    (now.to_owned(), random.to_owned())
}

fn log(report: &CallReport) -> String {
    report.log.iter().map(|line| format!("{}\n", line.message)).collect()
}

/// The same inputs, the same report; another seed or moment, another one.
async fn is_reproducible(rule: &Plugin, now: &str) {
    assert_eq!(rule.class(), GuestClass::Large);
    let at = |seed, second| {
        let now = jiff::Timestamp::from_second(second).expect("an instant");
        Sample { seed, now, ..sample() }
    };
    let first = call(rule, &at(7, 1_790_000_000)).await;
    for _ in 0..5 {
        let again = call(rule, &at(7, 1_790_000_000)).await;
        assert_eq!(ambient(&again), ambient(&first));
        let left = |report: &CallReport| (report.fuel_used, report.transcript.clone(), report.log.clone());
        assert_eq!(left(&again), left(&first));
    }
    assert_eq!(ambient(&first).0, now);
    let (now_of_another_seed, random) = ambient(&call(rule, &at(8, 1_790_000_000)).await);
    assert_eq!(now_of_another_seed, now);
    assert_ne!(random, ambient(&first).1, "another seed, other numbers");
    let (later, same_random) = ambient(&call(rule, &at(7, 1_790_000_001)).await);
    assert_ne!(later, now, "another moment, another time");
    assert_eq!(same_random, ambient(&first).1);
}

/// It asks the host and answers as any other guest, within the usual limits.
async fn is_served(rule: &Plugin) {
    let report = call(rule, &sample()).await;
    let asked: Vec<_> = report.transcript.iter().map(|call| &*call.function).collect();
    assert_eq!(asked, ["credit.standing-of"]);
    assert!(log(&report).contains("intake of company-registration"), "{:?}", report.log);
    assert!(report.fuel_used < Limits::usual(GuestClass::Large).fuel / 100, "{}", report.fuel_used);
}

/// What goes wrong in the language is told in the language's own words; a failure
/// of the contract is something else.
async fn says_where_it_broke(rule: &Plugin, words: &[&str]) {
    let report = call(rule, &sample().with_attribute("behaviour", "fail")).await;
    let failure = report.outcome.expect("an answer").expect_err("a failure");
    assert_eq!((&*failure.code, &*failure.message), ("no-verdict", "the rule chose to fail"));
    let report = call(rule, &sample().with_attribute("behaviour", "break")).await;
    assert_eq!(report.outcome.as_ref().expect_err("it breaks").code(), "plugin.trap");
    for word in words {
        assert!(log(&report).contains(word), "`{word}` is not in {:?}", report.log);
    }
}

/// Each limit ends it, and says which limit it was.
async fn is_held_to_its_limits(rule: &Plugin) {
    let usual = Limits::usual(GuestClass::Large);
    let cases = [
        ("loop-forever", Limits { wall_clock_ms: 60_000, ..usual }, "limit.fuel"),
        ("loop-forever", Limits { fuel: u64::MAX >> 1, wall_clock_ms: 50, ..usual }, "limit.wall_clock"),
        ("eat-memory", Limits { wall_clock_ms: 60_000, ..usual }, "limit.memory"),
    ];
    for (behaviour, limits, code) in cases {
        let report = call(rule, &Sample { limits, ..sample() }.with_attribute("behaviour", behaviour)).await;
        assert_eq!(report.outcome.expect_err(behaviour).code(), code, "{behaviour}");
        assert!(call(rule, &sample()).await.outcome.is_ok(), "after {behaviour}");
    }
    let deep = sample().with_attribute("behaviour", "recurse-forever");
    let report = call(rule, &Sample { limits: Limits { wall_clock_ms: 60_000, ..usual }, ..deep }).await;
    assert!(report.outcome.is_err(), "{:?}", report.outcome);
    assert!(call(rule, &sample()).await.outcome.is_ok(), "after a recursion");
}

mod javascript {
    use super::*;

    #[tokio::test]
    #[ignore = "needs the rule in JavaScript, which `cargo xtask guests` builds"]
    async fn is_served_and_reproducible() {
        let rule = rule("javascript");
        is_served(&rule).await;
        is_reproducible(&rule, "now=1790000000000").await;
    }

    #[tokio::test]
    #[ignore = "needs the rule in JavaScript, which `cargo xtask guests` builds"]
    async fn that_breaks_or_runs_away_is_ended_and_explained() {
        let rule = rule("javascript");
        says_where_it_broke(&rule, &["the rule gave up", "rule.js:"]).await;
        is_held_to_its_limits(&rule).await;
    }
}

mod python {
    use super::*;

    #[tokio::test]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    async fn is_served_and_reproducible() {
        let rule = rule("python");
        is_served(&rule).await;
        is_reproducible(&rule, "now=1790000000.0").await;
    }

    #[tokio::test]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    async fn that_breaks_or_runs_away_is_ended_and_explained() {
        let rule = rule("python");
        says_where_it_broke(&rule, &["RuntimeError: the rule gave up", "rule.py"]).await;
        is_held_to_its_limits(&rule).await;
    }

    #[tokio::test]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    async fn finds_no_file_no_network_and_no_environment() {
        let report = call(&rule("python"), &sample().with_attribute("behaviour", "reach-out")).await;
        assert!(report.outcome.is_ok(), "{}", log(&report));
        for what in ["file", "folder", "socket", "name"] {
            assert!(log(&report).contains(&format!("{what}: refused\n")), "{:?}", report.log);
        }
        assert!(log(&report).contains("environment: []"), "{:?}", report.log);
    }

    #[tokio::test]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    async fn that_prints_is_heard_up_to_the_limit() {
        let rule = rule("python");
        let report = call(&rule, &sample().with_attribute("behaviour", "talk")).await;
        assert!(report.outcome.is_ok(), "{:?}", report.outcome);
        for line in ["one line on standard output\n", "and one on standard error\n"] {
            assert!(log(&report).contains(line), "{:?}", report.log);
        }
        let report = call(&rule, &sample().with_attribute("behaviour", "talk-forever")).await;
        let error = report.outcome.as_ref().expect_err("it prints too much");
        assert_eq!(error.code(), "limit.log", "{error}");
        let allowed = LimitKind::LogBytes.allowed(&sample().limits);
        assert!(log(&report).trim_end().len() as u64 <= allowed, "{} bytes are kept", log(&report).len());
    }
}
