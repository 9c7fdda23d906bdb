//! The measures catalogue: its editions on their way to publication, what changed
//! between two, what is missing in one, and tables of it for others.

pub(in crate::http) mod check;
pub(in crate::http) mod diff;
pub(in crate::http) mod steps;
mod tables;

use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::catalogue::state::{EditionState, is_superseded};
use creditgate_gate::ports::Registry;
use creditgate_store::StoredEdition;
use creditgate_wire::catalogue::{Edition, EditionContents, EditionSize};
use creditgate_wire::pages::Editions;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock;
use crate::host::Shared;
use crate::http::{Answer, Answered, HostState, Page, PathText, Problem, Query, TableFormat, Tables};
use tables::{Part, sheet};

/// Lists the editions of the measures catalogue
///
/// Says of each edition how far it is on its way from draft to publication, and
/// everything that was done with it. Only published editions serve checks.
#[utoipa::path(get, path = "/v1/admin/catalogue", tag = "administration")]
pub(in crate::http) async fn list_editions(shared: HostState, page: Page) -> Answered<Editions> {
    let published = published(&shared)?;
    let today = clock::today();
    let (editions, next) = page.of(shared.store.editions()?, |edition| edition.catalogue.edition.clone())?;
    let editions = editions.iter().map(|edition| shown(edition, &published, today)).collect();
    Ok(Answer(Editions { editions, next }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ShowQuery {
    /// `json` when absent
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
    /// For `csv`, which part; `measures` when absent
    #[param(inline)]
    part: Option<Part>,
}

/// Shows an edition with its contents, or hands out tables of it
///
/// Answers as JSON in the form of the import, as a workbook with a sheet for each part,
/// or with one part as CSV, for the development and reform commission and for
/// publication. Tables have Chinese headings; `key_items` leaves out what must not be
/// made public.
#[utoipa::path(get, path = "/v1/admin/catalogue/{edition}", tag = "administration")]
pub(in crate::http) async fn show_edition(
    shared: HostState,
    edition: PathText,
    Query(query): Query<ShowQuery>,
) -> Result<Tables<EditionContents>, Problem> {
    let stored = shared.store.edition(edition.text())?;
    Ok(match (query.format, query.part) {
        (TableFormat::Json, None) => {
            let edition = shown(&stored, &published(&shared)?, clock::today());
            Tables::Document(EditionContents { edition, contents: stored.catalogue })
        }
        (TableFormat::Csv, part) => {
            Tables::Csv(vec![sheet(&stored.catalogue, part.unwrap_or(Part::Measures))])
        }
        (TableFormat::Xlsx, None) => {
            Tables::Workbook(Part::ALL.iter().map(|part| sheet(&stored.catalogue, *part)).collect())
        }
        _ => return Err(Problem::bad_parameter("part", "value.invalid", "goes with format=csv alone")),
    })
}

/// Every published edition, superseded ones too.
fn published(shared: &Shared) -> Result<Vec<Catalogue>, Problem> {
    Ok(Registry::deployment(&shared.store)?.catalogues)
}

fn shown(stored: &StoredEdition, published: &[Catalogue], today: Date) -> Edition {
    let StoredEdition { catalogue, state, imported_by, steps } = stored;
    let superseded = *state == EditionState::Published && is_superseded(catalogue, published.iter(), today);
    Edition {
        edition: catalogue.edition.clone(),
        state: if superseded { EditionState::Superseded } else { *state },
        effective_from: catalogue.effective_from.into(),
        effective_until: catalogue.effective_until.map(Into::into),
        imported_by: (!imported_by.is_empty()).then(|| imported_by.clone()),
        size: EditionSize::from(catalogue),
        history: steps.clone(),
    }
}
