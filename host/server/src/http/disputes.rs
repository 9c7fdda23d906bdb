//! What the calls about objections and repairs share: the case they come from, the
//! entries that may be named for it, and who may see them.

use creditgate_api::Answer;
use creditgate_credit::calendar::local_date;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::policy::Policy;
use creditgate_gate::ports::{Ledger, StoredCheck};
use creditgate_store::Step;
use jiff::Timestamp;
use uuid::Uuid;

use std::sync::Arc;

use super::auth::Principal;
use super::checks;
use super::input;
use super::problem::{Code, Problem};
use super::role::Role;
use crate::host::Shared;

/// Longest reason, answer or requirement, in characters.
pub(super) const LONGEST_TEXT: usize = 2000;
/// Longest id, code or number, in characters.
pub(super) const LONGEST_CODE: usize = 200;

/// What a request about an entry rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) entry: &'a str,
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

/// Finds the case and the policy a request rests on. A caller has to name a check
/// or a case of one of its departments in whose evidence the entry stands: what it
/// asks for counts in every other check of the entry's subject.
///
/// # Errors
/// A problem where there is no such check or case, it is another department's, the
/// entry is none of it, or no policy counts.
pub(super) fn ground(
    shared: &Shared,
    principal: &Principal,
    asked: Asked<'_>,
    now: Timestamp,
) -> Result<Ground, Problem> {
    let check = check_asked(shared, principal, asked)?;
    if check.is_none() && principal.role == Role::Caller {
        let detail = "name the check, or the case, in whose evidence the entry stands";
        return Err(Problem::new(Code::CaseMissing, detail));
    }
    let division = match (asked.division, &check) {
        (Some(division), _) => division.to_owned(),
        (None, Some(check)) => division_of(check)?,
        (None, None) => {
            let fault =
                FieldProblem::new("division", "field.missing", "is missing: name a check, a case or it");
            return Err(Problem::invalid(vec![fault]));
        }
    };
    let policy = shared.gate.world().policy(&division, local_date(now)).cloned().ok_or_else(|| {
        Problem::new(Code::PolicyNoneInForce, format!("no policy is in force in `{division}` today"))
    })?;
    Ok(Ground {
        policy,
        department: check.as_ref().map(|check| check.department.clone()),
        case_no: check.as_ref().map(|check| check.case_no.clone()),
        check_id: check.filter(|_| asked.check_id.is_some()).map(|check| check.check_id),
    })
}

/// The check that is named, or the last one of the case that is; for a caller the
/// last one that had the entry in its evidence.
fn check_asked(
    shared: &Shared,
    principal: &Principal,
    asked: Asked<'_>,
) -> Result<Option<StoredCheck>, Problem> {
    if let Some(id) = asked.check_id {
        let check = Ledger::check(&shared.store, &input::uuid(id)?)?
            .ok_or_else(|| Problem::new(Code::CheckUnknown, format!("there is no check `{id}`")))?;
        may_see(principal, Some(&check.department))?;
        if asked.case_no.is_some_and(|case_no| case_no != check.case_no) {
            return Err(Problem::new(Code::CaseOther, "the check is of another case"));
        }
        if !may_name(shared, principal, &check, asked.entry)? {
            return Err(not_in_evidence(asked.entry, "the check"));
        }
        return Ok(Some(check));
    }
    let Some(case_no) = asked.case_no else { return Ok(None) };
    let checks = Ledger::checks_of_case(&shared.store, case_no)?;
    if checks.is_empty() {
        return Err(Problem::new(Code::CaseUnknown, "nobody has asked for a check of this case"));
    }
    let mut own = checks.into_iter().rev().filter(|check| checks::may_read(principal, check)).peekable();
    if own.peek().is_none() {
        return Err(Problem::new(Code::DepartmentNotAllowed, "this key is not for the case's departments"));
    }
    for check in own {
        if may_name(shared, principal, &check, asked.entry)? {
            return Ok(Some(check));
        }
    }
    Err(not_in_evidence(asked.entry, "a check of the case"))
}

/// Whether somebody may name this entry for a check: a caller, if it stands in the
/// evidence of the check; who answers for the lists, any.
fn may_name(
    shared: &Shared,
    principal: &Principal,
    check: &StoredCheck,
    entry: &str,
) -> Result<bool, Problem> {
    Ok(principal.role != Role::Caller || shared.store.check_had_entry(&check.check_id, entry)?)
}

fn not_in_evidence(entry: &str, of: &str) -> Problem {
    let detail =
        format!("entry `{entry}` does not stand in the evidence of {of}, matched by a party's numbers");
    Problem::new(Code::EntryNotInEvidence, detail)
}

/// The division whose policy a check was made under.
fn division_of(check: &StoredCheck) -> Result<String, Problem> {
    let answer: Answer<'_> =
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
    Err(Problem::new(Code::DepartmentNotAllowed, detail))
}

/// A new id: a time-ordered UUID.
pub(super) fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// A step that is taken now.
pub(super) fn step(principal: &Principal, at: Timestamp) -> Step {
    Step { at, actor: principal.id().to_owned(), feedback: new_id() }
}
