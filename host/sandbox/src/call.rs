//! A call: one fresh instance, one question, one report.

mod at_length;

use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::application::Application;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::policy::Policy;
use creditgate_credit::verdict::Verdict;
use creditgate_manifest::Hook;
use creditgate_manifest::text::one_line;
use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lift, Lower, TypedFunc};

use crate::bindings::hook::creditgate::plugin::types as wit;
use crate::bindings::{
    CheckpointParameters, HookAnswer, HookParameters, HookResults, SettingsAnswer, ValidateParameters,
    ValidateResults,
};
use crate::convert::{failure_from_guest, verdict_from_guest};
use crate::error::{CallError, CallSite, ValidateError};
use crate::explain::explain;
use crate::instance::{self, Ended, Question};
use crate::lend::{self, Lists, Pieces};
use crate::limits::Limits;
use crate::load::{HookInterface, Loaded};
use crate::pool::PoolBusy;
use crate::report::{CallReport, Failure};
use crate::settings::Settings;
use crate::state::{CallState, Case, GuestState};
use crate::store::FUEL_AT_ONCE;

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
    /// The host's own rules that answer what the plug-in asks.
    pub rules: HostRules,
    /// Working days.
    pub calendar: &'a Arc<WorkingCalendar>,
    /// The binding's settings, complete.
    pub settings: &'a Settings,
    /// The binding's limits.
    pub limits: &'a Limits,
    /// What the clock of a guest with WASI shows, frozen.
    pub now: jiff::Timestamp,
    /// Decides what a guest with WASI gets for randomness.
    pub seed: u64,
}

/// What does the plug-in find at this checkpoint?
struct AtCheckpoint<'a> {
    hook: HookInterface,
    index: &'a ComponentExportIndex,
    application: &'a wit::Application<'a>,
}

impl Question for AtCheckpoint<'_> {
    type Answer = HookAnswer;

    fn ask_here<T: GuestState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Self::Answer> {
        let application = self.application;
        let (answer,) = if self.hook == HookInterface::Custom {
            let checkpoint = application.checkpoint;
            self.named(store, instance)?.call(store, (checkpoint, application))?
        } else {
            self.plain(store, instance)?.call(store, (application,))?
        };
        Ok(answer)
    }

    async fn ask_on_fiber<T: GuestState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Self::Answer> {
        let application = self.application;
        let (answer,) = if self.hook == HookInterface::Custom {
            let checkpoint = application.checkpoint;
            self.named(store, instance)?.call_async(store, (checkpoint, application)).await?
        } else {
            self.plain(store, instance)?.call_async(store, (application,)).await?
        };
        Ok(answer)
    }
}

impl<'a> AtCheckpoint<'a> {
    fn plain<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<TypedFunc<HookParameters<'a>, HookResults>> {
        typed(instance, store, self.index)
    }

    fn named<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<TypedFunc<CheckpointParameters<'a>, HookResults>> {
        typed(instance, store, self.index)
    }
}

/// A hook as a function. Comparing its type field by field for each call would
/// cost more than entering the guest.
#[expect(unsafe_code, reason = "the types were compared once, when the component was loaded")]
fn typed<T, P, R>(
    instance: &Instance,
    store: &mut Store<T>,
    index: &ComponentExportIndex,
) -> wasmtime::Result<TypedFunc<P, R>>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    let function = instance.get_func(store, index).ok_or_else(|| wasmtime::Error::msg("the hook is gone"))?;
    // SAFETY: `load::try_out` took every hook of this component at this index as
    // a `TypedFunc` of the same types and refused the component otherwise, and a
    // component's types do not depend on the instance.
    Ok(unsafe { TypedFunc::new_unchecked(function) })
}

/// Can the plug-in work with these settings?
struct WithSettings<'a> {
    index: &'a ComponentExportIndex,
    settings: &'a str,
}

