//! What calls answer, what breaks them, and what they share: nothing.

use creditgate_credit::host_rules::HostRules;
use creditgate_credit::verdict::Outcome;
use creditgate_sandbox::{CallError, Failure, ValidateError};

use crate::guests::{MANIFEST, PROCEED, component, component_with, load, module, sandbox};
use crate::sample::{Sample, settings};

/// Answers a failure: code and message are each the given part of memory.
fn failure(code: (u32, u32), message: (u32, u32)) -> String {
    let ((code, code_length), (message, message_length)) = (code, message);
    format!(
        "(i32.store8 (i32.const 1024) (i32.const 1))
         (i32.store (i32.const 1028) (i32.const {code})) (i32.store (i32.const 1032) (i32.const {code_length}))
         (i32.store (i32.const 1036) (i32.const {message})) (i32.store (i32.const 1040) (i32.const {message_length}))
         i32.const 1024"
    )
}

#[tokio::test]
async fn a_verdict_and_a_failure_reach_the_host() {
    let sandbox = sandbox();
    let sample = Sample::at("intake");
    let verdict =
        load(&sandbox, PROCEED).call(sample.call()).await.outcome.expect("an answer").expect("a verdict");
    assert_eq!(verdict.outcome, Outcome::Proceed);
    assert_eq!(verdict.explanation, "");

    let report = load(&sandbox, &failure((514, 7), (512, 24))).call(sample.call()).await;
    let failed = report.outcome.expect("an answer").expect_err("a failure");
    assert_eq!(failed, Failure { code: "message".into(), message: "a message of some length".into() });
}

