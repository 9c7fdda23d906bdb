//! What the deterministic WASI keeps from its guests.

use crate::guests::{MANIFEST, component_with, module, sandbox};
use crate::sample::Sample;

/// As much of the package as a guest needs to ask for a socket.
const SOCKETS: &str = "package wasi:sockets@0.2.0 {
    interface network {
        enum error-code { unknown, access-denied, not-supported, invalid-argument, out-of-memory, timeout,
            concurrency-conflict, not-in-progress, would-block, invalid-state, new-socket-limit,
            address-not-bindable, address-in-use, remote-unreachable, connection-refused, connection-reset,
            connection-aborted, datagram-too-large, name-unresolvable, temporary-resolver-failure,
            permanent-resolver-failure }
        enum ip-address-family { ipv4, ipv6 }
    }
    interface tcp { resource tcp-socket; }
    interface tcp-create-socket {
        use network.{error-code, ip-address-family};
        use tcp.{tcp-socket};
        create-tcp-socket: func(family: ip-address-family) -> result<tcp-socket, error-code>;
    }
}";

#[tokio::test]
async fn no_guest_can_have_a_socket() {
    // Traps unless the answer is the error `access-denied`.
    let body = "(call $socket (i32.const 0) (i32.const 256))
        (if (i32.ne (i32.load8_u (i32.const 256)) (i32.const 1)) (then unreachable))
        (if (i32.ne (i32.load8_u (i32.const 260)) (i32.const 1)) (then unreachable))
        i32.const 1024";
    let import = r#"(module (import "wasi:sockets/tcp-create-socket@0.2.0" "create-tcp-socket"
        (func $socket (param i32 i32)))"#;
    let module = module(body, "").replacen("(module", import, 1);
    let world = "include creditgate:plugin/with-intake@1.0.0; import wasi:sockets/tcp-create-socket@0.2.0;";
    let plugin =
        sandbox().load(&component_with(&module, world, SOCKETS, MANIFEST)).expect("a guest with sockets");
    let report = plugin.call(Sample::at("intake").call()).await;
    assert!(report.outcome.is_ok(), "{:?}", report.outcome);
}

/// As much of the packages as a guest needs to make timers.
const TIMERS: &str = "package wasi:io@0.2.0 { interface poll { resource pollable; } }
    package wasi:clocks@0.2.0 {
        interface monotonic-clock {
            use wasi:io/poll@0.2.0.{pollable};
            subscribe-duration: func(when: u64) -> pollable;
        }
    }";

#[tokio::test]
async fn a_guest_that_hoards_resources_is_ended() {
    let body = "(loop (drop (call $timer (i64.const 1))) br 0) unreachable";
    let import = r#"(module (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration"
        (func $timer (param i64) (result i32)))"#;
    let module = module(body, "").replacen("(module", import, 1);
    let world = "include creditgate:plugin/with-intake@1.0.0; import wasi:clocks/monotonic-clock@0.2.0;";
    let plugin =
        sandbox().load(&component_with(&module, world, TIMERS, MANIFEST)).expect("a guest with timers");
    let report = plugin.call(Sample::at("intake").call()).await;
    let error = report.outcome.expect_err("it never stops");
    assert_eq!(error.code(), "plugin.malformed", "{error}");
}
