//! What runs beside the requests, each under watch: the deliveries, the rollout,
//! duties, lists kept here, pulls, and the probe of the store.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use creditgate_gate::{RolloutReceiver, chain};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::delivery::{EventDeliverer, FeedbackDeliverer, Running};
use super::{Shared, duties, rollout};
use crate::config::milliseconds;
use crate::watch::Heart;
use crate::{local_lists, pulls};

/// What is at work.
pub(super) struct Tasks {
    running: Vec<JoinHandle<()>>,
    deliveries: Vec<Running>,
}

impl Tasks {
    /// Starts everything.
    pub(super) fn start(
        shared: &Arc<Shared>,
        feedback: Option<(Arc<Heart>, FeedbackDeliverer)>,
        events: Option<(Arc<Heart>, EventDeliverer)>,
        rollout: RolloutReceiver,
    ) -> Self {
        let deliveries = [
            feedback.map(|(heart, deliverer)| Running::start("feedback", heart, deliverer)),
            events.map(|(heart, deliverer)| Running::start("events", heart, deliverer)),
        ];
        let RolloutReceiver { alarms, shadows } = rollout;
        let (alarms, shadows) = (Arc::new(Mutex::new(alarms)), Arc::new(Mutex::new(shadows)));
        let mut running = vec![
            start(shared, "canaries", move |shared, heart| {
                rollout::stop_canaries(shared, heart, Arc::clone(&alarms))
            }),
            start(shared, "shadows", move |shared, heart| {
                rollout::judge_in_shadow(shared, heart, Arc::clone(&shadows))
            }),
            start(shared, "releases", rollout::follow_the_clock),
            start(shared, "duties", duties::run),
            start(shared, "local_lists", local_lists::follow_the_day),
            start(shared, "store_probe", probe_the_store),
        ];
        running.extend(shared.pulls.iter().enumerate().map(|(number, pull)| {
            let name = ["pull:", &pull.config.name].concat();
            start(shared, name, move |shared, heart| pulls::run(shared, heart, number))
        }));
        Self { running, deliveries: deliveries.into_iter().flatten().collect() }
    }

    /// Ends everything: deliveries finish what is under way, and the others owe
    /// nothing to anybody.
    ///
    /// What a shadow has not judged is not judged, a canary that has to stop gets no
    /// cases; what falls due is in the store, and is found by the next start; a pull
    /// that is cut off has moved no mark.
    pub(super) async fn stop(self) {
        self.running.iter().for_each(JoinHandle::abort);
        futures_util::future::join_all(self.deliveries.into_iter().map(Running::stop)).await;
    }
}

/// Starts a task under watch.
fn start<F>(
    shared: &Arc<Shared>,
    name: impl Into<String>,
    mut work: impl FnMut(Arc<Shared>, Arc<Heart>) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    let heart = shared.watch.heart(name);
    let shared = Arc::clone(shared);
    tokio::spawn(async move { heart.keep(|| work(Arc::clone(&shared), Arc::clone(&heart))).await })
}

/// Has the store keep something whenever nobody else had for a while: a host that
/// is not asked anything has to know as well whether it could record it.
async fn probe_the_store(shared: Arc<Shared>, heart: Arc<Heart>) {
    let every = milliseconds(shared.config.store.probe_every_ms);
    loop {
        heart.beat();
        let since = shared.store.health().since_commit;
        if since >= every {
            if let Err(error) = shared.store.probe().await {
                tracing::error!(error = chain(&error), "the store keeps nothing; the host is not ready");
            }
            tokio::time::sleep(every).await;
        } else {
            tokio::time::sleep((every - since).max(Duration::from_millis(1))).await;
        }
    }
}
