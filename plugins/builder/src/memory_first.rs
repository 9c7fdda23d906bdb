//! A component whose memory comes first.
//!
//! Texts cross between host and guest through the guest's memory, so an import
//! can be tied only to a memory that exists already. A compiler puts memory and
//! rule into one module, and the standard encoder therefore adds two more: one
//! through whose table the rule calls what is tied later, and one that fills the
//! table. The host makes all three anew for each call.
//!
//! Here the memory, its constants and the function by which the host asks for
//! room become a module of their own, which is instantiated first; the rule
//! imports the memory. That is two modules instead of three, and the rule calls
//! the host without a detour.
//!
//! The room the host asks for then no longer comes from the guest's allocator.
//! Only a guest that says it can bear that is rebuilt ([`MARK`]), and only where
//! every part of the component is of a kind known here; any other stays as the
//! encoder made it.

mod component;
mod memory;
mod rule;

use wasm_encoder::reencode::Error;
use wasmparser::{Parser, Payload};

/// Custom section of a module whose allocator leaves what lies behind its data
/// alone, grows only behind what others have grown, and takes back blocks it
/// has not given. The SDK's has it.
const MARK: &str = "creditgate:host-owns-heap";

/// What the rule imports its memory as.
const MEMORY: (&str, &str) = ("creditgate:memory", "memory");

/// The function by which the canonical ABI asks a guest for room.
const REALLOC: &str = "cabi_realloc";

/// The component with its memory first, or None where it has to stay as it is.
pub(crate) fn put_memory_first(component: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Some(parts) = component::take_apart(component)? else { return Ok(None) };
    let Some(layout) = Layout::of(parts.rule)? else { return Ok(None) };
    let (memory, rule) = (memory::module(&layout), rule::module(parts.rule, &layout)?);
    Ok(Some(parts.put_together(&memory, &rule)))
}

/// What has to be known of a rule's module to part it from its memory.
struct Layout<'a> {
    /// Pages of 64 KiB the memory starts with.
    pages: u64,
    most_pages: Option<u64>,
    /// The first address behind the module's own data.
    heap: i32,
    /// The data section's content, all of it at fixed addresses.
    data: Option<&'a [u8]>,
}

impl<'a> Layout<'a> {
    /// None for a module that bears no mark, or whose memory cannot be taken out.
    fn of(module: &'a [u8]) -> wasmparser::Result<Option<Self>> {
        let (mut memory, mut heap, mut data, mut marked) = (None, None, None, false);
        let mut constants = Vec::new();
        let mut starts = false;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::CustomSection(section) if section.name() == MARK => marked = true,
                Payload::MemorySection(memories) => {
                    for found in memories {
                        if memory.replace(found?).is_some() {
                            return Ok(None);
                        }
                    }
                }
                Payload::GlobalSection(globals) => {
                    for global in globals {
                        constants.push(constant(&global?.init_expr)?);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.name == "__heap_base" {
                            heap = Some(export.index as usize);
                        }
                    }
                }
                Payload::DataSection(section) => {
                    for segment in section.clone() {
                        let wasmparser::DataKind::Active { memory_index: 0, offset_expr } = segment?.kind
                        else {
                            return Ok(None);
                        };
                        if constant(&offset_expr)?.is_none() {
                            return Ok(None);
                        }
                    }
                    data = Some(&module[section.range()]);
                }
                Payload::StartSection { .. } => starts = true,
                _ => {}
            }
        }
        let heap = heap.and_then(|global| constants.get(global).copied().flatten());
        let (Some(memory), Some(heap), true, false) = (memory, heap, marked, starts) else { return Ok(None) };
        let plain = !memory.memory64 && !memory.shared && memory.page_size_log2.is_none();
        Ok(plain.then_some(Self { pages: memory.initial, most_pages: memory.maximum, heap, data }))
    }
}

