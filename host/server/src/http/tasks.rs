//! Tasks: what is owed, by whom and until when (R104).

use creditgate_credit::duty::{DutyKind, DutyState};
use creditgate_store::{DutyFilter, StoredDuty};
use creditgate_wire::pages::Tasks;
use creditgate_wire::task::Task;
use creditgate_wire::time::Day;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Answer, Answered, Code, HostState, Paged, Principal, Problem, Role, Who};
use crate::config::Config;
use crate::host::duties;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct TasksQuery {
    /// Only those this department owes
    department: Option<String>,
    /// Only this kind
    #[param(inline)]
    kind: Option<DutyKind>,
    /// Only this state; open and overdue when absent
    #[param(inline)]
    state: Option<DutyState>,
}

/// Lists tasks
///
/// Lists what departments owe: commitments, publicity, records for the platform,
/// verifications and reports; the first due first. Without `state` the answer holds
/// tasks that are still owed. A caller sees the tasks of its departments.
#[utoipa::path(get, path = "/v1/tasks", tag = "duties")]
pub(super) async fn list_tasks(
    shared: HostState,
    who: Who,
    Paged { query, page }: Paged<TasksQuery>,
) -> Answered<Tasks> {
    let filter = DutyFilter {
        departments: departments(&who, query.department)?,
        kind: query.kind,
        state: query.state,
    };
    let after: Option<(Day, i64)> = page.after()?;
    let tasks = shared.store.duties(&filter, after.map(|(day, seq)| (day.0, seq)), page.probe())?;
    let (tasks, next) = page.cut(tasks, |last| (Day(last.duty.due.date), last.seq));
    let tasks = tasks.into_iter().map(|duty| shown(duty, &shared.config)).collect();
    Ok(Answer(Tasks { tasks, next }))
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
            Err(Problem::new(Code::DepartmentNotAllowed, detail))
        }
        Some(department) => Ok(Some(vec![department])),
        None if bound => Ok(principal.caller.departments.clone()),
        None => Ok(None),
    }
}

fn shown(stored: StoredDuty, config: &Config) -> Task {
    let result = match stored.state {
        DutyState::Open | DutyState::Overdue => None,
        DutyState::Done if stored.late => Some("late"),
        DutyState::Done => Some("in_time"),
        DutyState::Cancelled => Some("cancelled"),
    };
    let duty = stored.duty;
    let department = config.departments.get(&duty.department);
    Task {
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
