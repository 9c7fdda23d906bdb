//! Builds real crates: tiny ones without dependencies, written to temporary
//! folders, so that each takes a second or two once the compiler is there.

#![expect(clippy::expect_used, reason = "a failed step of a test's preparation fails the test")]

use std::error::Error;
use std::fs;
use std::path::Path;

use creditgate_plugin_builder::{BuildError, BuildOptions, build, build_many};
use tempfile::TempDir;
use wasmparser::{Operator, Parser, Payload};
use wit_component::StringEncoding;
use wit_parser::Resolve;

const MANIFEST: &str = r#"name = "sample"
version = "1.2.3"
department = "market-regulation"
wit = "sample:guest@1.0.0"
hooks = ["intake"]
description = "The smallest plug-in."
"#;

const CRATE: &str = "[package]\nname = \"sample\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";

const SOURCE: &str = r#"
#[used]
#[unsafe(link_section = "component-type:sample")]
static WORLD: [u8; include_bytes!("world.bin").len()] = *include_bytes!("world.bin");

#[unsafe(no_mangle)]
pub extern "C" fn run(input: u32) -> u32 {
    assert!(input != 7, "seven is refused");
    std::hint::black_box(input) + 1
}
"#;

/// A crate folder as a vendor would have it, with one file changed.
fn crate_folder(changed: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("src");
    fs::create_dir(&source).expect("writable");
    let files = [("plugin.toml", MANIFEST), ("Cargo.toml", CRATE), ("src/lib.rs", SOURCE)];
    for (file, original) in files {
        fs::write(folder.path().join(file), if file == changed { text } else { original }).expect("writable");
    }
    fs::write(source.join("world.bin"), world()).expect("writable");
    folder
}

/// The description of the sample's world that the SDK's bindings would embed.
fn world() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let text = "package sample:guest@1.0.0; world guest { export run: func(input: u32) -> u32; }";
    let package = resolve.push_str("sample.wit", text).expect("the example parses");
    let world = resolve.select_world(&[package], Some("guest")).expect("the example has one world");
    wit_component::metadata::encode(&resolve, world, StringEncoding::UTF8, None)
        .expect("the world can be encoded")
}

/// The examples a component carries.
fn examples(component: &[u8]) -> Vec<Vec<u8>> {
    let payloads = Parser::new(0).parse_all(component).map(|payload| payload.expect("a valid component"));
    let sections = payloads.filter_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == "creditgate:examples" => {
            Some(section.data().to_vec())
        }
        _ => None,
    });
    sections.collect()
}

/// The error and its causes in one text, as a program's edge would print them.
fn chain(error: &BuildError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push('\n');
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The start of the first core module's stack, and whether its functions have names.
fn stack_and_names(component: &[u8]) -> (Option<i32>, bool) {
    let (mut stack, mut names) = (None, false);
    for payload in Parser::new(0).parse_all(component) {
        match payload.expect("a valid component") {
            Payload::GlobalSection(globals) if stack.is_none() => {
                let first = globals.into_iter().next().expect("the stack's global").expect("valid");
                let mut operators = first.init_expr.get_operators_reader();
                if let Operator::I32Const { value } = operators.read().expect("valid") {
                    stack = Some(value);
                }
            }
            Payload::CustomSection(section) => names |= section.name() == "name",
            _ => {}
        }
    }
    (stack, names)
}

#[test]
fn a_plug_in_is_built_with_a_small_stack_and_names_and_the_same_bytes_anywhere() {
    let folders = [crate_folder("", ""), crate_folder("", "")];
    let built = folders.each_ref().map(|folder| {
        build(folder.path(), &BuildOptions::default()).unwrap_or_else(|error| panic!("{}", chain(&error)))
    });
    let [first, second] = &built;
    assert_eq!(first.digest, second.digest, "two clones of the same sources");
    assert!(first.digest.starts_with("sha256:") && first.digest.len() == 71, "{}", first.digest);
    assert!(first.path.ends_with("target/guests/plugins/sample-1.2.3.wasm"), "{}", first.path.display());
    assert_eq!(first.manifest.name, "sample");

    let component = fs::read(&first.path).expect("the component was written");
    assert_eq!(component.len() as u64, first.bytes);
    assert_eq!(stack_and_names(&component), (Some(32 * 1024), true));
    let folder = folders[0].path().to_string_lossy().into_owned();
    let holds_folder = component.windows(folder.len()).any(|window| window == folder.as_bytes());
    assert!(!holds_folder, "a path of this machine is in the component");
}

#[test]
fn the_target_folder_can_be_chosen() {
    let folder = crate_folder("", "");
    let target = tempfile::tempdir().expect("a temporary folder");
    let options = BuildOptions { target_dir: Some(target.path().to_owned()), ..BuildOptions::default() };
    let built = build_many(&[folder.path().to_owned()], &options).expect("the sample builds");
    assert_eq!(built[0].path, target.path().join("plugins/sample-1.2.3.wasm"));
    assert!(!folder.path().join("target").exists());
}

#[test]
fn the_examples_of_the_folder_travel_in_the_component() {
    let folder = crate_folder("", "");
    let shipped = folder.path().join("examples");
    fs::create_dir(&shipped).expect("writable");
    fs::write(shipped.join("second.json"), "{\"on\": \"2026-03-02\"}").expect("writable");
    fs::write(shipped.join("first.json"), "{\"name\": \"own\"}").expect("writable");
    let built = build(folder.path(), &BuildOptions::default()).expect("the sample builds");
    let component = fs::read(&built.path).expect("the component was written");
    let expected = r#"[{"name":"own"},{"name":"second","on":"2026-03-02"}]"#;
    assert_eq!(examples(&component), [expected.as_bytes()]);
    wasmparser::validate(&component).expect("still valid");

    fs::write(shipped.join("third.json"), "[]").expect("writable");
    let error = chain(&build(folder.path(), &BuildOptions::default()).expect_err("no object"));
    assert!(error.contains("third.json") && error.contains("one JSON object"), "{error}");
}

#[test]
fn what_cannot_be_built_is_refused_with_the_reason_and_leaves_no_component() {
    let cases = [
        ("plugin.toml", "name = 1\n", "plugin.toml:1: `name`: must be a string"),
        ("Cargo.toml", "[package\n", "is its Cargo.toml valid?"),
        ("Cargo.toml", "[workspace]\n", "holds no library crate"),
        ("src/lib.rs", "pub fn run() { nothing() }\n", "cannot find function `nothing`"),
        ("src/lib.rs", "pub fn run() {}\n", "is the SDK's `export!` missing?"),
    ];
    for (file, text, expected) in cases {
        let folder = crate_folder(file, text);
        let error = build(folder.path(), &BuildOptions::default()).expect_err(expected);
        let text = chain(&error);
        assert!(text.contains(expected), "expected `{expected}` in:\n{text}");
        assert!(!folder.path().join("target/guests/plugins").exists());
    }
}

#[test]
fn a_folder_without_a_manifest_or_no_folder_at_all_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = build(folder.path(), &BuildOptions::default()).expect_err("an empty folder");
    assert!(error.to_string().ends_with("plugin.toml"), "{error}");
    let error = build(Path::new("no/such/folder"), &BuildOptions::default()).expect_err("no folder");
    assert_eq!(error.to_string(), "cannot find no/such/folder");
}
