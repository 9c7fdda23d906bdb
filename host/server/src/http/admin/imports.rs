//! Imports of kinds of lists, catalogue and bindings: a file is applied whole or
//! not at all, unless the caller says to take what is good of it. List entries
//! come in another way, `lists`.

use axum::body::Bytes;
use creditgate_api::ImportReport;
use creditgate_gate::ports::Registry;
use creditgate_gate::{ApprovalRule, Binding, LISTS, weakened};
use creditgate_wire::import::{
    Format, Parsed, parse_bindings, parse_catalogue, parse_identifiers, parse_list_types,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::approvals;
use crate::clock;
use crate::host::Shared;
use crate::http::{Answer, Answered, Code, File, HostState, Problem, Query, Who, input};

/// What an import is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ImportQuery {
    /// Form of the file
    #[param(inline)]
    pub(super) format: Format,
    /// Name of the file, for the report
    #[serde(default)]
    #[param(max_length = 255)]
    pub(super) file: String,
    /// Apply good rows even if others are bad
    #[serde(default)]
    pub(super) accept_valid: bool,
}

/// What is to be applied of a file, and what to say about it.
pub(in crate::http) struct Accepted<T> {
    file: String,
    pub(in crate::http) rows: Vec<T>,
    report: ImportReport,
}

/// Imports kinds of lists
///
/// Replaces kinds of lists by their codes. A kind says on what standard a list rests
/// and which authorities may list.
#[utoipa::path(post, path = "/v1/admin/list-types", tag = "administration")]
pub(in crate::http) async fn import_list_types(
    shared: HostState,
    Query(query): Query<ImportQuery>,
    File(bytes): File,
) -> Answered<ImportReport> {
    let mut accepted = accept(query, bytes, parse_list_types).await?;
    shared.store.save_list_types(accepted.take()).await?;
    shared.reload().await;
    Ok(accepted.answer())
}

/// Imports editions of the measures catalogue
///
/// Takes editions in as drafts, to be reviewed and published. A draft may be imported
/// again. From its first review on an edition never changes.
#[utoipa::path(post, path = "/v1/admin/catalogue", tag = "administration")]
pub(in crate::http) async fn import_catalogue(
    shared: HostState,
    who: Who,
    Query(query): Query<ImportQuery>,
    File(bytes): File,
) -> Answered<ImportReport> {
    let mut accepted = accept(query, bytes, parse_catalogue).await?;
    let editions = accepted.take();
    shared.store.save_catalogues(editions, who.id(), clock::now()).await?;
    Ok(accepted.answer())
}

/// Imports links between numbers of organisations
///
/// A link leads from a legacy number, or from an earlier unified social credit code, to
/// the unified code of the same organisation. The host replaces a link of the same
/// number and code, and refuses a number that would belong to two organisations on the
/// same days.
#[utoipa::path(post, path = "/v1/admin/identifiers", tag = "administration")]
pub(in crate::http) async fn import_identifiers(
    shared: HostState,
    Query(query): Query<ImportQuery>,
    File(bytes): File,
) -> Answered<ImportReport> {
    let strictness = super::lists::list_strictness(&shared);
    let known = shared.store.identifier_links()?;
    let parse =
        move |file: &str, format, bytes: Bytes| parse_identifiers(file, format, bytes, strictness, known);
    let mut accepted = accept(query, bytes, parse).await?;
    shared.store.save_identifier_links(accepted.take()).await?;
    Ok(accepted.answer())
}

/// Imports bindings
///
/// Replaces bindings by their ids. A checkpoint whose binding has no active release is
/// answered `could_not_check`. A release that is active must fit the binding and, where
/// the binding's mode asks for that, must be approved. Where an outcome would no longer
/// bind, the answer is `approval.needed`.
#[utoipa::path(post, path = "/v1/admin/bindings", tag = "administration")]
pub(in crate::http) async fn import_bindings(
    shared: HostState,
    who: Who,
    Query(query): Query<ImportQuery>,
    File(bytes): File,
) -> Answered<ImportReport> {
    let mut accepted = accept(query, bytes, parse_bindings).await?;
    known_sources(&shared, &accepted.rows)?;
    let bindings = accepted.take();
    let keep = keep_bindings(&shared, bindings.clone(), &accepted, who.id());
    shared.deployer.bind(&bindings, clock::now(), keep).await?;
    Ok(accepted.answer())
}

