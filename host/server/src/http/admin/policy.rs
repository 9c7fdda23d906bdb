//! Policy: its import in either form, and what holds in a division on a day.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use creditgate_credit::calendar::local_date;
use creditgate_credit::policy::PolicyLayer;
use creditgate_gate::ports::Registry;
use creditgate_wire::admin::ImportReportBody;
use creditgate_wire::import::{PolicyItem, parse_policy, parse_policy_toml};
use creditgate_wire::policy::ResolvedPolicyBody;
use creditgate_wire::problem::ProblemBody;
use creditgate_wire::time::Day;
use serde::Deserialize;

use super::imports::{Accepted, accept, judged_whole, upload};
use crate::clock;
use crate::host::Shared;
use crate::http::body;
use crate::http::input;
use crate::http::problem::Problem;

/// What the query of an import calls this form.
const TOML: &str = "toml";

/// Bytes a file in this form may have: the whole tree of it is made before it is
/// looked at.
const LARGEST_TOML: usize = 16 << 20;

/// Imports policy: complete versions, or divisions and layers
///
/// As JSON lines or CSV a row is a version that states every value; as TOML a file
/// holds divisions and layers, each of which states some values and inherits the
/// others from the division above. What a version or a layer says never changes:
/// other contents need a new version.
#[utoipa::path(
    post,
    path = "/v1/admin/policy",
    tag = "administration",
    params(
        ("format" = String, Query, description = "`jsonl`, `csv` or `toml`"),
        ("file" = Option<String>, Query, description = "Name of the file, for the report"),
        ("accept_valid" = Option<bool>, Query, description = "Apply good rows even if others are bad; not with `toml`"),
    ),
    request_body(content = String, content_type = "text/plain", description = "The file"),
    responses(
        (status = 200, description = "What was applied", body = ImportReportBody),
        (status = 422, description = "What is wrong; nothing was applied", body = ProblemBody, content_type = "application/problem+json"),
        (status = "default", description = "Nothing was applied", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn import_policy(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Result<Response, Problem> {
    if super::imports::query(&uri)?.format == TOML {
        return import_layers(&shared, &headers, &uri, body).await;
    }
    let mut accepted =
        accept(&shared, &headers, &uri, body, |file, format, bytes| parse_policy(file, format, bytes))
            .await?;
    shared.store.save_policies(accepted.take()).await?;
    shared.reload().await;
    Ok(accepted.answer())
}

/// A file is applied whole: what one layer says may rest on another.
async fn import_layers(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    uri: &Uri,
    body: Body,
) -> Result<Response, Problem> {
    let (query, bytes) = upload(shared, headers, uri, body).await?;
    if bytes.len() > LARGEST_TOML {
        let detail = format!("a file in TOML may have {LARGEST_TOML} bytes; divide it");
        return Err(Problem::new("request.too_large", detail));
    }
    if query.accept_valid {
        return Err(Problem::new("request.query", "a TOML file is applied whole; leave out accept_valid"));
    }
    let known = Registry::deployment(&shared.store)?;
    let layers: Vec<PolicyLayer> = known.policies.iter().map(PolicyLayer::from).chain(known.layers).collect();
    let complete: Vec<String> = known.policies.iter().map(|policy| policy.snapshot()).collect();
    let file = query.file.clone();
    // A large file takes seconds to read: not on a thread that serves.
    let parsed =
        tokio::task::spawn_blocking(move || parse_policy_toml(&file, &bytes, &known.divisions, &layers));
    let parsed = parsed.await.map_err(|error| Problem::internal(Some(&error)))?;
    let mut accepted: Accepted<PolicyItem> = judged_whole(query, parsed)?;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResolvedQuery {
    division: String,
    on: Option<String>,
}

/// Shows what holds in a division on a day
///
/// Every value of its policy, and from which division's layer it comes.
#[utoipa::path(
    get,
    path = "/v1/admin/policy/resolved",
    tag = "administration",
    params(
        ("division" = String, Query, description = "The division, six digits (GB/T 2260)"),
        ("on" = Option<String>, Query, description = "The day, YYYY-MM-DD; today when absent"),
    ),
    responses(
        (status = 200, description = "What holds", body = ResolvedPolicyBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn resolved_policy(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
) -> Result<Response, Problem> {
    const KNOWN: &str = "division (six digits), on (a day, YYYY-MM-DD)";
    let query: ResolvedQuery = input::query(&uri, KNOWN)?;
    let day = match query.on.as_deref().map(Day::parse) {
        None => local_date(clock::now()),
        Some(Some(day)) => day.0,
        Some(None) => {
            return Err(Problem::new("request.query", format!("the query may hold: {KNOWN}")));
        }
    };
    let world = shared.gate.world();
    let resolution = world.policy_tree().resolve(&query.division, day).ok_or_else(|| {
        let message = "no division of this code was imported, and no policy names it; `creditgate import policy` does both";
        Problem::new("division.unknown", message)
    })?;
    Ok(body::answer(StatusCode::OK, &ResolvedPolicyBody::of(&resolution, world.policy_tree())))
}
