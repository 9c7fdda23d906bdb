//! What is remembered of a component's calls: in which bindings the last one ran
//! long, so that the next one is not tried at once in vain.

use std::sync::atomic::{AtomicU64, Ordering};

/// One bit for each of 64 groups of bindings; a binding's group follows from its
/// name. Two bindings in one group cost each other time, never a verdict.
#[derive(Debug, Default)]
pub(crate) struct LastCalls(AtomicU64);

impl LastCalls {
    /// Whether the last call of a binding ran long.
    pub(crate) fn ran_long(&self, binding: &str) -> bool {
        let long = self.0.load(Ordering::Relaxed);
        // Most components never run long; their calls pay for one load.
        long != 0 && long & group(binding) != 0
    }

    /// Remembers how a call of a binding ran.
    pub(crate) fn note(&self, binding: &str, long: bool) {
        if long {
            self.0.fetch_or(group(binding), Ordering::Relaxed);
        } else {
            self.0.fetch_and(!group(binding), Ordering::Relaxed);
        }
    }
}

/// The bit of a binding (FNV-1a).
fn group(binding: &str) -> u64 {
    let hash = binding.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    1 << (hash >> 58)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_known_by_its_last_call_and_another_one_is_not() {
        let last_calls = LastCalls::default();
        assert_ne!(group("a/long/review"), group("a/short/review"));
        assert!(!last_calls.ran_long("a/long/review"));
        last_calls.note("a/long/review", true);
        assert!(last_calls.ran_long("a/long/review") && !last_calls.ran_long("a/short/review"));
        last_calls.note("a/long/review", false);
        assert!(!last_calls.ran_long("a/long/review"));
    }
}
