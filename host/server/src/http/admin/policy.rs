//! Policy: its import in either form, and what holds in a division on a day.

use std::sync::Arc;

use axum::body::Bytes;
use creditgate_api::ImportReport;
use creditgate_credit::policy::PolicyLayer;
use creditgate_gate::ports::Registry;
use creditgate_wire::import::{Format, PolicyItem, parse_policy, parse_policy_toml};
use creditgate_wire::policy::ResolvedPolicy;
use creditgate_wire::time::Day;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::imports::{Accepted, ImportQuery, accept, judged_whole, parsed};
use crate::clock;
use crate::host::Shared;
use crate::http::{Answer, Answered, Code, File, HostState, Problem, Query, input};

/// Bytes a file in this form may have: the whole tree of it is made before it is
/// looked at.
const LARGEST_TOML: usize = 16 << 20;

/// Form of a file of policy.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PolicyFormat {
    Jsonl,
    Csv,
    Toml,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct PolicyQuery {
    /// Form of the file
    #[param(inline)]
    format: PolicyFormat,
    /// Name of the file, for the report
    #[serde(default)]
    #[param(max_length = 255)]
    file: String,
    /// Apply good rows even if others are bad; not with `toml`
    #[serde(default)]
    accept_valid: bool,
}

/// Imports policy: complete versions, or divisions and layers
///
/// A row of JSON lines or CSV is a version that states every value. A TOML file holds
/// divisions and layers; each layer states some values and inherits the others from the
/// division above. A version or a layer never changes: other contents need a new
/// version.
#[utoipa::path(post, path = "/v1/admin/policy", tag = "administration")]
pub(in crate::http) async fn import_policy(
    shared: HostState,
    Query(query): Query<PolicyQuery>,
    File(bytes): File,
) -> Answered<ImportReport> {
    let format = match query.format {
        PolicyFormat::Toml if query.accept_valid => {
            let message = "goes not with format=toml: such a file is taken whole or not at all";
            return Err(Problem::bad_parameter("accept_valid", "value.invalid", message));
        }
        PolicyFormat::Toml => return import_layers(&shared, query.file, bytes).await,
        PolicyFormat::Jsonl => Format::Jsonl,
        PolicyFormat::Csv => Format::Csv,
    };
    let query = ImportQuery { format, file: query.file, accept_valid: query.accept_valid };
    let mut accepted = accept(query, bytes, parse_policy).await?;
    shared.store.save_policies(accepted.take()).await?;
    shared.reload().await;
    Ok(accepted.answer())
}

/// A file is applied whole: what one layer says may rest on another.
async fn import_layers(shared: &Arc<Shared>, name: String, bytes: Bytes) -> Answered<ImportReport> {
    input::file_name(&name)?;
    if bytes.len() > LARGEST_TOML {
        let detail = format!("a file in TOML may have {LARGEST_TOML} bytes; divide it");
        return Err(Problem::new(Code::RequestTooLarge, detail));
    }
    let known = Registry::deployment(&shared.store)?;
    let layers: Vec<PolicyLayer> = known.policies.iter().map(PolicyLayer::from).chain(known.layers).collect();
    let complete: Vec<String> = known.policies.iter().map(|policy| policy.snapshot()).collect();
    let read = move |file: &str, bytes: Bytes| parse_policy_toml(file, &bytes, &known.divisions, &layers);
    let parsed = parsed(&name, bytes, read).await?;
    let mut accepted: Accepted<PolicyItem> = judged_whole(name, parsed)?;
    let (mut divisions, mut layers) = (Vec::new(), Vec::new());
    for item in accepted.take() {
        match item {
            PolicyItem::Division(division) => divisions.push(division),
            // One that says the same as a complete version is there already.
            PolicyItem::Layer(layer) if complete.contains(&layer.name()) => {}
            PolicyItem::Layer(layer) => layers.push(*layer),
        }
    }
    shared.store.save_policy_layers(divisions, layers).await?;
    shared.reload().await;
    Ok(accepted.answer())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ResolvedQuery {
    /// The division, six digits (GB/T 2260)
    division: String,
    /// The day; today when absent
    #[param(inline)]
    on: Option<Day>,
}

/// Shows what holds in a division on a day
///
/// Answers every value of the division's policy, and which division's layer states it.
#[utoipa::path(get, path = "/v1/admin/policy/resolved", tag = "administration")]
pub(in crate::http) async fn resolved_policy(
    shared: HostState,
    Query(query): Query<ResolvedQuery>,
) -> Answered<ResolvedPolicy> {
    let day = query.on.map_or_else(clock::today, |day| day.0);
    let world = shared.gate.world();
    let resolution = world.policy_tree().resolve(&query.division, day).ok_or_else(|| {
        let message = "no division of this code was imported, and no policy names it; `creditgate import policy` does both";
        Problem::new(Code::DivisionUnknown, message)
    })?;
    Ok(Answer(ResolvedPolicy::of(&resolution, world.policy_tree())))
}
