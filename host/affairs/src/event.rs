//! Events: what an operator wants to be told when it happens, and not only find
//! in the audit trail later.
//!
//! An event says that something has happened; it decides nothing, and whoever
//! emits one does not wait for anybody to hear it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use creditgate_credit::instant;
use creditgate_credit::time::Instant;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::new_id;

/// A release was switched to at a binding.
pub const RELEASE_ACTIVATED: &str = "release.activated";
/// A binding was switched back to the release before.
pub const RELEASE_ROLLED_BACK: &str = "release.rolled_back";
/// A release came into force on the date it was given.
pub const RELEASE_IN_FORCE: &str = "release.in_force";
/// The host stopped a canary that broke its terms.
pub const CANARY_STOPPED: &str = "canary.stopped";
/// A component was found good and is kept.
pub const COMPONENT_PUSHED: &str = "component.pushed";
/// An edition of the measures catalogue was published (R65).
pub const CATALOGUE_PUBLISHED: &str = "catalogue.published";
/// A vendor's key was revoked.
pub const SIGNER_REVOKED: &str = "signer.revoked";
/// What the store holds of a component is not what was pushed: it serves nobody.
pub const COMPONENT_ALTERED: &str = "component.altered";
/// A backtest came to its end.
pub const BACKTEST_DONE: &str = "backtest.done";
/// A subject was put on a watch list kept here, and is to be warned (R43).
pub const ENTRY_WATCH_LISTED: &str = "entry.watch_listed";
/// An entry has left a list kept here; its measures are to be stopped (R50).
pub const ENTRY_EXITED: &str = "entry.exited";

/// The last day of a duty has passed.
pub const DUTY_OVERDUE: &str = "duty.overdue";
/// A duty has another last day, because a calendar was imported.
pub const DUTY_MOVED: &str = "duty.moved";
/// The last day of a commitment has passed (R83).
pub const COMMITMENT_OVERDUE: &str = "commitment.overdue";
/// A department found a commitment false or not kept.
pub const COMMITMENT_BREACHED: &str = "commitment.breached";
/// An entry is doubted, and its provider was notified.
pub const OBJECTION_RAISED: &str = "objection.raised";
/// The provider has answered an objection.
pub const OBJECTION_DECIDED: &str = "objection.decided";
/// Credit was repaired: an entry is used no more.
pub const ENTRY_REPAIRED: &str = "entry.repaired";
/// The measures of an entry are lifted for a time.
pub const ENTRY_LIFTED: &str = "entry.lifted";
/// A check is to be made again: an entry it had turned out otherwise, or it passed
/// over one that turned out right.
pub const CHECK_AFFECTED: &str = "check.affected";

/// A pull of lists from a platform failed, or could not read all of it.
pub const PULL_FAILED: &str = "pull.failed";

/// Every name an event can have; docs/events.md explains each.
pub const NAMES: &[&str] = &[
    RELEASE_ACTIVATED,
    RELEASE_ROLLED_BACK,
    RELEASE_IN_FORCE,
    CANARY_STOPPED,
    COMPONENT_PUSHED,
    CATALOGUE_PUBLISHED,
    SIGNER_REVOKED,
    COMPONENT_ALTERED,
    BACKTEST_DONE,
    DUTY_OVERDUE,
    DUTY_MOVED,
    COMMITMENT_OVERDUE,
    COMMITMENT_BREACHED,
    OBJECTION_RAISED,
    OBJECTION_DECIDED,
    ENTRY_REPAIRED,
    ENTRY_LIFTED,
    CHECK_AFFECTED,
    ENTRY_WATCH_LISTED,
    ENTRY_EXITED,
    PULL_FAILED,
];

/// Something that has happened. This is the body of a webhook's request.
///
/// No part of it may hold an identity number, nor more of a case than the ids of
/// its checks: events leave the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Unique and time-ordered, the same at every delivery; by it a receiver knows an
    /// event it had before.
    pub id: String,
    /// What has happened, such as `release.activated`: dotted, lower case.
    pub name: Cow<'static, str>,
    /// When.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub at: Timestamp,
    /// Key id of who did it, `cli` for the command line, `host` for the host
    /// itself.
    pub actor: String,
    /// What it happened to, such as a binding's id.
    pub subject: String,
    /// Particulars, which depend on the name.
    pub data: BTreeMap<String, String>,
}

impl Event {
    /// An event without particulars.
    #[must_use]
    pub fn new(name: &'static str, at: Timestamp, actor: &str, subject: &str) -> Self {
        Self {
            id: new_id(at),
            name: Cow::Borrowed(name),
            at,
            actor: actor.to_owned(),
            subject: subject.to_owned(),
            data: BTreeMap::new(),
        }
    }

    /// Adds a particular.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_explained() {
        let explained = include_str!("../../../docs/events.md");
        for name in NAMES {
            assert!(explained.contains(&format!("| `{name}` |")), "docs/events.md does not explain {name}");
        }
    }

    #[test]
    fn an_event_has_an_id_of_its_own_and_its_particulars_by_name() {
        let at = Timestamp::UNIX_EPOCH;
        let event = Event::new(RELEASE_ACTIVATED, at, "k1", "b1").with("reason", "r1").with("digest", "d1");
        let particulars: Vec<_> = event.data.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(particulars, [("digest", "d1"), ("reason", "r1")]);
        assert_ne!(event.id, Event::new(RELEASE_ACTIVATED, at, "k1", "b1").id);
    }
}
