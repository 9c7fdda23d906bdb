//! The engine: its configuration, and why each setting is what it is.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::cache::CacheOptions;
use crate::class::{GuestClass, Shape};
use crate::error::SandboxError;
use crate::limits::to_usize;

/// The engine's major version in records; a test compares it with the lock file.
/// The exact version is part of the hash beside it.
const ENGINE_VERSION: &str = "48";

/// Spares of one engine on all threads, and used instances that wait; each has
/// a slot of its own, so that none is taken from calls.
pub(crate) const SPARE_SLOTS: u32 = 64;

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where compiled components are kept. Without it each start compiles anew.
    pub cache: Option<CacheOptions>,
    /// Slots of small guests.
    pub small: SlotOptions,
    /// Slots of large guests. They are reserved when the first one is loaded.
    pub large: SlotOptions,
    /// Calls that are not done at once.
    pub long: LongOptions,
    /// The program that compiles components, in a process of its own: it has to
    /// call [`crate::compile_for_host`] when its first argument is
    /// [`crate::COMPILE_ARGUMENT`]. Without it this process compiles, for owners
    /// of a machine who trust what they load.
    pub compiler: Option<PathBuf>,
}

/// The calls of either class that are not done at once.
#[derive(Debug, Clone)]
pub struct LongOptions {
    /// Threads that run them; at least one. They have a lower priority than all
    /// others.
    pub threads: u32,
    /// Those that run at once for one department; at least one.
    pub calls_per_department: u32,
    /// Those of one department that may wait for its share.
    pub queued_per_department: u32,
    /// How long one waits for its department's share.
    pub queue_wait: Duration,
}

impl Default for LongOptions {
    fn default() -> Self {
        Self {
            threads: half_of_the_cores(),
            calls_per_department: half_of_the_cores(),
            queued_per_department: 64,
            queue_wait: Duration::from_millis(250),
        }
    }
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            cache: None,
            small: SlotOptions::small(),
            large: SlotOptions::large(),
            long: LongOptions::default(),
            compiler: None,
        }
    }
}

impl SandboxOptions {
    /// The slots of a class.
    pub(crate) const fn of(&self, class: GuestClass) -> &SlotOptions {
        match class {
            GuestClass::Small => &self.small,
            GuestClass::Large => &self.large,
        }
    }
}

/// The slots of one class of guests.
#[derive(Debug, Clone)]
pub struct SlotOptions {
    /// Calls that run at once; each reserves about 4 GiB of address space (not
    /// of memory) for a small guest, 16 for a large one.
    pub concurrent_calls: u32,
    /// Calls that may wait for a slot.
    pub queued_calls: u32,
    /// How long a call waits for a slot.
    pub queue_wait: Duration,
    /// The most memory a slot can give a guest, in bytes, whatever a binding's
    /// `limits.memory_bytes` says.
    pub pooled_memory_bytes: u64,
    /// Memory of a slot that stays resident between calls and is wiped in
    /// place, in bytes. A guest whose memory fits costs no system call; the
    /// rest of a larger one goes back to the kernel after each call.
    pub keep_resident_bytes: u64,
}

impl SlotOptions {
    /// The usual ones of small guests: many, and kept warm.
    #[must_use]
    pub const fn small() -> Self {
        Self {
            concurrent_calls: 64,
            queued_calls: 1024,
            queue_wait: Duration::from_millis(250),
            pooled_memory_bytes: 256 << 20,
            keep_resident_bytes: 1 << 20,
        }
    }

    /// The usual ones of large guests: few, and nothing of them kept, because a
    /// memory of many megabytes is put back faster than it is wiped.
    #[must_use]
    pub const fn large() -> Self {
        Self {
            concurrent_calls: 4,
            queued_calls: 64,
            queue_wait: Duration::from_millis(1000),
            pooled_memory_bytes: 256 << 20,
            keep_resident_bytes: 0,
        }
    }
}

