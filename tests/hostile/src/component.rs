//! From a case to the bytes its vendor pushes.

use std::path::Path;

use system_tests::city;
use system_tests::component::{hostile_guest, with_manifest};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::bombs;
use crate::case::Case;

const USUAL: &str = include_str!("usual.wat");
const ALLOCATOR: &str = include_str!("allocator.wat");

/// Something of everything: exports a hook, so that a component is looked at
/// further.
pub(crate) const HOOK: &str = r#"
    (core module $module (func (export "f") (result i32) i32.const 0))
    (core instance $core (instantiate $module))
    (func $f (result u32) (canon lift (core func $core "f")))
    (instance $hook (export "on-review" (func $f)))
    (export "creditgate:plugin/review@1.0.0" (instance $hook))"#;

/// The components of a case: one, or one for each interface it wants.
pub(crate) fn components(case: &Case) -> Vec<Vec<u8>> {
    if !case.wants.is_empty() {
        return case.wants.iter().map(|name| wanting(case, name)).collect();
    }
    vec![component(case)]
}

/// The one component of a case.
pub(crate) fn component(case: &Case) -> Vec<u8> {
    match (&case.body, &case.component, &case.made, &case.guest) {
        (Some(body), None, None, None) => with_manifest(encoded(&module(case, body), case), &manifest(case)),
        (None, Some(text), None, None) => {
            with_manifest(parsed(&text.replace("{hook}", HOOK)), &manifest(case))
        }
        (None, None, Some(name), None) => bombs::make(name, case),
        (None, None, None, Some(_)) => hostile_guest(),
        _ => panic!("{}: says one of `body`, `component`, `wants`, `made` and `guest`", case.name),
    }
}

/// The manifest of a case's plug-in.
pub(crate) fn manifest(case: &Case) -> String {
    manifest_with(case, "hooks = [\"review\"]\ndescription = \"Means harm\"\n")
}

/// The same with other last lines.
pub(crate) fn manifest_with(case: &Case, rest: &str) -> String {
    let (name, department) = (&case.name, city::DEPARTMENT);
    format!(
        "name = \"{name}\"\nversion = \"1.0.0\"\ndepartment = \"{department}\"\n\
         wit = \"creditgate:plugin@1.0.0\"\n{rest}"
    )
}

/// A harmless plug-in under the name of a case, without its manifest.
pub(crate) fn harmless(case: &Case) -> Vec<u8> {
    encoded(&module(case, "i32.const 1024"), case)
}

/// WebAssembly text as bytes.
pub(crate) fn parsed(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The core module of a case, in text.
pub(crate) fn module(case: &Case, body: &str) -> String {
    USUAL
        .replace("{imports}", &case.imports)
        .replace("{allocator}", case.allocator.as_deref().unwrap_or(ALLOCATOR))
        .replace("{more}", &case.more)
        .replace("{body}", body)
}

/// A core module as a component of the contract.
pub(crate) fn encoded(module: &str, case: &Case) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    resolve.push_path(wit).expect("the contract");
    let (world, packages) = (&case.world, &case.packages);
    let text = format!(
        "package hostile:case;\nworld case {{ include creditgate:plugin/with-review@1.0.0; {world} }}\n{packages}"
    );
    let package = resolve.push_str("case.wit", &text).unwrap_or_else(|error| panic!("{error:#}"));
    let world = resolve.select_world(&[package], Some("case")).expect("one world");
    let mut module = parsed(module);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    let encoder = ComponentEncoder::default().module(&module).unwrap_or_else(|error| panic!("{error:#}"));
    // What breaks the rules of WebAssembly is for the host to find.
    encoder.validate(false).encode().unwrap_or_else(|error| panic!("{error:#}"))
}

/// A component with a hook that imports an interface with one function.
fn wanting(case: &Case, name: &str) -> Vec<u8> {
    let text = format!(r#"(component (import "{name}" (instance (export "f" (func)))) {HOOK})"#);
    with_manifest(parsed(&text), &manifest(case))
}
