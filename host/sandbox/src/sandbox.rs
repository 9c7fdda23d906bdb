//! The sandbox and the plug-ins it loaded: the handles the rest of the host
//! holds.

use std::sync::Arc;
use std::time::Instant;

use creditgate_manifest::{Hook, Manifest};

use crate::call::{self, HookCall};
use crate::class::GuestClass;
use crate::digest::Digest;
use crate::engine::SandboxOptions;
use crate::error::{LoadError, SandboxError, ValidateError};
use crate::limits::Limits;
use crate::load::{self, Loaded};
use crate::report::CallReport;
use crate::room::Rooms;
use crate::settings::Settings;
use crate::share::LongCalls;

/// Loads and runs plug-ins. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Rooms>);

/// A component that passed every check and can be called. Cheap to clone; keeps
/// the engine it runs on alive.
#[derive(Clone)]
pub struct Plugin(Arc<Loaded>);

impl Sandbox {
    /// Starts an engine and reserves the pool of small guests; that of large
    /// ones follows with the first of them.
    ///
    /// # Errors
    ///
    /// The engine, its clock or the threads of long calls do not start, or the
    /// cache folder cannot be used.
    pub fn new(options: SandboxOptions) -> Result<Self, SandboxError> {
        Rooms::open(options).map(Arc::new).map(Self)
    }

    /// Makes a plug-in of a component: checks it, compiles it or takes it from
    /// the cache, and tries whether it starts. Takes from milliseconds to
    /// seconds; not for an asynchronous task.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says which check it did not pass and what to do.
    pub fn load(&self, bytes: &[u8]) -> Result<Plugin, LoadError> {
        load::load(&self.0, bytes).map(Arc::new).map(Plugin)
    }

    /// The calls that are not done at once, of each department that has had one.
    #[must_use]
    pub fn long_calls(&self) -> Vec<LongCalls> {
        self.0.long.shares.now()
    }

    /// Names the engine of small guests and every setting of it that a verdict
    /// could depend on; [`Plugin::engine_fingerprint`] names that of a plug-in.
    /// Two runs under the same fingerprint agree bit for bit. It also changes
    /// with the kind of processor, which changes no verdict.
    #[must_use]
    pub fn engine_fingerprint(&self) -> &str {
        &self.0.small.fingerprint
    }
}

impl Plugin {
    /// Its identity.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.0.digest
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// What it can do through the host: the interfaces it imports, by name, and
    /// `wasi`. It can do nothing else, whatever the case.
    #[must_use]
    pub fn capabilities(&self) -> &[String] {
        &self.0.capabilities
    }

    /// The class of guests it is of, and so the pool it runs in.
    #[must_use]
    pub fn class(&self) -> GuestClass {
        self.0.program.class()
    }

    /// What its calls may use where nothing else is said.
    #[must_use]
    pub fn usual_limits(&self) -> Limits {
        Limits::usual(self.class())
    }

    /// Names the engine it runs on; see [`Sandbox::engine_fingerprint`].
    #[must_use]
    pub fn engine_fingerprint(&self) -> &str {
        self.0.program.fingerprint()
    }

    /// The checkpoints it serves; the component exports them all.
    #[must_use]
    pub fn hooks(&self) -> &[Hook] {
        &self.0.manifest.hooks
    }

    /// The hook that serves this checkpoint, if there is one.
    #[must_use]
    pub fn hook_at(&self, checkpoint: &str) -> Option<&Hook> {
        self.0.hook_at(checkpoint)
    }

    /// Calls the hook of the case's checkpoint in a fresh instance.
    ///
    /// Needs a Tokio runtime with its timer on. Dropping the future ends the
    /// call and frees its slot.
    pub async fn call(&self, call: HookCall<'_>) -> CallReport {
        let started = Instant::now();
        let report = call::call_hook(&self.0, call).await;
        CallReport { took: started.elapsed(), ..report }
    }

    /// Asks the plug-in whether it can work with these settings, complete. A
    /// plug-in without an opinion agrees.
    ///
    /// # Errors
    ///
    /// What it has against them, or why it could not say.
    pub async fn validate_settings(&self, settings: &Settings, limits: &Limits) -> Result<(), ValidateError> {
        call::validate_settings(&self.0, settings, limits).await
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Sandbox").field(&self.0.small.fingerprint).finish()
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Loaded { digest, manifest, .. } = &*self.0;
        formatter.debug_tuple("Plugin").field(&manifest.name).field(&manifest.version).field(digest).finish()
    }
}
