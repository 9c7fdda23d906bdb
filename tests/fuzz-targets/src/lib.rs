//! What is fuzzed, and what must hold of it.
//!
//! Each module has one or more targets: functions of any bytes at all that panic
//! when a statement about the host is false. [`TARGETS`] names them all, with
//! seeds to begin from. The same functions run in two ways: `tests/smoke.rs` runs
//! each for a moment with a fixed generator, among the other tests; the binaries
//! of `fuzz/` hand them to libFuzzer, which is led by coverage, for hours.
//! `docs/fuzzing.md` says what each target states and how to run them.
//!
//! What must not be here: anything that depends on the clock, on randomness or on
//! the order of runs. A finding must be one again on every machine.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "all of this is test code: a target says by a panic that its statement is false"
)]

pub mod random;

mod calendars;
mod components;
mod findings;
mod guest;
mod host;
mod identifiers;
mod imports;
mod layout;
mod lists;
mod manifests;
mod requests;
mod scene;
mod verdicts;

pub use guest::{plugin_of, with_manifest};

/// Something that is fuzzed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also the name of its binary in `fuzz/`.
    pub name: &'static str,
    /// Panics when what is stated about the host does not hold for these bytes.
    pub run: fn(&[u8]),
    /// Inputs that are good, or nearly.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of the format, which blind changes would not come upon.
    pub words: &'static [&'static str],
    /// Inputs that the tests try.
    pub rounds: usize,
}

/// Every target.
pub static TARGETS: &[Target] = &[
    identifiers::IDENTIFIER,
    lists::LISTS,
    imports::CATALOGUE,
    imports::POLICY,
    imports::POLICY_TOML,
    imports::BINDINGS,
    imports::LIST_TYPES,
    imports::LINKS,
    imports::ISSUED,
    calendars::CALENDAR,
    manifests::MANIFEST,
    requests::BODIES,
    components::COMPONENT,
    verdicts::VERDICT,
    verdicts::ANSWER,
    host::WORKBOOK,
    host::HTTP,
];

/// Runs the target of this name, for the binaries of `fuzz/`.
///
/// # Panics
/// When the target's statement is false, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("there is no target `{name}`"));
    (target.run)(data);
}
