//! What administrators decide about a release: approved, in force at once or on
//! a date, back to the one before, taken back. Each is one change under one lock,
//! all of it or nothing.

use creditgate_sandbox::{Plugin, Settings};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::MutexGuard;

use super::{ActivationScope, Change, DeployError, Deployer, select};
use crate::ports::{Activation, Deployment, RolloutChange};
use crate::release::{Release, ReleaseId, ReleaseState, Transition, TrialKind};
use crate::world::Binding;
use creditgate_affairs::NotSecond;

/// Which release is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The one with this number.
    Release(ReleaseId),
    /// The newest of the component with this digest, or the beginning of it.
    Digest(String),
}

/// An order to bring a release into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The release.
    pub wanted: Wanted,
    /// The one binding; every binding of the plug-in when absent.
    pub binding: Option<String>,
    /// From when on; at once when absent.
    pub effective_from: Option<Timestamp>,
    /// What whoever orders it has seen; not looked at when absent.
    pub revision: Option<i64>,
}

impl Deployer {
    /// Brings a release into force, at once or on a date.
    ///
    /// # Errors
    /// [`DeployError`]; nothing has changed then.
    pub async fn activate(&self, order: Order, change: Change) -> Result<Vec<Activation>, DeployError> {
        let _guard = self.change_alone().await?;
        let deployment = self.deployment_at(order.revision)?;
        let release = self.find_release(&deployment, &order.wanted)?;
        self.check_signatures(&self.find_component(&release.digest)?, change.at)?;
        let from = order.effective_from.unwrap_or(change.at);
        if from < change.at {
            return Err(DeployError::InThePast(from));
        }
        let bindings = select(&deployment, &scope_of(release, order.binding))?;
        self.approved_for(release, &bindings)?;
        no_other_canary(&deployment, release, &bindings)?;
        let plugin = self.load(&release.digest).await?;
        for binding in &bindings {
            let settings = self.try_binding(&plugin, binding, release).await?;
            self.backtested(&deployment, release, binding, &settings, change.at)?;
        }
        let ended = deployment
            .trials
            .iter()
            .filter(|trial| trial.release == release.id && bindings.iter().any(|it| it.id == trial.binding))
            .map(|trial| trial.id)
            .collect();
        let activations: Vec<Activation> =
            bindings.iter().map(|binding| activation(binding, release, from, false, &change)).collect();
        let steps = step_to(release, ReleaseState::Active, &change)?;
        self.carry_out(RolloutChange { steps, ended, activations: activations.clone(), ..of(&change) })
            .await?;
        Ok(activations)
    }

    /// Goes back to the release before the one in force. What was rolled back from
    /// is not gone back to.
    ///
    /// # Errors
    /// [`DeployError`]; nothing has changed then.
    pub async fn roll_back(
        &self,
        scope: &ActivationScope,
        change: Change,
    ) -> Result<Vec<Activation>, DeployError> {
        let _guard = self.change_alone().await?;
        let deployment = self.registry.deployment()?;
        let mut activations = Vec::new();
        let mut steps: Vec<Transition> = Vec::new();
        for binding in select(&deployment, scope)? {
            let release = before(&deployment, binding, change.at)
                .ok_or_else(|| DeployError::NothingToRollBack(binding.id.clone()))?;
            self.approved_for(release, &[binding])?;
            let plugin: Plugin = self.load(&release.digest).await?;
            self.try_binding(&plugin, binding, release).await?;
            activations.push(activation(binding, release, change.at, true, &change));
            if steps.iter().all(|step| step.release != release.id) {
                steps.extend(step_to(release, ReleaseState::Active, &change)?);
            }
        }
        self.carry_out(RolloutChange { steps, activations: activations.clone(), ..of(&change) }).await?;
        Ok(activations)
    }

