//! Which crate may know which: server → {store, platform} → wire → gate →
//! {sandbox, affairs} → credit.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

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
    // The examples speak HTTP.
    ("approval-system", &[]),
    ("credit-platform", &[]),
    // Makes files; check characters come from the domain.
    ("generated-city", &["creditgate-credit"]),
    ("system-tests", &[]),
    ("hostile-corpus", &["system-tests"]),
];

/// The bottom computes: no formats, no runtime, no engine, no database. Serde's traits
/// alone, by which vocabularies are their codes.
const NOT_AT_THE_BOTTOM: &[&str] =
    &["serde_json", "tokio", "wasmtime", "rusqlite", "axum", "reqwest", "tracing"];

/// A host runs components and makes none: what turns modules into components, and
/// whatever fetches a compiler, is the vendor's.
const NOT_IN_THE_HOST: &[&str] =
    &["creditgate-plugin-builder", "wit-component", "wit-parser", "wasm-metadata"];

/// Names of the normal dependencies of every crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |value: &Value| value.as_array().unwrap().clone();
    list(&metadata["packages"])
        .iter()
        .map(|package| {
            let normal =
                list(&package["dependencies"]).into_iter().filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), normal.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
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

#[test]
fn the_domain_knows_no_format_no_runtime_and_no_engine() {
    let dependencies = dependencies();
    let credit = &dependencies["creditgate-credit"];
    let wrong: Vec<_> = NOT_AT_THE_BOTTOM.iter().filter(|name| credit.contains(**name)).collect();
    assert!(wrong.is_empty(), "creditgate-credit may not use {wrong:?}");
}

#[test]
fn the_host_carries_no_build_environment() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["tree", "--package", "creditgate-server", "--edges", "normal,no-proc-macro"]);
    command.args(["--prefix", "none", "--format", "{lib}", "--locked", "--offline"]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let linked = String::from_utf8(output.stdout).unwrap();
    let linked: BTreeSet<&str> = linked.lines().collect();
    assert!(linked.contains("wasmtime"), "this is not what the host links: {linked:?}");
    let wrong: Vec<_> =
        NOT_IN_THE_HOST.iter().filter(|name| linked.contains(name.replace('-', "_").as_str())).collect();
    assert!(wrong.is_empty(), "the host links {wrong:?}");
}
