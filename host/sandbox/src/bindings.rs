//! The contract's types and imports, generated from `wit/`. Nothing here is
//! written by hand.

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "imports",
    imports: { default: trappable },
});

/// What a hook is asked and answers. The case is lent: copying its texts before
/// they are copied into the guest would cost as much again.
pub(crate) mod hook {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package creditgate:host;
            world hook { export creditgate:plugin/intake@1.0.0; }
        ",
        world: "creditgate:host/hook",
        ownership: Borrowing { duplicate_if_necessary: false },
    });
}
