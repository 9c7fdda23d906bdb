//! Leaving a platform alone that fails again and again, so that a dead one does
//! not cost every check its timeout.

use std::time::{Duration, Instant};

/// When a platform is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerTerms {
    /// Failures in a row after which it is.
    pub failures: u32,
    /// For how long; then one question goes through to see.
    pub pause: Duration,
}

/// Whether a platform is left alone.
#[derive(Debug)]
pub(crate) struct Breaker {
    terms: BreakerTerms,
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    pub(crate) const fn new(terms: BreakerTerms) -> Self {
        Self { terms, failures: 0, open_until: None }
    }

    /// Whether a question may go out.
    ///
    /// # Errors
    /// How long the platform is left alone yet.
    pub(crate) fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        match self.open_until {
            Some(until) if now < until => Err(until - now),
            Some(_) => {
                // One question to see; the others wait for what it finds.
                self.open_until = Some(now + self.terms.pause);
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(crate) const fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
    }

    pub(crate) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.terms.failures {
            self.open_until = Some(now + self.terms.pause);
        }
    }

    pub(crate) fn is_open(&self, now: Instant) -> bool {
        self.open_until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_that_fails_is_left_alone_and_then_tried_by_one_question() {
        let second = Duration::from_secs(1);
        let mut breaker = Breaker::new(BreakerTerms { failures: 2, pause: 10 * second });
        let start = Instant::now();
        breaker.failed(start);
        assert_eq!(breaker.admit(start), Ok(()));
        breaker.failed(start);
        assert_eq!(breaker.admit(start + second), Err(9 * second));
        let later = start + 10 * second;
        assert_eq!(breaker.admit(later), Ok(()), "one to see");
        assert_eq!(breaker.admit(later), Err(10 * second), "and no other");
        breaker.failed(later);
        assert!(breaker.is_open(later + 9 * second), "one more failure is enough");
        assert_eq!(breaker.admit(later + 10 * second), Ok(()));
        breaker.succeeded();
        breaker.failed(later);
        assert_eq!(breaker.admit(later), Ok(()), "it counts from nought again");
    }
}
