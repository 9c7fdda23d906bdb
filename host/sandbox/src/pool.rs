//! Admission to the pool of instances: so many calls at once, so many waiting,
//! and not for long. A full pool of the engine would be an error; here it is a
//! short wait, and past that a typed refusal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Hands out the slots of the engine's pool.
pub(crate) struct Pool {
    slots: Arc<Semaphore>,
    waiting: AtomicU32,
    most_waiting: u32,
    longest_wait: Duration,
}

/// Nothing became free in time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PoolBusy {
    pub(crate) waited: Duration,
}

impl Pool {
    pub(crate) fn new(slots: u32, most_waiting: u32, longest_wait: Duration) -> Self {
        let slots = Arc::new(Semaphore::new(slots as usize));
        Self { slots, waiting: AtomicU32::new(0), most_waiting, longest_wait }
    }

    /// A slot, at once or after a short wait.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>, PoolBusy> {
        if let Ok(permit) = self.slots.try_acquire() {
            return Ok(permit);
        }
        self.wait(self.slots.acquire()).await
    }

    /// The same for a call that takes its slot along to another thread.
    pub(crate) async fn enter_owned(&self) -> Result<OwnedSemaphorePermit, PoolBusy> {
        if let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(permit);
        }
        self.wait(Arc::clone(&self.slots).acquire_owned()).await
    }

    async fn wait<P>(&self, slot: impl Future<Output = Result<P, AcquireError>>) -> Result<P, PoolBusy> {
        let Some(_place) = self.queue() else {
            return Err(PoolBusy { waited: Duration::ZERO });
        };
        let busy = PoolBusy { waited: self.longest_wait };
        match tokio::time::timeout(self.longest_wait, slot).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(busy),
        }
    }

    fn queue(&self) -> Option<Place<'_>> {
        let place = Place(&self.waiting);
        let ahead = self.waiting.fetch_add(1, Ordering::Relaxed);
        (ahead < self.most_waiting).then_some(place)
    }
}

/// A place in the queue, given up on drop.
struct Place<'a>(&'a AtomicU32);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_pool_makes_some_wait_and_refuses_the_others() {
        let wait = Duration::from_millis(100);
        let pool = Pool::new(1, 1, wait);
        let first = pool.enter().await.expect("a free slot");
        let (second, third) = tokio::join!(pool.enter(), pool.enter());
        assert_eq!(second.err(), Some(PoolBusy { waited: wait }), "one may wait, for so long");
        assert_eq!(third.err(), Some(PoolBusy { waited: Duration::ZERO }), "another one may not");

        let (later, ()) = tokio::join!(pool.enter(), async { drop(first) });
        assert!(later.is_ok(), "a slot that becomes free goes to the one that waits");
    }
}
