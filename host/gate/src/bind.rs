//! Step 2, bind: which release serves the checkpoint, under which policy and
//! catalogue, and whether the division lies in the binding's jurisdiction.

use std::sync::Arc;

use creditgate_credit::calendar::LOCAL_OFFSET;
use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::policy::Policy;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::check_error::CheckError;
use crate::counts::Side;
use crate::error::LedgerError;
use crate::release::ReleaseId;
use crate::request::CheckRequest;
use crate::world::{Pin, Route, RouteRelease, World};

/// What a check runs under.
pub(crate) struct Bound {
    pub(crate) route: Arc<Route>,
    pub(crate) division: String,
    pub(crate) policy: Arc<Policy>,
    pub(crate) catalogue: Arc<IndexedCatalogue>,
}

pub(crate) fn bind(world: &World, request: &CheckRequest, today: Date) -> Result<Bound, CheckError> {
    let route = world.route(&request.department, &request.item, &request.checkpoint)?;
    let jurisdiction = &route.binding.division;
    let division = request.division.as_ref().unwrap_or(jurisdiction).clone();
    if !world.is_within(&division, jurisdiction) {
        return Err(CheckError::DivisionOutside { division, jurisdiction: jurisdiction.clone() });
    }
    let policy = Arc::clone(world.policy_for_check(&division, today)?);
    let catalogue = world.catalogue(today).cloned().ok_or(CheckError::NoCatalogue)?;
    Ok(Bound { route: Arc::clone(route), division, policy, catalogue })
}

/// The release that judges this case, and for whose side it counts; no release
/// where none is in force.
pub(crate) struct Chosen {
    pub(crate) release: Option<Arc<RouteRelease>>,
    pub(crate) side: Side,
}

/// Chooses the release: the one the case is pinned to, else the canary for its
/// share of the cases, else the one in force. `first` says which release judged the
/// first check of the case under its item.
pub(crate) fn choose(
    route: &Route,
    request: &CheckRequest,
    now: Timestamp,
    first: impl FnOnce() -> Result<Option<ReleaseId>, LedgerError>,
) -> Result<Chosen, LedgerError> {
    let pinned = match route.binding.pin {
        Pin::None => None,
        Pin::Case => first()?.and_then(|release| route.release(release)),
        // Where the day of filing leads to the release in force, nothing is pinned.
        Pin::FilingDate => request
            .filed_on
            .and_then(|day| route.in_force(end_of(day).min(now)))
            .filter(|release| route.in_force(now).is_some_and(|current| !Arc::ptr_eq(current, release))),
    };
    let canary = route.canary.as_ref();
    let is_canary =
        |release: &RouteRelease| canary.is_some_and(|canary| canary.release.release == release.release);
    if let Some(release) = pinned {
        let side = if is_canary(release) { Side::Canary } else { Side::Active };
        return Ok(Chosen { release: Some(Arc::clone(release)), side });
    }
    if let Some(canary) = canary.filter(|canary| canary.watch.takes(&request.case_no)) {
        return Ok(Chosen { release: Some(Arc::clone(&canary.release)), side: Side::Canary });
    }
    Ok(Chosen { release: route.in_force(now).cloned(), side: Side::Active })
}

/// The last instant of a day in the host's time zone.
fn end_of(day: Date) -> Timestamp {
    let end = day.to_datetime(jiff::civil::Time::MAX);
    LOCAL_OFFSET.to_timestamp(end).unwrap_or(Timestamp::MAX)
}
