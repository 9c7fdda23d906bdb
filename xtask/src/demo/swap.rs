//! A plug-in's version swapped while requests run.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use approval_system::{Answer, Client};
use serde_json::{Value, json};

use super::Stage;
use super::report::Swap;
use crate::cargo;
use crate::city::digest_of;
use crate::program::output;

/// The plug-in that is swapped.
pub(crate) const PLUGIN: &str = "market-registration";
/// The version it is swapped to.
pub(crate) const NEXT_VERSION: &str = "1.1.0";

/// Callers that ask at the same time.
const CALLERS: usize = 4;
/// Checks each caller makes before the swap, and after it.
const BEFORE: usize = 50;
const AFTER: usize = 50;

/// Pushes and activates a release over HTTP, as an administrator would, while
/// callers keep asking.
pub(crate) async fn under_load(stage: &Stage, client: &Client, component: &Path) -> Result<Swap> {
    let swapped = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| tokio::spawn(ask(client.clone(), caller, Arc::clone(&swapped), Arc::clone(&asked))))
        .collect();
    while asked.load(Ordering::Relaxed) < CALLERS * BEFORE && !callers.iter().all(|c| c.is_finished()) {
        tokio::task::yield_now().await;
    }
    let activated = activate(stage, component).await;
    swapped.store(true, Ordering::Relaxed);
    let mut swap = Swap { from: String::new(), to: String::new(), requests: 0, failed: 0 };
    for caller in callers {
        let (versions, failed) = caller.await?;
        swap.requests += versions.len() + failed;
        swap.failed += failed;
        if let (Some(first), Some(last)) = (versions.first(), versions.last()) {
            swap.from.clone_from(first);
            swap.to.clone_from(last);
        }
    }
    activated?;
    ensure!(swap.from != swap.to, "every answer came from version {}", swap.from);
    Ok(swap)
}

/// Asks until some time after the swap; gives back the versions that answered
/// and how many requests got no verdict.
async fn ask(
    client: Client,
    caller: usize,
    swapped: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
) -> (Vec<String>, usize) {
    let (mut versions, mut failed, mut after) = (Vec::new(), 0, 0);
    for number in 0.. {
        if swapped.load(Ordering::Relaxed) {
            after += 1;
        }
        if after > AFTER {
            break;
        }
        let case_no = format!("SWAP-{caller}-{number:06}");
        let answer = client.check(&request(&case_no), &case_no).await;
        asked.fetch_add(1, Ordering::Relaxed);
        match answer {
            Ok(Answer { status, plugin: Some(plugin), .. }) if status == "clear" => {
                versions.push(plugin.version)
            }
            Ok(answer) => {
                eprintln!("{case_no}: {} ({:?})", answer.status, answer.reasons);
                failed += 1;
            }
            Err(error) => {
                eprintln!("{case_no}: {error}");
                failed += 1;
            }
        }
    }
    (versions, failed)
}

/// A company that is on no list.
fn request(case_no: &str) -> Value {
    json!({
        "department": "market-regulation",
        "item": "food-licence",
        "checkpoint": "review",
        "case_no": case_no,
        "operator": "demo",
        "parties": [{
            "role": "applicant",
            "kind": "legal_person",
            "name": "示例换版测试有限公司",
            "identifiers": [{"kind": "uscc", "value": "91110105MA00003490"}],
        }],
    })
}

async fn activate(stage: &Stage, component: &Path) -> Result<()> {
    let creditgate = || {
        let mut command = Command::new(cargo::target().join("debug/creditgate"));
        command.env("CREDITGATE_KEY", &stage.admin);
        command
    };
    let mut push = creditgate();
    push.args(["plugin", "push", "--json", "--server", &stage.host.url()]).arg(component);
    let url = stage.host.url();
    let mut switch = creditgate();
    tokio::task::spawn_blocking(move || {
        let digest = digest_of(&output(&mut push)?)?;
        switch.args(["activate", &digest, "--reason", "shorter default deadline", "--server", &url]);
        output(&mut switch)
    })
    .await
    .context("the swap ended badly")??;
    Ok(())
}
