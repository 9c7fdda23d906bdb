//! Components: the built plug-ins, other versions of them, and bytes that are
//! none.

use std::borrow::Cow;
use std::path::PathBuf;

use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::{Parser, Payload};

use crate::city;
use crate::program::build_folder;

/// Where a component says who it is.
const MANIFEST_SECTION: &str = "creditgate:manifest";
/// Where it shows what it does.
const EXAMPLES_SECTION: &str = "creditgate:examples";

/// The guest that misbehaves on demand, as a plug-in of the city's department.
#[must_use]
pub fn hostile_guest() -> Vec<u8> {
    of_department(&built("hostile-guest"), "hostile-guest", city::DEPARTMENT)
}

/// The same as a plug-in of another department, and so under another name.
#[must_use]
pub fn hostile_guest_of(department: &str, name: &str) -> Vec<u8> {
    of_department(&built("hostile-guest"), name, department)
}

/// The plug-in of market regulation.
#[must_use]
pub fn market_registration() -> Vec<u8> {
    built("market-registration")
}

/// The plug-in of housing and construction.
#[must_use]
pub fn construction_permit() -> Vec<u8> {
    built("construction-permit")
}

/// The plug-in of public procurement.
#[must_use]
pub fn public_procurement() -> Vec<u8> {
    built("public-procurement")
}

/// The file of the rule in a language, `javascript` or `python`, which
/// `cargo xtask guests` builds.
#[must_use]
pub fn rule_file(language: &str) -> PathBuf {
    folder().join(format!("{language}-rule-1.0.0.wasm"))
}

/// The rule in a language, as a plug-in of the city's department.
#[must_use]
pub fn rule(language: &str) -> Vec<u8> {
    let name = format!("{language}-rule");
    of_department(&built(&name), &name, city::DEPARTMENT)
}

/// A built plug-in in version 1.0.0.
fn built(name: &str) -> Vec<u8> {
    let file = folder().join(format!("{name}-1.0.0.wasm"));
    std::fs::read(&file).unwrap_or_else(|error| {
        panic!("{}: {error}; run `cargo xtask test`, which builds it", file.display())
    })
}

/// What `cargo xtask test` says, or where it builds to.
fn folder() -> PathBuf {
    std::env::var_os("CREDITGATE_PLUGINS").map_or_else(
        || build_folder().parent().expect("a target folder").join("guests/plugins"),
        PathBuf::from,
    )
}

/// The same program under another version: another component with another
/// digest, as a vendor's next release.
#[must_use]
pub fn with_version(component: &[u8], version: &str) -> Vec<u8> {
    let (section, text) = manifest(component);
    let text = text.replacen("version = \"1.0.0\"", &format!("version = \"{version}\""), 1);
    let rest = [&component[..section.start], &component[section.end..]].concat();
    with_manifest(rest, &text)
}

/// The same program as a plug-in of this name and department.
fn of_department(component: &[u8], name: &str, department: &str) -> Vec<u8> {
    let (section, text) = manifest(component);
    let lines = text.lines().map(|line| match line.split_once(" = ") {
        Some(("name", _)) => format!("name = \"{name}\"\n"),
        Some(("department", _)) => format!("department = \"{department}\"\n"),
        _ => format!("{line}\n"),
    });
    let rest = [&component[..section.start], &component[section.end..]].concat();
    with_manifest(rest, &lines.collect::<String>())
}

/// The department in a component's manifest; none where bytes have none that
/// can be read.
#[must_use]
pub fn department(component: &[u8]) -> Option<String> {
    let mut payloads = Parser::new(0).parse_all(component).map_while(Result::ok);
    let text = payloads.find_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == MANIFEST_SECTION => {
            std::str::from_utf8(section.data()).ok()
        }
        _ => None,
    })?;
    let mut lines = text.lines();
    lines.find_map(|line| Some(line.strip_prefix("department = \"")?.strip_suffix('"')?.to_owned()))
}

/// The place of the manifest's whole section, and its text.
fn manifest(component: &[u8]) -> (std::ops::Range<usize>, String) {
    let mut end_of_last = 0;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.expect("a component");
        if let Payload::CustomSection(section) = &payload
            && section.name() == MANIFEST_SECTION
        {
            let text = String::from_utf8(section.data().to_vec()).expect("text");
            return (end_of_last..section.range().end, text);
        }
        if let Some((_, range)) = payload.as_section() {
            end_of_last = range.end;
        }
    }
    panic!("the component has no manifest");
}

/// The component with one more section of examples.
#[must_use]
pub fn with_examples(mut component: Vec<u8>, section: &[u8]) -> Vec<u8> {
    CustomSection { name: Cow::Borrowed(EXAMPLES_SECTION), data: Cow::Borrowed(section) }
        .append_to_component(&mut component);
    component
}

/// A component of this text that says it is a plug-in for `intake`.
#[must_use]
pub fn from_text(component: &str) -> Vec<u8> {
    let bytes = wat::parse_str(component).unwrap_or_else(|error| panic!("{error}"));
    with_manifest(
        bytes,
        "name = \"stranger\"\nversion = \"1.0.0\"\ndepartment = \"test\"\nwit = \"creditgate:plugin@1.0.0\"\n\
         hooks = [\"intake\"]\ndescription = \"No plug-in\"\n",
    )
}

/// A core module, without the component around it.
#[must_use]
pub fn core_module() -> Vec<u8> {
    wat::parse_str("(module (func (export \"on-intake\")))").expect("a module")
}

/// The component with a manifest of this text.
#[must_use]
pub fn with_manifest(mut component: Vec<u8>, text: &str) -> Vec<u8> {
    CustomSection { name: Cow::Borrowed(MANIFEST_SECTION), data: Cow::Borrowed(text.as_bytes()) }
        .append_to_component(&mut component);
    component
}
