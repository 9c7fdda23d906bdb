//! Trials on live cases: a shadow judges unheard, a canary judges a share of the
//! cases and is stopped by the host when it breaks its terms.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::activate::{Wanted, of, scope_of, step_to};
use super::{Change, DeployError, Deployer, HOST, select};
use crate::counts::{CanaryCounts, ShadowCounts};
use crate::ports::RolloutChange;
use crate::release::{Release, ReleaseId, ReleaseState, Trial, TrialKind};
use crate::rollout::Alarm;

/// An order to try a release.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialOrder {
    /// The release.
    pub wanted: Wanted,
    /// The one binding; every binding of the plug-in when absent.
    pub binding: Option<String>,
    /// How.
    pub kind: TrialKind,
}

/// What was counted of a running trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialCounts {
    /// Of a shadow.
    Shadow(ShadowCounts),
    /// Of a canary and of the release in force beside it.
    Canary(CanaryCounts),
}

impl Deployer {
    /// Begins to try a release.
    ///
    /// # Errors
    /// [`DeployError`]; nothing has changed then.
    pub async fn begin_trial(&self, order: TrialOrder, change: Change) -> Result<Vec<Trial>, DeployError> {
        let _guard = self.change_alone().await?;
        let deployment = self.registry.deployment()?;
        let release = self.find_release(&deployment, &order.wanted)?;
        self.check_signatures(&self.find_component(&release.digest)?, change.at)?;
        let bindings = select(&deployment, &scope_of(release, order.binding))?;
        let to = match order.kind {
            TrialKind::Shadow => ReleaseState::Shadow,
            TrialKind::Canary(_) => ReleaseState::Canary,
        };
        let steps = step_to(release, to, &change)?;
        // A canary decides cases, and either sees them.
        self.approved_for(release, &bindings)?;
        let mut ended = Vec::new();
        let plugin = self.load(&release.digest).await?;
        let timelines = deployment.timelines();
        for binding in &bindings {
            if timelines.get(binding.id.as_str()).and_then(|it| it.in_force(change.at)).is_none() {
                return Err(DeployError::NothingInForce(binding.id.clone()));
            }
            if let Some(trial) = deployment.trials.iter().find(|trial| trial.binding == binding.id) {
                if trial.release != release.id || trial.kind.code() == order.kind.code() {
                    let (binding, release) = (trial.binding.clone(), trial.release);
                    return Err(DeployError::TrialRuns { binding, release });
                }
                ended.push(trial.id);
            }
            self.try_binding(&plugin, binding, release).await?;
        }
        let begun = bindings.iter().map(|it| (it.id.clone(), release.id, order.kind)).collect();
        self.carry_out(RolloutChange { steps, begun, ended, ..of(&change) }).await?;
        let running = self.registry.deployment()?.trials.into_iter();
        Ok(running.filter(|trial| trial.release == release.id).collect())
    }

    /// Ends every trial of a release, which is then where it was before.
    ///
    /// # Errors
    /// [`DeployError`]; nothing has changed then.
    pub async fn end_trial(&self, id: ReleaseId, change: Change) -> Result<Release, DeployError> {
        let _guard = self.change_alone().await?;
        let deployment = self.registry.deployment()?;
        let release = deployment.release(id).ok_or(DeployError::UnknownRelease(id))?;
        let trials = deployment.trials.iter().filter(|trial| trial.release == id);
        let ended: Vec<i64> = trials.map(|trial| trial.id).collect();
        if ended.is_empty() {
            return Err(DeployError::NotOnTrial(id));
        }
        let steps = match release.state {
            ReleaseState::Shadow | ReleaseState::Canary => {
                let back = if release.approved { ReleaseState::Approved } else { ReleaseState::Staged };
                step_to(release, back, &change)?
            }
            _ => Vec::new(),
        };
        self.carry_out(RolloutChange { steps, ended, ..of(&change) }).await?;
        self.release(id)
    }

    /// Stops a canary that broke its terms. The release is taken back; where it is
    /// in force at another binding, only its trials end.
    ///
    /// # Errors
    /// [`DeployError`]; the canary gets no cases all the same.
    pub async fn stop_canary(&self, alarm: &Alarm, at: Timestamp) -> Result<Release, DeployError> {
        // The host waits for its turn; nobody is there to be told.
        let _guard = self.changing.lock().await;
        let reason = format!("canary at `{}` stopped: {}", alarm.binding, alarm.breach);
        let change = Change { actor: HOST.to_owned(), reason, at };
        let deployment = self.registry.deployment()?;
        let id = alarm.release;
        let release = deployment.release(id).ok_or(DeployError::UnknownRelease(id))?;
        if release.state == ReleaseState::Canary {
            self.reject_alone(id, &change).await?;
        } else {
            self.carry_out(RolloutChange { ended: vec![alarm.trial], ..of(&change) }).await?;
        }
        self.release(id)
    }

    /// What was counted of a trial since it began or the host started; none once
    /// it has ended.
    #[must_use]
    pub fn trial_counts(&self, trial: i64) -> Option<TrialCounts> {
        let canaries = self.canaries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = canaries.get(&trial) {
            return Some(TrialCounts::Canary(watch.counts()));
        }
        let shadows = self.shadows.lock().unwrap_or_else(PoisonError::into_inner);
        shadows.get(&trial).map(|watch| TrialCounts::Shadow(watch.counts()))
    }
}
