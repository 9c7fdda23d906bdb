//! What is missing in an edition, be it kept here or in a file (R62).

use creditgate_api::ImportProblem;
use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::catalogue::check::{BoundItem, Surroundings, check};
use creditgate_gate::ports::Registry;
use creditgate_wire::catalogue::EditionCheck;
use creditgate_wire::import::{Format, parse_catalogue};
use creditgate_wire::time::Day;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock;
use crate::host::Shared;
use crate::http::admin::imports;
use crate::http::{Answer, Answered, Code, File, HostState, Problem, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CheckQuery {
    /// Name of the edition; the one in force on the day when absent
    edition: Option<String>,
    /// The day; today when absent
    #[param(inline)]
    on: Option<Day>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct FileQuery {
    /// Form of the file
    #[param(inline)]
    format: Format,
    /// Name of the file, for the report
    #[serde(default)]
    #[param(max_length = 255)]
    file: String,
    /// The day; today when absent
    #[param(inline)]
    on: Option<Day>,
}

/// Looks for what is missing in an edition
///
/// Names items without measures and lists; measures without an item, a list or a basis
/// in force; power items without an item or a section; bound items that the edition
/// does not have; and editions that overlap.
#[utoipa::path(get, path = "/v1/catalogue:check", tag = "administration")]
pub(in crate::http) async fn check_edition(
    shared: HostState,
    Query(query): Query<CheckQuery>,
) -> Answered<EditionCheck> {
    let on = query.on.unwrap_or_else(|| clock::today().into());
    let catalogue = match query.edition {
        Some(name) => shared.store.edition(&name)?.catalogue,
        None => {
            let world = shared.gate.world();
            let none =
                || Problem::new(Code::CatalogueNoneInForce, format!("no edition is in force on {}", on.0));
            (***world.catalogue(on.0).ok_or_else(none)?).clone()
        }
    };
    found(&shared, &[catalogue], on, Vec::new())
}

/// Looks for what is missing in a file, without importing it
///
/// Looks at a file with one edition as the host looks at an edition it keeps, and names
/// rows that could not be read as well.
#[utoipa::path(post, path = "/v1/catalogue:check", tag = "administration")]
pub(in crate::http) async fn check_file(
    shared: HostState,
    Query(query): Query<FileQuery>,
    File(bytes): File,
) -> Answered<EditionCheck> {
    let read = move |file: &str, bytes| parse_catalogue(file, query.format, bytes);
    let parsed = imports::parsed(&query.file, bytes, read).await?;
    let on = query.on.unwrap_or_else(|| clock::today().into());
    found(&shared, &parsed.rows, on, parsed.problems)
}

/// What is missing in the editions of a file, or in the one that is kept here.
fn found(
    shared: &Shared,
    editions: &[Catalogue],
    on: Day,
    problems: Vec<ImportProblem>,
) -> Answered<EditionCheck> {
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
    Ok(Answer(EditionCheck::new(&names.join(", "), on, problems, faults)))
}
