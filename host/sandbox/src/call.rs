//! A call: one fresh instance, one question, one report.

use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::policy::Policy;
use creditgate_credit::verdict::Verdict;
use creditgate_manifest::Hook;
use wasmtime::component::{ComponentExportIndex, Instance, InstancePre};
use wasmtime::{Engine, Store};

use crate::bindings::creditgate::plugin::types as wit;
use crate::convert::{application_to_guest, failure_from_guest, verdict_from_guest};
use crate::error::{CallError, CallSite, ValidateError};
use crate::explain::explain;
use crate::limits::{Limits, to_usize};
use crate::load::{HookInterface, Loaded, Program};
use crate::pool::PoolBusy;
use crate::report::{CallReport, Failure};
use crate::sandbox::Inner;
use crate::state::{CallState, Case, HasCallState};
use crate::ticker::on_tick;
use crate::wasi::WasiState;

/// Checkpoints with an interface of their own.
pub(crate) type HookParameters<'a> = (&'a wit::Application,);
/// All other checkpoints: the name comes first.
pub(crate) type CheckpointParameters<'a> = (&'a str, &'a wit::Application);
pub(crate) type HookResults = (Result<wit::Verdict, wit::Failure>,);
pub(crate) type ValidateParameters<'a> = (&'a str,);
pub(crate) type ValidateResults = (Result<(), Vec<String>>,);

/// Everything a call depends on.
#[derive(Debug, Clone, Copy)]
pub struct HookCall<'a> {
    /// The binding that serves, for messages.
    pub binding: &'a str,
    /// The case; its `checkpoint` says which hook is called, its `decided_on`
    /// is today.
    pub application: &'a Arc<Application>,
    /// What is known of the parties.
    pub dossier: &'a Arc<Dossier>,
    /// The jurisdiction's policy of the day.
    pub policy: &'a Arc<Policy>,
    /// Working days.
    pub calendar: &'a Arc<WorkingCalendar>,
    /// The binding's settings, a complete JSON object.
    pub settings: &'a Arc<str>,
    /// The binding's limits.
    pub limits: &'a Limits,
    /// What the clock of a guest with WASI shows, frozen.
    pub now: jiff::Timestamp,
    /// Decides what a guest with WASI gets for randomness.
    pub seed: u64,
}

/// A question to a fresh instance.
trait Question: Send {
    type Answer: Send;

    fn ask<T: HasCallState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> impl Future<Output = wasmtime::Result<Self::Answer>> + Send;
}

/// What does the plug-in find at this checkpoint?
struct AtCheckpoint<'a> {
    hook: HookInterface,
    index: &'a ComponentExportIndex,
    application: wit::Application,
}

impl Question for AtCheckpoint<'_> {
    type Answer = Result<wit::Verdict, wit::Failure>;

    async fn ask<T: HasCallState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Self::Answer> {
        let application = &self.application;
        let (answer,) = if self.hook == HookInterface::Custom {
            let function =
                instance.get_typed_func::<CheckpointParameters<'_>, HookResults>(&mut *store, self.index)?;
            function.call_async(store, (application.checkpoint.as_str(), application)).await?
        } else {
            let function =
                instance.get_typed_func::<HookParameters<'_>, HookResults>(&mut *store, self.index)?;
            function.call_async(store, (application,)).await?
        };
        Ok(answer)
    }
}

/// Can the plug-in work with these settings?
struct WithSettings<'a> {
    index: &'a ComponentExportIndex,
    settings: &'a str,
}

impl Question for WithSettings<'_> {
    type Answer = Result<(), Vec<String>>;

    async fn ask<T: HasCallState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Self::Answer> {
        let function =
            instance.get_typed_func::<ValidateParameters<'_>, ValidateResults>(&mut *store, self.index)?;
        let (answer,) = function.call_async(store, (self.settings,)).await?;
        Ok(answer)
    }
}

/// An answer or the engine's error, with what the call left behind.
struct Ended<A> {
    result: wasmtime::Result<A>,
    fuel_used: u64,
    state: CallState,
}

/// What the clock and the randomness of WASI start from.
#[derive(Clone, Copy)]
struct Ambient {
    now: jiff::Timestamp,
    seed: u64,
}

/// Calls a hook. See [`crate::Plugin::call`].
pub(crate) async fn call_hook(sandbox: &Inner, loaded: &Loaded, call: HookCall<'_>) -> CallReport {
    let checkpoint = call.application.checkpoint.as_str();
    let site = || site(loaded, checkpoint, call.binding);
    let hook = loaded.hook_at(checkpoint).map(HookInterface::of);
    let Some((hook, index)) = hook.and_then(|hook| Some((hook, loaded.exports.hook(hook)?))) else {
        return CallReport::without_call(CallError::NotServed { site: Box::new(site()) });
    };
    let _slot = match sandbox.pool.enter().await {
        Ok(slot) => slot,
        Err(busy) => return CallReport::without_call(busy.into_error(site())),
    };
    let question = AtCheckpoint { hook, index, application: application_to_guest(call.application) };
    let case = Case {
        application: Arc::clone(call.application),
        dossier: Arc::clone(call.dossier),
        policy: Arc::clone(call.policy),
        calendar: Arc::clone(call.calendar),
    };
    let state = CallState::new(Some(case), Arc::clone(call.settings), call.limits);
    let ambient = Ambient { now: call.now, seed: call.seed };
    let ended = run(sandbox, loaded, state, call.limits, ambient, &question).await;
    let outcome = match ended.result {
        Ok(answer) => into_domain(answer, site),
        Err(error) => Err(explain(&error, &ended.state, call.limits, site())),
    };
    let CallState { transcript, log, facts, .. } = ended.state;
    CallReport { outcome, fuel_used: ended.fuel_used, transcript, log, facts }
}

