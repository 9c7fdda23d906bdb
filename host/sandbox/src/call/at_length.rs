//! A call that is not done at once: admitted by its department's share, with
//! everything it needs in its own hands, because it goes to other threads and may
//! outlive who asked by the rest of a slice.

use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::policy::Policy;
use tokio::sync::OwnedSemaphorePermit;

use super::{AtCheckpoint, HookCall, SettingsAnswer, WithSettings};
use crate::error::{CallError, CallSite};
use crate::instance;
use crate::lend::{self, Lists, Pieces};
use crate::limits::Limits;
use crate::load::{HookInterface, Loaded};
use crate::report::CallReport;
use crate::settings::Settings;
use crate::share::{Place, ShareTaken};
use crate::state::{Ambient, CallState};

/// Leave to run: a place of the department, and a slot of the pool.
type Leave = (Place, OwnedSemaphorePermit);

/// Waits for leave to run a call of a department. The slot is asked for last: who
/// waits for the share holds none.
async fn leave(loaded: &Loaded, department: &str, site: impl Fn() -> CallSite) -> Result<Leave, CallError> {
    let place = loaded.long.shares.enter(department).await;
    let place = place.map_err(|taken| taken.into_error(department, site()))?;
    let slot = loaded.program.pool().enter_owned().await.map_err(|busy| busy.into_error(site()))?;
    Ok((place, slot))
}

/// Calls a hook on the lane.
pub(super) async fn call_hook(loaded: &Arc<Loaded>, hook: HookInterface, call: HookCall<'_>) -> CallReport {
    let leave = leave(loaded, &call.application.department, || super::site_of(loaded, call)).await;
    let leave = match leave {
        Ok(leave) => leave,
        Err(error) => return CallReport::without_call(error),
    };
    let call = OwnedCall::of(loaded, hook, call);
    let ran = async move {
        let _leave = leave;
        call.run().await
    };
    loaded.long.lane.run(ran).await
}

/// Asks about settings on the lane.
pub(super) async fn validate_settings(
    loaded: &Arc<Loaded>,
    settings: &Settings,
    limits: Limits,
) -> Result<SettingsAnswer, CallError> {
    let department = &loaded.manifest.department;
    let leave = leave(loaded, department, || super::site_of_settings(loaded)).await?;
    let (lane, loaded, settings) = (&loaded.long.lane, Arc::clone(loaded), settings.clone());
    let ran = async move {
        let _leave = leave;
        let Some(index) = &loaded.exports.validate else { return Ok(Ok(())) };
        let question = WithSettings { index, settings: settings.json() };
        let state = CallState::new(None, settings.clone(), &limits);
        let ended = instance::ask_at_length(&loaded, state, &limits, Ambient::NONE, &question).await;
        super::settings_answer(ended, &loaded, &limits)
    };
    lane.run(ran).await
}

/// A [`HookCall`] that borrows nothing.
struct OwnedCall {
    loaded: Arc<Loaded>,
    hook: HookInterface,
    binding: String,
    application: Arc<Application>,
    dossier: Arc<Dossier>,
    policy: Arc<Policy>,
    rules: HostRules,
    calendar: Arc<WorkingCalendar>,
    settings: Settings,
    limits: Limits,
    ambient: Ambient,
}

impl OwnedCall {
    fn of(loaded: &Arc<Loaded>, hook: HookInterface, call: HookCall<'_>) -> Self {
        Self {
            loaded: Arc::clone(loaded),
            hook,
            binding: call.binding.to_owned(),
            application: Arc::clone(call.application),
            dossier: Arc::clone(call.dossier),
            policy: Arc::clone(call.policy),
            rules: call.rules,
            calendar: Arc::clone(call.calendar),
            settings: call.settings.clone(),
            limits: *call.limits,
            ambient: Ambient { now: call.now, seed: call.seed },
        }
    }

    fn lent(&self) -> HookCall<'_> {
        HookCall {
            binding: &self.binding,
            application: &self.application,
            dossier: &self.dossier,
            policy: &self.policy,
            rules: self.rules,
            calendar: &self.calendar,
            settings: &self.settings,
            limits: &self.limits,
            now: self.ambient.now,
            seed: self.ambient.seed,
        }
    }

    async fn run(&self) -> CallReport {
        let (loaded, call) = (&*self.loaded, self.lent());
        let Some(index) = loaded.exports.hook(self.hook) else {
            let site = Box::new(super::site_of(loaded, call));
            return CallReport::without_call(CallError::NotServed { site });
        };
        let masked = lend::masked(call.application);
        let pieces = Pieces::of(call.application, &masked);
        let lists = Lists::of(call.application, &pieces);
        let application = &lend::application(call.application, &lists);
        let question = AtCheckpoint { hook: self.hook, index, application };
        // The time in which it waited for its share does not count.
        let state = super::state_of(call);
        let ended = instance::ask_at_length(loaded, state, call.limits, self.ambient, &question).await;
        super::report(ended, loaded, call)
    }
}

impl ShareTaken {
    fn into_error(self, department: &str, site: CallSite) -> CallError {
        let waited_ms = u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX);
        CallError::ShareTaken { site: Box::new(site), department: department.to_owned(), waited_ms }
    }
}
