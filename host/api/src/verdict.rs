//! The words of a verdict: grounds, advice, commitment, and what becomes of a
//! measure. Shared by answer and record.

use std::borrow::Cow;

use creditgate_credit::policy::CommitmentEffect;
use creditgate_credit::verdict::{Advice, Commitment, DispositionAction, Ground};
use serde::{Deserialize, Serialize};

use creditgate_credit::time::Day;

/// A reason in law for a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Ground))]
pub struct GroundBody<'a> {
    /// Code of a basis in the catalogue.
    pub basis: Cow<'a, str>,
    /// Id of the entry it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Cow<'a, str>>,
    /// What an applicant is told.
    pub text: Cow<'a, str>,
}

impl<'a> From<&'a Ground> for GroundBody<'a> {
    fn from(ground: &'a Ground) -> Self {
        Self {
            basis: Cow::Borrowed(&ground.basis),
            entry: ground.entry.as_deref().map(Cow::Borrowed),
            text: Cow::Borrowed(&ground.text),
        }
    }
}

/// Advice to the officer beside the measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Advice))]
pub struct AdviceBody<'a> {
    /// `fast_track`, `deferred_materials`, `strict_review`, `key_supervision` or
    /// `note`.
    pub kind: Cow<'a, str>,
    /// For everything but `deferred_materials`: the advice in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// For `deferred_materials`: codes of the materials that may be supplied later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub materials: Option<Cow<'a, [String]>>,
}

impl<'a> From<&'a Advice> for AdviceBody<'a> {
    fn from(advice: &'a Advice) -> Self {
        let kind = Cow::Borrowed(advice.kind());
        match advice {
            Advice::DeferredMaterials(codes) => {
                Self { kind, text: None, materials: Some(Cow::Borrowed(codes)) }
            }
            Advice::FastTrack(text)
            | Advice::StrictReview(text)
            | Advice::KeySupervision(text)
            | Advice::Note(text) => Self { kind, text: Some(Cow::Borrowed(text)), materials: None },
        }
    }
}

/// A written credit commitment to be signed (R82).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = CommitmentToSign))]
pub struct CommitmentBody<'a> {
    /// Handle of the party that commits itself.
    pub party: Cow<'a, str>,
    /// What it brings: acceptance or the decision itself, before the materials.
    #[cfg_attr(feature = "schema", schema(inline))]
    pub effect: CommitmentEffect,
    /// Wording to be signed.
    pub text: Cow<'a, str>,
    /// Codes of the materials to be supplied later.
    pub missing: Cow<'a, [String]>,
    /// Day by which they are due.
    #[cfg_attr(feature = "schema", schema(inline))]
    pub due_on: Day,
}

impl<'a> From<&'a Commitment> for CommitmentBody<'a> {
    fn from(commitment: &'a Commitment) -> Self {
        Self {
            party: Cow::Borrowed(&commitment.party),
            effect: commitment.effect,
            text: Cow::Borrowed(&commitment.text),
            missing: Cow::Borrowed(&commitment.missing),
            due_on: commitment.due_on.into(),
        }
    }
}

/// What becomes of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MeasureDisposition))]
pub struct MeasureDispositionBody<'a> {
    /// `applied`, `deferred` or `exempted`.
    pub action: Cow<'a, str>,
    /// For `deferred`: until when or after what; for `exempted`: why the law
    /// allows that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'a, str>>,
}

impl<'a> From<&'a DispositionAction> for MeasureDispositionBody<'a> {
    fn from(action: &'a DispositionAction) -> Self {
        Self { action: Cow::Borrowed(action.code()), reason: action.reason().map(Cow::Borrowed) }
    }
}
