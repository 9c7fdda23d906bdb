//! What the gate needs from outside, as traits.

use std::future::Future;
use std::pin::Pin;

use creditgate_credit::application::Party;
use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::check::Status;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::instant;
use creditgate_credit::json::JsonObject;
use creditgate_credit::list_type::ListType;
use creditgate_credit::policy::{Division, Policy, PolicyLayer};
use creditgate_credit::time::Instant;
use creditgate_credit::verdict::Outcome;
use creditgate_sandbox::GivenLimits;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::error::LedgerError;
use crate::example::Example;
use crate::feedback::OutgoingFeedback;
use crate::passed::EarlierCheck;
use crate::record::CheckRecord;
use crate::release::{Release, ReleaseId, Transition, Trial, TrialKind};
use crate::signer::Signer;
use crate::sources::{Found, Question, SourceFault};
use crate::world::Binding;
use creditgate_affairs::NotSecond;
use creditgate_affairs::event::Event;

/// A boxed future, so that the traits stay usable as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A credit source could not answer.
#[derive(Debug, thiserror::Error)]
#[error("credit source `{name}` could not answer")]
pub struct SourceError {
    /// Name of the source.
    pub name: String,
    /// What kind of failure it is, for the check's reason.
    pub fault: SourceFault,
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
        hex::encode(self.0)
    }

    /// The hash in these 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// What came of appending a record.
#[derive(Debug)]
pub enum Appended {
    /// It is durable.
    New {
        /// Its hash.
        hash: RecordHash,
        /// The check whose place it took: the one before it at its checkpoint.
        supersedes: Option<String>,
    },
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
///
/// # Errors
/// Of every method: when the ledger cannot be read, or does not keep what it is given.
pub trait Ledger: Send + Sync {
    /// The check recorded under this caller's idempotency key, with the hash of
    /// the body it came with.
    fn find_repeat(&self, caller: &str, key: &str) -> Result<Option<([u8; 32], StoredCheck)>, LedgerError>;

    /// Appends a record together with its commitment and feedback in one
    /// transaction, and resolves once it is durable.
    fn append(&self, record: std::sync::Arc<CheckRecord>) -> BoxFuture<'_, Result<Appended, LedgerError>>;

    /// The check with this id.
    fn check(&self, check_id: &str) -> Result<Option<StoredCheck>, LedgerError>;

    /// Every check of a case, oldest first.
    fn checks_of_case(&self, case_no: &str) -> Result<Vec<StoredCheck>, LedgerError>;

    /// The last check at each checkpoint of an item of a case, in any order.
    fn earlier_checks(
        &self,
        case_no: &str,
        department: &str,
        item: &str,
    ) -> Result<Vec<EarlierCheck>, LedgerError>;

    /// The release that judged the first check of a case under this item, if one
    /// did.
    fn first_release_of_case(
        &self,
        case_no: &str,
        department: &str,
        item: &str,
    ) -> Result<Option<ReleaseId>, LedgerError>;

    /// The measures of a check.
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

/// The credit records on this host; see [`QuerySource`] for those elsewhere.
pub trait CreditSource: Send + Sync {
    /// What is known of each party, in the order given.
    fn evidence<'a>(&'a self, parties: &'a [Party]) -> BoxFuture<'a, Result<Vec<Evidence>, SourceError>>;
}

/// A system that is asked at check time.
pub trait QuerySource: Send + Sync {
    /// The name bindings call it by.
    fn name(&self) -> &str;

    /// What it holds on the parties of a case. Entries it gives are those of the
    /// parties themselves: it has compared the identifiers.
    fn query<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Found, SourceError>>;
}

/// What is known here of entries before the lists say it: objections, repairs,
/// liftings (R98, R102).
pub trait Overlays: Send + Sync {
    /// Lays over every party's entries what is known of them, as of `day`. Every
    /// check asks, and so it must be quick.
    fn lay_over(&self, evidence: &mut [Evidence], day: Date);
}

/// A component that is kept.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Component {
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// Name of the manifest.
    pub name: String,
    /// Version of the manifest.
    pub version: String,
    /// Department in the manifest; absent where it was not written down when it
    /// came.
    pub department: Option<String>,
    /// When it was pushed.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub pushed_at: Timestamp,
    /// Key id of who pushed it.
    pub pushed_by: String,
    /// Vendors who signed it, the newest signature first; nobody, where that is
    /// allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<ComponentSignature>,
}

/// A vendor's signature of a component, kept to be verified again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentSignature {
    /// Id of the vendor's key.
    pub signer: String,
    /// Whose key it is, for people.
    pub name: String,
    /// The signature document, as it was given.
    #[serde(skip)]
    pub document: String,
    /// When the signature was given.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub at: Timestamp,
}

