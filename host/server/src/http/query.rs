//! Queries: read with every fault at once, and lists in pages.
//!
//! A page ends with a cursor, which is the place of its last row in the order of
//! the list. The next page begins behind it, whatever has come or gone meanwhile.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_wire::read::{Known, from_query, name_faults};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::openapi::{Described, Description};
use super::problem::Problem;
use crate::host::Shared;

/// Rows of a page nobody gave a limit for.
const ROWS: u32 = 100;
/// Most rows of a page.
const MOST_ROWS: u32 = 1000;
/// Longest cursor, in characters.
const LONGEST_CURSOR: usize = 1000;

/// The parameters of a query.
pub(crate) struct Query<T>(pub(crate) T);

/// The parameters of a query for a list, and which page of it is asked for.
pub(crate) struct Paged<T> {
    pub(crate) query: T,
    pub(crate) page: Page,
}

/// The form of an answer that is a document or a table.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TableFormat {
    /// A document.
    #[default]
    Json,
    /// One table as text.
    Csv,
    /// A workbook.
    Xlsx,
}

/// For lists that are asked for with nothing but the page.
#[derive(Deserialize, IntoParams)]
struct NoQuery {}

/// Which page of a list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Where to go on: `next` of the page before; the first page when absent
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// Most rows of the page; 100 when absent
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl Page {
    /// A page that is asked for in a body.
    pub(crate) fn new(cursor: Option<String>, limit: Option<u32>) -> Self {
        Self { cursor, limit }
    }

    /// Most rows of the page.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(ROWS)
    }

    /// So many rows tell whether there is a next page.
    pub(crate) fn probe(&self) -> u32 {
        self.limit() + 1
    }

    /// The place behind which the page begins; `None` for the first page.
    ///
    /// # Errors
    /// A problem with status 400 where the cursor is none of this list.
    pub(crate) fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        self.place().map_err(|fault| Problem::bad_query(vec![fault]))
    }

    /// The same of a page that is asked for in a body.
    ///
    /// # Errors
    /// The fault of the cursor.
    pub(crate) fn place<K: DeserializeOwned>(&self) -> Result<Option<K>, FieldProblem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
        serde_json::from_slice(&bytes).map(Some).map_err(|_| unknown_cursor())
    }

    /// The rows of the page, of [`probe`](Self::probe) rows behind its beginning,
    /// and where the next page begins, if there is one.
    pub(crate) fn cut<T, K: Serialize>(
        &self,
        mut rows: Vec<T>,
        place: impl FnOnce(&T) -> K,
    ) -> (Vec<T>, Option<String>) {
        let limit = self.limit() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| cursor(&place(last)));
        (rows, next)
    }

    /// The page of a list that is there as a whole, with rows named by `name`.
    ///
    /// # Errors
    /// A problem with status 400 where the cursor names no row of the list.
    pub(crate) fn of<T>(
        &self,
        all: impl IntoIterator<Item = T>,
        name: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        let mut all = all.into_iter();
        if let Some(after) = self.after::<String>()?
            && !all.any(|row| name(&row) == after)
        {
            return Err(Problem::bad_query(vec![unknown_cursor()]));
        }
        Ok(self.cut(all.take(self.probe() as usize).collect(), name))
    }

    /// What is wrong with how the page is asked for.
    pub(crate) fn faults(&self, faults: &mut Faults) {
        if self.limit.is_some_and(|limit| !(1..=MOST_ROWS).contains(&limit)) {
            faults.refuse("limit", "value.range", format!("must be from 1 to {MOST_ROWS}"));
        }
        if self.cursor.as_ref().is_some_and(|cursor| cursor.len() > LONGEST_CURSOR) {
            faults.refuse("cursor", "field.length", format!("may have {LONGEST_CURSOR} characters"));
        }
    }
}

/// A place in a list as text that says nothing to its reader.
fn cursor(place: &impl Serialize) -> String {
    // The place is of strings and numbers, which always can be written.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

fn unknown_cursor() -> FieldProblem {
    let message = "is no place in this list; take `next` of a page of the same list, or begin without it";
    FieldProblem::new("cursor", "value.unknown", message)
}

impl<T: DeserializeOwned + IntoParams> FromRequestParts<Arc<Shared>> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Shared>) -> Result<Self, Problem> {
        let pairs = pairs(parts);
        let parameters = parameters::<T>();
        let mut faults = name_faults(&pairs, &known(&parameters));
        read(&pairs, &parameters, &mut faults)
            .filter(|_| faults.is_empty())
            .map(Self)
            .ok_or_else(|| Problem::bad_query(faults))
    }
}

impl<T: DeserializeOwned + IntoParams> FromRequestParts<Arc<Shared>> for Paged<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Shared>) -> Result<Self, Problem> {
        let pairs = pairs(parts);
        let (own, of_page) = (parameters::<T>(), parameters::<Page>());
        let all: Vec<Parameter> = own.iter().chain(&of_page).cloned().collect();
        let mut faults = name_faults(&pairs, &known(&all));
        let query = read(&pairs, &own, &mut faults);
        let page: Option<Page> = read(&pairs, &of_page, &mut faults);
        let mut of_bounds = Faults::default();
        page.iter().for_each(|page| page.faults(&mut of_bounds));
        faults.extend(of_bounds.found());
        match (query, page) {
            (Some(query), Some(page)) if faults.is_empty() => Ok(Self { query, page }),
            _ => Err(Problem::bad_query(faults)),
        }
    }
}

impl FromRequestParts<Arc<Shared>> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, host: &Arc<Shared>) -> Result<Self, Problem> {
        Paged::<NoQuery>::from_request_parts(parts, host).await.map(|paged| paged.page)
    }
}

impl Described for Page {
    fn describe(description: &mut Description<'_>) {
        description.asks::<Self>();
    }
}

impl<T: IntoParams> Described for Query<T> {
    fn describe(description: &mut Description<'_>) {
        description.asks::<T>();
    }
}

impl<T: IntoParams> Described for Paged<T> {
    fn describe(description: &mut Description<'_>) {
        description.asks::<T>();
        description.asks::<Page>();
    }
}

/// Names and values, percent-decoded.
fn pairs(parts: &Parts) -> Vec<(String, String)> {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn parameters<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| Some(ParameterIn::Query))
}

fn known(parameters: &[Parameter]) -> Vec<Known<'_>> {
    parameters
        .iter()
        .map(|parameter| Known { name: &parameter.name, required: parameter.required == Required::True })
        .collect()
}

/// The value of those pairs that are of these parameters; their faults are kept.
fn read<T: DeserializeOwned>(
    pairs: &[(String, String)],
    parameters: &[Parameter],
    faults: &mut Vec<FieldProblem>,
) -> Option<T> {
    let mut own: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        let is_known = parameters.iter().any(|parameter| parameter.name == *name);
        if is_known && !own.iter().any(|(earlier, _)| earlier == name) {
            own.push((name.clone(), value.clone()));
        }
    }
    match from_query(&own) {
        Ok(value) => Some(value),
        Err(found) => {
            // What is missing was told with the names.
            faults.extend(found.into_iter().filter(|fault| fault.code != "field.missing"));
            None
        }
    }
}
