//! What does not load, and why.

use creditgate_sandbox::{LoadError, Sandbox, SandboxOptions, SlotOptions};

use crate::guests::{
    MANIFEST, PROCEED, component, component_with, intake, load, module, options, sandbox, with_manifest,
};

fn text(component: &str) -> Vec<u8> {
    wat::parse_str(component).expect("a component in text")
}

/// Serves `intake`, with a function that takes and gives something else.
const HOOK_OF_WRONG_TYPE: &str = r#"(component
    (core module $m (func (export "f") (result i32) i32.const 0))
    (core instance $i (instantiate $m))
    (func $f (result u32) (canon lift (core func $i "f")))
    (instance $hooks (export "on-intake" (func $f)))
    (export "creditgate:plugin/intake@1.0.0" (instance $hooks)))"#;

/// A component of the contract's shape from text, with a manifest.
fn with_text(component: &str) -> Vec<u8> {
    with_manifest(text(component), MANIFEST.as_bytes())
}

#[test]
fn what_cannot_serve_is_refused_by_name() {
    let good = intake(PROCEED);
    let other_wit = MANIFEST.replace("@1.0.0", "@1.1.0");
    let two_hooks = MANIFEST.replace("\"intake\"", "\"intake\", \"review\"");
    let wrong_hook = MANIFEST.replace("\"intake\"", "\"review\"");
    let review = r#"(func (export "creditgate:plugin/review@1.0.0#on-review") (param i32) (result i32) i32.const 1024)"#;
    let world = "include creditgate:plugin/with-intake@1.0.0; include creditgate:plugin/with-review@1.0.0;";
    let undeclared = component_with(&module(PROCEED, review), world, "", MANIFEST);
    let import_of_wrong_type = HOOK_OF_WRONG_TYPE.replacen(
        "(component",
        r#"(component (import "creditgate:plugin/log@1.0.0" (instance (export "write" (func (param "x" u32)))))"#,
        1,
    );
    let hook_without_function = r#"(component
        (instance $hooks)
        (export "creditgate:plugin/intake@1.0.0" (instance $hooks)))"#;
    let importing = |name: &str| {
        format!(r#"(component (import "{name}" (instance (export "write" (func (param "x" u32))))))"#)
    };
    let cases: Vec<(&str, Vec<u8>, &str, &[&str])> = vec![
        ("a text file", b"#!/bin/sh\n".to_vec(), "component.not_wasm", &[]),
        ("nothing", Vec::new(), "component.not_wasm", &[]),
        ("a core module", text("(module)"), "component.core_module", &["creditgate-builder build"]),
        ("half a file", good[..good.len() / 2].to_vec(), "component.invalid", &["at byte"]),
        ("a damaged file", damaged(&good), "component.invalid", &["at byte"]),
        (
            "a client of HTTP",
            with_text(&importing("wasi:http/outgoing-handler@0.2.0")),
            "component.foreign_import",
            &["wasi:http/outgoing-handler@0.2.0"],
        ),
        (
            "something else",
            with_text(&importing("acme:spy/network")),
            "component.foreign_import",
            &["acme:spy/network"],
        ),
        (
            "an unknown interface",
            with_text(&importing("creditgate:plugin/raw-sql@1.0.0")),
            "component.foreign_import",
            &["raw-sql"],
        ),
        (
            "a newer contract",
            with_text(&importing("creditgate:plugin/log@2.0.0")),
            "component.wit_version",
            &["creditgate:plugin/log@2.0.0", "creditgate:plugin@1.0.0"],
        ),
        (
            "a manifest of a newer contract",
            remade(&other_wit),
            "component.wit_version",
            &["creditgate:plugin@1.1.0"],
        ),
        (
            "an import of the wrong type",
            with_text(&import_of_wrong_type),
            "component.mistyped_import",
            &["write"],
        ),
        ("no hook", with_text("(component)"), "component.no_hook", &["intake"]),
        (
            "a hook of the manifest that is not there",
            remade(&two_hooks),
            "component.hook_not_exported",
            &["review"],
        ),
        ("another hook than the manifest's", remade(&wrong_hook), "component.hook_not_exported", &["review"]),
        (
            "a hook that the manifest does not list",
            undeclared,
            "component.hook_not_declared",
            &["review@1.0.0"],
        ),
        (
            "a hook of the wrong type",
            with_text(HOOK_OF_WRONG_TYPE),
            "component.mistyped_export",
            &["intake@1.0.0 on-intake"],
        ),
        (
            "a hook without its function",
            with_text(hook_without_function),
            "component.mistyped_export",
            &["on-intake"],
        ),
        ("no manifest", text(HOOK_OF_WRONG_TYPE), "manifest.missing", &["plugin.toml"]),
        ("two manifests", with_manifest(good.clone(), MANIFEST.as_bytes()), "manifest.repeated", &[]),
        (
            "a manifest that is not text",
            with_manifest(text("(component)"), &[0xff]),
            "manifest.not_text",
            &[],
        ),
        ("a manifest without a name", remade("version = \"1.0.0\""), "manifest.invalid", &["`name`"]),
        (
            "more memory than a slot",
            component(
                &module(PROCEED, "").replace("\"memory\") 4", "\"memory\") 5000"),
                "with-intake",
                MANIFEST,
            ),
            "component.exceeds_pool",
            &["bytes of memory", "327680000", "268435456"],
        ),
        (
            "a larger table than a slot",
            component(&module(PROCEED, "").replace("$table 1", "$table 30000"), "with-intake", MANIFEST),
            "component.exceeds_pool",
            &["table elements", "30000", "20000"],
        ),
        (
            "components within components",
            with_text(&format!("{}{}", "(component ".repeat(40), ")".repeat(40))),
            "component.too_complex",
            &["32"],
        ),
        (
            "a start that breaks",
            component(&module(PROCEED, "(func $begin unreachable) (start $begin)"), "with-intake", MANIFEST),
            "component.not_started",
            &["does not start", "unreachable", "begin"],
        ),
    ];
    let sandbox = sandbox();
    for (name, bytes, code, words) in cases {
        let error = sandbox.load(&bytes).expect_err(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        let text = chain(&error);
        for word in words {
            assert!(text.contains(word), "{name}: `{word}` is not in `{text}`");
        }
    }
}

/// An error's text with those of its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(chain);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// The good guest with another manifest.
fn remade(manifest: &str) -> Vec<u8> {
    component(&module(PROCEED, ""), "with-intake", manifest)
}

/// Turns a section in the middle into nonsense.
fn damaged(component: &[u8]) -> Vec<u8> {
    let mut bytes = component.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16].fill(0xff);
    bytes
}

