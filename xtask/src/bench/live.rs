//! How long a release takes from the host that has accepted it to the first
//! answer that it gives.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::swaps::Hands;
use crate::api::until;
use crate::city::{digest_of, release_of};

/// Pushes each component in turn, approves and activates it, and asks until it
/// answers. Milliseconds from the accepted push, for each.
///
/// # Errors
/// When one of them does not come to answer.
pub(super) async fn from_push(hands: &Hands, components: &[PathBuf]) -> Result<Vec<f64>> {
    eprintln!("{} releases from the accepted push to the first answer", components.len());
    let mut milliseconds = Vec::new();
    for (number, component) in components.iter().enumerate() {
        let pushed = push(hands, component).await?;
        let accepted = Instant::now();
        hands.approve(release_of(&pushed)?).await?;
        hands.activate(release_of(&pushed)?).await?;
        let digest = digest_of(&pushed)?;
        until("the new release answers", async || {
            let answer = hands.caller.post("/v1/checks", &request(number)).await?;
            Ok((answer["plugin"]["digest"] == digest.as_str()).then_some(()))
        })
        .await?;
        milliseconds.push(accepted.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(milliseconds)
}

/// Brings a component with the signature beside it; gives back the report as the
/// command line prints it.
pub(super) async fn push(hands: &Hands, component: &PathBuf) -> Result<Value> {
    let read =
        |file: &PathBuf| std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    let mut beside = component.clone().into_os_string();
    beside.push(".sig");
    let signature = URL_SAFE_NO_PAD.encode(read(&beside.into())?);
    Ok(json!([hands.vendor.push(read(component)?, &signature).await?]))
}

/// A company that is on no list.
pub(super) fn request(number: usize) -> Value {
    json!({
        "department": "market-regulation",
        "item": "food-licence",
        "checkpoint": "review",
        "case_no": format!("LIVE-{number:06}"),
        "operator": "bench",
        "parties": [{
            "role": "applicant",
            "kind": "legal_person",
            "name": "示例测速食品有限公司",
            "identifiers": [{"kind": "uscc", "value": "91110105MA00003490"}],
        }],
    })
}
