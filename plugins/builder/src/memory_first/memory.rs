//! The module that comes first: the memory, the constants in it, and room for
//! what the host hands over.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, MemorySection, MemoryType, Module, RawSection, SectionId, TypeSection, ValType,
};

use super::{Layout, MEMORY, REALLOC};

const PAGE: u64 = 64 * 1024;
const PAGE_BITS: i32 = 16;

/// Room for what the host hands over without growing, which costs system calls:
/// a case with a dozen parties.
const ROOM: u64 = 8 * 1024;

/// Where the next block begins, and where this run of memory ends.
const NEXT: u32 = 0;
const LIMIT: u32 = 1;

pub(super) fn module(layout: &Layout<'_>) -> Vec<u8> {
    let heap = u64::from(layout.heap.cast_unsigned());
    let pages = layout.pages.max((heap + ROOM).div_ceil(PAGE));
    let mut module = Module::new();

    let mut types = TypeSection::new();
    types.ty().function([ValType::I32; 4], [ValType::I32]);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: pages,
        maximum: layout.most_pages.map(|most| most.max(pages)),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let address = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    globals.global(address, &ConstExpr::i32_const(layout.heap));
    globals.global(address, &ConstExpr::i32_const(((pages * PAGE) as u32).cast_signed()));
    let mut exports = ExportSection::new();
    exports.export(MEMORY.1, ExportKind::Memory, 0).export(REALLOC, ExportKind::Func, 0);
    let mut code = CodeSection::new();
    code.function(&realloc());

    module
        .section(&types)
        .section(&functions)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&code);
    if let Some(data) = layout.data {
        module.section(&RawSection { id: SectionId::Data.into(), data });
    }
    module.finish()
}

/// `cabi_realloc(old, old size, alignment, size)`: the next `size` bytes. Nothing
/// is given back, because the instance lives for one call.
fn realloc() -> Function {
    const OLD: u32 = 0;
    const OLD_SIZE: u32 = 1;
    const ALIGNMENT: u32 = 2;
    const SIZE: u32 = 3;
    const START: u32 = 4;
    const END: u32 = 5;
    let mut function = Function::new([(2, ValType::I32)]);
    let mut code = function.instructions();
    // start = next, rounded up: an alignment is a power of two.
    code.global_get(NEXT).local_get(ALIGNMENT).i32_add().i32_const(1).i32_sub();
    code.i32_const(0).local_get(ALIGNMENT).i32_sub().i32_and().local_tee(START);
    code.local_get(SIZE).i32_add().local_tee(END);
    // Beyond the limit, or around the end of all addresses: memory of its own.
    code.global_get(LIMIT).i32_gt_u();
    code.local_get(END).local_get(START).i32_lt_u().i32_or();
    code.if_(BlockType::Empty);
    // size and limit = pages for the block; start = the old end, in bytes.
    code.local_get(SIZE).i32_const(PAGE_BITS).i32_shr_u().i32_const(1).i32_add().local_tee(END);
    code.memory_grow(0).local_tee(START).i32_const(-1).i32_eq();
    code.if_(BlockType::Empty).unreachable().end();
    code.local_get(START).local_get(END).i32_add().i32_const(PAGE_BITS).i32_shl().global_set(LIMIT);
    code.local_get(START).i32_const(PAGE_BITS).i32_shl().local_tee(START);
    code.local_get(SIZE).i32_add().local_set(END);
    code.end();
    code.local_get(END).global_set(NEXT);
    // What was there before comes along.
    code.local_get(OLD_SIZE);
    code.if_(BlockType::Empty);
    code.local_get(START).local_get(OLD);
    code.local_get(OLD_SIZE).local_get(SIZE);
    code.local_get(OLD_SIZE).local_get(SIZE).i32_lt_u().select();
    code.memory_copy(0, 0).end();
    code.local_get(START).end();
    function
}
