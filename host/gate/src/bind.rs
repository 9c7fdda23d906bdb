//! Step 2, bind: which release serves the checkpoint, under which policy and
//! catalogue, and whether the case has passed the checkpoints before it (R2).

use std::sync::Arc;

use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::policy::Policy;
use jiff::civil::Date;

use crate::error::CheckError;
use crate::ports::Ledger;
use crate::receipt::VerifyingKeys;
use crate::request::CheckRequest;
use crate::world::{Route, World};

/// What a check runs under.
pub(crate) struct Bound {
    pub(crate) route: Arc<Route>,
    pub(crate) division: String,
    pub(crate) policy: Arc<Policy>,
    pub(crate) catalogue: Arc<Catalogue>,
}

pub(crate) fn bind(world: &World, request: &CheckRequest, today: Date) -> Result<Bound, CheckError> {
    let route = world.route(&request.department, &request.item, &request.checkpoint)?;
    let division = request.division.as_ref().unwrap_or(&route.binding.division).clone();
    let policy =
        world.policy(&division, today).cloned().ok_or_else(|| CheckError::NoPolicy(division.clone()))?;
    let catalogue = world.catalogue(today).cloned().ok_or(CheckError::NoCatalogue)?;
    Ok(Bound { route: Arc::clone(route), division, policy, catalogue })
}

/// Holds the binding's demand for earlier checks against the receipts handed in
/// and the host's own ledger.
pub(crate) fn require_receipts(
    ledger: &dyn Ledger,
    keys: &VerifyingKeys,
    bound: &Bound,
    request: &CheckRequest,
) -> Result<(), CheckError> {
    let required = &bound.route.binding.require_receipts;
    if required.is_empty() {
        return Ok(());
    }
    let mut passed: Vec<String> = request
        .receipts
        .iter()
        .filter_map(|receipt| keys.verify(receipt).ok())
        .filter(|claims| {
            claims.case_no == request.case_no
                && claims.department == request.department
                && claims.item == request.item
        })
        .map(|claims| claims.checkpoint)
        .collect();
    if required.iter().any(|checkpoint| !passed.contains(checkpoint)) {
        let recorded = ledger.checks_of_case(&request.case_no)?;
        passed.extend(
            recorded
                .into_iter()
                .filter(|check| check.department == request.department && check.item == request.item)
                .map(|check| check.checkpoint),
        );
    }
    let missing: Vec<String> =
        required.iter().filter(|checkpoint| !passed.contains(checkpoint)).cloned().collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(CheckError::ReceiptsMissing { case_no: request.case_no.clone(), missing })
}
