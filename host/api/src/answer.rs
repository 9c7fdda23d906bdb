//! What a caller is told of a check, now or when it asks again.
//!
//! No identity number is in it: parties are named by their handles, entries
//! without their subjects.

use std::borrow::Cow;

use creditgate_credit::application::Application;
use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::check::{Mode, PluginRef, Reason, RequestWarning, Status};
use creditgate_credit::dossier::Measure;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::link::MATCHED_BY;
use creditgate_credit::time::Instant;
use creditgate_credit::verdict::{Advice, Commitment, DispositionAction, Ground, Outcome};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

mod entry;
mod relation;

pub use entry::Entry;
pub use relation::Relation;

/// The answer to a check.
///
/// While a binding is `off` or only `observe`s, the caller is told the status
/// and that its own process goes on, and nothing else that could influence it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answer<'a> {
    /// Id of the check: a time-ordered UUID.
    #[cfg_attr(feature = "schema", schema(format = "uuid"))]
    pub check_id: Cow<'a, str>,
    /// Case number, as asked.
    pub case_no: Cow<'a, str>,
    /// Department code, as asked.
    pub department: Cow<'a, str>,
    /// Item code, as asked.
    pub item: Cow<'a, str>,
    /// Checkpoint, as asked.
    pub checkpoint: Cow<'a, str>,
    /// What was found. `could_not_check` never means that nothing is against the
    /// parties.
    pub status: Status,
    /// What should happen at the checkpoint.
    pub outcome: Outcome,
    /// How much checks of this binding weigh.
    pub mode: Mode,
    /// Whether the outcome binds the caller; true in mode `enforce` alone.
    pub enforced: bool,
    /// Why the outcome is not the plug-in's, or why there is none.
    pub reasons: Cow<'a, [Reason]>,
    /// Remarks on the request that did not prevent the check.
    pub warnings: Cow<'a, [RequestWarning]>,
    /// Effective entries of the parties, matched by identifier.
    pub matches: Vec<Match<'a>>,
    /// Entries that carry a party's name only: to be looked at by an officer,
    /// never to be acted on.
    pub hints: Vec<Match<'a>>,
    /// Measures that apply, with what becomes of each.
    pub measures: Vec<MeasureBody<'a>>,
    /// Reasons in law, for a refusal.
    pub grounds: Cow<'a, [Ground]>,
    /// Advice to the officer.
    pub advice: Cow<'a, [Advice]>,
    /// Commitment to be signed, for the outcome `proceed_with_commitment`.
    pub commitment: Option<Cow<'a, Commitment>>,
    /// What the officer reads.
    pub explanation: Cow<'a, str>,
    /// The release that judged; absent where none did.
    pub plugin: Option<Cow<'a, PluginRef>>,
    /// Policy version, `division@version`.
    pub policy: Cow<'a, str>,
    /// Catalogue edition.
    pub catalogue: Cow<'a, str>,
    /// Instant of the check.
    pub checked_at: Instant,
    /// The earlier check of the same case, item and checkpoint whose place this
    /// one takes.
    pub supersedes: Option<Cow<'a, str>>,
    /// The later check of the same case, item and checkpoint that has taken the
    /// place of this one: its result counts.
    pub superseded_by: Option<Cow<'a, str>>,
    /// SHA-256 of the record in the ledger, hexadecimal.
    pub record_hash: Option<Cow<'a, str>>,
    /// Signed receipt (compact JWS) to hand in at later checkpoints.
    pub receipt: Option<Cow<'a, str>>,
}

impl<'a> Answer<'a> {
    /// The answer with its place among the checks of its checkpoint (R100), which
    /// is no part of the record: it changes.
    #[must_use]
    pub fn with_place(mut self, supersedes: Option<String>, superseded_by: Option<String>) -> Self {
        self.supersedes = supersedes.map(Cow::Owned);
        self.superseded_by = superseded_by.map(Cow::Owned);
        self
    }

    /// The answer as it is sent: with the record's hash in hexadecimal and the
    /// signed receipt.
    #[must_use]
    pub fn with_receipt(mut self, record_hash: String, receipt: String) -> Self {
        self.record_hash = Some(Cow::Owned(record_hash));
        self.receipt = Some(Cow::Owned(receipt));
        self
    }
}

/// An entry of a party.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Match<'a> {
    /// Handle of the party.
    pub party: Cow<'a, str>,
    /// The entry.
    pub entry: Entry<'a>,
    /// The number it was found under, kind and masked value, where that is not the
    /// party's own but one linked with it (R23).
    pub by: Option<Cow<'a, str>>,
    /// What the party is in the case, where it is not the applicant itself.
    pub relation: Option<Relation<'a>>,
}

impl<'a> Match<'a> {
    /// An entry of the party with this handle.
    #[must_use]
    pub fn of(party: &'a str, application: &'a Application, entry: &'a ListEntry) -> Self {
        let mut attributes = entry.attributes.iter();
        let by = attributes.find(|(name, _)| name == MATCHED_BY).map(|(_, by)| Cow::Borrowed(by.as_str()));
        let relation = Relation::of(party, application);
        Self { party: Cow::Borrowed(party), entry: entry.into(), by, relation }
    }
}

/// A measure that applies to a party.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Measure))]
pub struct MeasureBody<'a> {
    /// Unique within the check; dispositions refer to it.
    pub id: Cow<'a, str>,
    /// The catalogue's code.
    pub code: Cow<'a, str>,
    /// Category.
    pub category: Cow<'a, str>,
    /// Whether it must be taken.
    pub nature: Nature,
    /// Whether it favours or burdens.
    pub direction: Direction,
    /// Content.
    pub content: Cow<'a, str>,
    /// Power item (权责事项).
    pub power_item: Cow<'a, str>,
    /// Responsible section.
    pub section: Cow<'a, str>,
    /// Code of the legal basis, in force on the day of the check.
    pub basis: Cow<'a, str>,
    /// Title and article of the basis.
    pub basis_text: Cow<'a, str>,
    /// Id of the entry it follows from.
    pub entry: Cow<'a, str>,
    /// Handle of the party it is aimed at.
    pub party: Cow<'a, str>,
    /// What the party is in the case, where it is not the applicant itself.
    pub relation: Option<Relation<'a>>,
    /// What becomes of it; absent where the plug-in did not say.
    pub disposition: Option<Cow<'a, DispositionAction>>,
}

impl<'a> From<&'a Measure> for MeasureBody<'a> {
    fn from(measure: &'a Measure) -> Self {
        Self {
            id: Cow::Borrowed(&measure.id),
            code: Cow::Borrowed(&measure.code),
            category: Cow::Borrowed(&measure.category),
            nature: measure.nature,
            direction: measure.direction,
            content: Cow::Borrowed(&measure.content),
            power_item: Cow::Borrowed(&measure.power_item),
            section: Cow::Borrowed(&measure.section),
            basis: Cow::Borrowed(&measure.basis),
            basis_text: Cow::Borrowed(&measure.basis_text),
            entry: Cow::Borrowed(&measure.entry),
            party: Cow::Borrowed(&measure.party),
            relation: None,
            disposition: None,
        }
    }
}

/// Every check of a case, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Case<'a> {
    /// Case number.
    pub case_no: Cow<'a, str>,
    /// Its checks.
    pub checks: Vec<Answer<'a>>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
