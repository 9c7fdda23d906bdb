//! Answers that are kept for a while: a bounded number, the oldest go first.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheTerms {
    /// For so long an answer is as good as a new one; zero keeps none.
    pub fresh: Duration,
    /// For so long after that it stands in while the platform cannot answer, and
    /// the check says so; zero never lets it.
    pub stale: Duration,
    /// Answers that are kept.
    pub entries: usize,
}

/// What was asked, as a hash: the numbers of parties are not kept as keys.
pub(crate) type Key = [u8; 32];

struct Kept<A> {
    answer: A,
    at: Instant,
}

/// Answers by what was asked.
pub(crate) struct Cache<A> {
    terms: CacheTerms,
    kept: HashMap<Key, Kept<A>>,
    /// Keys by age; one that was renewed stands here twice until its first turn.
    ages: VecDeque<(Key, Instant)>,
}

impl<A: Clone> Cache<A> {
    pub(crate) fn new(terms: CacheTerms) -> Self {
        Self { terms, kept: HashMap::new(), ages: VecDeque::new() }
    }

    /// An answer that is as good as a new one.
    pub(crate) fn fresh(&self, key: &Key, now: Instant) -> Option<A> {
        self.within(key, now, self.terms.fresh).map(|(answer, _)| answer)
    }

    /// An answer that may stand in for one that does not come, and its age.
    pub(crate) fn stale(&self, key: &Key, now: Instant) -> Option<(A, Duration)> {
        if self.terms.stale.is_zero() {
            return None;
        }
        self.within(key, now, self.terms.fresh + self.terms.stale)
    }

    fn within(&self, key: &Key, now: Instant, longest: Duration) -> Option<(A, Duration)> {
        let kept = self.kept.get(key)?;
        let age = now.saturating_duration_since(kept.at);
        (age < longest).then(|| (kept.answer.clone(), age))
    }

    pub(crate) fn keep(&mut self, key: Key, answer: A, now: Instant) {
        let longest = self.terms.fresh + self.terms.stale;
        if longest.is_zero() || self.terms.entries == 0 {
            return;
        }
        self.kept.insert(key, Kept { answer, at: now });
        self.ages.push_back((key, now));
        if self.ages.len() > 2 * self.terms.entries {
            let kept = &self.kept;
            self.ages.retain(|(key, at)| kept.get(key).is_some_and(|kept| kept.at == *at));
        }
        while let Some((oldest, at)) = self.ages.front().copied() {
            let over = now.saturating_duration_since(at) >= longest || self.kept.len() > self.terms.entries;
            let renewed = self.kept.get(&oldest).is_none_or(|kept| kept.at != at);
            if !over && !renewed {
                break;
            }
            self.ages.pop_front();
            if !renewed {
                self.kept.remove(&oldest);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn cache(stale: Duration) -> Cache<u8> {
        Cache::new(CacheTerms { fresh: 10 * SECOND, stale, entries: 2 })
    }

    #[test]
    fn an_answer_is_fresh_then_stale_then_gone() {
        let start = Instant::now();
        let mut cache = cache(5 * SECOND);
        cache.keep([1; 32], 7, start);
        assert_eq!(cache.fresh(&[1; 32], start + 9 * SECOND), Some(7));
        assert_eq!(cache.fresh(&[1; 32], start + 10 * SECOND), None);
        assert_eq!(cache.stale(&[1; 32], start + 14 * SECOND), Some((7, 14 * SECOND)));
        assert_eq!(cache.stale(&[1; 32], start + 15 * SECOND), None);
        assert_eq!(cache.fresh(&[2; 32], start), None);
    }

    #[test]
    fn what_is_to_be_refused_when_stale_never_stands_in() {
        let start = Instant::now();
        let mut cache = cache(Duration::ZERO);
        cache.keep([1; 32], 7, start);
        assert_eq!(cache.stale(&[1; 32], start), None);
    }

    #[test]
    fn it_stays_small_and_forgets_the_oldest() {
        let start = Instant::now();
        let mut cache = cache(Duration::ZERO);
        cache.keep([1; 32], 1, start);
        cache.keep([2; 32], 2, start + SECOND);
        cache.keep([1; 32], 3, start + 2 * SECOND);
        cache.keep([4; 32], 4, start + 3 * SECOND);
        let now = start + 3 * SECOND;
        assert_eq!([1, 2, 4].map(|key| cache.fresh(&[key; 32], now)), [Some(3), None, Some(4)]);
        for round in 0..100_u8 {
            cache.keep([round; 32], round, now + u32::from(round) * SECOND);
        }
        assert!(cache.len() <= 2 && cache.ages.len() <= 3, "{} {}", cache.len(), cache.ages.len());
    }
}
