//! How fast recorded checks run again.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::swaps::{BINDING, Hands};
use crate::api::until;

/// Checks that are run, spread over what the load has recorded.
const SAMPLE: u32 = 20_000;

/// A backtest of the component on the checks it made itself: in a second, so many.
///
/// # Errors
/// When the backtest fails or finds anything else than was recorded.
pub(super) async fn per_s(hands: &Hands, digest: &str) -> Result<f64> {
    eprintln!("a backtest of up to {SAMPLE} recorded checks");
    let order = json!({"binding": BINDING, "candidate": digest, "sample": SAMPLE});
    let begun = Instant::now();
    let started = hands.chief.post("/v1/admin/backtests", &order).await?;
    let path = format!("/v1/admin/backtests/{}", started["id"].as_str().context("the backtest has no id")?);
    let done = until("the backtest is done", async || {
        let backtest = hands.admin.get(&path).await?;
        Ok((backtest["state"] != "running").then_some(backtest))
    })
    .await?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(done["state"] == "done", "the backtest ended as {}: {}", done["state"], done["reason"]);
    let summary = &done["report"]["summary"];
    let checks = summary["checks"].as_u64().context("the backtest counts no checks")?;
    ensure!(
        summary["compared"]["identical"] == checks,
        "a component disagrees with itself: {}",
        summary["compared"]
    );
    Ok(f64::from(u32::try_from(checks)?) / took)
}
