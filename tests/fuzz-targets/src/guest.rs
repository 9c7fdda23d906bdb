//! Makes plug-ins of core modules, and one whose answer the case says.

use std::borrow::Cow;
use std::path::Path;

use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const MANIFEST: &str = "name = \"guest\"\nversion = \"1.0.0\"\ndepartment = \"test\"\n\
     wit = \"creditgate:plugin@1.0.0\"\nhooks = [\"intake\"]\ndescription = \"A guest.\"\n";

/// Where the guest that answers what it is told begins its answer.
pub(crate) const ANSWER: u32 = 1024;

/// Most bytes of such an answer.
pub(crate) const LONGEST_ANSWER: usize = 16 << 10;

/// A component of this core module, with the manifest of a plug-in for `intake`;
/// none where the module is not one for that world.
#[must_use]
pub fn plugin_of(mut module: Vec<u8>) -> Option<Vec<u8>> {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    resolve.push_path(wit).ok()?;
    let text = "package fuzz:guest;\nworld guest { include creditgate:plugin/with-intake@1.0.0; }\n";
    let package = resolve.push_str("guest.wit", text).ok()?;
    let world = resolve.select_world(&[package], Some("guest")).ok()?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).ok()?;
    let component = ComponentEncoder::default().module(&module).ok()?.encode().ok()?;
    Some(with_manifest(component))
}

/// The component with the manifest of a plug-in for `intake`.
#[must_use]
pub fn with_manifest(mut component: Vec<u8>) -> Vec<u8> {
    CustomSection { name: Cow::Borrowed("creditgate:manifest"), data: Cow::Borrowed(MANIFEST.as_bytes()) }
        .append_to_component(&mut component);
    component
}

/// A plug-in whose hook has this body; `$p` is the address of the application.
pub(crate) fn with_body(body: &str) -> Vec<u8> {
    let module = format!(
        r#"(module
            (import "creditgate:plugin/log@1.0.0" "write" (func $log (param i32 i32 i32)))
            (memory (export "memory") 4)
            (table 1 funcref)
            (global $next (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $start i32)
                (local.set $start (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
                (global.set $next (i32.add (local.get $start) (local.get 3)))
                (local.get $start))
            (func $nibble (param $c i32) (result i32)
                (i32.sub (local.get $c)
                    (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $c) (i32.const 57)))))
            (func (export "creditgate:plugin/intake@1.0.0#on-intake") (param $p i32) (result i32)
                (local $from i32) (local $end i32) (local $to i32) {body}))"#
    );
    plugin_of(wat::parse_str(module).expect("a module")).expect("a module for the world")
}

/// A plug-in that writes the bytes the form holds in hexadecimal, `{"a":"00…"}`,
/// where its answer is, and answers with that.
pub(crate) fn that_says_what_it_is_told() -> Vec<u8> {
    with_body(&format!(
        r"(local.set $from (i32.add (i32.load offset=64 (local.get $p)) (i32.const 6)))
          (local.set $end (i32.add (i32.load offset=64 (local.get $p))
              (i32.sub (i32.load offset=68 (local.get $p)) (i32.const 2))))
          (local.set $to (i32.const {ANSWER}))
          (block $done (loop $more
              (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
              (i32.store8 (local.get $to)
                  (i32.or (i32.shl (call $nibble (i32.load8_u (local.get $from))) (i32.const 4))
                      (call $nibble (i32.load8_u offset=1 (local.get $from)))))
              (local.set $from (i32.add (local.get $from) (i32.const 2)))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))
              (br $more)))
          (i32.const {ANSWER})"
    ))
}

/// The form that makes the plug-in say these bytes.
pub(crate) fn form(answer: &[u8]) -> String {
    let answer = answer.get(..LONGEST_ANSWER).unwrap_or(answer);
    format!(r#"{{"a":"{}"}}"#, hex::encode(answer))
}
