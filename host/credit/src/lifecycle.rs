//! The steps of a list entry from its announcement to its exit (R33 to R50).
//!
//! ```text
//! preliminary ──confirm──▶ effective ──last day of validity──▶ expired
//!      └──reject──▶ withdrawn   ├──withdraw, standard_changed──▶ withdrawn
//!                               ├──repair──▶ repaired
//!                               ├──remove (red only)──▶ withdrawn
//!                               └──escalate (watch only)──▶ withdrawn, and a black entry
//! ```
//!
//! Expired, repaired and withdrawn are final. Suspension is no state: every step
//! can be taken under it (R98). What an entry is on a day is said by
//! [`ListEntry::state_on`]; here is only what changes it.

use jiff::civil::Date;

use crate::entry::{EntryState, EntryStatus, ExitGround, ListEntry, ListKind};
use crate::policy::Listing;
use crate::vocabulary;

mod publicity;
mod recognition;

pub(crate) use publicity::after_months;
pub use publicity::{Publicity, publicity, with_publicity};
pub use recognition::{Finding, ProposalState, Recognition, examine};

vocabulary! {
    /// What can be done with an entry.
    pub enum StepKind {
        /// The announcement is confirmed: the entry takes effect.
        Confirm = "confirm",
        /// An objection against the announcement was upheld.
        Reject = "reject",
        /// It was wrong (R47).
        Withdraw = "withdraw",
        /// The standard changed and the subject no longer meets it (R47).
        StandardChanged = "standard_changed",
        /// The subject's credit is repaired (R48, R102).
        Repair = "repair",
        /// A red entry whose subject was listed black or watch, or abused its
        /// reward (R49).
        Remove = "remove",
        /// A watch entry whose subject is listed black (R45).
        Escalate = "escalate",
        /// The subject was warned and told the validity (R43).
        Warn = "warn",
        /// The recogniser of a black entry says how long its subject is watched
        /// after the exit (R46).
        SetWatch = "set_watch",
    }
}

impl StepKind {
    /// Whether the step takes an entry off a list on which it had effect.
    #[must_use]
    pub const fn is_exit(self) -> bool {
        matches!(self, Self::Withdraw | Self::StandardChanged | Self::Repair | Self::Remove | Self::Escalate)
    }
}

/// One step with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// See [`StepKind::Confirm`].
    Confirm,
    /// See [`StepKind::Reject`].
    Reject,
    /// See [`StepKind::Withdraw`].
    Withdraw,
    /// See [`StepKind::StandardChanged`].
    StandardChanged,
    /// See [`StepKind::Repair`].
    Repair(RepairProof),
    /// See [`StepKind::Remove`].
    Remove,
    /// See [`StepKind::Escalate`].
    Escalate,
    /// See [`StepKind::Warn`].
    Warn,
    /// See [`StepKind::SetWatch`]: the last day on the watch list.
    SetWatch(Date),
}

impl Step {
    /// Which step it is.
    #[must_use]
    pub const fn kind(&self) -> StepKind {
        match self {
            Self::Confirm => StepKind::Confirm,
            Self::Reject => StepKind::Reject,
            Self::Withdraw => StepKind::Withdraw,
            Self::StandardChanged => StepKind::StandardChanged,
            Self::Repair(_) => StepKind::Repair,
            Self::Remove => StepKind::Remove,
            Self::Escalate => StepKind::Escalate,
            Self::Warn => StepKind::Warn,
            Self::SetWatch(_) => StepKind::SetWatch,
        }
    }
}

