//! Components that are easier to count out than to write down.

use std::borrow::Cow;
use std::fmt::Write as _;

use system_tests::component::{core_module, with_examples, with_manifest};
use wasm_encoder::{
    CodeSection, ComponentSection as _, CustomSection, Encode as _, Function, FunctionSection, Module,
    ModuleSection, TypeSection, ValType,
};

use crate::case::Case;
use crate::component::{HOOK, encoded, harmless, manifest, manifest_with, module, parsed};

/// Larger than any upload may be, in bytes.
const TOO_LARGE: usize = 65 << 20;
/// The first bytes of every component.
const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";
/// Number of the section that holds a component.
const COMPONENT_SECTION: u8 = 4;

/// The component that the function of this name makes.
pub(crate) fn make(name: &str, case: &Case) -> Vec<u8> {
    match name {
        "core_module" => core_module(),
        "large_frames" => large_frames(case),
        "long_function_name" => named_function(case, &"n".repeat(500_000)),
        "unfolding_function_name" => named_function(case, &unfolding_name()),
        "too_large" => with_section(harmless(case), "filler", TOO_LARGE),
        "custom_sections" => custom_sections(case),
        "manifests" => (0..1000).fold(harmless(case), |bytes, _| with_manifest(bytes, &manifest(case))),
        "nested_manifest" => {
            with_last_lines(case, &format!("settings = {}{}\n", "[".repeat(10_000), "]".repeat(10_000)))
        }
        "long_description" => described(case, &"x".repeat(4 << 20)),
        "turned_description" => described(case, "a\u{202e}b"),
        "long_version" => long_version(case),
        "many_hooks" => many_hooks(case),
        "many_examples" => many_examples(case),
        "lying_length" => [PREAMBLE, b"\0\xff\xff\xff\x7f\x04name"].concat(),
        "endless_number" => [PREAMBLE, b"\0", &[0x80; 1000]].concat(),
        "lying_count" => [PREAMBLE, b"\x07\x05\xff\xff\xff\xff\x0f"].concat(),
        "nested_components" => nested_components(case),
        "doubling_types" => doubling_types(case),
        "deep_types" => deep_types(case),
        "many_types" => hooked(case, &"(type (record (field \"a\" u8)))".repeat(50_000)),
        "many_instances" => {
            hooked(case, &format!("(core module $m) {}", "(core instance (instantiate $m))".repeat(900)))
        }
        "instances_in_instances" => instances_in_instances(case),
        "locals_bomb" => locals_bomb(case),
        "blocks_bomb" => blocks_bomb(case),
        "adapters_bomb" => adapters_bomb(case),
        _ => panic!("{}: nothing makes `{name}`", case.name),
    }
}

/// Something before a hook that is not the contract's.
fn hooked(case: &Case, text: &str) -> Vec<u8> {
    with_manifest(parsed(&format!("(component {text} {HOOK})")), &manifest(case))
}

fn with_last_lines(case: &Case, rest: &str) -> Vec<u8> {
    with_manifest(harmless(case), &manifest_with(case, rest))
}

fn with_section(mut component: Vec<u8>, name: &str, bytes: usize) -> Vec<u8> {
    let data = vec![0; bytes];
    CustomSection { name: Cow::Borrowed(name), data: Cow::Borrowed(&data) }
        .append_to_component(&mut component);
    component
}

fn custom_sections(case: &Case) -> Vec<u8> {
    let filled = (0..100_000).fold(harmless(case), |bytes, _| with_section(bytes, "filler", 8));
    with_manifest(filled, &manifest(case))
}

fn described(case: &Case, text: &str) -> Vec<u8> {
    with_last_lines(case, &format!("hooks = [\"review\"]\ndescription = \"{text}\"\n"))
}

fn long_version(case: &Case) -> Vec<u8> {
    let long = format!("version = \"1.0.0-{}\"", "x".repeat(60_000));
    with_manifest(harmless(case), &manifest(case).replace("version = \"1.0.0\"", &long))
}

fn many_hooks(case: &Case) -> Vec<u8> {
    let hooks: String = (0..3000).map(|number| format!(", \"custom:c{number}\"")).collect();
    with_last_lines(case, &format!("hooks = [\"review\"{hooks}]\ndescription = \"Means harm\"\n"))
}

fn many_examples(case: &Case) -> Vec<u8> {
    let example = r#"{"name": "e", "on": "2026-03-05"}"#;
    let examples = format!("[{}]", vec![example; 10_000].join(","));
    with_examples(with_manifest(harmless(case), &manifest(case)), examples.as_bytes())
}

/// A plug-in whose hook has this body, with these further fields.
fn programmed(case: &Case, body: &str, more: String) -> Vec<u8> {
    let case = Case { more, ..case.clone() };
    with_manifest(encoded(&module(&case, body), &case), &manifest(&case))
}

fn large_frames(case: &Case) -> Vec<u8> {
    // All of them are used after the call, so that none can be left out.
    let locals = "i64 ".repeat(1000);
    let set: String =
        (1..=1000).map(|local| format!("(local.set {local} (i64.load8_u (local.get 0)))")).collect();
    let used: String = (1..=1000).map(|local| format!("(local.get {local})")).collect();
    let more = format!(
        "(func $deep (param i32) (result i32) (local {locals}) {set} (call $deep (local.get 0)) {used} {} i32.wrap_i64
             i32.xor)",
        "i64.xor ".repeat(999)
    );
    programmed(case, "(call $deep (local.get $case))", more)
}

/// Breaks in a function of this name.
fn named_function(case: &Case, name: &str) -> Vec<u8> {
    programmed(case, &format!("(call $\"{name}\")"), format!("(func $\"{name}\" (result i32) unreachable)"))
}

