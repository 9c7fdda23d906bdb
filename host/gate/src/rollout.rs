//! How word of releases on trial leaves the path of a check. What is counted of them
//! is `counts`; beginning and ending a trial is `deploy`.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::counts::Breach;
use crate::release::ReleaseId;
use crate::shadow::ShadowJob;

/// A canary broke a condition. It gets no cases any more; its trial has to be
/// ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The trial.
    pub trial: i64,
    /// The release.
    pub release: ReleaseId,
    /// Id of the binding.
    pub binding: String,
    /// The condition.
    pub breach: Breach,
}

/// Where checks leave word for the rollout. Never waits.
#[derive(Debug, Clone)]
pub struct RolloutSender {
    alarms: mpsc::UnboundedSender<Alarm>,
    shadows: mpsc::Sender<ShadowJob>,
}

/// Where the rollout hears of checks.
#[derive(Debug)]
pub struct RolloutReceiver {
    /// At most one for each canary.
    pub alarms: mpsc::UnboundedReceiver<Alarm>,
    /// Checks for releases in shadow.
    pub shadows: mpsc::Receiver<ShadowJob>,
}

/// The two ends. `places` checks may wait for a shadow; more are dropped and
/// counted.
#[must_use]
pub fn channel(places: usize) -> (RolloutSender, RolloutReceiver) {
    let (alarm, alarms) = mpsc::unbounded_channel();
    let (shadow, shadows) = mpsc::channel(places.max(1));
    (RolloutSender { alarms: alarm, shadows: shadow }, RolloutReceiver { alarms, shadows })
}

impl RolloutSender {
    /// Checks that wait for a release in shadow.
    #[must_use]
    pub fn shadows_waiting(&self) -> usize {
        self.shadows.max_capacity() - self.shadows.capacity()
    }

    pub(crate) fn alarm(&self, alarm: Alarm) {
        // Without a receiver nobody watches: the canary stays without cases.
        if let Err(mpsc::error::SendError(alarm)) = self.alarms.send(alarm) {
            tracing::error!(binding = alarm.binding, breach = %alarm.breach, "nobody stops the canary");
        }
    }

    pub(crate) fn shadow(&self, job: ShadowJob) {
        let watch = Arc::clone(job.watch());
        if self.shadows.try_send(job).is_err() {
            watch.dropped();
        }
    }
}