    /// Agrees to a release.
    ///
    /// # Errors
    /// [`DeployError::OwnRelease`] where its maker asks, with whatever key, and
    /// whatever else keeps it from being approved.
    pub async fn approve(&self, id: ReleaseId, change: Change) -> Result<Release, DeployError> {
        let _guard = self.change_alone().await?;
        let deployment = self.registry.deployment()?;
        let release = deployment.release(id).ok_or(DeployError::UnknownRelease(id))?;
        match self.registry.second_person(&release.created_by, &change.actor)? {
            Ok(()) => {}
            Err(NotSecond::Same) => {
                return Err(DeployError::OwnRelease { release: id, maker: release.created_by.clone() });
            }
            Err(why) => return Err(DeployError::NotSecond { release: id, why }),
        }
        let steps = match release.state {
            // It goes on as it is, with somebody's word: that is how a release that
            // serves where none is asked for may come to serve where one is.
            at @ (ReleaseState::Shadow
            | ReleaseState::Canary
            | ReleaseState::Active
            | ReleaseState::Draining
            | ReleaseState::Retired)
                if !release.approved =>
            {
                vec![step(release, at, &change)]
            }
            _ => step_to(release, ReleaseState::Approved, &change)?,
        };
        self.carry_out(RolloutChange { steps, approved: vec![id], ..of(&change) }).await?;
        self.release(id)
    }

    /// Takes a release back: it may not serve, now or later. Bindings it serves go
    /// back to the release before, open cases with them.
    ///
    /// # Errors
    /// [`DeployError`]; nothing has changed then.
    pub async fn reject(&self, id: ReleaseId, change: Change) -> Result<Release, DeployError> {
        let _guard = self.change_alone().await?;
        self.reject_alone(id, &change).await?;
        self.release(id)
    }

    pub(super) async fn reject_alone(&self, id: ReleaseId, change: &Change) -> Result<(), DeployError> {
        let deployment = self.registry.deployment()?;
        let release = deployment.release(id).ok_or(DeployError::UnknownRelease(id))?;
        let steps = step_to(release, ReleaseState::Rejected, change)?;
        let trials = deployment.trials.iter().filter(|trial| trial.release == id);
        let ended = trials.map(|trial| trial.id).collect();
        self.carry_out(RolloutChange { steps, ended, withdrawn: vec![id], ..of(change) }).await
    }

    /// One release.
    ///
    /// # Errors
    /// [`DeployError::UnknownRelease`].
    pub fn release(&self, id: ReleaseId) -> Result<Release, DeployError> {
        let found = self.registry.deployment()?.release(id).cloned();
        found.ok_or(DeployError::UnknownRelease(id))
    }

    /// The lock on decisions, and the one on changes. Who finds another person at
    /// it is told rather than made to wait and then decide on what is no longer
    /// so; what the host itself does is over in a moment.
    pub(super) async fn change_alone(&self) -> Result<(MutexGuard<'_, ()>, MutexGuard<'_, ()>), DeployError> {
        let deciding = self.deciding.try_lock().map_err(|_| DeployError::BeingChanged)?;
        Ok((deciding, self.changing.lock().await))
    }

    pub(super) fn deployment_at(&self, revision: Option<i64>) -> Result<Deployment, DeployError> {
        let deployment = self.registry.deployment()?;
        match revision {
            Some(seen) if seen != deployment.revision => Err(DeployError::ChangedMeanwhile),
            _ => Ok(deployment),
        }
    }

    /// Records a change and publishes what it makes.
    pub(super) async fn carry_out(&self, change: RolloutChange) -> Result<(), DeployError> {
        let at = change.at;
        if !self.registry.apply(change).await? {
            return Err(DeployError::ChangedMeanwhile);
        }
        self.publish_recorded(at).await;
        Ok(())
    }

    pub(super) fn find_release<'d>(
        &self,
        deployment: &'d Deployment,
        wanted: &Wanted,
    ) -> Result<&'d Release, DeployError> {
        match wanted {
            Wanted::Release(id) => deployment.release(*id).ok_or(DeployError::UnknownRelease(*id)),
            Wanted::Digest(digest) => {
                let component = self.find_component(digest)?;
                let newest = deployment
                    .releases
                    .iter()
                    .rfind(|it| it.digest == component.digest && it.state != ReleaseState::Rejected);
                newest.ok_or(DeployError::UnknownDigest(component.digest))
            }
        }
    }

    /// Whether somebody has agreed to a release, where one of these bindings asks
    /// for it.
    pub(super) fn approved_for(&self, release: &Release, bindings: &[&Binding]) -> Result<(), DeployError> {
        match bindings.iter().find(|binding| self.approval.asks(binding.mode)) {
            Some(binding) if !release.approved => Err(DeployError::NotApproved {
                release: release.id,
                binding: binding.id.clone(),
                mode: binding.mode,
                maker: release.created_by.clone(),
            }),
            _ => Ok(()),
        }
    }
}

