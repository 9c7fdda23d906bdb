//! Tasks: what is owed, by whom and until when (R104).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use creditgate_credit::duty::{DutyKind, DutyState};
use creditgate_store::{DutyFilter, StoredDuty};
use creditgate_wire::problem::ProblemBody;
use creditgate_wire::task::{TaskBody, TasksBody};
use serde::Deserialize;

use super::auth::Principal;
use super::body;
use super::input;
use super::problem::Problem;
use super::role::Role;
use crate::config::Config;
use crate::host::{Shared, duties};

const MOST_TASKS: u32 = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TasksQuery {
    department: Option<String>,
    kind: Option<String>,
    state: Option<String>,
}

/// Lists tasks
///
/// What departments owe: commitments, publicity, records for the platform,
/// verifications, reports. Without `state` those that are still owed. A caller
/// sees those of its departments; at most 1000, the first due first.
#[utoipa::path(
    get,
    path = "/v1/tasks",
    tag = "duties",
    params(
        ("department" = Option<String>, Query, description = "Only those this department owes"),
        ("kind" = Option<String>, Query, description = "Only this kind, such as `publicity`"),
        ("state" = Option<String>, Query, description = "`open`, `overdue`, `done` or `cancelled`; open and overdue when absent"),
    ),
    responses(
        (status = 200, description = "The tasks", body = TasksBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_tasks(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let kinds: Vec<&str> = DutyKind::ALL.iter().map(|kind| kind.code()).collect();
    let known = format!("department, kind ({}), state (open, overdue, done or cancelled)", kinds.join(", "));
    let query: TasksQuery = input::query(&uri, &known)?;
    let filter = DutyFilter {
        departments: departments(&principal, query.department)?,
        kind: input::code(query.kind.as_deref(), DutyKind::from_code, &known)?,
        state: input::code(query.state.as_deref(), DutyState::from_code, &known)?,
    };
    let tasks = shared.store.duties(&filter, MOST_TASKS)?;
    let tasks = tasks.into_iter().map(|duty| shown(duty, &shared.config)).collect();
    Ok(body::answer(StatusCode::OK, &TasksBody { tasks }))
}

/// The departments somebody asks about: all, or one, or those a caller is for.
///
/// # Errors
/// When a caller asks about another one.
pub(super) fn departments(
    principal: &Principal,
    asked: Option<String>,
) -> Result<Option<Vec<String>>, Problem> {
    let bound = principal.role == Role::Caller;
    match asked {
        Some(department) if bound && !principal.caller.may_ask_for(&department) => {
            let detail = format!("this key may not read what department `{department}` owes");
            Err(Problem::new("department.not_allowed", detail))
        }
        Some(department) => Ok(Some(vec![department])),
        None if bound => Ok(principal.caller.departments.clone()),
        None => Ok(None),
    }
}

fn shown(stored: StoredDuty, config: &Config) -> TaskBody {
    let result = match stored.state {
        DutyState::Open | DutyState::Overdue => None,
        DutyState::Done if stored.late => Some("late"),
        DutyState::Done => Some("in_time"),
        DutyState::Cancelled => Some("cancelled"),
    };
    let duty = stored.duty;
    let department = config.departments.get(&duty.department);
    TaskBody {
        id: duties::id_of(&duty),
        kind: duty.kind.code().to_owned(),
        subject: duty.subject,
        case_no: duty.case_no,
        initiator: duty.initiator,
        responder: duty.department,
        responder_name: department.map(|department| department.name.clone()),
        contact: department.map(|department| department.contact.clone()),
        division: duty.division,
        event_on: duty.event_day.into(),
        due_on: duty.due.date.into(),
        provisional: duty.due.provisional,
        state: stored.state.code().to_owned(),
        result: result.map(ToOwned::to_owned),
        closed_at: stored.closed_at.map(Into::into),
    }
}
