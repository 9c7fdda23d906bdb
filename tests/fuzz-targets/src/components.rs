//! Components that are pushed: refused with a reason, or called within their
//! limits.

use std::sync::LazyLock;

use creditgate_sandbox::{Digest, Plugin, Sandbox, examples};
use tokio::runtime::{Builder, Runtime};

use crate::scene::{Scene, limits, sandbox};
use crate::{Target, guest};

/// The bytes of a component.
pub(crate) const COMPONENT: Target = Target {
    name: "component",
    run,
    seeds,
    words: &[
        "\0asm\u{1}\0\0\0",
        "\0asm\r\0\u{1}\0",
        "creditgate:manifest",
        "intake",
        "hooks = [\"intake\"]",
        "1.0.1",
    ],
    rounds: 250,
};

fn seeds() -> Vec<Vec<u8>> {
    let bodies = [
        "(i32.const 1024)",
        "unreachable",
        "(loop $again (br $again)) (i32.const 1024)",
        "(loop $again (call $log (i32.const 0) (i32.const 0) (i32.const 4000)) (br $again)) (i32.const 1024)",
        "(drop (memory.grow (i32.const 60000))) (i32.const 0x7fffff00)",
    ];
    let mut seeds: Vec<_> = bodies.iter().map(|body| guest::with_body(body)).collect();
    seeds.push(guest::that_says_what_it_is_told());
    let empty = wat::parse_str("(component)").expect("a component");
    seeds.push(guest::with_manifest(empty));
    seeds.push(wat::parse_str("(module (func (export \"on-intake\")))").expect("a module"));
    seeds
}

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(sandbox);

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime"));

fn run(bytes: &[u8]) {
    // The section of examples is read apart from the rest.
    let _ = examples(bytes);
    match SANDBOX.load(bytes) {
        Ok(plugin) => {
            assert!(*plugin.digest() == Digest::of(bytes), "a component has another digest");
            stays_within_its_limits(plugin);
        }
        Err(error) => {
            assert!(error.code().contains('.'), "a refusal has no code");
            assert!(!error.to_string().is_empty(), "{} says nothing", error.code());
        }
    }
}

/// A check by this plug-in ends, is recorded, and used no more than it may.
fn stays_within_its_limits(plugin: Plugin) {
    let limits = limits();
    let record = RUNTIME.block_on(Scene::of(plugin).check("{}".to_owned()));
    let Some(report) = &record.judged else { return };
    assert!(report.fuel_used <= limits.fuel, "{} units of fuel were used", report.fuel_used);
    assert!(report.transcript.len() as u64 <= limits.host_calls, "too many calls of the host");
    let logged: usize = report.log.iter().map(|line| line.message.len()).sum();
    assert!(logged as u64 <= limits.log_bytes, "{logged} bytes of log");
}
