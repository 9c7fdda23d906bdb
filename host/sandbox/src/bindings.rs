//! The contract's types and imports, generated from `wit/`. Nothing here is
//! written by hand.

#![expect(missing_docs, unreachable_pub, reason = "generated; the documentation is in the WIT")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "imports",
    imports: { default: trappable },
});
