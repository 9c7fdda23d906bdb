//! Step 1, admit: who asks, on what ground, and whether it was asked before.
//!
//! No purpose, no query (R117): without a case, an item and an operator there
//! is no check. Every fault of a request is reported, not only the first.

use creditgate_credit::fault::{Faults, merged};

use crate::check_error::CheckError;
use crate::ports::{Ledger, StoredCheck};
use crate::request::{Caller, CheckRequest};

/// Longest code or number a request may carry, in characters (facts: item codes
/// and case numbers are declared up to 50).
pub(crate) const LONGEST_CODE: usize = 64;
const LONGEST_KEY: usize = 128;

/// Refuses a caller without right or purpose, before anything is looked up, and a
/// request that was read with faults.
pub(crate) fn purpose(request: &CheckRequest, caller: &Caller) -> Result<(), CheckError> {
    let mut faults = Faults::default();
    for (field, value) in [
        ("department", &request.department),
        ("item", &request.item),
        ("checkpoint", &request.checkpoint),
        ("case_no", &request.case_no),
        ("operator", &request.operator),
    ] {
        text(&mut faults, field, value, LONGEST_CODE);
    }
    if let Some(idempotency) = &request.idempotency {
        let printable = idempotency.key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if idempotency.key.is_empty() || idempotency.key.len() > LONGEST_KEY || !printable {
            faults.refuse(
                "Idempotency-Key",
                "idempotency.malformed",
                "must be 1 to 128 printable ASCII characters without spaces",
            );
        }
    }
    let problems = merged(request.faults.clone(), faults.found());
    if !problems.is_empty() {
        return Err(CheckError::Invalid(problems));
    }
    if !caller.may_ask_for(&request.department) {
        return Err(CheckError::DepartmentNotAllowed(request.department.clone()));
    }
    Ok(())
}

/// The earlier check of the same request, if there is one.
pub(crate) fn repeat(
    ledger: &dyn Ledger,
    request: &CheckRequest,
    caller: &Caller,
) -> Result<Option<StoredCheck>, CheckError> {
    let Some(idempotency) = &request.idempotency else { return Ok(None) };
    match ledger.find_repeat(&caller.key, &idempotency.key)? {
        None => Ok(None),
        Some((body_hash, stored)) if body_hash == idempotency.body_hash => Ok(Some(stored)),
        Some(_) => Err(CheckError::IdempotencyConflict),
    }
}

/// Refuses a text that is empty, too long, or holds what nobody types.
pub(crate) fn text(faults: &mut Faults, field: &str, value: &str, longest: usize) {
    let length = value.chars().count();
    if value.trim().is_empty() {
        faults.refuse(field, "field.empty", "must not be empty");
    } else if length > longest {
        faults.refuse(field, "field.too_long", format!("has {length} characters, at most {longest}"));
    } else if value.chars().any(char::is_control) {
        faults.refuse(field, "field.control_character", "must not hold control characters");
    }
}
