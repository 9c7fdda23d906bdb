//! A plug-in's version swapped while requests run.

use std::path::Path;

use anyhow::{Result, ensure};
use approval_system::Client;
use creditgate_api::CheckRequest;
use creditgate_credit::check::Status;

use super::Stage;
use super::load::{Load, review, version};
use super::report::Swap;
use crate::city::{digest_of, release_of};

/// The plug-in that is swapped.
pub(crate) const PLUGIN: &str = "market-registration";
/// The version it is swapped to.
pub(crate) const NEXT_VERSION: &str = "1.1.0";

/// Checks before the swap, and after it.
const BEFORE: usize = 200;
const AFTER: usize = 200;

/// Pushes, approves and activates a release over HTTP, as two administrators
/// would, while callers keep asking. Also gives back the ids of the checks.
///
/// # Errors
/// When the release cannot be brought into force, or no answer came from it.
pub(crate) async fn under_load(
    stage: &Stage,
    client: &Client,
    component: &Path,
) -> Result<(Swap, Vec<String>)> {
    let load = Load::start(client.clone(), "SWAP", request);
    load.more(BEFORE).await?;
    activate(stage, component).await?;
    load.more(AFTER).await?;
    let traffic = load.stop().await;
    let failed: Vec<_> = traffic.answers.iter().filter(|answer| answer.status != Status::Clear).collect();
    for answer in &failed {
        eprintln!("{}: {} ({:?})", answer.check_id, answer.status.code(), answer.reasons);
    }
    let (first, last) = (traffic.answers.first(), traffic.answers.last());
    let swap = Swap {
        from: first.map_or("", version).to_owned(),
        to: last.map_or("", version).to_owned(),
        requests: traffic.answers.len() + traffic.unanswered,
        failed: failed.len() + traffic.unanswered,
    };
    ensure!(swap.from != swap.to, "every answer came from version {}", swap.from);
    Ok((swap, traffic.answers.into_iter().map(|answer| answer.check_id.into_owned()).collect()))
}

fn request(case_no: &str) -> CheckRequest {
    review("market-regulation", "food-licence", case_no)
}

async fn activate(stage: &Stage, component: &Path) -> Result<()> {
    let component = component.display().to_string();
    let pushed = stage.admin().does(&["plugin", "push", &component]).await?;
    let (digest, release) = (digest_of(&pushed)?, release_of(&pushed)?.to_string());
    stage.chief().does(&["releases", "approve", &release, "--reason", "shorter deadline, as wanted"]).await?;
    stage.admin().does(&["activate", &digest, "--reason", "shorter default deadline"]).await?;
    Ok(())
}
