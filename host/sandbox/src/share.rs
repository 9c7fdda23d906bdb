//! A department's share of long calls: so many at once, so many waiting, and not
//! for long.
//!
//! The unit is the department, because the department answers for its plug-ins,
//! and because a share for each binding would grow with the bindings it has. Only
//! calls that are not done at once come here: those that are, nearly all, know
//! nothing of shares.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What each department may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Calls that run at once.
    pub(crate) calls: u32,
    /// Calls that wait.
    pub(crate) queued: u32,
    /// How long one waits.
    pub(crate) longest_wait: Duration,
}

/// The shares of all departments.
pub(crate) struct Shares {
    terms: Terms,
    /// Of all departments together. Who waits for it has a place of its
    /// department already, so that none is ahead of another by more than that.
    room: Arc<Semaphore>,
    /// Those a long call was made for; departments come from bindings, and so they
    /// are few.
    departments: Mutex<HashMap<String, Arc<Share>>>,
}

/// The share of one department.
struct Share {
    places: Arc<Semaphore>,
    waiting: AtomicU32,
    begun: AtomicU64,
}

/// Leave to run one long call, given back on drop.
pub(crate) struct Place {
    _of_department: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// A department has as much going on as it may.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ShareTaken {
    pub(crate) waited: Duration,
}

/// Long calls of a department, for metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongCalls {
    /// The department's code.
    pub department: String,
    /// Calls that run.
    pub running: u32,
    /// Calls that wait for their department's share.
    pub waiting: u32,
    /// Calls that began since the start of the host.
    pub begun: u64,
}

impl Shares {
    /// `calls_of_all` is how many long calls run at once, of whatever department.
    pub(crate) fn new(terms: Terms, calls_of_all: u32) -> Self {
        Self { terms, room: Arc::new(Semaphore::new(calls_of_all as usize)), departments: Mutex::default() }
    }

    /// Leave to run a long call of a department, at once or after a short wait.
    /// Dropping the future gives up the place in the queue.
    pub(crate) async fn enter(&self, department: &str) -> Result<Place, ShareTaken> {
        let share = self.of(department);
        let place = match share.try_place(&self.room) {
            Some(place) => place,
            None => self.wait(&share).await?,
        };
        share.begun.fetch_add(1, Ordering::Relaxed);
        Ok(place)
    }

    async fn wait(&self, share: &Share) -> Result<Place, ShareTaken> {
        let Some(_waiting) = share.queue(self.terms.queued) else {
            return Err(ShareTaken { waited: Duration::ZERO });
        };
        let late = ShareTaken { waited: self.terms.longest_wait };
        match tokio::time::timeout(self.terms.longest_wait, share.place(&self.room)).await {
            Ok(Some(place)) => Ok(place),
            Ok(None) | Err(_) => Err(late),
        }
    }

    /// What is going on, by department.
    pub(crate) fn now(&self) -> Vec<LongCalls> {
        let departments = self.departments.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> =
            departments.iter().map(|(name, share)| share.now(name, self.terms.calls)).collect();
        all.sort_by(|one, other| one.department.cmp(&other.department));
        all
    }

    fn of(&self, department: &str) -> Arc<Share> {
        let mut departments = self.departments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = departments.get(department) {
            return Arc::clone(share);
        }
        let share = Arc::new(Share::new(self.terms.calls));
        departments.insert(department.to_owned(), Arc::clone(&share));
        share
    }
}

impl Share {
    fn new(calls: u32) -> Self {
        let places = Arc::new(Semaphore::new(calls as usize));
        Self { places, waiting: AtomicU32::new(0), begun: AtomicU64::new(0) }
    }

    fn try_place(&self, room: &Arc<Semaphore>) -> Option<Place> {
        let of_department = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let of_all = Arc::clone(room).try_acquire_owned().ok()?;
        Some(Place { _of_department: of_department, _of_all: of_all })
    }

    /// None never comes: neither of the two is ever closed.
    async fn place(&self, room: &Arc<Semaphore>) -> Option<Place> {
        let of_department = Arc::clone(&self.places).acquire_owned().await.ok()?;
        let of_all = Arc::clone(room).acquire_owned().await.ok()?;
        Some(Place { _of_department: of_department, _of_all: of_all })
    }

    fn queue(&self, most: u32) -> Option<Waiting<'_>> {
        let waiting = Waiting(&self.waiting);
        let ahead = self.waiting.fetch_add(1, Ordering::Relaxed);
        (ahead < most).then_some(waiting)
    }

    fn now(&self, department: &str, calls: u32) -> LongCalls {
        let free = u32::try_from(self.places.available_permits()).unwrap_or(u32::MAX);
        LongCalls {
            department: department.to_owned(),
            running: calls.saturating_sub(free),
            waiting: self.waiting.load(Ordering::Relaxed),
            begun: self.begun.load(Ordering::Relaxed),
        }
    }
}

/// A place in a department's queue, given up on drop.
struct Waiting<'a>(&'a AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_millis(100);

    fn shares(calls: u32, queued: u32, of_all: u32) -> Shares {
        Shares::new(Terms { calls, queued, longest_wait: WAIT }, of_all)
    }

    fn counts(shares: &Shares) -> Vec<(String, u32, u32)> {
        shares.now().into_iter().map(|calls| (calls.department, calls.running, calls.waiting)).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_its_share_some_wait_and_the_others_are_refused_at_once() {
        let shares = shares(1, 1, 8);
        let first = shares.enter("a").await.ok();
        assert!(first.is_some());
        let (second, third) = tokio::join!(shares.enter("a"), shares.enter("a"));
        assert_eq!(second.err(), Some(ShareTaken { waited: WAIT }), "one may wait, for so long");
        assert_eq!(third.err(), Some(ShareTaken { waited: Duration::ZERO }), "another one may not");
        let (later, ()) = tokio::join!(shares.enter("a"), async { drop(first) });
        assert!(later.is_ok(), "a place that becomes free goes to the one that waits");
    }

    #[tokio::test(start_paused = true)]
    async fn a_department_that_has_taken_its_share_leaves_the_others_theirs() {
        let shares = shares(2, 0, 8);
        let _mine = (shares.enter("a").await.ok(), shares.enter("a").await.ok());
        assert!(shares.enter("a").await.is_err());
        assert!(shares.enter("b").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn with_all_room_taken_departments_take_turns() {
        let shares = shares(1, 8, 1);
        let order = std::sync::Mutex::new(Vec::new());
        let first = shares.enter("a").await.ok();
        let call = async |department| {
            let _place = shares.enter(department).await.ok();
            order.lock().unwrap_or_else(PoisonError::into_inner).push(department);
        };
        tokio::join!(biased; call("a"), call("a"), call("a"), call("b"), async { drop(first) });
        let order = order.into_inner().unwrap_or_else(PoisonError::into_inner);
        let turn = order.iter().position(|department| *department == "b");
        assert!(turn <= Some(1), "at most one of those that came before goes ahead: {order:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_no_trace() {
        let shares = shares(1, 1, 8);
        let first = shares.enter("a").await.ok();
        tokio::select! {
            biased;
            _ = shares.enter("a") => unreachable!("the share is taken"),
            () = async { assert_eq!(counts(&shares), [("a".to_owned(), 1, 1)]) } => {}
        }
        assert_eq!(counts(&shares), [("a".to_owned(), 1, 0)]);
        drop(first);
        assert_eq!(counts(&shares), [("a".to_owned(), 0, 0)]);
    }
}
