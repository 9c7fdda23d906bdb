//! Every check of the demo run again: each must say what it said.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::task::JoinSet;

use super::report::Replays;
use crate::api::Api;

/// Replays at the same time: a key may have two reports under way, and this is not
/// the only reader.
const AT_ONCE: usize = 1;
/// Checks that came out otherwise and are told of, of each worker.
const MOST_TOLD: usize = 3;

/// Replays every check.
///
/// # Errors
/// When the host does not answer.
pub(crate) async fn all(api: &Api, checks: Vec<String>) -> Result<Replays> {
    let (checks, next) = (Arc::new(checks), Arc::new(AtomicUsize::new(0)));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        workers.spawn(some(api.clone(), Arc::clone(&checks), Arc::clone(&next)));
    }
    let mut all = Replays::default();
    while let Some(found) = workers.join_next().await {
        let found = found.context("a replay ended badly")??;
        all.checks += found.checks;
        all.identical += found.identical;
        all.different += found.different;
        all.not_reconstructible += found.not_reconstructible;
    }
    Ok(all)
}

/// Replays the next check, until none is left.
async fn some(api: Api, checks: Arc<Vec<String>>, next: Arc<AtomicUsize>) -> Result<Replays> {
    let mut found = Replays::default();
    while let Some(check) = checks.get(next.fetch_add(1, Ordering::Relaxed)) {
        let replay = api.get(&format!("/v1/checks/{check}/replay")).await?;
        found.checks += 1;
        match replay["result"].as_str() {
            Some("identical") => {
                found.identical += 1;
                continue;
            }
            Some("not_reconstructible") => found.not_reconstructible += 1,
            _ => found.different += 1,
        }
        if found.checks - found.identical <= MOST_TOLD {
            tell(check, &replay);
        }
    }
    Ok(found)
}

/// Says on standard error why a check is not the same.
fn tell(check: &str, replay: &Value) {
    eprintln!(
        "check {check}: {}, {} {}",
        replay["result"].as_str().unwrap_or("no result"),
        replay["reason"]["text"].as_str().unwrap_or_default(),
        replay["differences"]
    );
}
