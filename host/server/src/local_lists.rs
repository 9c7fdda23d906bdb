//! When the lists kept here are settled: after every step, and every day.

use std::sync::Arc;
use std::time::Duration;

use creditgate_affairs::local_lists;
use creditgate_credit::calendar::local_date;
use creditgate_gate::chain;
use creditgate_store::AffairError;
use jiff::Timestamp;

use crate::clock;
use crate::host::Shared;
use crate::watch::Heart;

/// How often it is looked whether another day has begun: the clock may be set.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// After a step of an entry kept here was taken. The step is kept whatever becomes
/// of the others; they are settled every day again.
pub(crate) async fn after_a_step(shared: &Shared, at: Timestamp) {
    if let Err(error) = settle(shared, at).await {
        tracing::error!(error = chain(&error), "the lists kept here were not settled after a change");
    }
}

/// Does what no person decides.
///
/// # Errors
/// [`AffairError`]; the next call does what is left.
pub(crate) async fn settle(shared: &Shared, now: Timestamp) -> Result<(), AffairError> {
    let settled = local_lists::settle(&shared.store, &shared.in_force(), now).await;
    shared.feedback_queued();
    settled
}

/// Settles once every day, until the future is dropped.
pub(crate) async fn follow_the_day(shared: Arc<Shared>, heart: Arc<Heart>) {
    let mut settled = None;
    loop {
        heart.beat();
        let now = clock::now();
        let today = local_date(now);
        if settled != Some(today) {
            match settle(&shared, now).await {
                Ok(()) => settled = Some(today),
                Err(error) => tracing::error!(error = chain(&error), "the lists kept here were not settled"),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
