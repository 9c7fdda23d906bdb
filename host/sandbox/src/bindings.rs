//! The contract's types and imports, generated from `wit/`. Nothing here is
//! written by hand.

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "imports",
    imports: { default: trappable },
});