/// What the subject has shown in order to be repaired (NDRC Order 36).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepairProof {
    /// It made a public credit commitment (R103).
    pub public_commitment: bool,
    /// The duties of the decision are performed.
    pub duties_performed: bool,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The entry has left its list.
    #[error("the entry is {} since {since}; no step leads out of that", state.code())]
    Final {
        /// Where it is.
        state: EntryState,
        /// From which day on.
        since: Date,
    },
    /// The step is for announced entries.
    #[error("the entry is in effect; only one that is announced can be {0}")]
    NotPreliminary(&'static str),
    /// The step is for entries in effect.
    #[error("the entry is announced and not in effect: confirm or reject it")]
    StillPreliminary,
    /// The step is for another family of lists.
    #[error("the entry stands on a {} list; this step is for {} lists", found.code(), wanted.code())]
    OtherKind {
        /// The family it belongs to.
        found: ListKind,
        /// The family the step is for.
        wanted: ListKind,
    },
    /// A natural person is listed only after a notice (R34).
    #[error("the subject is a natural person and had no prior notice: say prior_notice_on")]
    NoPriorNotice,
    /// The recogniser has said that there is no repair.
    #[error("the recogniser has said that this credit cannot be repaired")]
    NotRepairable,
    /// The minimum publicity is not over.
    #[error("credit can be repaired from {from} on, when the minimum publicity is over")]
    TooEarly {
        /// First day on which it can.
        from: Date,
    },
    /// The term to apply for repair is over.
    #[error("the term to apply for repair ended on {last}")]
    TooLate {
        /// Its last day.
        last: Date,
    },
    /// There is no public commitment.
    #[error("repair needs a public credit commitment of the subject")]
    NoCommitment,
    /// What the decision demands is not done.
    #[error("repair needs that the duties of the decision are performed")]
    DutiesOpen,
    /// The subject cannot be watched until a day that is no later than the exit.
    #[error("the last day on the watch list must be after the exit from the black list")]
    WatchTooShort,
}

impl StepError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Final { .. } => "entry.final",
            Self::NotPreliminary(_) => "entry.not_preliminary",
            Self::StillPreliminary => "entry.still_preliminary",
            Self::OtherKind { .. } => "entry.other_kind",
            Self::NoPriorNotice => "entry.no_prior_notice",
            Self::NotRepairable => "repair.not_possible",
            Self::TooEarly { .. } => "repair.too_early",
            Self::TooLate { .. } => "repair.too_late",
            Self::NoCommitment => "repair.no_commitment",
            Self::DutiesOpen => "repair.duties_open",
            Self::WatchTooShort => "entry.watch_too_short",
        }
    }
}

/// What happens to the subject of a black entry when it has left the list (R46).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterExit {
    /// Nothing: the policy knows no such rule, or the entry was wrong.
    Nothing,
    /// It is on the watch list from one day to another.
    Watched {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// It belongs on the watch list, and the recogniser has not said how long:
    /// a question to it, not a guess.
    TermMissing,
}

/// The entry after a step on `today`. The step itself is what the recogniser of
/// the list decides; here is only whether it may.
///
/// # Errors
/// [`StepError`]; the entry stays as it was.
pub fn apply(entry: &ListEntry, step: &Step, today: Date, listing: &Listing) -> Result<ListEntry, StepError> {
    let mut next = entry.clone();
    if let Step::SetWatch(until) = step {
        return set_watch(next, *until, today);
    }
    if let Some(since) = entry.ended_since(today) {
        return Err(StepError::Final { state: entry.state_on(today), since });
    }
    let preliminary = entry.status == EntryStatus::Preliminary;
    match step {
        Step::Confirm | Step::Reject if !preliminary => {
            return Err(StepError::NotPreliminary(if *step == Step::Confirm {
                "confirmed"
            } else {
                "rejected"
            }));
        }
        Step::Confirm if lacks_notice(entry) => return Err(StepError::NoPriorNotice),
        Step::Confirm => {
            next.status = EntryStatus::Effective;
            next.recognised_on = today;
            return Ok(with_publicity(next, listing));
        }
        Step::Reject => return Ok(exit(next, ExitGround::Error, today)),
        _ if preliminary => return Err(StepError::StillPreliminary),
        Step::Withdraw => return Ok(exit(next, ExitGround::Error, today)),
        Step::StandardChanged => return Ok(exit(next, ExitGround::StandardChanged, today)),
        Step::Repair(proof) => {
            repairable(entry, *proof, today, listing)?;
            next = repaired(next, today);
        }
        Step::Remove => {
            of_kind(entry, ListKind::Red)?;
            next = exit(next, ExitGround::Removed, today);
        }
        Step::Escalate => {
            of_kind(entry, ListKind::Watch)?;
            next = exit(next, ExitGround::Escalated, today);
        }
        Step::Warn => {
            of_kind(entry, ListKind::Watch)?;
            next.particulars.warned_on = Some(today);
        }
        Step::SetWatch(_) => {}
    }
    Ok(next)
}

