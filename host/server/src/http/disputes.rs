//! What the calls about objections and repairs share: the case they come from,
//! who may see them, and whom they are told.

use creditgate_credit::calendar::local_date;
use creditgate_credit::policy::Policy;
use creditgate_gate::ports::{Ledger, StoredCheck};
use creditgate_store::Step;
use creditgate_wire::answer::AnswerBody;
use jiff::Timestamp;
use uuid::Uuid;

use std::sync::Arc;

use super::auth::Principal;
use super::checks;
use super::input;
use super::problem::Problem;
use super::role::Role;
use crate::host::Shared;

/// Longest reason, answer or requirement, in characters.
pub(super) const LONGEST_TEXT: usize = 2000;
/// Longest id, code or number, in characters.
pub(super) const LONGEST_CODE: usize = 200;

/// What a request about an entry rests on.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) check_id: Option<&'a str>,
    pub(super) case_no: Option<&'a str>,
    pub(super) division: Option<&'a str>,
}

/// The case something comes from, and the policy that counts for it.
pub(super) struct Ground {
    pub(super) department: Option<String>,
    pub(super) case_no: Option<String>,
    pub(super) check_id: Option<String>,
    pub(super) policy: Arc<Policy>,
}

/// Finds the case and the policy a request rests on. Who is limited to some
/// departments has to name a check or a case of one of them.
///
/// # Errors
/// A problem where there is no such check or case, it is another department's, or
/// no policy counts.
pub(super) fn ground(
    shared: &Shared,
    principal: &Principal,
    asked: Asked<'_>,
    now: Timestamp,
) -> Result<Ground, Problem> {
    let check = check_asked(shared, principal, asked)?;
    if check.is_none() && principal.caller.departments.is_some() {
        let detail = "this key is for some departments: name the check, or the case, of one of them";
        return Err(Problem::new("case.missing", detail));
    }
    let division = match (asked.division, &check) {
        (Some(division), _) => division.to_owned(),
        (None, Some(check)) => division_of(check)?,
        (None, None) => {
            let fault = input::fault("division", "field.missing", "is missing: name a check, a case or it");
            return Err(Problem::invalid(vec![fault]));
        }
    };
    let policy = shared.gate.world().policy(&division, local_date(now)).cloned().ok_or_else(|| {
        Problem::new("policy.none_in_force", format!("no policy is in force in `{division}` today"))
    })?;
    Ok(Ground {
        policy,
        department: check.as_ref().map(|check| check.department.clone()),
        case_no: check.as_ref().map(|check| check.case_no.clone()),
        check_id: check.filter(|_| asked.check_id.is_some()).map(|check| check.check_id),
    })
}

/// The check that is named, or the last one of the case that is.
fn check_asked(
    shared: &Shared,
    principal: &Principal,
    asked: Asked<'_>,
) -> Result<Option<StoredCheck>, Problem> {
    if let Some(id) = asked.check_id {
        let check = Ledger::check(&shared.store, &input::uuid(id)?)?
            .ok_or_else(|| Problem::new("check.unknown", format!("there is no check `{id}`")))?;
        may_see(principal, Some(&check.department))?;
        if asked.case_no.is_some_and(|case_no| case_no != check.case_no) {
            return Err(Problem::new("case.other", "the check is of another case"));
        }
        return Ok(Some(check));
    }
    let Some(case_no) = asked.case_no else { return Ok(None) };
    let checks = Ledger::checks_of_case(&shared.store, case_no)?;
    if checks.is_empty() {
        return Err(Problem::new("case.unknown", "nobody has asked for a check of this case"));
    }
    match checks.into_iter().rev().find(|check| checks::may_read(principal, check)) {
        Some(check) => Ok(Some(check)),
        None => Err(Problem::new("department.not_allowed", "this key is not for the case's departments")),
    }
}

/// The division whose policy a check was made under.
fn division_of(check: &StoredCheck) -> Result<String, Problem> {
    let answer: AnswerBody<'_> =
        serde_json::from_str(&check.answer).map_err(|error| Problem::internal(Some(&error)))?;
    Ok(answer.policy.split('@').next().unwrap_or_default().to_owned())
}

/// Refuses who is limited to other departments.
///
/// # Errors
/// A problem with status 403.
pub(super) fn may_see(principal: &Principal, department: Option<&str>) -> Result<(), Problem> {
    let allowed = principal.role != Role::Caller
        || match department {
            Some(department) => principal.caller.may_ask_for(department),
            None => principal.caller.departments.is_none(),
        };
    if allowed {
        return Ok(());
    }
    let detail = format!("this key may not ask for department `{}`", department.unwrap_or("-"));
    Err(Problem::new("department.not_allowed", detail))
}

/// A new id: a time-ordered UUID.
pub(super) fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// A step that is taken now.
pub(super) fn step(principal: &Principal, at: Timestamp) -> Step {
    Step { at, actor: principal.id().to_owned(), feedback: new_id() }
}
