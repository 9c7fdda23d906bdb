//! Every target for a moment, on the same inputs each time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fuzz_targets::random::{Random, input};
use fuzz_targets::{TARGETS, Target};

/// Runs all inputs of a target; a panic names the input in a form that can be
/// kept as a test.
fn holds(target: &Target) {
    let seeds = (target.seeds)();
    let mut random = Random::new(1);
    let mut inputs = seeds.clone();
    inputs.extend((0..target.rounds).map(|_| input(&mut random, &seeds, target.words)));
    for bytes in inputs {
        let held = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))).is_ok();
        assert!(held, "target `{}` fails on b\"{}\"", target.name, bytes.escape_ascii());
    }
}

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        /// Those that have a test here.
        const TESTED: &[&str] = &[$(stringify!($name)),+];

        $(#[test]
        fn $name() {
            let target = TARGETS.iter().find(|target| target.name == stringify!($name)).expect("a target");
            holds(target);
        })+
    };
}

targets!(
    identifier,
    lists,
    catalogue,
    policy,
    policy_toml,
    bindings,
    list_types,
    links,
    issued,
    calendar,
    manifest,
    bodies,
    component,
    verdict,
    answer,
    workbook,
    http,
);

#[test]
fn every_target_is_run() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names, TESTED);
}

#[test]
fn every_target_has_a_binary_for_cargo_fuzz() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
    for target in TARGETS {
        let file = format!("{folder}/{}.rs", target.name);
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(&format!("run(\"{}\", data)", target.name)), "{file} runs another target");
    }
}

#[test]
fn seeds_are_tried_as_they_are_and_inputs_differ() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} begins from nothing", target.name);
        let mut random = Random::new(1);
        let inputs: std::collections::HashSet<Vec<u8>> =
            (0..100).map(|_| input(&mut random, &seeds, target.words)).collect();
        assert!(inputs.len() > 50, "{}: {} inputs of 100 differ", target.name, inputs.len());
    }
}
