//! From a plug-in's crate folder to a component the host can load: finds a
//! compiler for the guest target, runs cargo, turns the core module into a
//! component without any WASI import, embeds the manifest and validates the
//! result. Used by `cargo xtask` and by `creditgate-builder`, the vendor's tool in this
//! crate; the host does without any of it.
//!
//! - [`build()`] and [`build_many`] are the way in.
//! - [`embed()`] makes a plug-in of a component that another language's tool made.
//! - [`componentize`] is the last step alone, for tests that need odd components.
//! - [`Toolchain`] is where the compiler comes from.
//!
//! Does not live here: running a plug-in, and judging whether its imports and
//! hooks are the contract's. That is the host's sandbox, which must not trust
//! a builder.

mod build;
mod cargo;
mod command;
mod component;
mod embed;
mod examples;
mod memory_first;
mod toolchain;

pub use build::{BuildError, BuildOptions, BuiltPlugin, build, build_many};
pub use cargo::CargoError;
pub use command::{CommandError, CommandFailure, Progress};
pub use component::{ComponentError, componentize};
pub use embed::embed;
pub use examples::ExamplesProblem;
pub use toolchain::{Origin, Toolchain, ToolchainError};