/// Asks the plug-in about settings. See [`crate::Plugin::validate_settings`].
pub(crate) async fn validate_settings(
    sandbox: &Inner,
    loaded: &Loaded,
    settings: &str,
    limits: &Limits,
) -> Result<(), ValidateError> {
    let Some(index) = &loaded.exports.validate else {
        return Ok(());
    };
    let site = || site(loaded, "settings", "being staged");
    let _slot = sandbox.pool.enter().await.map_err(|busy| busy.into_error(site()))?;
    let state = CallState::new(None, settings.into(), limits);
    let ambient = Ambient { now: jiff::Timestamp::UNIX_EPOCH, seed: 0 };
    let ended = run(sandbox, loaded, state, limits, ambient, &WithSettings { index, settings }).await;
    let answer = ended.result.map_err(|error| explain(&error, &ended.state, limits, site()))?;
    answer.map_err(ValidateError::Refused)
}

fn site(loaded: &Loaded, checkpoint: &str, binding: &str) -> CallSite {
    CallSite {
        plugin: loaded.manifest.name.clone(),
        version: loaded.manifest.version.clone(),
        checkpoint: checkpoint.to_owned(),
        binding: binding.to_owned(),
    }
}

fn into_domain(
    answer: Result<wit::Verdict, wit::Failure>,
    site: impl Fn() -> CallSite,
) -> Result<Result<Verdict, Failure>, CallError> {
    match answer {
        Ok(verdict) => match verdict_from_guest(verdict) {
            Ok(verdict) => Ok(Ok(verdict)),
            Err(detail) => Err(CallError::Malformed { site: Box::new(site()), detail }),
        },
        Err(failure) => Ok(Err(failure_from_guest(failure))),
    }
}

async fn run<Q: Question + Sync>(
    sandbox: &Inner,
    loaded: &Loaded,
    state: CallState,
    limits: &Limits,
    ambient: Ambient,
    question: &Q,
) -> Ended<Q::Answer> {
    let _ticking = sandbox.ticker.ticking();
    let engine = &sandbox.engine;
    match &loaded.program {
        Program::Plain(program) => run_store(engine, program, state, limits, question).await,
        Program::Wasi(program) => {
            let state = WasiState::new(state, limits, ambient.now, ambient.seed);
            run_store(engine, program, state, limits, question).await
        }
    }
}

async fn run_store<T: HasCallState, Q: Question + Sync>(
    engine: &Engine,
    program: &InstancePre<T>,
    data: T,
    limits: &Limits,
    question: &Q,
) -> Ended<Q::Answer> {
    let mut store = new_store(engine, data, limits);
    let result = match program.instantiate_async(&mut store).await {
        Ok(instance) => question.ask(&mut store, &instance).await,
        Err(error) => Err(error),
    };
    // Fuel is on in every engine of this crate.
    let fuel_used = limits.fuel.saturating_sub(store.get_fuel().unwrap_or_default());
    Ended { result, fuel_used, state: store.into_data().into_call_state() }
}

/// A store for one call, with every limit in place.
pub(crate) fn new_store<T: HasCallState>(engine: &Engine, data: T, limits: &Limits) -> Store<T> {
    let mut store = Store::new(engine, data);
    store.limiter(|data| &mut data.call_state().meter);
    store.set_hostcall_fuel(to_usize(limits.result_bytes));
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(on_tick);
    if let Err(error) = store.set_fuel(limits.fuel) {
        // Only an engine without fuel refuses it; then the store has none and
        // the first instruction ends the call.
        tracing::error!(%error, "the engine does not count fuel");
    }
    store
}

impl Loaded {
    /// The hook that serves a checkpoint, by the manifest.
    pub(crate) fn hook_at(&self, checkpoint: &str) -> Option<&Hook> {
        self.manifest.hooks.iter().find(|hook| match hook {
            Hook::Intake => checkpoint == "intake",
            Hook::Review => checkpoint == "review",
            Hook::Issuance => checkpoint == "issuance",
            Hook::Supervision => checkpoint == "supervision",
            Hook::Custom(name) => checkpoint == name,
        })
    }
}

impl CallReport {
    fn without_call(error: CallError) -> Self {
        Self { outcome: Err(error), fuel_used: 0, transcript: Vec::new(), log: Vec::new(), facts: Vec::new() }
    }
}

impl PoolBusy {
    fn into_error(self, site: CallSite) -> CallError {
        let waited_ms = u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX);
        CallError::Busy { site: Box::new(site), waited_ms }
    }
}
