//! The sandbox and the plug-ins it loaded: the handles the rest of the host
//! holds.

use std::sync::{Arc, Mutex};

use creditgate_manifest::{Hook, Manifest};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::cache::Cache;
use crate::call::{self, HookCall};
use crate::compiler::Compiler;
use crate::digest::Digest;
use crate::engine::{self, SandboxOptions};
use crate::error::{LoadError, SandboxError, ValidateError};
use crate::imports;
use crate::limits::Limits;
use crate::load::{self, Loaded};
use crate::pool::Pool;
use crate::report::CallReport;
use crate::settings::Settings;
use crate::state::CallState;
use crate::ticker::Ticker;
use crate::wasi::{self, WasiState};

/// Loads and runs plug-ins. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

/// A component that passed every check and can be called. Cheap to clone; keeps
/// its sandbox alive.
#[derive(Clone)]
pub struct Plugin {
    sandbox: Arc<Inner>,
    loaded: Arc<Loaded>,
}

/// What all plug-ins of a sandbox share.
pub(crate) struct Inner {
    pub(crate) options: SandboxOptions,
    pub(crate) engine: Engine,
    pub(crate) plain: Linker<CallState>,
    pub(crate) wasi: Linker<WasiState>,
    pub(crate) pool: Pool,
    pub(crate) ticker: Ticker,
    /// Held while a component is tried out.
    pub(crate) trial: Mutex<()>,
    cache: Option<Cache>,
    compiler: Option<Compiler>,
    fingerprint: String,
}

impl Sandbox {
    /// Starts an engine and reserves its pool.
    ///
    /// # Errors
    ///
    /// The engine or its clock does not start, or the cache folder cannot be
    /// used.
    pub fn new(options: SandboxOptions) -> Result<Self, SandboxError> {
        let engine = engine::start(&options)?;
        let compatibility = engine::compatibility(&engine);
        let cache = options.cache_dir.as_deref().map(|folder| {
            Cache::open(folder, &compatibility)
                .map_err(|source| SandboxError::Cache { folder: folder.to_owned(), source })
        });
        let linked = |error: wasmtime::Error| SandboxError::Engine { detail: format!("{error:#}") };
        let mut plain = Linker::new(&engine);
        imports::add_to_linker(&mut plain).map_err(linked)?;
        let mut wasi = Linker::new(&engine);
        imports::add_to_linker(&mut wasi).map_err(linked)?;
        wasi::add_to_linker(&mut wasi).map_err(linked)?;
        let compiler = options.compiler.as_deref();
        Ok(Self(Arc::new(Inner {
            cache: cache.transpose()?,
            compiler: compiler.map(|program| Compiler::new(program, options.pooled_memory_bytes)),
            fingerprint: engine::fingerprint(&compatibility),
            pool: Pool::new(options.concurrent_calls, options.queued_calls, options.queue_wait),
            ticker: Ticker::start(engine.clone()).map_err(SandboxError::Ticker)?,
            trial: Mutex::new(()),
            plain,
            wasi,
            engine,
            options,
        })))
    }

    /// Makes a plug-in of a component: checks it, compiles it or takes it from
    /// the cache, and tries whether it starts. Takes from milliseconds to
    /// seconds; not for an asynchronous task.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says which check it did not pass and what to do.
    pub fn load(&self, bytes: &[u8]) -> Result<Plugin, LoadError> {
        let loaded = load::load(&self.0, bytes)?;
        Ok(Plugin { sandbox: Arc::clone(&self.0), loaded: Arc::new(loaded) })
    }

    /// Names the engine and every setting of it that a verdict could depend on.
    /// Two runs under the same fingerprint agree bit for bit. It also changes
    /// with the kind of processor, which changes no verdict.
    #[must_use]
    pub fn engine_fingerprint(&self) -> &str {
        &self.0.fingerprint
    }
}

impl Inner {
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

impl Plugin {
    /// Its identity.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.loaded.digest
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.loaded.manifest
    }

    /// What it can do through the host: the interfaces it imports, by name, and
    /// `wasi`. It can do nothing else, whatever the case.
    #[must_use]
    pub fn capabilities(&self) -> &[String] {
        &self.loaded.capabilities
    }

    /// The checkpoints it serves; the component exports them all.
    #[must_use]
    pub fn hooks(&self) -> &[Hook] {
        &self.loaded.manifest.hooks
    }

    /// The hook that serves this checkpoint, if there is one.
    #[must_use]
    pub fn hook_at(&self, checkpoint: &str) -> Option<&Hook> {
        self.loaded.hook_at(checkpoint)
    }

    /// Calls the hook of the case's checkpoint in a fresh instance.
    ///
    /// Needs a Tokio runtime with its timer on. Dropping the future ends the
    /// call and frees its slot.
    pub async fn call(&self, call: HookCall<'_>) -> CallReport {
        call::call_hook(&self.sandbox, &self.loaded, call).await
    }

    /// Asks the plug-in whether it can work with these settings, complete. A
    /// plug-in without an opinion agrees.
    ///
    /// # Errors
    ///
    /// What it has against them, or why it could not say.
    pub async fn validate_settings(&self, settings: &Settings, limits: &Limits) -> Result<(), ValidateError> {
        call::validate_settings(&self.sandbox, &self.loaded, settings, limits).await
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Sandbox").field(&self.0.fingerprint).finish()
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Loaded { digest, manifest, .. } = &*self.loaded;
        formatter.debug_tuple("Plugin").field(&manifest.name).field(&manifest.version).field(digest).finish()
    }
}
