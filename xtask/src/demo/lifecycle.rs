//! The whole way of a release under load. A candidate that traps for one case in
//! twenty is backtested, approved, shadowed, and as a canary stopped by the
//! host; the mended version comes into force and is rolled back.

mod steps;

use anyhow::Result;
use approval_system::Client;
use creditgate_api::{Answer, CheckRequest};
use creditgate_credit::check::Status;
use creditgate_plugin_builder::BuiltPlugin;

use super::Stage;
use super::load::{Load, Traffic, review, version};
use super::report::Lifecycle;
use steps::Cast;

/// The plug-in whose releases these are, and its version in force.
pub(crate) const PLUGIN: &str = "hostile-guest";
const IN_FORCE: &str = "1.0.0";
/// The candidate that traps, and the one that does not.
const FAULTY: &str = "1.1.0";
const MENDED: &str = "1.1.1";

/// Goes the whole way while callers keep asking. Also gives back the ids of the
/// checks.
///
/// # Errors
/// When it cannot be prepared; what fails on the way is in the report.
pub(crate) async fn under_load(
    stage: &Stage,
    client: &Client,
    plugin: &BuiltPlugin,
) -> Result<(Lifecycle, Vec<String>)> {
    let cast = Cast::gather(stage, client, plugin)?;
    let load = Load::start(client.clone(), "LIFE", request);
    let mut report = Lifecycle::default();
    let mut own = Vec::new();
    // None where the way ended early, which the last step says.
    let _ = cast.walk(&load, &mut report, &mut own).await;
    let traffic = load.stop().await;
    report.requests += traffic.answers.len() + traffic.unanswered + own.len();
    report.failed += failed(&traffic);
    report.canary.checks = traffic.answers.iter().filter(|answer| version(answer) == FAULTY).count();
    let ids = traffic.answers.into_iter().chain(own).map(|answer| answer.check_id.into_owned());
    Ok((report, ids.collect()))
}

/// Requests without an answer, and answers that are not clear. The canary's own
/// traps are what it is stopped for.
fn failed(traffic: &Traffic) -> usize {
    let trapped = |answer: &&Answer<'_>| {
        answer.reasons.iter().any(|reason| reason.code == "plugin.trap") && version(answer) == FAULTY
    };
    let wrong: Vec<_> =
        traffic.answers.iter().filter(|answer| answer.status != Status::Clear && !trapped(answer)).collect();
    for answer in &wrong {
        eprintln!(
            "{}: {} by {}: {:?}",
            answer.check_id,
            answer.status.code(),
            version(answer),
            answer.reasons
        );
    }
    wrong.len() + traffic.unanswered
}

fn request(case_no: &str) -> CheckRequest {
    review("test", "rolling-release", case_no)
}
