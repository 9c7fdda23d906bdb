//! Why a call ended without an answer: from the engine's untyped error to a
//! [`CallError`]. By type throughout, never by text.

use std::fmt::Write as _;
use std::str::Utf8Error;

use creditgate_manifest::text::{excerpt, one_line};
use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::error::{CallError, CallSite};
use crate::limits::{LimitHit, LimitKind, Limits};
use crate::state::{CallState, NoCase};

/// More bytes of a name than an excerpt shows.
const LONGEST_NAME: usize = 1000;
/// Frames the engine tells at most, by default.
const FRAMES: usize = 20;

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
    if let Some(message) = broke(error) {
        let frames = frames(error);
        return match error.downcast_ref() {
            Some(Trap::StackOverflow) => CallError::StackOverflow { site, frames },
            // The stack that a language keeps in memory ends before the engine's.
            Some(Trap::MemoryOutOfBounds) if is_runaway(&frames) => CallError::StackOverflow { site, frames },
            _ => CallError::Trap { site, message, frames },
        };
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return CallError::Busy { site, waited_ms: 0 };
    }
    if is_malformed(error) {
        let detail = one_line(&error.root_cause().to_string()).into_owned();
        return CallError::Malformed { site, detail };
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

/// Whether these frames are of a recursion without end: as many as the engine
/// tells, and one function over and over.
fn is_runaway(frames: &[String]) -> bool {
    let often = FRAMES / 4;
    let calls = |name: &String| frames.iter().filter(|frame| *frame == name).count();
    frames.len() >= FRAMES && frames.iter().take(often).any(|name| calls(name) >= often)
}

/// Function names from the innermost outwards, as their author wrote them.
fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let name = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => readable_name(name),
        None => format!("function {}", frame.func_index()),
    };
    backtrace.frames().iter().map(name).collect()
}

/// A function's name as its author wrote it, within a line and within reason: a
/// name is what the component says it is, and a short mangled one may stand for a
/// very long one.
fn readable_name(name: &str) -> String {
    let mut written = Beginning(String::new());
    // An error says that there was more.
    let _ = write!(written, "{:#}", rustc_demangle::demangle(name));
    excerpt(&written.0).into_owned()
}

/// The beginning of what is written to it.
struct Beginning(String);

impl std::fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend(text.chars().take(LONGEST_NAME.saturating_sub(self.0.len())));
        if self.0.len() < LONGEST_NAME { Ok(()) } else { Err(std::fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(names: &[&str], times: usize) -> Vec<String> {
        names.iter().cycle().take(times).map(ToString::to_string).collect()
    }

    #[test]
    fn a_recursion_is_told_from_a_deep_call() {
        let distinct: Vec<String> = (0..FRAMES).map(|depth| format!("f{depth}")).collect();
        let cases = [
            ("one function", frames(&["f"], FRAMES), true),
            ("three in a ring", frames(&["f", "g", "h"], FRAMES), true),
            ("a short one", frames(&["f"], FRAMES - 1), false),
            ("a deep call", distinct, false),
            ("nothing known", Vec::new(), false),
        ];
        for (name, frames, expected) in cases {
            assert_eq!(is_runaway(&frames), expected, "{name}");
        }
    }
}
