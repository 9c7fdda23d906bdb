//! Bodies of the administration: releases, keys, imports, feedback, audit.

use creditgate_credit::fault::FieldProblem;
use creditgate_gate::ports::Activation;
use creditgate_gate::{ActivationScope, Order, Release, Wanted};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::report::FeedbackLevel;
use crate::time::Instant;

/// Switches bindings to a release.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// Number of the release; either this or `digest`.
    pub release: Option<i64>,
    /// Digest of its component, or an unambiguous beginning of it: the newest
    /// release of that component.
    pub digest: Option<String>,
    /// Id of the one binding to switch; every binding of the plug-in when absent.
    pub binding: Option<String>,
    /// From when on; at once when absent.
    pub effective_from: Option<Instant>,
    /// The `revision` of the releases that were looked at: when somebody else has
    /// changed them since, nothing is switched. Not looked at when absent.
    pub revision: Option<i64>,
    /// Why; kept in the audit trail.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

impl Activate {
    /// The order.
    ///
    /// # Errors
    /// When both or neither of `release` and `digest` are given.
    pub fn order(&self) -> Result<Order, FieldProblem> {
        let wanted = match (self.release, &self.digest) {
            (Some(release), None) => Wanted::Release(release),
            (None, Some(digest)) => Wanted::Digest(digest.clone()),
            _ => {
                let message = "give either `release` or `digest`";
                return Err(FieldProblem::new("release", "activate.release", message));
            }
        };
        Ok(Order {
            wanted,
            binding: self.binding.clone(),
            effective_from: self.effective_from.map(|instant| instant.0),
            revision: self.revision,
        })
    }
}

/// Switches bindings back to the release before.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// Name of the plug-in whose bindings go back; either this or `binding`.
    pub plugin: Option<String>,
    /// Id of the one binding that goes back; either this or `plugin`.
    pub binding: Option<String>,
    /// Why; kept in the audit trail.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

impl Rollback {
    /// Which bindings are meant.
    ///
    /// # Errors
    /// When both or neither of `plugin` and `binding` are given.
    pub fn scope(&self) -> Result<ActivationScope, FieldProblem> {
        match (&self.plugin, &self.binding) {
            (Some(plugin), None) => Ok(ActivationScope::Plugin(plugin.clone())),
            (None, Some(binding)) => Ok(ActivationScope::Binding(binding.clone())),
            _ => Err(FieldProblem::new("plugin", "rollback.scope", "give either `plugin` or `binding`")),
        }
    }
}

/// What an activation or a roll-back switched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activated {
    /// One for each binding.
    pub activated: Vec<Activation>,
    /// Revision of the releases after it.
    pub revision: i64,
}

/// The releases of one binding.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseTimeline {
    /// Id of the binding.
    pub binding: String,
    /// Name of the plug-in it is for.
    pub plugin: String,
    /// The switch in force.
    pub active: Option<Activation>,
    /// Why nothing serves it, where that is so.
    pub unavailable: Option<String>,
    /// Every switch, newest first.
    pub history: Vec<Activation>,
}

/// The releases of every binding.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Releases)]
pub struct ReleasesBody {
    /// One for each binding.
    pub releases: Vec<ReleaseTimeline>,
    /// Every release, newest first.
    pub all: Vec<Release>,
    /// Grows with every change of releases; see `revision` of an activation.
    pub revision: i64,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    pub next: Option<String>,
}

/// A key to be made.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey)]
pub struct NewKeyBody {
    /// Name for people.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: String,
    /// The person who holds it. Keys of one person are one where a second person
    /// has to agree.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub person: Option<String>,
    /// The system that holds it, which agrees to nothing. Without `person` and
    /// `system` the name says who holds it: a system for `caller` and `vendor`, a
    /// person for the other roles.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub system: Option<String>,
    /// `caller`, `vendor`, `publisher`, `auditor` or `admin`.
    #[schema(pattern = "^(caller|vendor|publisher|auditor|admin)$")]
    pub role: String,
    /// Departments it is for. A caller without them may ask for every department;
    /// a vendor has to have some; keys of other roles have none.
    pub departments: Option<Vec<String>>,
}

/// A key that was just made. The secret is told once and kept nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedKey {
    /// Public part, for logs and for revoking.
    pub id: String,
    /// What to send as bearer token.
    pub key: String,
}

/// Prints the public part only.
impl std::fmt::Debug for IssuedKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("IssuedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A key without its secret.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Key {
    /// Public part.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The person who holds it.
    pub person: Option<String>,
    /// The system that holds it, where it is none.
    pub system: Option<String>,
    /// `caller`, `vendor`, `publisher`, `auditor` or `admin`.
    pub role: String,
    /// Departments it is for; every department when absent.
    pub departments: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// Where list entries come from.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListSource {
    /// Name of the source.
    pub source: String,
    /// Id of the snapshot that holds it, where it was imported as a whole.
    pub snapshot: Option<String>,
    /// Entries of the snapshot.
    pub entries: u64,
    /// Entries that came since, one by one; they win over the snapshot's.
    pub since: u64,
    /// SHA-256 over what the snapshot's entries say, whatever their order.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// When it was last imported as a whole.
    pub whole_at: Option<Instant>,
    /// When something of it was last imported.
    pub imported_at: Instant,
    /// Name of the file that was imported last.
    pub file: String,
}

/// A message to the credit platform, without its content, which holds identity
/// numbers.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackItem {
    /// Id, which is also the idempotency key towards the platform.
    pub id: String,
    /// The check it belongs to; absent where it is about an entry alone.
    pub check_id: Option<String>,
    /// `pending`, `delivered` or `dead`.
    pub state: String,
    /// How often it was tried without success since it was queued or requeued.
    pub attempts: u32,
    /// When it is due; only while it is pending.
    pub next_at: Option<Instant>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Instant,
    /// When the platform took it.
    pub delivered_at: Option<Instant>,
    /// Where it stands at each level, the nearest first.
    pub levels: Vec<FeedbackLevel>,
}

/// Something an administrator did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    /// Grows with every event.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Key id of who did it, or `cli` for the command line.
    pub actor: String,
    /// What was done, such as `release.activate`.
    pub action: String,
    /// What it was done to, such as a binding's id.
    pub subject: String,
    /// Particulars, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What a walk along the ledger found.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerVerification {
    /// Checks that were looked at.
    pub records: u64,
    /// Links of the chain that were computed again.
    pub links: i64,
    /// Whether everything is as it was written.
    pub intact: bool,
    /// The last link, `seq:hash`: kept elsewhere, it shows later that nothing before
    /// it was changed or cut off.
    pub head: String,
    /// The first fault.
    pub problem: Option<String>,
    /// The faults, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<LedgerFault>,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerFault {
    /// A table and the name of a row, or a link.
    pub place: String,
    /// What is wrong there.
    pub text: String,
}
