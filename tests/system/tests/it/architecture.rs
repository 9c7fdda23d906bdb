//! Which crate may know which: server → {store, platform} → wire → gate →
//! {sandbox, affairs} → credit.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use system_tests::document::{list, text};

/// Every crate with the crates of this workspace it may use. A crate that is
/// not here may not be there.
const ARROWS: &[(&str, &[&str])] = &[
    ("creditgate-credit", &[]),
    // Knows of no check: how one is made is the gate's.
    ("creditgate-affairs", &["creditgate-credit"]),
    ("creditgate-manifest", &[]),
    // Starts processes, and knows nothing of what they do.
    ("creditgate-confine", &[]),
    ("creditgate-sandbox", &["creditgate-confine", "creditgate-credit", "creditgate-manifest"]),
    (
        "creditgate-gate",
        &["creditgate-affairs", "creditgate-credit", "creditgate-manifest", "creditgate-sandbox"],
    ),
    // What a client needs, and nothing of the host.
    ("creditgate-api", &["creditgate-credit"]),
    (
        "creditgate-wire",
        &[
            "creditgate-affairs",
            "creditgate-api",
            "creditgate-credit",
            "creditgate-gate",
            "creditgate-sandbox",
        ],
    ),
    (
        "creditgate-store",
        &[
            "creditgate-affairs",
            "creditgate-api",
            "creditgate-credit",
            "creditgate-gate",
            "creditgate-sandbox",
            "creditgate-wire",
        ],
    ),
    // What platforms say becomes evidence by the rules of imported files.
    ("creditgate-platform", &["creditgate-credit", "creditgate-gate", "creditgate-wire"]),
    (
        "creditgate-server",
        &[
            "creditgate-affairs",
            "creditgate-api",
            "creditgate-confine",
            "creditgate-credit",
            "creditgate-gate",
            "creditgate-platform",
            "creditgate-sandbox",
            "creditgate-store",
            "creditgate-wire",
        ],
    ),
    ("creditgate-plugin-builder", &["creditgate-manifest"]),
    // A vendor gets the contract and nothing of the host.
    ("creditgate-plugin", &[]),
    ("market-registration", &["creditgate-plugin"]),
    ("construction-permit", &["creditgate-plugin"]),
    ("public-procurement", &["creditgate-plugin"]),
    ("hostile-guest", &["creditgate-plugin"]),
    // The examples speak HTTP; a client does so in the types there are for it.
    ("approval-system", &["creditgate-api", "creditgate-credit"]),
    ("credit-platform", &[]),
    // Makes files; check characters come from the domain.
    ("generated-city", &["creditgate-credit"]),
    ("system-tests", &[]),
    ("golden-files", &[]),
    ("hostile-corpus", &["system-tests"]),
];

/// The bottom computes: no runtime, no engine, no database. What is kept or sent derives
/// its form; of serde_json there is what carries JSON along as text.
const NOT_AT_THE_BOTTOM: &[&str] = &["tokio", "wasmtime", "rusqlite", "axum", "reqwest", "tracing"];

/// A host runs components and makes none: what turns modules into components, and
/// whatever fetches a compiler, is the vendor's.
const NOT_IN_THE_HOST: &[&str] =
    &["creditgate-plugin-builder", "wit-component", "wit-parser", "wasm-metadata"];

/// What no client of the interface is to build.
const NOT_IN_A_CLIENT: &[&str] = &["wasmtime", "tokio", "axum", "rusqlite", "creditgate-gate"];

/// Names of the normal dependencies of every crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = cargo("metadata --format-version 1 --no-deps");
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let name = |package: &Value| text(package, "name").to_owned();
    let used = |package: &Value| {
        let normal = list(&package["dependencies"]).iter().filter(|used| used["kind"].is_null());
        normal.map(name).collect()
    };
    list(&metadata["packages"]).iter().map(|package| (name(package), used(package))).collect()
}

/// What cargo says to these words, without the network.
fn cargo(words: &str) -> String {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split(' ')).arg("--offline").current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_crate_uses_only_crates_below_it() {
    let dependencies = dependencies();
    // Tools of the builder are put together of whatever they need.
    let tools = ["xtask", "creditgate-bench", "fuzz-targets"];
    for (name, used) in &dependencies {
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| known == name) else {
            assert!(tools.contains(&name.as_str()), "{name} has no place in the architecture");
            continue;
        };
        let of_workspace = used.iter().filter(|used| dependencies.contains_key(*used));
        let wrong: Vec<_> = of_workspace.filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(wrong.is_empty(), "{name} may not use {wrong:?}");
    }
    for (name, _) in ARROWS {
        assert!(dependencies.contains_key(*name), "{name} is gone");
    }
}

/// What of these names is among those that are there.
fn wrong(there: &BTreeSet<String>, names: &[&'static str]) -> Vec<&'static str> {
    names.iter().copied().filter(|name| there.contains(*name)).collect()
}

#[test]
fn the_domain_knows_no_runtime_no_engine_and_no_database() {
    let credit = &dependencies()["creditgate-credit"];
    assert_eq!(wrong(credit, NOT_AT_THE_BOTTOM), [""; 0], "creditgate-credit may not use them");
}

/// Names of the crates that come with this one, itself among them.
fn linked(package: &str) -> BTreeSet<String> {
    let form = "--edges normal,no-proc-macro --prefix none --format {lib} --locked";
    let linked = cargo(&format!("tree --package {package} {form}"));
    linked.lines().map(|name| name.replace('_', "-")).collect()
}

#[test]
fn the_host_carries_no_build_environment() {
    let linked = linked("creditgate-server");
    assert!(linked.contains("wasmtime"), "this is not what the host links: {linked:?}");
    assert_eq!(wrong(&linked, NOT_IN_THE_HOST), [""; 0], "the host links them");
}

#[test]
fn what_a_client_depends_on_brings_no_sandbox_no_runtime_and_no_server() {
    let linked = linked("creditgate-api");
    assert!(linked.contains("creditgate-credit"), "this is not what a client links: {linked:?}");
    assert_eq!(wrong(&linked, NOT_IN_A_CLIENT), [""; 0], "a client links them");
}
