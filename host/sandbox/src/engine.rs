//! The engine: its configuration, and why each setting is what it is.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::digest::hex;
use crate::error::SandboxError;
use crate::limits::to_usize;

/// The engine's major version in records; a test compares it with the lock file.
/// The exact version is part of the hash beside it.
const ENGINE_VERSION: &str = "48";

/// What one component may consist of. A plug-in made with the SDK has three core
/// instances, one memory and two tables; one in Python has about forty.
pub(crate) const CORE_INSTANCES: u32 = 64;
pub(crate) const MEMORIES: u32 = 2;
pub(crate) const TABLES: u32 = 8;
pub(crate) const TABLE_ELEMENTS: u32 = 20_000;

/// Stack of a guest. The rest of its fiber is for host functions.
const GUEST_STACK_BYTES: usize = 512 << 10;
const FIBER_STACK_BYTES: usize = 1 << 20;

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where compiled components are kept. Without it each start compiles anew.
    pub cache_dir: Option<PathBuf>,
    /// Calls that run at once; each reserves about 8 GiB of address space (not
    /// of memory).
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
    /// The program that compiles components, in a process of its own: it has to
    /// call [`crate::compile_for_host`] when its first argument is
    /// [`crate::COMPILE_ARGUMENT`]. Without it this process compiles, for owners
    /// of a machine who trust what they load.
    pub compiler: Option<PathBuf>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            cache_dir: None,
            concurrent_calls: 64,
            queued_calls: 1024,
            queue_wait: Duration::from_millis(250),
            pooled_memory_bytes: 256 << 20,
            keep_resident_bytes: 1 << 20,
            compiler: None,
        }
    }
}

/// Starts an engine.
pub(crate) fn start(options: &SandboxOptions) -> Result<Engine, SandboxError> {
    let mut config = Config::new();
    limits(&mut config);
    determinism(&mut config);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options)));
    Engine::new(&config).map_err(|error| SandboxError::Engine { detail: format!("{error:#}") })
}

fn limits(config: &mut Config) {
    config.consume_fuel(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(GUEST_STACK_BYTES);
    config.async_stack_size(FIBER_STACK_BYTES);
}

/// The same call must give the same verdict on any machine, years later.
fn determinism(config: &mut Config) {
    config.cranelift_nan_canonicalization(true);
    config.relaxed_simd_deterministic(true);
    // No component runs two things at once, and none pays for being able to.
    // Threads are not compiled into the engine at all.
    config.concurrency_support(false);
}

fn pool(options: &SandboxOptions) -> PoolingAllocationConfig {
    // One more than calls may run, for the trial of a component being loaded.
    let slots = options.concurrent_calls.saturating_add(1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(CORE_INSTANCES))
        .total_memories(slots.saturating_mul(MEMORIES))
        .total_tables(slots.saturating_mul(TABLES))
        .total_stacks(slots)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .max_memories_per_module(MEMORIES)
        .table_elements(TABLE_ELEMENTS as usize)
        .max_memory_size(to_usize(options.pooled_memory_bytes))
        .linear_memory_keep_resident(to_usize(options.keep_resident_bytes))
        .table_keep_resident(TABLE_ELEMENTS as usize * size_of::<usize>())
        // May miss dirty pages that were swapped out; they would reach the next
        // guest.
        .pagemap_scan(Enabled::No);
    pool
}

/// What a compiled component must have in common with this engine, short.
pub(crate) fn compatibility(engine: &Engine) -> String {
    let mut hasher = StableHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex(&hasher.0.finalize()[..8])
}

/// Names the engine and everything of it a verdict can depend on.
pub(crate) fn fingerprint(compatibility: &str) -> String {
    format!("wasmtime-{ENGINE_VERSION}/{compatibility}")
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
        let options = SandboxOptions { concurrent_calls: 1, ..SandboxOptions::default() };
        let print = || fingerprint(&compatibility(&start(&options).expect("an engine")));
        let first = print();
        assert_eq!(first, print());
        let (version, hash) = first.split_once('/').expect("two parts");
        assert_eq!(version, format!("wasmtime-{ENGINE_VERSION}"));
        assert_eq!(hash.len(), 16);
        let lock = include_str!("../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"wasmtime\"\nversion = \"{ENGINE_VERSION}.")));
    }
}
