//! The classes of guests: which component is of which, and that one never waits
//! for the other.

use creditgate_sandbox::{GuestClass, Limits, Plugin, Sandbox};

use crate::guests::{MANIFEST, PROCEED, component, component_with, load, module, sandbox};
use crate::sample::Sample;
use crate::slots::{FOREVER, endless, one_slot};

/// A guest that starts with 5 MiB of memory.
fn load_large(sandbox: &Sandbox, body: &str) -> Plugin {
    let module = module(body, "").replace("\"memory\") 4", "\"memory\") 80");
    sandbox.load(&component(&module, "with-intake", MANIFEST)).expect("the guest loads")
}

/// A guest that imports one function of WASI.
fn with_wasi(body: &str) -> Vec<u8> {
    let import = r#"(module (import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $now (result i64)))"#;
    let module = module(body, "").replacen("(module", import, 1);
    let world = "include creditgate:plugin/with-intake@1.0.0; import wasi:clocks/monotonic-clock@0.2.0;";
    let packages = "package wasi:clocks@0.2.0 { interface monotonic-clock { now: func() -> u64; } }";
    component_with(&module, world, packages, MANIFEST)
}

#[tokio::test]
async fn what_a_component_is_made_of_decides_its_class() {
    let sandbox = sandbox();
    let wasi = sandbox.load(&with_wasi(PROCEED)).expect("a guest with WASI");
    let cases = [
        ("like one of the SDK", load(&sandbox, PROCEED), GuestClass::Small),
        ("a large memory", load_large(&sandbox, PROCEED), GuestClass::Large),
        ("WASI", wasi, GuestClass::Large),
    ];
    for (name, plugin, class) in cases {
        assert_eq!(plugin.class(), class, "{name}");
        assert_eq!(plugin.usual_limits(), Limits::usual(class), "{name}");
        let own_engine = plugin.engine_fingerprint() != sandbox.engine_fingerprint();
        assert_eq!(own_engine, class == GuestClass::Large, "{name}");
        assert!(plugin.call(Sample::at("intake").call()).await.outcome.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_class_whose_slots_are_all_taken_keeps_no_other_waiting() {
    let sandbox = one_slot();
    let (small, large) = (load(&sandbox, FOREVER), load_large(&sandbox, FOREVER));
    let (small_other, large_other) = (load(&sandbox, PROCEED), load_large(&sandbox, PROCEED));
    let running = endless();
    for (hog, same, other) in [(&small, &small_other, &large_other), (&large, &large_other, &small_other)] {
        let class = hog.class().code();
        let answers = async {
            tokio::task::yield_now().await;
            let refused = same.call(Sample::at("intake").call()).await.outcome;
            (refused, other.call(Sample::at("intake").call()).await.outcome)
        };
        let (refused, answered) = tokio::select! {
            report = hog.call(running.call()) => panic!("an endless loop ended: {:?}", report.outcome),
            answers = answers => answers,
        };
        assert_eq!(refused.expect_err(class).code(), "host.busy", "{class}");
        assert!(answered.is_ok(), "beside a {class} guest: {answered:?}");
    }
}