/// One switch of a binding to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activation {
    /// Id of the binding.
    pub binding: String,
    /// Number of the release that serves from then on.
    #[schema(value_type = i64)]
    pub release: ReleaseId,
    /// Digest of its component.
    pub digest: String,
    /// When it was decided.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub at: Timestamp,
    /// From when on.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub effective_from: Timestamp,
    /// It was gone back to.
    pub rolled_back: bool,
    /// Key id of who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// A release to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelease {
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// Name of the plug-in.
    pub plugin: String,
    /// Version of the manifest.
    pub version: String,
    /// Department in the manifest.
    pub department: String,
    /// Settings over those of the bindings.
    pub settings: JsonObject,
    /// Limits that take the place of those of the bindings.
    pub limits: Option<GivenLimits>,
    /// What the component can do through the host.
    pub capabilities: Vec<String>,
    /// What its maker says of it.
    pub notes: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Key id of who brought it.
    pub created_by: String,
}

/// What changes about releases at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RolloutChange {
    /// Steps of releases.
    pub steps: Vec<Transition>,
    /// Releases that are taken back as wrong.
    pub withdrawn: Vec<ReleaseId>,
    /// Releases somebody agreed to.
    pub approved: Vec<ReleaseId>,
    /// Activations.
    pub activations: Vec<Activation>,
    /// Trials that begin, as binding, release and kind.
    pub begun: Vec<(String, ReleaseId, TrialKind)>,
    /// Trials that end.
    pub ended: Vec<i64>,
    /// When.
    pub at: Timestamp,
    /// Key id of who does it, or `host`.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// Everything a routing snapshot is made of.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// All bindings.
    pub bindings: Vec<Binding>,
    /// Every activation, in the order in which they were decided.
    pub activations: Vec<Activation>,
    /// Every release.
    pub releases: Vec<Release>,
    /// Trials that are running.
    pub trials: Vec<Trial>,
    /// Grows with every change of a release: who decides on what he saw an hour
    /// ago learns that it has changed.
    pub revision: i64,
    /// All versions of policies that state every value.
    pub policies: Vec<Policy>,
    /// All administrative divisions.
    pub divisions: Vec<Division>,
    /// All layers of policy that state some values.
    pub layers: Vec<PolicyLayer>,
    /// All catalogue editions that were published (R65).
    pub catalogues: Vec<Catalogue>,
    /// All kinds of lists.
    pub list_types: Vec<ListType>,
}

/// Keeps components, bindings, activations, policies and catalogues.
///
/// # Errors
/// Of every method: when the registry cannot be read, or does not keep what it is
/// given.
pub trait Registry: Send + Sync {
    /// All that the routing snapshot needs.
    fn deployment(&self) -> Result<Deployment, LedgerError>;

    /// All components, newest first.
    fn components(&self) -> Result<Vec<Component>, LedgerError>;

    /// One component with its bytes.
    fn component(&self, digest: &str) -> Result<Option<(Component, Vec<u8>)>, LedgerError>;

    /// The keys of vendors in the order of their registration, revoked ones too.
    fn signers(&self) -> Result<Vec<Signer>, LedgerError>;

    /// Whether who agrees is another person than who brought something, by the
    /// actors that stand in records (see [`second_person`](crate::second_person)).
    fn second_person(&self, brought: &str, agrees: &str) -> Result<Result<(), NotSecond>, LedgerError>;

    /// Keeps a component, and with it the release it makes, where it makes one:
    /// both or neither. Keeping the same digest again adds signatures, and puts
    /// back its bytes where they were altered. Gives back the number of the
    /// release.
    fn save_component(
        &self,
        component: Component,
        bytes: Vec<u8>,
        release: Option<(NewRelease, Vec<Transition>)>,
    ) -> BoxFuture<'_, Result<Option<ReleaseId>, LedgerError>>;

    /// Makes a release in the state its last step leads to. The steps, in their
    /// order, are its own: their `release` is not looked at.
    fn save_release(
        &self,
        release: NewRelease,
        steps: Vec<Transition>,
    ) -> BoxFuture<'_, Result<ReleaseId, LedgerError>>;

    /// Makes a change, all of it or nothing. False where a release is no longer
    /// where a step begins: somebody was faster.
    fn apply(&self, change: RolloutChange) -> BoxFuture<'_, Result<bool, LedgerError>>;

    /// When a component was last backtested on a binding's past with these
    /// complete settings: a JSON object in text.
    fn latest_backtest(
        &self,
        binding: &str,
        digest: &str,
        settings: &str,
    ) -> Result<Option<Timestamp>, LedgerError>;

    /// Every step of a release, oldest first.
    fn transitions(&self, release: ReleaseId) -> Result<Vec<Transition>, LedgerError>;
}

/// Where events go.
pub trait Events: Send + Sync {
    /// Takes an event. Never blocks and cannot fail for the caller: what goes
    /// wrong with telling others is no reason to undo what has happened.
    fn emit(&self, event: Event);
}

/// Reads what a component's section of examples holds.
pub trait ExampleReader: Send + Sync {
    /// The examples, in their order.
    ///
    /// # Errors
    /// Everything that is wrong with them. No text holds an identity number.
    fn read(&self, section: &[u8]) -> Result<Vec<Example>, Vec<FieldProblem>>;
}
