//! List entries: their import, and where they come from.

use axum::Extension;
use axum::http::HeaderMap;
use creditgate_api::ImportReport;
use creditgate_credit::calendar::local_date;
use creditgate_credit::identifier::Strictness;
use creditgate_gate::chain;
use creditgate_store::{Agreed, ImportMode, LOCAL_SOURCE, ReadyImport};
use creditgate_wire::import::{Encoding, ListRules, Registered};
use creditgate_wire::pages::ListSources;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::approvals;
use crate::host::Shared;
use crate::http::arrival::Upload;
use crate::http::openapi::Binary;
use crate::http::{Answer, Answered, Code, HostState, Page, Problem, Query, Who, body, input};
use crate::lists::{self, ListFormat, Order, Outcome};
use crate::{clock, local_lists};

/// The source of entries that are imported without naming one.
const DEFAULT_SOURCE: &str = "default";

/// Longest name of a source.
const LONGEST_SOURCE: usize = 40;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ListQuery {
    /// Form of the file; of a workbook the first sheet is read, others are named
    #[param(inline)]
    format: ListFormat,
    /// Of a text; `utf-8` when absent
    #[param(inline)]
    encoding: Option<Encoding>,
    /// `incremental` when absent
    #[param(inline)]
    mode: Option<ImportMode>,
    /// Where the entries come from; `default` when absent
    #[param(pattern = "^[a-z0-9-]{1,40}$")]
    source: Option<String>,
    /// Name of the file, for the report
    #[serde(default)]
    #[param(max_length = 255)]
    file: String,
    /// Apply good rows even if others are bad
    #[serde(default)]
    accept_valid: bool,
    /// With `mode=full`: a file without rows leaves the source empty
    #[serde(default)]
    empty: bool,
}

/// Imports list entries
///
/// A row is one entry. A `full` import is the whole of a source: an entry that does not
/// come is gone, and the new set takes the place of the old set at one instant. An
/// `incremental` import replaces entries by their ids, and an entry that does not come
/// stays as it is. The host reads the file from the disk, once all of the file has
/// come. Where a source would lose more entries than `[lists]` of the configuration
/// leaves to one person, the answer is `approval.needed`.
#[utoipa::path(
    post,
    path = "/v1/admin/lists",
    tag = "administration",
    request_body(content((Option<String> = "text/plain"), (inline(Binary) = "application/octet-stream")), description = "The file; only with `empty` may there be nothing in it")
)]
pub(in crate::http) async fn import_lists(
    shared: HostState,
    who: Who,
    Extension(upload): Extension<Upload>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Answered<ImportReport> {
    let now = clock::now();
    let order = order(&shared, query)?;
    body::written_in(&headers, charsets(order.encoding))?;
    let (file, source) = (order.file.clone(), order.source.clone());
    let today = order.rules.registered.as_ref().map_or_else(|| local_date(now), |known| known.today);
    let import = shared.store.begin_list_import(&source, order.mode, today).await?;
    let file_on_disk = upload.open().map_err(Problem::caused)?;
    let (ready, report) = match lists::read(import, order, file_on_disk, shared.disk.clone()).await? {
        Outcome::Ready(ready) => *ready,
        Outcome::Refused(report) => return Err(Problem::import_refused(*report)),
        Outcome::Unreadable => {
            shared.disk.room()?;
            return Err(Problem::internal(None));
        }
    };
    let (ready, agreed) = may_go(&shared, ready, &source, (who.id(), now)).await?;
    let rests_on = agreed.as_ref().map_or_else(String::new, |it| format!(", approval {}", it.approval));
    let detail = format!("{} of {} rows of source {source}{rests_on}", report.applied, report.rows);
    creditgate_store::says(&*file, detail);
    let changes = ready.publish(&file, now, agreed).await?;
    // What came is kept, whatever becomes of the lists kept here; they are settled
    // every day again.
    if let Err(error) = local_lists::settle(&shared, clock::now()).await {
        tracing::error!(error = chain(&error), "the lists kept here were not settled after an import");
    }
    let report = lists::with_changes(report, changes);
    Ok(Answer(report))
}

/// The agreement to what goes by an import, where so much goes that it needs one.
async fn may_go(
    shared: &Shared,
    ready: ReadyImport,
    source: &str,
    (by, at): (&str, Timestamp),
) -> Result<(ReadyImport, Option<Agreed>), Problem> {
    let most = shared.config.lists.removed_percent_alone;
    if !ready.loss().is_more_than(most, at) {
        return Ok((ready, None));
    }
    // It reads the whole source: not on a thread that serves.
    let read = tokio::task::spawn_blocking(move || ready.going().map(|going| (ready, going))).await;
    let (ready, going) = read.map_err(Problem::caused)??;
    let earlier = ready.loss().earlier(at);
    let loss = approvals::of_source(source, (ready.loss().before(), earlier), most, &going);
    Ok((ready, Some(approvals::agreed(shared, loss, by).await?)))
}

/// Lists where list entries come from
#[utoipa::path(get, path = "/v1/admin/sources", tag = "administration")]
pub(in crate::http) async fn list_sources(shared: HostState, page: Page) -> Answered<ListSources> {
    let (sources, next) = page.of(shared.store.list_sources()?, |source| source.source.clone())?;
    Ok(Answer(ListSources { sources, next }))
}

fn order(shared: &Shared, query: ListQuery) -> Result<Order, Problem> {
    input::file_name(&query.file)?;
    let refuse = |field, message: &str| Err(Problem::bad_parameter(field, "value.invalid", message));
    let source = query.source.unwrap_or_else(|| DEFAULT_SOURCE.to_owned());
    if !is_name(&source) {
        let message = "must be a name of 1 to 40 lower-case letters, digits and hyphens";
        return refuse("source", message);
    }
    if source == LOCAL_SOURCE {
        let detail = "`local` is the source of the lists kept here, and an import would take their place; give \
                      the entries another source, or propose them (`creditgate entries propose`)";
        return Err(Problem::new(Code::ImportSourceReserved, detail));
    }
    let mode = query.mode.map_or(ImportMode::Incremental, Into::into);
    if query.empty && mode != ImportMode::Full {
        return refuse("empty", "goes with mode=full alone");
    }
    let list_types = shared.store.list_types()?.into_iter().map(|list| (list.code.clone(), list)).collect();
    let registered = Registered { list_types, today: local_date(clock::now()) };
    Ok(Order {
        source,
        mode,
        format: query.format,
        encoding: query.encoding.map_or(Encoding::Utf8, Into::into),
        file: query.file,
        accept_valid: query.accept_valid,
        empties: query.empty,
        rules: ListRules { strictness: list_strictness(shared), registered: Some(registered) },
    })
}

/// Names of an encoding in a header.
const fn charsets(encoding: Encoding) -> &'static [&'static str] {
    match encoding {
        Encoding::Utf8 => &["utf-8", "utf8", "us-ascii"],
        Encoding::Gbk => &["gbk", "gb18030", "gb2312", "cp936", "x-gbk"],
    }
}

fn is_name(source: &str) -> bool {
    (1..=LONGEST_SOURCE).contains(&source.len())
        && source.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// How wrong check digits in lists are treated: as the most lenient policy says.
/// Lists are for every jurisdiction; an entry that is refused would be missing
/// in all of them.
pub(super) fn list_strictness(shared: &Shared) -> Strictness {
    let world = shared.gate.world();
    let used = |known: &Strictness| world.policies().any(|policy| policy.identifier_strictness == *known);
    Strictness::ALL.iter().copied().find(used).unwrap_or_default()
}
