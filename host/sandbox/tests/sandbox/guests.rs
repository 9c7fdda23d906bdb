//! Guests in WebAssembly text, made into components against the contract.

use std::path::Path;

use creditgate_sandbox::{Plugin, Sandbox, SandboxOptions, SlotOptions};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

pub(crate) const MANIFEST: &str = "name = \"guest\"\nversion = \"1.2.3\"\ndepartment = \"test\"\n\
     wit = \"creditgate:plugin@1.0.0\"\nhooks = [\"intake\"]\ndescription = \"A guest of the tests.\"\n";

/// Answers `proceed` with nothing else: a verdict of zero bytes in memory.
pub(crate) const PROCEED: &str = "i32.const 1024";

/// A sandbox with few slots, so that tests start fast.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::new(options()).expect("a sandbox")
}

pub(crate) fn options() -> SandboxOptions {
    let few = |slots| SlotOptions { concurrent_calls: 4, ..slots };
    SandboxOptions {
        small: few(SlotOptions::small()),
        large: few(SlotOptions::large()),
        ..SandboxOptions::default()
    }
}

/// Loads a guest that serves `intake` with this body.
pub(crate) fn load(sandbox: &Sandbox, body: &str) -> Plugin {
    sandbox.load(&intake(body)).expect("the guest loads")
}

/// A component whose `on-intake` has this body, in a module with helpers.
pub(crate) fn intake(body: &str) -> Vec<u8> {
    component(&module(body, ""), "with-intake", MANIFEST)
}

/// A core module for a world with `intake`. `$p` is the application's address.
pub(crate) fn module(body: &str, more: &str) -> String {
    format!(
        r#"(module
            (import "creditgate:plugin/log@1.0.0" "write" (func $log (param i32 i32 i32)))
            (import "creditgate:plugin/calendar@1.0.0" "today" (func $today (param i32)))
            (memory (export "memory") 4)
            (table $table 1 funcref)
            (global $next (mut i32) (i32.const 65536))
            (global $calls (mut i32) (i32.const 0))
            (data (i32.const 512) "a message of some length")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $start i32)
                (local.set $start (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
                (global.set $next (i32.add (local.get $start) (local.get 3)))
                (local.get $start))
            (func $recurse (param i32) (result i32)
                (i32.add (call $recurse (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
            (func $_ZN5guest5rules17check_the_charter17h0123456789abcdefE unreachable)
            (func $on_intake (export "creditgate:plugin/intake@1.0.0#on-intake") (param $p i32) (result i32) {body})
            {more})"#
    )
}

/// Makes a component of a core module in text, for a world of the contract.
pub(crate) fn component(module: &str, world: &str, manifest: &str) -> Vec<u8> {
    component_with(module, &format!("include creditgate:plugin/{world}@1.0.0;"), "", manifest)
}

/// The same for a world of its own, with packages beside the contract.
pub(crate) fn component_with(module: &str, world: &str, packages: &str, manifest: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    resolve.push_path(wit).expect("the contract");
    let text = format!("package test:guest;\nworld guest {{ {world} }}\n{packages}");
    let package = resolve.push_str("guest.wit", &text).expect("the guest's world");
    let world = resolve.select_world(&[package], Some("guest")).expect("one world");
    let mut module = wat::parse_str(module).expect("a module");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    let encoder = ComponentEncoder::default().module(&module).expect("a module for the world");
    with_manifest(encoder.validate(true).encode().expect("a component"), manifest.as_bytes())
}

/// Appends the manifest's section.
pub(crate) fn with_manifest(mut component: Vec<u8>, manifest: &[u8]) -> Vec<u8> {
    let name = b"creditgate:manifest";
    let length = u32::try_from(1 + name.len() + manifest.len()).expect("a short manifest");
    component.push(0);
    let mut rest = length;
    while rest >= 0x80 {
        component.push((rest as u8 & 0x7f) | 0x80);
        rest >>= 7;
    }
    component.push(rest as u8);
    component.push(name.len() as u8);
    component.extend_from_slice(name);
    component.extend_from_slice(manifest);
    component
}
