//! A question to a fresh instance: at once on this thread's own stack if it is
//! soon answered, at length on a fiber if it is not. What is asked, and what the
//! answer means, is the caller's; and it is the caller who sees that what is asked
//! at length is not asked on a thread that serves requests.
//!
//! A fiber can give its thread back and be dropped half-way, so guests that run
//! long take turns and can be given up; but making, entering and leaving one costs
//! more than most hooks do. So a guest first runs without, for a bounded while. If
//! it is not done by then the attempt is thrown away and made again on a fiber with
//! the whole budget. Nobody can tell: a call is a pure function of its inputs,
//! and nothing of it leaves the store before its end.

use std::sync::Arc;

use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Engine, Store, Trap};

use crate::limits::Limits;
use crate::load::{Guest, Loaded, Program};
use crate::spares;
use crate::state::{Ambient, CallState, GuestState};
use crate::store::{FUEL_AT_ONCE, new_store, new_ticking_store};
use crate::wasi::WasiState;

/// A question to a fresh instance.
pub(crate) trait Question: Sync {
    type Answer: Send;

    /// Asks on this thread's own stack.
    fn ask_here<T: GuestState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Self::Answer>;

    /// Asks on a fiber that gives its thread back at every tick.
    fn ask_on_fiber<T: GuestState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> impl Future<Output = wasmtime::Result<Self::Answer>> + Send;
}

/// An answer or the engine's error, with what the call left behind.
pub(crate) struct Ended<A> {
    pub(crate) result: wasmtime::Result<A>,
    pub(crate) fuel_used: u64,
    pub(crate) state: CallState,
}

/// Asks a fresh instance on this thread. None when it has no answer after a tenth
/// of a millisecond and its limits would let it go on; a guest that brings a
/// language runtime along is not even asked.
pub(crate) fn ask_at_once<Q: Question>(
    loaded: &Arc<Loaded>,
    state: CallState,
    limits: &Limits,
    question: &Q,
) -> Option<Ended<Q::Answer>> {
    let Program::Small(Guest { room, instance }) = &loaded.program else { return None };
    let fuel = limits.fuel.min(FUEL_AT_ONCE);
    let (mut store, instance) = match spares::take(loaded, limits) {
        Some((mut store, instance)) => {
            *store.data_mut() = state;
            (store, Ok(instance))
        }
        None => {
            let mut store = new_store(&room.engine, state, limits, fuel);
            let instance = instance.instantiate(&mut store);
            (store, instance)
        }
    };
    let result = instance.and_then(|instance| question.ask_here(&mut store, &instance));
    let unfinished = |error: &wasmtime::Error| error.downcast_ref() == Some(&Trap::OutOfFuel);
    if fuel < limits.fuel && result.as_ref().is_err_and(unfinished) {
        return None;
    }
    if result.is_err() {
        return Some(ended(store, fuel, result));
    }
    let fuel_used = fuel_used(&store, fuel);
    let state = std::mem::replace(store.data_mut(), CallState::vacant(limits));
    spares::leave(loaded, limits, store);
    Some(Ended { result, fuel_used, state })
}

/// Asks a fresh instance on a fiber, with the whole budget.
pub(crate) async fn ask_at_length<Q: Question>(
    loaded: &Loaded,
    state: CallState,
    limits: &Limits,
    ambient: Ambient,
    question: &Q,
) -> Ended<Q::Answer> {
    match &loaded.program {
        Program::Small(Guest { room, instance }) => {
            let _ticking = room.ticker.ticking();
            ask_on_fiber(&room.engine, instance, state, limits, question).await
        }
        Program::Large(Guest { room, instance }) => {
            let _ticking = room.ticker.ticking();
            let state = WasiState::begin(state, limits, ambient);
            ask_on_fiber(&room.engine, instance, state, limits, question).await
        }
    }
}

async fn ask_on_fiber<T: GuestState, Q: Question>(
    engine: &Engine,
    program: &InstancePre<T>,
    data: T,
    limits: &Limits,
    question: &Q,
) -> Ended<Q::Answer> {
    let mut store = new_ticking_store(engine, data, limits);
    let result = match program.instantiate_async(&mut store).await {
        Ok(instance) => question.ask_on_fiber(&mut store, &instance).await,
        Err(error) => Err(error),
    };
    ended(store, limits.fuel, result)
}

fn ended<T: GuestState, A>(store: Store<T>, fuel: u64, result: wasmtime::Result<A>) -> Ended<A> {
    Ended { result, fuel_used: fuel_used(&store, fuel), state: store.into_data().into_call_state() }
}

fn fuel_used<T>(store: &Store<T>, given: u64) -> u64 {
    // Fuel is on in every engine of this crate.
    given.saturating_sub(store.get_fuel().unwrap_or_default())
}