impl Question for WithSettings<'_> {
    type Answer = SettingsAnswer;

    fn ask_here<T: GuestState>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Self::Answer> {
        let function =
            instance.get_typed_func::<ValidateParameters<'_>, ValidateResults>(&mut *store, self.index)?;
        let (answer,) = function.call(store, (self.settings,))?;
        Ok(answer)
    }

    async fn ask_on_fiber<T: GuestState>(
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

/// Calls a hook. See [`crate::Plugin::call`].
///
/// Nearly every call is done at once, on the thread that asks. One that is not,
/// or was not the last time, goes to the lane once its department's share allows.
pub(crate) async fn call_hook(loaded: &Arc<Loaded>, call: HookCall<'_>) -> CallReport {
    let checkpoint = call.application.checkpoint.as_str();
    let hook = loaded.hook_at(checkpoint).map(HookInterface::of);
    let Some(hook) = hook.filter(|hook| loaded.exports.hook(*hook).is_some()) else {
        return CallReport::without_call(CallError::NotServed { site: Box::new(site_of(loaded, call)) });
    };
    if !loaded.last_calls.ran_long(call.binding) {
        let _slot = match loaded.program.pool().enter().await {
            Ok(slot) => slot,
            Err(busy) => return CallReport::without_call(busy.into_error(site_of(loaded, call))),
        };
        if let Some(report) = call_at_once(loaded, hook, call) {
            return report;
        }
    }
    let report = at_length::call_hook(loaded, hook, call).await;
    // Of a call that was not made nothing is known.
    if !report.outcome.as_ref().is_err_and(CallError::is_for_want_of_room) {
        loaded.last_calls.note(call.binding, report.fuel_used > FUEL_AT_ONCE);
    }
    report
}

/// None when the guest is not done at once.
fn call_at_once(loaded: &Arc<Loaded>, hook: HookInterface, call: HookCall<'_>) -> Option<CallReport> {
    let masked = lend::masked(call.application);
    let pieces = Pieces::of(call.application, &masked);
    let lists = Lists::of(call.application, &pieces);
    let application = &lend::application(call.application, &lists);
    let question = AtCheckpoint { hook, index: loaded.exports.hook(hook)?, application };
    let ended = instance::ask_at_once(loaded, state_of(call), call.limits, &question)?;
    Some(report(ended, loaded, call))
}

fn state_of(call: HookCall<'_>) -> CallState {
    let case = Case {
        application: Arc::clone(call.application),
        dossier: Arc::clone(call.dossier),
        policy: Arc::clone(call.policy),
        rules: call.rules,
        calendar: Arc::clone(call.calendar),
    };
    CallState::new(Some(case), call.settings.clone(), call.limits)
}

fn report(ended: Ended<HookAnswer>, loaded: &Loaded, call: HookCall<'_>) -> CallReport {
    let site = || site_of(loaded, call);
    let outcome = match ended.result {
        Ok(answer) => into_domain(answer, site),
        Err(error) => Err(explain(&error, &ended.state, call.limits, site())),
    };
    let CallState { transcript, log, facts, .. } = ended.state;
    CallReport { outcome, fuel_used: ended.fuel_used, took: Duration::ZERO, transcript, log, facts }
}

/// Asks the plug-in about settings. See [`crate::Plugin::validate_settings`].
pub(crate) async fn validate_settings(
    loaded: &Arc<Loaded>,
    settings: &Settings,
    limits: &Limits,
) -> Result<(), ValidateError> {
    let Some(index) = &loaded.exports.validate else {
        return Ok(());
    };
    let answer = {
        let _slot =
            loaded.program.pool().enter().await.map_err(|busy| busy.into_error(site_of_settings(loaded)))?;
        let question = WithSettings { index, settings: settings.json() };
        let state = CallState::new(None, settings.clone(), limits);
        instance::ask_at_once(loaded, state, limits, &question)
            .map(|ended| settings_answer(ended, loaded, limits))
    };
    let answer = match answer {
        Some(answer) => answer,
        None => at_length::validate_settings(loaded, settings, *limits).await,
    };
    let readable = |texts: Vec<String>| texts.iter().map(|text| one_line(text).into_owned()).collect();
    answer?.map_err(|texts| ValidateError::Refused(readable(texts)))
}

fn settings_answer(
    ended: Ended<SettingsAnswer>,
    loaded: &Loaded,
    limits: &Limits,
) -> Result<SettingsAnswer, CallError> {
    ended.result.map_err(|error| explain(&error, &ended.state, limits, site_of_settings(loaded)))
}

fn site_of(loaded: &Loaded, call: HookCall<'_>) -> CallSite {
    site(loaded, &call.application.checkpoint, call.binding)
}

fn site_of_settings(loaded: &Loaded) -> CallSite {
    site(loaded, "settings", "being staged")
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
    answer: HookAnswer,
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
        Self {
            outcome: Err(error),
            fuel_used: 0,
            took: Duration::ZERO,
            transcript: Vec::new(),
            log: Vec::new(),
            facts: Vec::new(),
        }
    }
}

impl PoolBusy {
    fn into_error(self, site: CallSite) -> CallError {
        let waited_ms = u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX);
        CallError::Busy { site: Box::new(site), waited_ms }
    }
}