impl Deployer {
    /// Whether a release was backtested lately, where that is asked for and there
    /// is a past to test it on.
    fn backtested(
        &self,
        deployment: &Deployment,
        release: &Release,
        binding: &Binding,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<(), DeployError> {
        const HOURS: i64 = 24;
        let Some(days) = self.backtest_days else { return Ok(()) };
        if deployment.timeline(&binding.id).in_force(now).is_none() {
            return Ok(());
        }
        let made = self.registry.latest_backtest(&binding.id, &release.digest, settings.json())?;
        let oldest = now - SignedDuration::from_hours(i64::from(days) * HOURS);
        if made.is_some_and(|made| made >= oldest) {
            return Ok(());
        }
        Err(DeployError::NotBacktested { release: release.id, binding: binding.id.clone(), days })
    }
}

pub(super) fn scope_of(release: &Release, binding: Option<String>) -> ActivationScope {
    match binding {
        Some(id) => ActivationScope::Binding(id),
        None => ActivationScope::Plugin(release.plugin.clone()),
    }
}

/// The figures of a running canary would be of two releases in force.
fn no_other_canary(
    deployment: &Deployment,
    release: &Release,
    bindings: &[&Binding],
) -> Result<(), DeployError> {
    let other = deployment.trials.iter().find(|trial| {
        matches!(trial.kind, TrialKind::Canary(_))
            && trial.release != release.id
            && bindings.iter().any(|binding| binding.id == trial.binding)
    });
    match other {
        Some(trial) => Err(DeployError::TrialRuns { binding: trial.binding.clone(), release: trial.release }),
        None => Ok(()),
    }
}

/// The release a binding had before the one in force. A rollback takes the
/// release it left off the pile.
fn before<'d>(deployment: &'d Deployment, binding: &Binding, now: Timestamp) -> Option<&'d Release> {
    let mut pile: Vec<ReleaseId> = Vec::new();
    for activation in deployment.timeline(&binding.id).iter() {
        if activation.effective_from > now {
            break;
        }
        if activation.rolled_back {
            pile.pop();
        } else if pile.last() != Some(&activation.release) {
            pile.push(activation.release);
        }
    }
    pile.pop();
    pile.last().and_then(|id| deployment.release(*id))
}

fn activation(
    binding: &Binding,
    release: &Release,
    effective_from: Timestamp,
    rolled_back: bool,
    change: &Change,
) -> Activation {
    Activation {
        binding: binding.id.clone(),
        release: release.id,
        digest: release.digest.clone(),
        at: change.at,
        effective_from,
        rolled_back,
        actor: change.actor.clone(),
        reason: change.reason.clone(),
    }
}

/// The step to a state, if the release is not there already.
pub(super) fn step_to(
    release: &Release,
    to: ReleaseState,
    change: &Change,
) -> Result<Vec<Transition>, DeployError> {
    if release.state == to && to != ReleaseState::Rejected {
        return Ok(Vec::new());
    }
    let illegal = |problem| DeployError::Illegal { release: release.id, problem };
    release.state.to(to).map_err(illegal)?;
    Ok(vec![step(release, to, change)])
}

fn step(release: &Release, to: ReleaseState, change: &Change) -> Transition {
    Transition {
        release: release.id,
        from: Some(release.state),
        to,
        at: change.at,
        actor: change.actor.clone(),
        reason: change.reason.clone(),
    }
}

pub(super) fn of(change: &Change) -> RolloutChange {
    RolloutChange {
        at: change.at,
        actor: change.actor.clone(),
        reason: change.reason.clone(),
        ..RolloutChange::default()
    }
}
