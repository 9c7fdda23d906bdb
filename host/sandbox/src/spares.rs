//! Fresh instances made in advance, on the thread that will use them.
//!
//! Making an instance and wiping it afterwards is most of what a call costs, and
//! a thread that serves requests is idle now and then: while the checks it has
//! made become durable, say. So a used instance is kept as it is until then,
//! and [`renew_spares`] wipes it and makes another one like it. A call that finds
//! none makes its own, as if there were no such thing.
//!
//! A spare has run no code and belongs to no case: what a call is about is put
//! into its store when the call begins, and nothing is reused. An instance that
//! has served one call is dropped like any other.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use tokio::sync::OwnedSemaphorePermit;
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::limits::Limits;
use crate::load::{Guest, Loaded, Program};
use crate::state::CallState;
use crate::store::{FUEL_AT_ONCE, new_store};

/// Spares of one thread, and used instances that wait there. More would help a
/// thread that is idle seldom, but each has memory of its own, and one slot used
/// again and again stays in the processor's cache.
const MOST: usize = 4;

thread_local! {
    static THREAD: RefCell<Thread> = RefCell::default();
}

/// What a thread has in store.
#[derive(Default)]
struct Thread {
    /// Somebody renews here. On other threads nothing is kept.
    renews: bool,
    spares: VecDeque<Spare>,
    used: Vec<Used>,
}

/// An instance no code of which has run.
struct Spare {
    like: Like,
    store: Store<CallState>,
    instance: Instance,
    _slot: OwnedSemaphorePermit,
}

/// An instance that has served its call.
struct Used {
    like: Like,
    store: Store<CallState>,
    slot: OwnedSemaphorePermit,
}

/// What an instance was made of, and with which limits.
struct Like {
    loaded: Weak<Loaded>,
    limits: Limits,
}

/// Wipes what calls on this thread have used and makes as many fresh instances.
/// To be called by a thread that has nothing else to do, such as one of a Tokio
/// runtime about to park: it takes some microseconds for each call, at most some
/// hundred.
///
/// Returns how many instances the thread has in store now.
pub fn renew_spares() -> usize {
    THREAD.with_borrow_mut(Thread::renew)
}

/// A fresh instance for a call with these limits, if there is one.
pub(crate) fn take(loaded: &Arc<Loaded>, limits: &Limits) -> Option<(Store<CallState>, Instance)> {
    THREAD.with_borrow_mut(|thread| {
        let place = thread.spares.iter().rposition(|spare| spare.like.is(loaded, limits))?;
        let Spare { store, instance, .. } = thread.spares.swap_remove_back(place)?;
        Some((store, instance))
    })
}

/// Keeps what a call has used, to be wiped when there is time. Drops it where
/// there will be none, or no room, or where another one would run code.
pub(crate) fn leave(loaded: &Arc<Loaded>, limits: &Limits, store: Store<CallState>) {
    let Program::Small(Guest { room, .. }) = &loaded.program else { return };
    THREAD.with_borrow_mut(|thread| {
        if !thread.renews || loaded.runs_when_made || thread.used.len() >= MOST {
            return;
        }
        if let Ok(slot) = Arc::clone(&room.spare_slots).try_acquire_owned() {
            let like = Like { loaded: Arc::downgrade(loaded), limits: *limits };
            thread.used.push(Used { like, store, slot });
        }
    });
}

impl Thread {
    fn renew(&mut self) -> usize {
        self.renews = true;
        self.spares.retain(|spare| spare.like.loaded.strong_count() > 0);
        for Used { like, store, slot } in self.used.drain(..) {
            drop(store);
            if let Some(spare) = Spare::make(like, slot) {
                if self.spares.len() >= MOST {
                    self.spares.pop_front();
                }
                self.spares.push_back(spare);
            }
        }
        self.spares.len()
    }
}

impl Like {
    fn is(&self, loaded: &Arc<Loaded>, limits: &Limits) -> bool {
        self.loaded.as_ptr() == Arc::as_ptr(loaded) && self.limits == *limits
    }
}

impl Spare {
    /// None where the component is gone, or cannot be instantiated, which the next
    /// call will say.
    fn make(like: Like, slot: OwnedSemaphorePermit) -> Option<Self> {
        let loaded = like.loaded.upgrade()?;
        let Program::Small(Guest { room, instance }) = &loaded.program else { return None };
        let fuel = like.limits.fuel.min(FUEL_AT_ONCE);
        let mut store = new_store(&room.engine, CallState::vacant(&like.limits), &like.limits, fuel);
        let instance = instance.instantiate(&mut store).ok()?;
        Some(Self { like, store, instance, _slot: slot })
    }
}
