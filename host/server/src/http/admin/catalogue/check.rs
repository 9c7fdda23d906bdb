//! What is missing in an edition, be it kept here or in a file (R62).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::catalogue::check::{BoundItem, Surroundings, check};
use creditgate_gate::ports::Registry;
use creditgate_wire::catalogue::EditionCheckBody;
use creditgate_wire::import::{Format, ImportProblem, parse_catalogue};
use creditgate_wire::problem::ProblemBody;
use creditgate_wire::time::Day;
use serde::Deserialize;

use crate::clock;
use crate::host::Shared;
use crate::http::body::{self, Media};
use crate::http::input;
use crate::http::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckQuery {
    edition: Option<String>,
    on: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileQuery {
    format: String,
    #[serde(default)]
    file: String,
    on: Option<Day>,
}

/// Looks for what is missing in an edition
///
/// Items without measures and lists, measures without an item, a list or a basis
/// in force, power items without an item or a section, bound items the edition
/// does not have, editions that overlap.
#[utoipa::path(
    get,
    path = "/v1/catalogue:check",
    tag = "administration",
    params(
        ("edition" = Option<String>, Query, description = "Name of the edition; the one in force on the day when absent"),
        ("on" = Option<String>, Query, description = "The day, YYYY-MM-DD; today when absent"),
    ),
    responses(
        (status = 200, description = "What was found", body = EditionCheckBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn check_edition(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: CheckQuery = input::query(&uri, "edition (its name), on (a day, YYYY-MM-DD)")?;
    let on = query.on.unwrap_or_else(|| clock::today().into());
    let catalogue = match query.edition {
        Some(name) => shared.store.edition(&name)?.catalogue,
        None => {
            let world = shared.gate.world();
            let none =
                || Problem::new("catalogue.none_in_force", format!("no edition is in force on {}", on.0));
            (***world.catalogue(on.0).ok_or_else(none)?).clone()
        }
    };
    found(&shared, &[catalogue], on, Vec::new())
}

/// Looks for what is missing in a file, without importing it
///
/// As for an edition kept here; rows that could not be read are told as well.
#[utoipa::path(
    post,
    path = "/v1/catalogue:check",
    tag = "administration",
    params(
        ("format" = String, Query, description = "`jsonl` or `csv`"),
        ("file" = Option<String>, Query, description = "Name of the file, for the report"),
        ("on" = Option<String>, Query, description = "The day, YYYY-MM-DD; today when absent"),
    ),
    request_body(content = String, content_type = "text/plain", description = "The file, with one edition"),
    responses(
        (status = 200, description = "What was found", body = EditionCheckBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn check_file(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Result<Response, Problem> {
    const KNOWN: &str = "format (jsonl or csv), file (its name), on (a day, YYYY-MM-DD)";
    let query: FileQuery = input::query(&uri, KNOWN)?;
    let format = Format::from_code(&query.format)
        .ok_or_else(|| Problem::new("request.query", format!("the query must hold: {KNOWN}")))?;
    let limit = shared.config.http.whole_file_limit_bytes();
    let bytes = body::read(&headers, body, Media::Any, limit).await?;
    let parsed = tokio::task::spawn_blocking(move || parse_catalogue(&query.file, format, &bytes))
        .await
        .map_err(|error| Problem::internal(Some(&error)))?;
    let on = query.on.unwrap_or_else(|| clock::today().into());
    found(&shared, &parsed.rows, on, parsed.problems)
}

/// What is missing in the editions of a file, or in the one that is kept here.
fn found(
    shared: &Shared,
    editions: &[Catalogue],
    on: Day,
    problems: Vec<ImportProblem>,
) -> Result<Response, Problem> {
    let deployment = Registry::deployment(&shared.store)?;
    let list_types = shared.store.list_types()?;
    let bound: Vec<BoundItem> = deployment
        .bindings
        .iter()
        .map(|it| BoundItem { department: it.department.clone(), item: it.item.clone() })
        .collect();
    let mut published = deployment.catalogues;
    published.retain(|kept| editions.iter().all(|edition| edition.edition != kept.edition));
    published.extend_from_slice(editions);
    let around = Surroundings { list_types: &list_types, bound: &bound, published: &published };
    let faults = editions.iter().flat_map(|edition| check(edition, &around, on.0)).collect();
    let names: Vec<&str> = editions.iter().map(|edition| edition.edition.as_str()).collect();
    let report = EditionCheckBody::new(&names.join(", "), on, problems, faults);
    Ok(body::answer(StatusCode::OK, &report))
}
