//! Every check of the demo run again: each must say what it said.

use anyhow::Result;
use serde_json::Value;

use super::report::Replays;
use crate::api::Api;

/// Checks that came out otherwise and are told of.
const MOST_TOLD: usize = 3;

/// Replays every check, one after the other: a key may have few reports under way,
/// and this is not the only reader.
///
/// # Errors
/// When the host does not answer.
pub(crate) async fn all(api: &Api, checks: Vec<String>) -> Result<Replays> {
    let mut found = Replays::default();
    for check in checks {
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
            tell(&check, &replay);
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