/// A mangled name whose parts refer back to parts that refer back.
fn unfolding_name() -> String {
    let mut name = "_RINvC1a1b".to_owned();
    let mut last = "TuuuuE".to_owned();
    for _ in 0..12 {
        let at = name.len() - "_R".len();
        name.push_str(&last);
        let back = format!("B{}_", base_62(at));
        last = format!("T{back}{back}{back}{back}E");
    }
    name + &last + "E"
}

/// Numbers of mangled names: 62 digits, one less than the number.
fn base_62(number: usize) -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut rest = number.checked_sub(1).expect("a place behind the first");
    let mut digits = Vec::new();
    loop {
        digits.push(DIGITS[rest % 62]);
        rest /= 62;
        if rest == 0 {
            break;
        }
    }
    digits.reverse();
    String::from_utf8(digits).expect("letters and digits")
}

/// Components that are each the only section of the one around it.
fn nested_components(case: &Case) -> Vec<u8> {
    const LEVELS: usize = 50_000;
    // From the inside: how long each is, and so what stands before it.
    let mut length = PREAMBLE.len();
    let mut heads = Vec::with_capacity(LEVELS);
    for _ in 0..LEVELS {
        let mut head = PREAMBLE.to_vec();
        head.push(COMPONENT_SECTION);
        length.encode(&mut head);
        length += head.len();
        heads.push(head);
    }
    let mut nested: Vec<u8> = vec![COMPONENT_SECTION];
    length.encode(&mut nested);
    nested.extend(heads.into_iter().rev().flatten());
    nested.extend(PREAMBLE);
    let hook = hooked(case, "");
    [&hook, nested.as_slice()].concat()
}

fn doubling_types(case: &Case) -> Vec<u8> {
    let mut text = "(type $t0 (record (field \"a\" u64)))".to_owned();
    for level in 1..40 {
        let before = level - 1;
        let _ = write!(text, "(type $t{level} (record (field \"a\" $t{before}) (field \"b\" $t{before})))");
    }
    hooked(case, &text)
}

fn deep_types(case: &Case) -> Vec<u8> {
    let mut text = "(type $t0 (list u8))".to_owned();
    for level in 1..10_000 {
        let _ = write!(text, "(type $t{level} (list $t{}))", level - 1);
    }
    text.push_str(
        "(import \"creditgate:plugin/log@1.0.0\" (instance (export \"write\" (func (param \"x\" $t9999)))))",
    );
    hooked(case, &text)
}

fn instances_in_instances(case: &Case) -> Vec<u8> {
    let mut text = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
    for level in 1..6 {
        let inner = text;
        let ten = format!("(instance (instantiate $c{}))", level - 1).repeat(10);
        text = format!("(component $c{level} {inner} {ten})");
    }
    hooked(case, &format!("{text} (instance (instantiate $c5))"))
}

/// Every function declares as many locals as there may be, in six bytes.
fn locals_bomb(case: &Case) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for _ in 0..1000 {
        functions.function(0);
        let mut function = Function::new([(49_000, ValType::I64)]);
        function.instructions().end();
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let mut component = hooked(case, "");
    ModuleSection(&module).append_to_component(&mut component);
    component
}

/// Loops with a thousand parameters, each within the one before.
fn blocks_bomb(case: &Case) -> Vec<u8> {
    let parameters = "i64 ".repeat(1000);
    let zeros = "i64.const 0 ".repeat(1000);
    let depth = 20_000;
    let loops = format!("{}{}", "loop (type $wide) ".repeat(depth), "end ".repeat(depth));
    let text = format!(
        "(core module (type $wide (func (param {parameters}) (result {parameters})))
            (func (param i32) {zeros} {loops} {}))",
        "drop ".repeat(1000)
    );
    hooked(case, &text)
}

/// Two components that hand each other a wide record, by many functions.
fn adapters_bomb(case: &Case) -> Vec<u8> {
    let record = "(type $r0 (tuple u64 u64 u64 u64 u64 u64 u64 u64 u64 u64))
        (type $r1 (tuple $r0 $r0 $r0 $r0 $r0 $r0 $r0 $r0 $r0 $r0))
        (type $r2 (tuple $r1 $r1 $r1 $r1 $r1 $r1 $r1 $r1 $r1 $r1))
        (type $r3 (tuple $r2 $r2 $r2 $r2 $r2 $r2 $r2 $r2 $r2 $r2))";
    let memory = "(core module $m (memory (export \"m\") 1)
            (func (export \"r\") (param i32 i32 i32 i32) (result i32) i32.const 0)
            (func (export \"f\") (param i32)))
        (core instance $i (instantiate $m))";
    let number = 40;
    let mut out = format!("(component $out {record} {memory}");
    let mut within = format!("(component $in {record} {memory}");
    let mut arguments = String::new();
    for index in 0..number {
        let _ = write!(
            out,
            "(func $f{index} (param \"x\" $r3) (canon lift (core func $i \"f\") (memory (core memory $i \"m\")) (realloc (core func $i \"r\"))))
             (export \"f{index}\" (func $f{index}))"
        );
        let _ = write!(
            within,
            "(import \"f{index}\" (func $g{index} (param \"x\" $r3)))
             (core func (canon lower (func $g{index}) (memory (core memory $i \"m\"))))"
        );
        let _ = write!(arguments, "(with \"f{index}\" (func $o \"f{index}\"))");
    }
    hooked(
        case,
        &format!(
            "{out}) {within}) (instance $o (instantiate $out)) (instance (instantiate $in {arguments}))"
        ),
    )
}
