//! Finding checks. Numbers of natural persons come in a body: no address may hold
//! one.

use std::sync::Arc;

use creditgate_api::{CheckSearch, FoundChecks, PartyIdentifier};
use creditgate_credit::case_number::one_form;
use creditgate_credit::fault::Faults;
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::verdict::Outcome;
use creditgate_credit::vocabulary::Vocabulary;
use creditgate_store::CheckFilter;
use creditgate_wire::time::Day;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::LONGEST_CASE_NO;
use super::span::beginning;
use super::tasks;
use super::{Answer, Answered, HostState, Json, Page, Paged, Principal, Problem, Who};
use crate::host::Shared;

/// The place of a check in the order of checks: its time and its number.
type Place = (Timestamp, i64);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ChecksQuery {
    /// Only those of this case
    #[param(max_length = 64)]
    case_no: Option<String>,
    /// Only those with a party that has this unified social credit code (统一社会信用代码); other
    /// numbers go with `POST /v1/checks:search`
    #[param(max_length = 40)]
    subject: Option<String>,
    /// First day of the checks
    #[param(inline)]
    since: Option<Day>,
    /// Last day of the checks
    #[param(inline)]
    until: Option<Day>,
    /// Only those of this department
    department: Option<String>,
    /// Only those of this item (事项编码)
    item: Option<String>,
    /// Only those at this checkpoint
    checkpoint: Option<String>,
    /// Only those that found this
    #[param(inline)]
    status: Option<creditgate_gate::Status>,
    /// Only those with this outcome, as it was answered
    #[param(inline)]
    outcome: Option<Outcome>,
    /// Only those where a party had this list entry, effective or in its history
    entry: Option<String>,
    /// Only those this release judged
    #[param(minimum = 1)]
    release: Option<i64>,
}

/// Finds checks
///
/// Lists checks, newest first. A caller sees the checks of its departments.
#[utoipa::path(get, path = "/v1/checks", tag = "checks")]
pub(super) async fn list_checks(
    shared: HostState,
    who: Who,
    Paged { query, page }: Paged<ChecksQuery>,
) -> Answered<FoundChecks> {
    let subject = query.subject.map(|value| {
        let kind = IdentifierKind::Uscc.code().to_owned();
        PartyIdentifier { kind, value }
    });
    let asked = CheckSearch {
        case_no: query.case_no,
        subject,
        since: query.since,
        until: query.until,
        department: query.department,
        item: query.item,
        checkpoint: query.checkpoint,
        status: query.status,
        outcome: query.outcome,
        entry: query.entry,
        release: query.release,
        cursor: None,
        limit: None,
    };
    // What has no right check character may be a number of a person that was typed
    // into the wrong field.
    let mut faults = Faults::default();
    let filter = filter(&asked, Strictness::Strict, &mut faults);
    let filter = faults.passed(filter).map_err(Problem::bad_query)?;
    let after = page.after()?;
    found(&shared, &who, asked, filter, (&page, after)).await
}

/// Finds checks, also by the number of a natural person
///
/// Searches as `GET /v1/checks` does; the body says what is looked for.
#[utoipa::path(post, path = "/v1/checks:search", tag = "checks")]
pub(super) async fn search_checks(
    shared: HostState,
    who: Who,
    asked: Json<CheckSearch>,
) -> Answered<FoundChecks> {
    let (asked, filter, page, after) = asked.turned(|asked| {
        let page = Page::new(asked.cursor.clone(), asked.limit);
        let mut faults = Faults::default();
        let filter = filter(&asked, Strictness::Format, &mut faults);
        page.faults(&mut faults);
        let after = faults.keep(page.place());
        faults.passed_if_read(after.map(|after| (asked, filter, page, after)))
    })?;
    found(&shared, &who, asked, filter, (&page, after)).await
}

async fn found(
    shared: &Arc<Shared>,
    principal: &Principal,
    asked: CheckSearch,
    filter: CheckFilter,
    (page, after): (&Page, Option<Place>),
) -> Answered<FoundChecks> {
    // What somebody typed is not repeated.
    let by = serde_json::to_value(&asked).map_err(Problem::caused)?;
    let by: Vec<&str> = by.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    creditgate_store::says("checks", format!("by {}", by.join(", ")));
    let filter = CheckFilter { departments: tasks::departments(principal, asked.department)?, ..filter };
    let probe = page.probe();
    let found = shared.read_long(move |store| store.find_checks(&filter, after, probe)).await?;
    let (found, next) = page.cut(found, |(seq, last)| (last.checked_at.0, *seq));
    let checks = found.into_iter().map(|(_, check)| check).collect();
    Ok(Answer(FoundChecks { checks, next }))
}

/// What is looked for. Without the departments: which somebody may see is no
/// question of form.
fn filter(asked: &CheckSearch, strictness: Strictness, faults: &mut Faults) -> CheckFilter {
    if let Some(case_no) = &asked.case_no {
        faults.text("case_no", case_no, LONGEST_CASE_NO);
    }
    let filter = CheckFilter {
        departments: None,
        case_no: asked.case_no.as_deref().map(|case_no| one_form(case_no).into_owned()),
        subject: asked.subject.as_ref().and_then(|subject| identifier(subject, strictness, faults)),
        since: asked.since.map(|Day(day)| beginning(day)),
        before: asked.until.and_then(|Day(day)| day.tomorrow().ok()).map(beginning),
        item: asked.item.clone(),
        checkpoint: asked.checkpoint.clone(),
        status: asked.status,
        outcome: asked.outcome,
        entry: asked.entry.clone(),
        release: asked.release,
    };
    if let (Some(since), Some(until)) = (asked.since, asked.until)
        && until < since
    {
        faults.refuse("until", "value.range", "must not be before `since`");
    }
    if asked.release.is_some_and(|release| release < 1) {
        faults.refuse("release", "value.range", "must be the number of a release, 1 or more");
    }
    filter
}

fn identifier(subject: &PartyIdentifier, strictness: Strictness, faults: &mut Faults) -> Option<Identifier> {
    let Some(kind) = IdentifierKind::from_code(&subject.kind) else {
        faults.refuse("subject.kind", "value.unknown", format!("must be one of {}", IdentifierKind::known()));
        return None;
    };
    match Identifier::parse(kind, &subject.value, strictness) {
        Ok(parsed) if parsed.identifier.finds() => Some(parsed.identifier),
        // No answer would say that nobody has it: nobody is found by it.
        Ok(_) => {
            faults.refuse("subject", "value.unknown", "is no number by which anybody is found");
            None
        }
        Err(error) => {
            faults.refuse("subject", error.code(), error.to_string());
            None
        }
    }
}
