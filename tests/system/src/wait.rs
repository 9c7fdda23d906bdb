//! Waiting for something, with an end to the patience.

use std::time::{Duration, Instant};

/// No test waits longer than this for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked.
const INTERVAL: Duration = Duration::from_millis(10);

/// Asks `look` again and again until it has something, and gives that back.
/// Panics after [`PATIENCE`], saying what was waited for.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} in vain: {what}");
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Waits until something is so. Panics as [`until`] does.
pub async fn eventually(what: &str, mut is: impl AsyncFnMut() -> bool) {
    until(what, async || is().await.then_some(())).await;
}
