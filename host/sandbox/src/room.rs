//! A room: everything that guests of one class share, and nothing that guests of
//! another class have.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::cache::Cache;
use crate::compiler::Compiler;
use crate::digest::Digest;
use crate::engine::{self, SPARE_SLOTS, SandboxOptions, SlotOptions};
use crate::error::{LoadError, SandboxError};
use crate::long::Long;
use crate::pool::Pool;
use crate::state::{CallState, GuestState};
use crate::ticker::Ticker;
use crate::wasi::WasiState;

/// An engine with its slots, its queue and its clock, for guests whose stores
/// hold a `T`.
pub(crate) struct Room<T: 'static> {
    pub(crate) slots: SlotOptions,
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<T>,
    pub(crate) pool: Pool,
    /// Slots beside those of the pool, for instances made in advance.
    pub(crate) spare_slots: Arc<Semaphore>,
    pub(crate) ticker: Ticker,
    /// Held while a component is tried out.
    pub(crate) trial: Mutex<()>,
    pub(crate) fingerprint: String,
    cache: Option<Cache>,
    compiler: Option<Compiler>,
}

impl<T: GuestState> Room<T> {
    /// Starts an engine and reserves its pool.
    ///
    /// # Errors
    ///
    /// The engine or its clock does not start, or the cache folder cannot be
    /// used.
    pub(crate) fn open(options: &SandboxOptions) -> Result<Self, SandboxError> {
        let slots = options.of(T::CLASS).clone();
        let engine = engine::start(T::CLASS, &slots)?;
        let compatibility = engine::compatibility(&engine);
        let cache = options.cache.as_ref().map(|cache| {
            Cache::open(cache, &compatibility)
                .map_err(|source| SandboxError::Cache { folder: cache.folder.clone(), source })
        });
        let mut linker = Linker::new(&engine);
        T::link(&mut linker)
            .map_err(|error| SandboxError::Engine { class: T::CLASS, detail: format!("{error:#}") })?;
        Ok(Self {
            cache: cache.transpose()?,
            compiler: options
                .compiler
                .as_deref()
                .map(|program| Compiler::new(program, T::CLASS, slots.pooled_memory_bytes)),
            fingerprint: engine::fingerprint(T::CLASS, &compatibility),
            pool: Pool::new(slots.concurrent_calls, slots.queued_calls, slots.queue_wait),
            spare_slots: Arc::new(Semaphore::new(SPARE_SLOTS as usize)),
            ticker: Ticker::start(engine.clone()).map_err(SandboxError::Ticker)?,
            trial: Mutex::new(()),
            linker,
            engine,
            slots,
        })
    }

    /// The compiled component, from the cache if it is there.
    pub(crate) fn compile(&self, digest: &Digest, bytes: &[u8]) -> Result<Component, LoadError> {
        if let Some(component) = self.cache.as_ref().and_then(|cache| cache.get(&self.engine, digest)) {
            return Ok(component);
        }
        let component = match &self.compiler {
            Some(compiler) => compiler.compile(&self.engine, bytes)?,
            None => Component::from_binary(&self.engine, bytes)
                .map_err(|error| LoadError::Compile { detail: format!("{error:#}") })?,
        };
        if let Some(cache) = &self.cache {
            cache.put(digest, &component);
        }
        Ok(component)
    }
}

/// What all plug-ins of a sandbox share: a room for each class.
pub(crate) struct Rooms {
    options: SandboxOptions,
    pub(crate) small: Arc<Room<CallState>>,
    /// Opened for the first large guest: most hosts never have one.
    large: Mutex<Option<Arc<Room<WasiState>>>>,
    /// Calls of either class that are not done at once.
    pub(crate) long: Arc<Long>,
}

impl Rooms {
    /// Opens the room of small guests.
    ///
    /// # Errors
    ///
    /// As of [`Room::open`], or the threads of long calls do not start.
    pub(crate) fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        let small = Arc::new(Room::open(&options)?);
        let long = Arc::new(Long::start(&options)?);
        Ok(Self { options, small, large: Mutex::default(), long })
    }

    /// The room of large guests.
    ///
    /// # Errors
    ///
    /// As of [`Room::open`]; the next call tries again.
    pub(crate) fn large(&self) -> Result<Arc<Room<WasiState>>, SandboxError> {
        // A panic in between leaves it as it was: closed.
        let mut large = self.large.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = &*large {
            return Ok(Arc::clone(room));
        }
        let room = Arc::new(Room::open(&self.options)?);
        tracing::info!(slots = room.slots.concurrent_calls, "the first large guest: its engine is started");
        Ok(Arc::clone(large.insert(room)))
    }
}
