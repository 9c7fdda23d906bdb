//! What a request about an entry rests on: the check or the case it comes from, and
//! the policy that counts for it.

use std::sync::Arc;

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::policy::Policy;
use jiff::civil::Date;

use crate::ports::{AffairStore, CaseCheck, Here, Stored};
use crate::refusal::Refusal;
use crate::who::Who;

/// What somebody says a request rests on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) entry: &'a str,
    pub(crate) check_id: Option<&'a str>,
    pub(crate) case_no: Option<&'a str>,
    pub(crate) division: Option<&'a str>,
}

/// What it does rest on.
pub(crate) struct Ground {
    pub(crate) department: Option<String>,
    pub(crate) case_no: Option<String>,
    pub(crate) check_id: Option<String>,
    pub(crate) policy: Arc<Policy>,
}

/// Finds what a request rests on. A department's system has to name a check or a case
/// of one of its departments in whose evidence the entry stands: what it asks for
/// counts in every other check of the entry's subject.
///
/// # Errors
/// [`Refusal`] where there is no such check or case, it is another department's, the
/// entry is none of it, or no policy counts.
pub(crate) fn ground<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    who: &Who,
    about: About<'_>,
    today: Date,
) -> Result<Ground, A::Error> {
    let check = affairs.look(|kept| check_named(kept, who, about))?;
    if check.is_none() && !who.answers_for_lists() {
        return Err(Refusal::CaseMissing.into());
    }
    let division = about.division.or_else(|| check.as_ref().map(|check| check.division.as_str()));
    let division = division.ok_or_else(|| {
        let message = "is missing: name a check, a case or it";
        Refusal::Invalid(vec![FieldProblem::new("division", "field.missing", message)])
    })?;
    let policy = here.policy(division, today).ok_or_else(|| Refusal::NoPolicy(division.to_owned()))?;
    Ok(Ground {
        policy,
        department: check.as_ref().map(|check| check.department.clone()),
        case_no: check.as_ref().map(|check| check.case_no.clone()),
        check_id: check.filter(|_| about.check_id.is_some()).map(|check| check.check_id),
    })
}

/// The check that is named, or the last one of the case that is; for a department's
/// system the last one that had the entry in its evidence.
fn check_named<E: From<Refusal>>(
    kept: &dyn Stored<Error = E>,
    who: &Who,
    about: About<'_>,
) -> Result<Option<CaseCheck>, E> {
    let may_name = |check: &CaseCheck| {
        if who.answers_for_lists() { Ok(true) } else { kept.check_had(&check.check_id, about.entry) }
    };
    let not_in_evidence = |of| Err(Refusal::NotInEvidence { entry: about.entry.to_owned(), of }.into());
    if let Some(id) = about.check_id {
        let check = kept.check(id)?.ok_or_else(|| Refusal::UnknownCheck(id.to_owned()))?;
        may_see(who, Some(&check.department))?;
        if about.case_no.is_some_and(|case_no| case_no != check.case_no) {
            return Err(Refusal::OtherCase.into());
        }
        return if may_name(&check)? { Ok(Some(check)) } else { not_in_evidence("the check") };
    }
    let Some(case_no) = about.case_no else { return Ok(None) };
    let mut checks = kept.checks_of_case(case_no)?;
    if checks.is_empty() {
        return Err(Refusal::UnknownCase.into());
    }
    checks.retain(|check| who.may_see(Some(&check.department)));
    if checks.is_empty() {
        return Err(Refusal::OtherDepartments.into());
    }
    for check in checks.into_iter().rev() {
        if may_name(&check)? {
            return Ok(Some(check));
        }
    }
    not_in_evidence("a check of the case")
}

/// Refuses who is limited to other departments.
///
/// # Errors
/// [`Refusal::OtherDepartment`].
pub(crate) fn may_see(who: &Who, department: Option<&str>) -> Result<(), Refusal> {
    if who.may_see(department) {
        return Ok(());
    }
    Err(Refusal::OtherDepartment(department.map(ToOwned::to_owned)))
}

/// Refuses an entry that neither the lists nor any check has.
///
/// # Errors
/// [`Refusal::UnknownEntry`], or when it cannot be found out.
pub fn known<A: AffairStore>(affairs: &A, entry: &str) -> Result<(), A::Error> {
    if affairs.listed(entry)?.is_some() || affairs.look(|kept| kept.any_check_had(entry))? {
        return Ok(());
    }
    Err(Refusal::UnknownEntry(entry.to_owned()).into())
}