/// Keeps bindings, with the agreement they need where an outcome would no longer
/// bind; the audit trail is told which it was.
async fn keep_bindings(
    shared: &Shared,
    bindings: Vec<Binding>,
    accepted: &Accepted<Binding>,
    by: &str,
) -> Result<(), Problem> {
    let loss = match shared.config.releases.approval {
        // Where nobody approves what binds, nobody approves that it does not.
        ApprovalRule::Never => None,
        ApprovalRule::Enforce | ApprovalRule::Always => {
            approvals::of_bindings(&weakened(&Registry::deployment(&shared.store)?.bindings, &bindings))
        }
    };
    let agreed = match loss {
        Some(loss) => Some(approvals::agreed(shared, loss, by).await?),
        None => None,
    };
    if let Some(agreed) = &agreed {
        accepted.says(&format!(", approval {}", agreed.approval));
    }
    shared.store.save_bindings(bindings, agreed).await?;
    Ok(())
}

/// A binding may name connectors of this host alone.
fn known_sources(shared: &Shared, bindings: &[Binding]) -> Result<(), Problem> {
    for binding in bindings {
        let unknown = |name: &&String| name.as_str() != LISTS && !shared.platforms.answers(name);
        if let Some(name) = binding.sources.iter().find(unknown) {
            let detail = format!(
                "binding `{}` needs source `{name}`, and no [[connector]] of that name can be asked; its \
                 profile needs a [query]",
                binding.id
            );
            return Err(Problem::new(Code::BindingUnknownSource, detail));
        }
    }
    Ok(())
}

/// Reads a file of rows, and decides whether anything of it is applied.
pub(super) async fn accept<T: Send + 'static>(
    query: ImportQuery,
    bytes: Bytes,
    parse: impl FnOnce(&str, Format, Bytes) -> Parsed<T> + Send + 'static,
) -> Result<Accepted<T>, Problem> {
    let format = query.format;
    let parsed = parsed(&query.file, bytes, move |file, bytes| parse(file, format, bytes)).await?;
    judged(query, parsed)
}

/// Reads a file of rows. A large one takes seconds: not on a thread that serves.
pub(in crate::http) async fn parsed<T: Send + 'static>(
    file: &str,
    bytes: Bytes,
    parse: impl FnOnce(&str, Bytes) -> Parsed<T> + Send + 'static,
) -> Result<Parsed<T>, Problem> {
    input::file_name(file)?;
    let file = file.to_owned();
    tokio::task::spawn_blocking(move || parse(&file, bytes)).await.map_err(Problem::caused)
}

/// Decides whether anything of what was read is applied.
fn judged<T>(query: ImportQuery, parsed: Parsed<T>) -> Result<Accepted<T>, Problem> {
    let accept_valid = query.accept_valid;
    let accepted = reported(query.file, parsed);
    let nothing_good = accepted.report.applied == 0;
    if !accepted.report.problems.is_empty() && (nothing_good || !accept_valid) {
        return Err(Problem::import_refused(ImportReport { applied: 0, ..accepted.report }));
    }
    Ok(accepted)
}

/// The same of a file that is taken whole or not at all.
pub(in crate::http) fn judged_whole<T>(file: String, parsed: Parsed<T>) -> Result<Accepted<T>, Problem> {
    let accepted = reported(file, parsed);
    if !accepted.report.problems.is_empty() {
        return Err(Problem::whole_refused(ImportReport { applied: 0, ..accepted.report }));
    }
    Ok(accepted)
}

fn reported<T>(file: String, parsed: Parsed<T>) -> Accepted<T> {
    let report = ImportReport {
        rows: parsed.read,
        applied: parsed.read.saturating_sub(parsed.refused),
        problem_count: parsed.problem_count,
        problems: parsed.problems,
        warning_count: parsed.warning_count,
        warnings: parsed.warnings,
        lists: None,
    };
    Accepted { file, rows: parsed.rows, report }
}

impl<T> Accepted<T> {
    /// The rows, which are now to be kept: says so for the audit trail.
    pub(super) fn take(&mut self) -> Vec<T> {
        self.says("");
        std::mem::take(&mut self.rows)
    }

    /// Says for the audit trail what is applied, and what else there is to say.
    fn says(&self, more: &str) {
        let detail = format!("{} of {} rows{more}", self.report.applied, self.report.rows);
        creditgate_store::says(&*self.file, detail);
    }

    pub(super) fn answer(self) -> Answer<ImportReport> {
        Answer(self.report)
    }
}
