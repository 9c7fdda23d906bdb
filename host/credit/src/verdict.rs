//! The words of a verdict: what a plug-in finds and the host settles.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::policy::CommitmentEffect;
#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{day, vocabulary};

#[cfg(feature = "schema")]
mod described;
mod words;

vocabulary! {
    /// What should happen at the checkpoint.
    pub enum Outcome {
        /// Go on.
        Proceed = "proceed",
        /// Go on against a written commitment.
        ProceedWithCommitment = "proceed_with_commitment",
        /// An officer has to look.
        ManualReview = "manual_review",
        /// Refuse, on the grounds given.
        Refuse = "refuse",
    }
}

/// What becomes of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", content = "reason", rename_all = "snake_case")]
pub enum DispositionAction {
    /// Applied here and now.
    Applied,
    /// Applied later; the reason says when or after what.
    Deferred(String),
    /// Not applied; the reason says why the law allows that.
    Exempted(String),
}

impl DispositionAction {
    /// Machine name of the action.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Deferred(_) => "deferred",
            Self::Exempted(_) => "exempted",
        }
    }

    /// The reason, where the action needs one.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Applied => None,
            Self::Deferred(reason) | Self::Exempted(reason) => Some(reason),
        }
    }
}

/// The plug-in's word on one measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// Id of a measure of the dossier.
    pub measure: String,
    /// What becomes of it.
    pub action: DispositionAction,
}

/// Advice to the officer beside the measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Advice {
    /// Green channel (R76).
    FastTrack(#[serde(with = "words::text")] String),
    /// Codes of the materials that may be supplied later.
    DeferredMaterials(#[serde(with = "words::materials")] Vec<String>),
    /// Look closely.
    StrictReview(#[serde(with = "words::text")] String),
    /// Key supervision after the licence (R70).
    KeySupervision(#[serde(with = "words::text")] String),
    /// Anything else.
    Note(#[serde(with = "words::text")] String),
}

impl Advice {
    /// Whether it makes things easier for the party: for who is known to be
    /// trustworthy, and for nobody else.
    #[must_use]
    pub const fn rewards(&self) -> bool {
        matches!(self, Self::FastTrack(_) | Self::DeferredMaterials(_))
    }

    /// What is advised, in words; for materials their codes.
    #[must_use]
    pub fn words(&self) -> Cow<'_, str> {
        match self {
            Self::DeferredMaterials(codes) => Cow::Owned(codes.join(", ")),
            Self::FastTrack(text)
            | Self::StrictReview(text)
            | Self::KeySupervision(text)
            | Self::Note(text) => Cow::Borrowed(text),
        }
    }

    /// Machine name of the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::FastTrack(_) => "fast_track",
            Self::DeferredMaterials(_) => "deferred_materials",
            Self::StrictReview(_) => "strict_review",
            Self::KeySupervision(_) => "key_supervision",
            Self::Note(_) => "note",
        }
    }
}

/// A reason in law for a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ground {
    /// Code of a basis in the catalogue.
    pub basis: String,
    /// The entry it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// What an applicant is told.
    pub text: String,
}

/// A written credit commitment (R82).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = CommitmentToSign))]
pub struct Commitment {
    /// The party that commits itself.
    pub party: String,
    /// What it brings.
    pub effect: CommitmentEffect,
    /// Wording to be signed.
    pub text: String,
    /// Codes of the materials to be supplied later.
    pub missing: Vec<String>,
    /// Day by which they are due.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub due_on: Date,
}

/// A plug-in's finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What should happen.
    pub outcome: Outcome,
    /// What becomes of each measure.
    pub dispositions: Vec<Disposition>,
    /// Reasons in law, for a refusal.
    pub grounds: Vec<Ground>,
    /// Advice to the officer.
    pub advice: Vec<Advice>,
    /// For [`Outcome::ProceedWithCommitment`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
    /// What the officer reads.
    pub explanation: String,
}
