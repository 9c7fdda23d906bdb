//! How long to wait before the next attempt, as a pure function.

use std::time::Duration;

/// Exponential backoff with full jitter: after attempt *n* a message waits a
/// random time below `first` × 2ⁿ⁻¹, and never longer than `longest`. Jitter
/// keeps a platform that comes back from being met by everything at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Longest wait after the first attempt.
    pub first: Duration,
    /// Longest wait after any attempt.
    pub longest: Duration,
    /// Attempts after which a message is dead; at least 1.
    pub attempts: u32,
}

impl Default for Backoff {
    /// Up to half an hour between attempts and some three days in all, so that
    /// a platform that is down over a weekend needs nobody to queue again what
    /// was sent to it.
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(30 * 60), attempts: 300 }
    }
}

impl Backoff {
    /// The wait after the attempt with this number, the first being 1; none
    /// when it was the last. `jitter` is a random number, even over all of
    /// `u64`. A platform that names a time itself (`asked`) is not asked again
    /// before it, but at the latest after `longest`.
    #[must_use]
    pub fn wait(&self, attempt: u32, jitter: u64, asked: Option<Duration>) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let bound = self.first.saturating_mul(doubled).min(self.longest);
        let share = jitter as f64 / u64::MAX as f64;
        Some(bound.mul_f64(share).max(asked.unwrap_or_default()).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60), attempts: 10 };
    const MOST: u64 = u64::MAX;

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        for (attempt, seconds) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (9, 60)] {
            assert_eq!(
                BACKOFF.wait(attempt, MOST, None),
                Some(Duration::from_secs(seconds)),
                "attempt {attempt}"
            );
        }
    }

    #[test]
    fn jitter_spreads_over_everything_below_the_bound() {
        assert_eq!(BACKOFF.wait(3, 0, None), Some(Duration::ZERO));
        let half = BACKOFF.wait(3, MOST / 2, None).unwrap();
        assert!((1.99..=2.01).contains(&half.as_secs_f64()), "{half:?}");
    }

    #[test]
    fn the_last_attempt_has_no_next() {
        assert!(BACKOFF.wait(9, MOST, None).is_some());
        assert_eq!(BACKOFF.wait(10, MOST, None), None);
        assert_eq!(BACKOFF.wait(u32::MAX, MOST, Some(Duration::from_secs(1))), None);
    }

    #[test]
    fn a_large_attempt_does_not_overflow() {
        let endless = Backoff { attempts: u32::MAX, ..BACKOFF };
        for attempt in [32, 33, 64, 1_000_000] {
            assert_eq!(endless.wait(attempt, MOST, None), Some(BACKOFF.longest), "attempt {attempt}");
        }
    }

    #[test]
    fn the_platforms_own_time_is_kept_within_reason() {
        for (asked, expected) in [(5, 5), (60, 60), (86_400, 60)] {
            assert_eq!(
                BACKOFF.wait(1, 0, Some(Duration::from_secs(asked))),
                Some(Duration::from_secs(expected)),
                "asked {asked}"
            );
        }
    }
}