#[tokio::test]
async fn what_breaks_is_explained() {
    let cases: [(&str, &str, &str, &[&str]); 6] = [
        ("a trap", "unreachable", "plugin.trap", &["unreachable", "in on_intake"]),
        (
            "a trap in a function with a Rust name",
            "(call $_ZN5guest5rules17check_the_charter17h0123456789abcdefE) i32.const 1024",
            "plugin.trap",
            &["in guest::rules::check_the_charter"],
        ),
        (
            "a case that does not exist",
            "(i32.store8 (i32.const 1024) (i32.const 7)) i32.const 1024",
            "plugin.malformed",
            &[],
        ),
        ("an address outside memory", "i32.const 0x7fffff00", "plugin.malformed", &[]),
        (
            "text that is not UTF-8",
            &format!("(i32.store8 (i32.const 512) (i32.const 255)) {}", failure((512, 4), (0, 0))),
            "plugin.malformed",
            &[],
        ),
        (
            "a day that does not exist",
            "(i32.store8 (i32.const 1056) (i32.const 1)) i32.const 1024",
            "plugin.malformed",
            &["due-on", "0-00-00"],
        ),
    ];
    let sandbox = sandbox();
    for (name, body, code, words) in cases {
        let report = load(&sandbox, body).call(Sample::at("intake").call()).await;
        let error = report.outcome.expect_err(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        for word in words {
            assert!(error.to_string().contains(word), "{name}: `{word}` is not in `{error}`");
        }
    }
}

#[tokio::test]
async fn every_call_starts_from_nothing() {
    // Traps if memory or global still hold what the call before left there.
    let body = "(if (i32.or (global.get $calls) (i32.load (i32.const 70000))) (then unreachable))
        (global.set $calls (i32.const 1)) (i32.store (i32.const 70000) (i32.const 1)) i32.const 1024";
    let plugin = load(&sandbox(), body);
    for call in 0..50 {
        let report = plugin.call(Sample::at("intake").call()).await;
        assert!(report.outcome.is_ok(), "call {call}: {:?}", report.outcome);
    }
}

#[tokio::test]
async fn the_same_call_uses_the_same_fuel() {
    let plugin = load(&sandbox(), "(call $today (i32.const 256)) i32.const 1024");
    let first = plugin.call(Sample::at("intake").call()).await;
    assert!(first.fuel_used > 0);
    for _ in 0..20 {
        let again = plugin.call(Sample::at("intake").call()).await;
        assert_eq!((again.fuel_used, &again.transcript), (first.fuel_used, &first.transcript));
    }
}

/// Counts down from `turns`, so that a call takes about that many turns.
fn counting(turns: u32) -> String {
    format!(
        "(local $turns i32) (local.set $turns (i32.const {turns})) (call $today (i32.const 256))
         (loop $again (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
            (br_if $again (local.get $turns)))
         i32.const 1024"
    )
}

#[tokio::test]
async fn a_call_that_takes_long_is_answered_as_if_it_had_run_in_one_go() {
    let sandbox = sandbox();
    let short = load(&sandbox, &counting(100)).call(Sample::at("intake").call()).await;
    let long = load(&sandbox, &counting(1_000_000));
    let reports =
        [long.call(Sample::at("intake").call()).await, long.call(Sample::at("intake").call()).await];
    for report in reports {
        assert!(report.outcome.is_ok(), "{:?}", report.outcome);
        assert_eq!(report.transcript, short.transcript, "nothing of the first attempt is left");
        let turns = (report.fuel_used - short.fuel_used) as f64 / (1_000_000.0 - 100.0);
        assert_eq!(turns.fract(), 0.0, "every turn costs the same, and no attempt is counted twice");
    }
}

#[tokio::test]
async fn little_fuel_is_little_work() {
    let fill = |bytes: u32| {
        format!("(memory.fill (i32.const 65536) (i32.const 0) (i32.const {bytes})) i32.const 1024")
    };
    let sandbox = sandbox();
    let [few, many] = [load(&sandbox, &fill(1_000)), load(&sandbox, &fill(101_000))];
    let few = few.call(Sample::at("intake").call()).await.fuel_used;
    let many = many.call(Sample::at("intake").call()).await.fuel_used;
    assert!(many >= few + 100_000, "a hundred thousand bytes more cost {} units", many - few);
}

#[tokio::test]
async fn host_calls_are_written_down() {
    let plugin = load(&sandbox(), "(call $today (i32.const 256)) i32.const 1024");
    let report = plugin.call(Sample::at("intake").call()).await;
    let [call] = report.transcript.as_slice() else { panic!("{:?}", report.transcript) };
    assert_eq!(
        (&*call.function, call.argument.as_str(), &*call.answer),
        ("calendar.today", "", "2026-03-05")
    );
}

/// Asks for the standing of `p1`.
fn asks_for_standing() -> Vec<u8> {
    let import = r#"(import "creditgate:plugin/credit@1.0.0" "standing-of" (func $standing (param i32 i32 i32 i32 i32)))"#;
    let body = "(i32.store16 (i32.const 256) (i32.const 0x3170))
         (call $standing (i32.const 256) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 768)) i32.const 1024";
    let module = module(body, "").replacen("(memory", &format!("{import} (memory"), 1);
    component(&module, "with-intake", MANIFEST)
}

#[tokio::test]
async fn the_standing_of_a_party_in_doubt_is_told_by_the_hosts_rules_of_the_call() {
    let plugin = sandbox().load(&asks_for_standing()).expect("the guest loads");
    let answer = async |sample: &Sample| {
        let report = plugin.call(sample.call()).await;
        let [call] = report.transcript.as_slice() else { panic!("{:?}", report.transcript) };
        assert_eq!(&*call.function, "credit.standing-of");
        call.answer.to_string()
    };
    let mut sample = Sample::at("intake");
    let known = answer(&sample).await;
    assert_ne!(known, "not covered");
    std::sync::Arc::make_mut(&mut sample.application).parties[0].identifiers.clear();
    assert_eq!(answer(&sample).await, "not covered", "a party without a number");
    sample.rules = HostRules::First;
    assert_eq!(answer(&sample).await, known, "a replay is answered as the check was");
}

#[tokio::test]
async fn a_checkpoint_without_a_hook_is_not_served() {
    let plugin = load(&sandbox(), PROCEED);
    for checkpoint in ["review", "bid-qualification"] {
        let error = plugin.call(Sample::at(checkpoint).call()).await.outcome.expect_err(checkpoint);
        assert!(matches!(error, CallError::NotServed { .. }), "{error}");
        assert_eq!(error.site().checkpoint, checkpoint);
    }
}

#[tokio::test]
async fn custom_checkpoints_are_called_by_name() {
    // Answers a failure whose code is the checkpoint's name: the first two
    // words of its indirect parameters.
    let hook = r#"(func (export "creditgate:plugin/custom@1.0.0#on-checkpoint") (param $p i32) (result i32)
        (i32.store8 (i32.const 1024) (i32.const 1))
        (i32.store (i32.const 1028) (i32.load (local.get $p)))
        (i32.store (i32.const 1032) (i32.load offset=4 (local.get $p)))
        i32.const 1024)"#;
    let world = "include creditgate:plugin/with-intake@1.0.0; include creditgate:plugin/with-custom@1.0.0;";
    let manifest = MANIFEST.replace("\"intake\"", "\"intake\", \"custom:bid-qualification\"");
    let bytes = component_with(&module(PROCEED, hook), world, "", &manifest);
    let plugin = sandbox().load(&bytes).expect("a guest");
    let report = plugin.call(Sample::at("bid-qualification").call()).await;
    assert_eq!(report.outcome.expect("an answer").expect_err("a failure").code, "bid-qualification");
    let other = plugin.call(Sample::at("award").call()).await;
    assert!(matches!(other.outcome, Err(CallError::NotServed { .. })), "only what the manifest lists");
}