/// The value of an expression that is nothing but a constant.
fn constant(expression: &wasmparser::ConstExpr<'_>) -> wasmparser::Result<Option<i32>> {
    let mut operators = expression.get_operators_reader();
    Ok(match operators.read()? {
        wasmparser::Operator::I32Const { value }
            if matches!(operators.read()?, wasmparser::Operator::End) =>
        {
            Some(value)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
    use wit_parser::Resolve;

    use super::*;

    /// A component of a rule that asks the host for a text, in a module with
    /// these parts.
    fn component(memory: &str, parts: &str, marked: bool) -> Vec<u8> {
        let mark = if marked { format!("(@custom \"{MARK}\" \"1\")") } else { String::new() };
        let module = format!(
            r#"(module {mark}
                (import "sample:guest/host" "ask" (func $ask (param i32 i32 i32)))
                (import "sample:guest/host" "tell" (func $tell (param i32 i32)))
                (import "sample:guest/host" "count" (func $count (result i32)))
                {memory}
                (global (export "__heap_base") i32 (i32.const 40000))
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
                (func $run (export "run") (param i32 i32) (result i32) (drop (call $count)) local.get 0)
                {parts})"#
        );
        let world = "package sample:guest;
            interface host { ask: func(name: string) -> string; tell: func(text: string); count: func() -> u32; }
            world guest { import host; export run: func(text: string) -> string; }";
        let mut resolve = Resolve::default();
        let package = resolve.push_str("sample.wit", world).expect("the world parses");
        let world = resolve.select_world(&[package], Some("guest")).expect("one world");
        let mut module = wat::parse_str(module).expect("the module parses");
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
        let mut encoder = ComponentEncoder::default().module(&module).expect("a module for the world");
        encoder.encode().expect("a component")
    }

    const MEMORY: &str = "(memory (export \"memory\") 1)";
    const DATA: &str = "(data (i32.const 8) \"the first\") (data (i32.const 64) \"the second\")";

    /// The modules of a component, each as text.
    fn modules(component: &[u8]) -> Vec<String> {
        let payloads = Parser::new(0).parse_all(component).map(|payload| payload.expect("a valid component"));
        let modules = payloads.filter_map(|payload| match payload {
            Payload::ModuleSection { unchecked_range, .. } => Some(&component[unchecked_range]),
            _ => None,
        });
        modules.map(|module| wasmprinter::print_bytes(module).expect("a valid module")).collect()
    }

    #[test]
    fn memory_constants_and_room_become_a_module_of_their_own() {
        let before = component(MEMORY, DATA, true);
        assert_eq!(modules(&before).len(), 3, "as the encoder makes it");
        let after = put_memory_first(&before).expect("it can be read").expect("it can be rebuilt");
        wasmparser::validate(&after).expect("it is valid");
        let modules = modules(&after);
        let [memory, rule] = &*modules else { panic!("two modules, not {}", modules.len()) };
        for part in ["the first", "the second", "(memory (;0;) 1)", "(export \"cabi_realloc\""] {
            assert!(memory.contains(part), "{part} is not in {memory}");
        }
        assert!(rule.contains("(import \"creditgate:memory\" \"memory\" (memory (;0;) 1))"), "{rule}");
        for part in ["(data", "(export \"memory\"", "(export \"cabi_realloc\"", MARK] {
            assert!(!rule.contains(part), "{part} is still in {rule}");
        }
    }

    #[test]
    fn what_a_component_offers_and_asks_for_stays() {
        let before = component(MEMORY, DATA, true);
        let after = put_memory_first(&before).expect("it can be read").expect("it can be rebuilt");
        let world = |component: &[u8]| match wit_component::decode(component).expect("a component") {
            wit_component::DecodedWasm::Component(resolve, world) => {
                let world = &resolve.worlds[world];
                let names = |items: &wit_parser::IndexMap<wit_parser::WorldKey, wit_parser::WorldItem>| {
                    items.keys().map(|key| resolve.name_world_key(key)).collect::<Vec<_>>()
                };
                (names(&world.imports), names(&world.exports))
            }
            wit_component::DecodedWasm::WitPackage(..) => panic!("a component"),
        };
        assert_eq!(world(&after), world(&before));
    }

    #[test]
    fn room_for_what_the_host_hands_over_is_there_from_the_start() {
        for (heap, pages) in [(40_000, 1), (60_000, 2), (140_000, 3)] {
            let layout = Layout { pages: 1, most_pages: Some(1), heap, data: None };
            let text = wasmprinter::print_bytes(memory::module(&layout)).expect("a valid module");
            assert!(text.contains(&format!("(memory (;0;) {pages} {pages})")), "{heap}: {text}");
            assert!(text.contains(&format!("(mut i32) i32.const {}", pages * 65_536)), "{heap}: {text}");
        }
    }

    #[test]
    fn what_is_not_known_here_stays_as_the_encoder_made_it() {
        let cases = [
            ("no mark", component(MEMORY, DATA, false)),
            ("constants that code places", component(MEMORY, "(data \"passive\")", true)),
            ("code that runs at the start", component(MEMORY, "(func $start) (start $start)", true)),
            ("a core module", b"\0asm\x01\0\0\0".to_vec()),
        ];
        for (what, component) in cases {
            assert_eq!(put_memory_first(&component).expect("it can be read"), None, "{what}");
        }
    }
}
