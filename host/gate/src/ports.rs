//! What the gate needs from outside, as traits.

use std::future::Future;
use std::pin::Pin;

use creditgate_credit::application::Party;
use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::policy::Policy;
use creditgate_credit::verdict::Outcome;
use jiff::Timestamp;

use crate::record::{CheckRecord, OutgoingFeedback};
use crate::settle::Status;
use crate::world::Binding;

/// A boxed future, so that the traits stay usable as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The ledger could not do its work. The cause is for the log.
#[derive(Debug, thiserror::Error)]
#[error("the ledger failed while {doing}")]
pub struct LedgerError {
    /// What it was doing.
    pub doing: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// A credit source could not answer.
#[derive(Debug, thiserror::Error)]
#[error("credit source `{name}` could not answer")]
pub struct SourceError {
    /// Name of the source.
    pub name: String,
    /// Why.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// A check as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheck {
    /// Id of the check.
    pub check_id: String,
    /// Department.
    pub department: String,
    /// Case number.
    pub case_no: String,
    /// Item.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Status.
    pub status: Status,
    /// Outcome as answered.
    pub outcome: Outcome,
    /// Instant of the check.
    pub at: Timestamp,
    /// Hash of the record.
    pub hash: RecordHash,
    /// The answer's body without hash and receipt, in wire form.
    pub answer: String,
}

/// SHA-256 over a record and the hash of the record before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHash(pub [u8; 32]);

impl RecordHash {
    /// Lower-case hexadecimal form.
    #[must_use]
    pub fn to_hex(self) -> String {
        use std::fmt::Write;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// What came of appending a record.
#[derive(Debug)]
pub enum Appended {
    /// It is durable, under this hash.
    New(RecordHash),
    /// The same request was recorded before; nothing was appended.
    Repeat(Box<StoredCheck>),
    /// The idempotency key belongs to another request; nothing was appended.
    Conflict,
}

/// A measure of a recorded check, as feedback needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedMeasure {
    /// Id within the case.
    pub id: String,
    /// Subject, entry and measure in the wire form of feedback.
    pub particulars: String,
}

/// The durable, chained record of checks with the outbox of feedback.
pub trait Ledger: Send + Sync {
    /// The check recorded under this caller's idempotency key, with the hash of
    /// the body it came with.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn find_repeat(&self, caller: &str, key: &str) -> Result<Option<([u8; 32], StoredCheck)>, LedgerError>;

    /// Appends a record together with its commitment and feedback in one
    /// transaction, and resolves once it is durable.
    fn append(&self, record: std::sync::Arc<CheckRecord>) -> BoxFuture<'_, Result<Appended, LedgerError>>;

    /// The check with this id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn check(&self, check_id: &str) -> Result<Option<StoredCheck>, LedgerError>;

    /// Every check of a case, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn checks_of_case(&self, case_no: &str) -> Result<Vec<StoredCheck>, LedgerError>;

    /// The measures of a check.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn measures_of_check(&self, check_id: &str) -> Result<Vec<RecordedMeasure>, LedgerError>;

    /// Records what a department did about measures and queues the feedback, in
    /// one transaction. Resolves to the ids of what was queued: a disposition
    /// that says the same as the measure's last one changes nothing.
    fn record_dispositions(
        &self,
        check_id: &str,
        feedback: Vec<OutgoingFeedback>,
        at: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, LedgerError>>;
}

/// Where credit records come from.
pub trait CreditSource: Send + Sync {
    /// What is known of each party, in the order given.
    fn evidence<'a>(&'a self, parties: &'a [Party]) -> BoxFuture<'a, Result<Vec<Evidence>, SourceError>>;
}

/// A component kept by the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComponent {
    /// `sha256:<hex>` of the bytes.
    pub digest: String,
    /// Plug-in name of the manifest.
    pub name: String,
    /// Version of the manifest.
    pub version: String,
    /// When it was pushed.
    pub pushed_at: Timestamp,
    /// Key id of who pushed it.
    pub pushed_by: String,
}

/// One switch of a binding to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Id of the binding.
    pub binding: String,
    /// Digest that serves from then on.
    pub digest: String,
    /// When.
    pub at: Timestamp,
    /// Key id of who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// Everything a routing snapshot is made of.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// All bindings.
    pub bindings: Vec<Binding>,
    /// The activation in force for each binding that has one.
    pub active: Vec<Activation>,
    /// All policies.
    pub policies: Vec<Policy>,
    /// All catalogue editions.
    pub catalogues: Vec<Catalogue>,
}

/// Keeps components, bindings, activations, policies and catalogues.
pub trait Registry: Send + Sync {
    /// All that the routing snapshot needs.
    ///
    /// # Errors
    /// When the registry cannot be read.
    fn deployment(&self) -> Result<Deployment, LedgerError>;

    /// All components, newest first.
    ///
    /// # Errors
    /// When the registry cannot be read.
    fn components(&self) -> Result<Vec<StoredComponent>, LedgerError>;

    /// The bytes of a component.
    ///
    /// # Errors
    /// When the registry cannot be read.
    fn component_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Keeps a component; keeping the same digest twice changes nothing.
    fn save_component(
        &self,
        component: StoredComponent,
        bytes: Vec<u8>,
    ) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// Records activations, all or none.
    fn save_activations(&self, activations: Vec<Activation>) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// Every activation of a binding, newest first.
    ///
    /// # Errors
    /// When the registry cannot be read.
    fn activations(&self, binding: &str) -> Result<Vec<Activation>, LedgerError>;
}
