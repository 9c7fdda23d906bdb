//! Several approval systems at once, until they are told to stop or the host is
//! gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::task::JoinSet;

use crate::wait::until;

/// Callers at work.
pub struct Load<T> {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    callers: JoinSet<Vec<T>>,
}

impl<T: Send + 'static> Load<T> {
    /// Sets `callers` to work. Each calls `work` with a number no other call
    /// has, one call after the other, until [`Load::stop`], or until `work` has
    /// nothing to give back: the host is gone.
    pub fn start<W, F>(callers: usize, work: W) -> Self
    where
        W: Fn(usize) -> F + Send + Sync + 'static,
        F: Future<Output = Option<T>> + Send,
    {
        let stop = Arc::new(AtomicBool::new(false));
        let done = Arc::new(AtomicUsize::new(0));
        let number = Arc::new(AtomicUsize::new(0));
        let work = Arc::new(work);
        let mut set = JoinSet::new();
        for _ in 0..callers {
            let (stop, done) = (Arc::clone(&stop), Arc::clone(&done));
            let (number, work) = (Arc::clone(&number), Arc::clone(&work));
            set.spawn(async move {
                let mut results = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let Some(result) = work(number.fetch_add(1, Ordering::Relaxed)).await else { break };
                    results.push(result);
                    done.fetch_add(1, Ordering::Relaxed);
                }
                results
            });
        }
        Self { stop, done, callers: set }
    }

    /// How many calls were answered.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Waits until so many more calls were answered.
    pub async fn more(&self, calls: usize) {
        let wanted = self.done.load(Ordering::Relaxed) + calls;
        let what = format!("{calls} more calls are answered");
        until(&what, async || (self.done.load(Ordering::Relaxed) >= wanted).then_some(())).await;
    }

    /// Lets every caller finish its call, and gives back what all of them got.
    pub async fn stop(self) -> Vec<T> {
        self.stop.store(true, Ordering::Relaxed);
        self.callers.join_all().await.into_iter().flatten().collect()
    }
}
