//! Components and core modules that are valid WebAssembly and nothing anybody
//! would write, handed to the target `component`.

#![no_main]

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use wasm_smith::{Component, Config, Module};

/// What a module must export to be a plug-in for `intake`; its own code is
/// whatever the fuzzer makes of it.
static SHAPE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let shape = r#"(module
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "creditgate:plugin/intake@1.0.0#on-intake") (param i32) (result i32) unreachable))"#;
    wat::parse_str(shape).expect("a module")
});

fn component(data: &[u8]) -> Result<Vec<u8>> {
    let mut choices = Unstructured::new(data);
    if choices.ratio(1, 4)? {
        let component = Component::new(Config::default(), &mut choices)?;
        return Ok(fuzz_targets::with_manifest(component.to_bytes()));
    }
    let mut config = Config { exports: Some(SHAPE.clone()), max_imports: 0, ..Config::default() };
    config.threads_enabled = false;
    let module = Module::new(config, &mut choices)?.to_bytes();
    Ok(fuzz_targets::plugin_of(module.clone()).unwrap_or(module))
}

fuzz_target!(|data: &[u8]| {
    if let Ok(bytes) = component(data) {
        fuzz_targets::run("component", &bytes);
    }
});