fn of_kind(entry: &ListEntry, wanted: ListKind) -> Result<(), StepError> {
    if entry.kind == wanted { Ok(()) } else { Err(StepError::OtherKind { found: entry.kind, wanted }) }
}

fn exit(mut entry: ListEntry, ground: ExitGround, today: Date) -> ListEntry {
    entry.status = EntryStatus::Withdrawn;
    entry.ended_on = Some(today);
    entry.particulars.exit_ground = Some(ground);
    entry
}

fn repaired(entry: ListEntry, today: Date) -> ListEntry {
    let mut next = exit(entry, ExitGround::Repaired, today);
    next.status = EntryStatus::Repaired;
    next
}

/// The entry after its recogniser granted the repair that was applied for (R102).
/// The conditions were looked at on the day of the application: one that came in
/// time is not too late because it took time to decide on it.
///
/// # Errors
/// [`StepError::Final`] where the entry has left its list meanwhile, and
/// [`StepError::StillPreliminary`] where it never was on it.
pub fn grant_repair(entry: &ListEntry, today: Date) -> Result<ListEntry, StepError> {
    if let Some(since) = entry.ended_since(today) {
        return Err(StepError::Final { state: entry.state_on(today), since });
    }
    if entry.status == EntryStatus::Preliminary {
        return Err(StepError::StillPreliminary);
    }
    Ok(repaired(entry.clone(), today))
}

fn lacks_notice(entry: &ListEntry) -> bool {
    entry.kind.is_adverse() && entry.is_of_natural_person() && entry.particulars.prior_notice_on.is_none()
}

/// The conditions of repair: NDRC Order 36.
fn repairable(
    entry: &ListEntry,
    proof: RepairProof,
    today: Date,
    listing: &Listing,
) -> Result<(), StepError> {
    if entry.particulars.repairable == Some(false) || !entry.kind.is_adverse() {
        return Err(StepError::NotRepairable);
    }
    if let Some(from) = publicity(entry, listing).minimum_until.filter(|from| today < *from) {
        return Err(StepError::TooEarly { from });
    }
    if let Some(last) = entry.particulars.repair_until.filter(|last| *last < today) {
        return Err(StepError::TooLate { last });
    }
    if !proof.public_commitment {
        return Err(StepError::NoCommitment);
    }
    if proof.duties_performed { Ok(()) } else { Err(StepError::DutiesOpen) }
}

fn set_watch(mut entry: ListEntry, until: Date, today: Date) -> Result<ListEntry, StepError> {
    of_kind(&entry, ListKind::Black)?;
    let exit = entry.ended_since(today).unwrap_or(today);
    if until <= exit {
        return Err(StepError::WatchTooShort);
    }
    entry.particulars.watch_until = Some(until);
    Ok(entry)
}

/// What follows for the subject of an entry that has left the black list by
/// `today` (R46). A withdrawal without a ground may have been an error, and
/// nobody is watched because of an error.
#[must_use]
pub fn after_exit(entry: &ListEntry, today: Date, listing: &Listing) -> AfterExit {
    let ground = match entry.state_on(today) {
        EntryState::Expired => ExitGround::Expired,
        EntryState::Repaired => ExitGround::Repaired,
        EntryState::Withdrawn => entry.particulars.exit_ground.unwrap_or(ExitGround::Error),
        EntryState::NotInEffect | EntryState::Effective => return AfterExit::Nothing,
    };
    let was_effective = entry.ended_since(today).filter(|since| entry.recognised_on < *since);
    let Some(from) = was_effective
        .filter(|_| listing.exit_to_watch && entry.kind == ListKind::Black && ground != ExitGround::Error)
    else {
        return AfterExit::Nothing;
    };
    match entry.particulars.watch_until {
        None => AfterExit::TermMissing,
        Some(until) => AfterExit::Watched { from, until },
    }
}

#[cfg(test)]
mod tests;
