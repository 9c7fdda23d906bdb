//! Why a call ended without an answer: from the engine's untyped error to a
//! [`CallError`]. By type throughout, never by text.

use std::str::Utf8Error;

use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::error::{CallError, CallSite};
use crate::limits::{LimitHit, LimitKind, Limits};
use crate::state::{CallState, NoCase};

/// Explains an error of a call that left `state` behind.
pub(crate) fn explain(
    error: &wasmtime::Error,
    state: &CallState,
    limits: &Limits,
    site: CallSite,
) -> CallError {
    let site = Box::new(site);
    if let Some(limit) = limit(error, state) {
        return CallError::Limit { site, limit, allowed: limit.allowed(limits) };
    }
    if let Some(Trap::StackOverflow) = error.downcast_ref() {
        return CallError::StackOverflow { site, frames: frames(error) };
    }
    if let Some(message) = broke(error) {
        return CallError::Trap { site, message, frames: frames(error) };
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return CallError::Busy { site, waited_ms: 0 };
    }
    if is_malformed(error) {
        return CallError::Malformed { site, detail: error.root_cause().to_string() };
    }
    // What is left is the engine's error for a value too large to copy. Its type
    // is private; every other error of a call is named above, and the tests hold
    // both to that.
    let limit = LimitKind::ResultBytes;
    CallError::Limit { site, limit, allowed: limit.allowed(limits) }
}

fn limit(error: &wasmtime::Error, state: &CallState) -> Option<LimitKind> {
    if let Some(LimitHit(limit)) = error.downcast_ref() {
        return Some(*limit);
    }
    match error.downcast_ref() {
        Some(Trap::OutOfFuel) => Some(LimitKind::Fuel),
        Some(Trap::StackOverflow) => None,
        // A guest that is denied memory aborts: what it broke of is the limit.
        _ => state.meter.denied(),
    }
}

/// The guest, or a host function it called in a way it may not.
fn broke(error: &wasmtime::Error) -> Option<String> {
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return Some(trap.to_string());
    }
    if let Some(I32Exit(status)) = error.downcast_ref() {
        return Some(format!("it exited with status {status}"));
    }
    error.downcast_ref::<NoCase>().map(ToString::to_string)
}

/// The engine refused what the guest handed over. It says why in a message, or
/// in one of the errors that reading a value can give.
fn is_malformed(error: &wasmtime::Error) -> bool {
    error.is::<&'static str>()
        || error.is::<String>()
        || error.is::<Utf8Error>()
        || error.is::<std::char::CharTryFromError>()
        || error.is::<std::num::TryFromIntError>()
        || error.is::<ResourceTableError>()
}

/// Function names from the innermost outwards, as their author wrote them.
fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let name = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
        None => format!("function {}", frame.func_index()),
    };
    backtrace.frames().iter().map(name).collect()
}
