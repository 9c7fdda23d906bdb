//! The sandbox: runs plug-ins, one fresh WebAssembly instance for each call.
//!
//! Here live the two classes of guests with an engine and a pool each, the cache
//! of compiled components, the checks a component passes before it may serve, the
//! limits of a call, the host functions a plug-in may import, the deterministic
//! WASI for guests whose language runtime needs one, and the transcript of what
//! was asked and answered. Everything `unsafe` of the host is here, in two
//! functions.
//!
//! What must never be here: HTTP, SQL, files other than the cache, and any
//! decision about a case. The sandbox answers what the plug-in said or why it
//! could not; what follows is for the gate.
//!
//! # A call
//!
//! [`Sandbox::load`] makes a [`Plugin`] of a component's bytes, off the
//! request path. [`Plugin::call`] is a pure function of [`HookCall`]: no clock,
//! no randomness, no network and no files reach the guest, so the same call
//! gives the same [`CallReport`] years later, but for the time it took, as long as
//! [`Plugin::engine_fingerprint`] is the same.
//!
//! On a thread that calls [`renew_spares`] when it is idle, a call finds its
//! instance made and leaves it to be wiped later.
//!
//! A guest that is not done at once runs on a pooled fiber stack, on threads for
//! that alone, and gives way to the next one at every tick of the epoch clock: an
//! endless loop holds no thread that serves requests, a department has no more than
//! its share of the threads for long calls, and dropping the future of a call ends
//! the call and frees its slot.
//!
//! Read `call` and `instance` first, then `share` and `lane`, then `limits` and
//! `imports`.

mod bindings;
mod cache;
mod call;
mod class;
mod compiler;
mod component;
mod convert;
mod digest;
mod engine;
mod error;
mod examples;
mod explain;
mod imports;
mod instance;
mod lane;
mod last_calls;
mod lend;
mod limits;
mod load;
mod long;
mod particulars;
mod pool;
mod report;
mod room;
mod sandbox;
mod settings;
mod share;
mod spares;
mod state;
mod store;
mod ticker;
mod wasi;

pub use cache::CacheOptions;
pub use call::HookCall;
pub use class::GuestClass;
pub use compiler::{COMPILE_ARGUMENT, compile_for_host};
pub use creditgate_manifest::{Hook, Manifest};
pub use digest::Digest;
pub use engine::{LongOptions, SandboxOptions, SlotOptions};
pub use error::{CallError, CallSite, LoadError, SandboxError, ValidateError};
pub use examples::{ExamplesError, examples};
pub use limits::{GivenLimits, LimitKind, Limits};
pub use load::SERVED_WIT;
pub use report::{CallReport, Fact, Failure, HostCall, LogLevel, LogLine};
pub use sandbox::{Plugin, Sandbox};
pub use settings::Settings;
pub use share::LongCalls;
pub use spares::renew_spares;
