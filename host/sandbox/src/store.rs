//! The store of one call, with every limit in place.

use wasmtime::{Engine, Store, StoreContextMut, UpdateDeadline};

use crate::limits::{LimitHit, LimitKind, Limits, to_usize};
use crate::state::GuestState;

/// Fuel of the attempt without a fiber: ten times what the plug-ins of this
/// repository need, a tenth of a millisecond. Filling and copying memory costs
/// fuel by the byte, so nothing takes long on little fuel.
pub(crate) const FUEL_AT_ONCE: u64 = 300_000;

/// Ticks until nothing ends: some billion years.
const NEVER: u64 = u64::MAX >> 2;

/// A store for one call of a guest whose clock ticks, with every limit in place.
pub(crate) fn new_ticking_store<T: GuestState>(engine: &Engine, data: T, limits: &Limits) -> Store<T> {
    let mut store = new_store(engine, data, limits, limits.fuel);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(on_tick);
    store
}

/// A store for one call with every limit in place but that of time: for a guest
/// that has so little fuel that none is needed.
pub(crate) fn new_store<T: GuestState>(engine: &Engine, data: T, limits: &Limits, fuel: u64) -> Store<T> {
    let mut store = Store::new(engine, data);
    store.limiter(|data| &mut data.call_state().meter);
    store.set_hostcall_fuel(to_usize(limits.result_bytes));
    store.set_epoch_deadline(NEVER);
    if let Err(error) = store.set_fuel(fuel) {
        // Only an engine without fuel refuses it; then the store has none and
        // the first instruction ends the call.
        tracing::error!(%error, "the engine does not count fuel");
    }
    store
}

/// What a guest on a fiber does at a tick: ends when its time is up, otherwise
/// lets others have the thread and goes on.
fn on_tick<T: GuestState>(mut store: StoreContextMut<'_, T>) -> wasmtime::Result<UpdateDeadline> {
    if store.data_mut().call_state().deadline.is_over() {
        return Err(LimitHit(LimitKind::WallClock).into());
    }
    Ok(UpdateDeadline::Yield(1))
}
