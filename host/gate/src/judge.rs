//! Step 5, judge: what the plug-in says.

use std::future::Future;
use std::pin::Pin;

use creditgate_sandbox::{CallReport, HookCall, Plugin};

/// A judgement on its way.
pub type JudgeFuture<'a> = Pin<Box<dyn Future<Output = CallReport> + Send + 'a>>;

/// Runs one hook of a release. The sandbox's plug-ins are the only judges of a
/// running host; the benchmark brings another, to measure what the sandbox
/// costs.
pub trait Judge: Send + Sync {
    /// Runs the hook of the call's checkpoint.
    fn judge<'a>(&'a self, call: HookCall<'a>) -> JudgeFuture<'a>;

    /// Names the engine it runs on, for the record; none where there is none of
    /// its own.
    fn engine(&self) -> Option<&str> {
        None
    }
}

impl Judge for Plugin {
    fn judge<'a>(&'a self, call: HookCall<'a>) -> JudgeFuture<'a> {
        Box::pin(self.call(call))
    }

    fn engine(&self) -> Option<&str> {
        Some(self.engine_fingerprint())
    }
}