/// At least one. What computes for long gets no more of the machine than this,
/// and neither does any department.
fn half_of_the_cores() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores / 2).unwrap_or(u32::MAX).max(1)
}

/// Starts an engine for guests of one class.
pub(crate) fn start(class: GuestClass, slots: &SlotOptions) -> Result<Engine, SandboxError> {
    let mut config = Config::new();
    limits(&mut config, &class.shape());
    determinism(&mut config);
    let spares = if class == GuestClass::Small { SPARE_SLOTS } else { 0 };
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(&class.shape(), slots, spares)));
    Engine::new(&config).map_err(|error| SandboxError::Engine { class, detail: format!("{error:#}") })
}

fn limits(config: &mut Config, shape: &Shape) {
    config.consume_fuel(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(shape.guest_stack_bytes);
    config.async_stack_size(shape.fiber_stack_bytes);
}

/// The same call must give the same verdict on any machine, years later.
fn determinism(config: &mut Config) {
    config.cranelift_nan_canonicalization(true);
    config.relaxed_simd_deterministic(true);
    // No component runs two things at once, and none pays for being able to.
    // Threads are not compiled into the engine at all.
    config.concurrency_support(false);
}

fn pool(shape: &Shape, slots: &SlotOptions, spares: u32) -> PoolingAllocationConfig {
    // One more than calls may run, for the trial of a component being loaded.
    let count = slots.concurrent_calls.saturating_add(1).saturating_add(spares);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(count)
        .total_core_instances(count.saturating_mul(shape.core_instances))
        .total_memories(count.saturating_mul(shape.memories))
        .total_tables(count.saturating_mul(shape.tables))
        .total_stacks(count)
        .max_core_instances_per_component(shape.core_instances)
        .max_memories_per_component(shape.memories)
        .max_tables_per_component(shape.tables)
        .max_tables_per_module(shape.tables)
        .max_memories_per_module(shape.memories)
        .table_elements(shape.table_elements as usize)
        .max_memory_size(to_usize(slots.pooled_memory_bytes))
        .linear_memory_keep_resident(to_usize(slots.keep_resident_bytes))
        .table_keep_resident(shape.table_elements as usize * size_of::<usize>())
        // May miss dirty pages that were swapped out; they would reach the next
        // guest.
        .pagemap_scan(Enabled::No);
    pool
}

/// What a compiled component must have in common with this engine, short.
pub(crate) fn compatibility(engine: &Engine) -> String {
    let mut hasher = StableHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex::encode(&hasher.0.finalize()[..8])
}

/// Names the engine and everything of it a verdict can depend on. The stack is
/// one of these, and what a large guest has of it is no part of the hash.
pub(crate) fn fingerprint(class: GuestClass, compatibility: &str) -> String {
    match class {
        GuestClass::Small => format!("wasmtime-{ENGINE_VERSION}/{compatibility}"),
        GuestClass::Large => format!("wasmtime-{ENGINE_VERSION}-large/{compatibility}"),
    }
}

/// The standard library's hasher may change with the compiler; this one does not.
struct StableHasher(Sha256);

impl Hasher for StableHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Not used: the digest is read from the inside.
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_engines_with_the_same_settings_have_the_same_fingerprint() {
        let print = |class| {
            let slots = SlotOptions { concurrent_calls: 1, ..SlotOptions::small() };
            fingerprint(class, &compatibility(&start(class, &slots).expect("an engine")))
        };
        for (class, engine) in [(GuestClass::Small, ""), (GuestClass::Large, "-large")] {
            let first = print(class);
            assert_eq!(first, print(class));
            let (version, hash) = first.split_once('/').expect("two parts");
            assert_eq!(version, format!("wasmtime-{ENGINE_VERSION}{engine}"));
            assert_eq!(hash.len(), 16);
        }
        let lock = include_str!("../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"wasmtime\"\nversion = \"{ENGINE_VERSION}.")));
    }
}