#[tokio::test]
async fn settings_can_be_refused_by_the_plugin() {
    // Agrees with settings of two bytes, refuses others in its own words.
    let validate = r#"(func (export "creditgate:plugin/validation@1.0.0#validate") (param $at i32) (param $length i32) (result i32)
        (if (i32.ne (local.get $length) (i32.const 2)) (then
            (i32.store8 (i32.const 1024) (i32.const 1))
            (i32.store (i32.const 1028) (i32.const 1040)) (i32.store (i32.const 1032) (i32.const 1))
            (i32.store (i32.const 1040) (i32.const 514)) (i32.store (i32.const 1044) (i32.const 7))))
        i32.const 1024)"#;
    let world =
        "include creditgate:plugin/with-intake@1.0.0; include creditgate:plugin/with-validation@1.0.0;";
    let sandbox = sandbox();
    let plugin =
        sandbox.load(&component_with(&module(PROCEED, validate), world, "", MANIFEST)).expect("a guest");
    let limits = creditgate_sandbox::Limits::default();
    assert_eq!(plugin.validate_settings(&settings("{}"), &limits).await, Ok(()));
    let refused = plugin.validate_settings(&settings("{\"a\":1}"), &limits).await;
    assert_eq!(refused, Err(ValidateError::Refused(vec!["message".into()])));

    let without_opinion = load(&sandbox, PROCEED);
    assert_eq!(without_opinion.validate_settings(&settings("{\"a\":1}"), &limits).await, Ok(()));

    let asks_about_a_case = validate.replace("(if (i32.ne", "(call $today (i32.const 256)) (if (i32.ne");
    let plugin = sandbox
        .load(&component_with(&module(PROCEED, &asks_about_a_case), world, "", MANIFEST))
        .expect("a guest");
    let error = plugin.validate_settings(&settings("{}"), &limits).await.expect_err("there is no case");
    assert!(error.to_string().contains("while settings are validated"), "{error}");
}

const RANDOM: &str = "package wasi:random@0.2.0 { interface random { get-random-u64: func() -> u64; } }
    package wasi:clocks@0.2.0 { interface monotonic-clock { now: func() -> u64; } }";

#[tokio::test]
async fn wasi_is_deterministic() {
    // Answers a failure with a code of sixteen letters from a random number.
    let body = "(local $random i64) (local $at i32)
        (local.set $random (i64.xor (call $random) (call $now)))
        (loop
            (i32.store8 offset=2048 (local.get $at)
                (i32.add (i32.const 97) (i32.and (i32.wrap_i64 (local.get $random)) (i32.const 15))))
            (local.set $random (i64.shr_u (local.get $random) (i64.const 4)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $at) (i32.const 16))))";
    let body = format!("{body} {}", failure((2048, 16), (0, 0)));
    let imports = r#"(module
        (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))
        (import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $now (result i64)))"#;
    let module = module(&body, "").replacen("(module", imports, 1);
    let world = "include creditgate:plugin/with-intake@1.0.0;
        import wasi:random/random@0.2.0; import wasi:clocks/monotonic-clock@0.2.0;";
    let plugin =
        sandbox().load(&component_with(&module, world, RANDOM, MANIFEST)).expect("a guest with WASI");
    let code = async |seed| {
        let report = plugin.call(Sample { seed, ..Sample::at("intake") }.call()).await;
        (report.outcome.expect("an answer").expect_err("a failure").code, report.fuel_used)
    };
    let first = code(1).await;
    assert_eq!(first.0.len(), 16);
    assert_eq!(first, code(1).await, "the same seed, the same answer and the same fuel");
    assert_ne!(first.0, code(2).await.0, "another seed, another answer");
}

#[tokio::test]
async fn many_calls_at_once_do_not_meet() {
    let sandbox = sandbox();
    let plugin = sandbox.load(&component(&module(PROCEED, ""), "with-intake", MANIFEST)).expect("a guest");
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let plugin = plugin.clone();
        calls.spawn(async move { plugin.call(Sample::at("intake").call()).await.outcome.is_ok() });
    }
    assert!(calls.join_all().await.into_iter().all(|ok| ok));
}