#[test]
fn no_truncation_panics() {
    let good = intake(PROCEED);
    let sandbox = sandbox();
    for length in (0..good.len()).step_by(37) {
        assert!(sandbox.load(&good[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn every_foreign_import_is_named() {
    let component = r#"(component
        (import "wasi:http/outgoing-handler@0.2.0" (instance))
        (import "wasi:keyvalue/store@0.2.0" (instance)))"#;
    let error = sandbox().load(&with_text(component)).expect_err("foreign imports");
    let LoadError::ForeignImports { names } = error else { panic!("{error}") };
    assert_eq!(names, ["wasi:http/outgoing-handler@0.2.0", "wasi:keyvalue/store@0.2.0"]);
}

#[test]
fn a_plugin_says_who_it_is() {
    let sandbox = sandbox();
    let bytes = intake(PROCEED);
    let plugin = sandbox.load(&bytes).expect("a guest");
    assert_eq!(plugin.manifest().name, "guest");
    assert_eq!(plugin.hooks().iter().map(ToString::to_string).collect::<Vec<_>>(), ["intake"]);
    assert!(plugin.digest().as_str().starts_with("sha256:"));
    assert!(plugin.hook_at("intake").is_some() && plugin.hook_at("review").is_none());
}

#[test]
fn plugins_can_be_swapped_as_often_as_one_likes() {
    let small = SlotOptions { concurrent_calls: 1, ..SlotOptions::small() };
    let sandbox = Sandbox::new(SandboxOptions { small, ..options() }).expect("a sandbox");
    for round in 0..20 {
        let first = load(&sandbox, PROCEED);
        let second = load(&sandbox, "unreachable");
        assert_ne!(first.digest(), second.digest(), "round {round}");
    }
}
