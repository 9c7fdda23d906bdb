//! What is said of an entry beyond its core.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::identifier::{Identifier, IdentifierText, Numbers, clear};
#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{day, vocabulary};

vocabulary! {
    /// Who may be shown what an entry says (R39). Measures follow from it all
    /// the same.
    pub enum Visibility {
        /// Everybody.
        Public = "public",
        /// Organs of state only.
        Government = "government",
        /// Who keeps the list: facts hold trade secrets or what is private. Others
        /// are told that there is the entry, by whom and on what basis.
        Restricted = "restricted",
    }
}

vocabulary! {
    /// How long entries have effect that name no end.
    pub enum EntryTerm {
        /// As long as the policy says.
        Policy = "policy",
        /// For good, because law says so (终身禁入).
        Permanent = "permanent",
        /// Only as long as each states: one that states no end is a question.
        Stated = "stated",
    }
}

vocabulary! {
    /// Why an entry left its list (R47 to R49).
    pub enum ExitGround {
        /// An objection showed that it was wrong.
        Error = "error",
        /// The standard changed and the subject no longer meets it.
        StandardChanged = "standard_changed",
        /// Its validity came to its end.
        Expired = "expired",
        /// The subject's credit was repaired.
        Repaired = "repaired",
        /// A red-list subject was listed black or watch, or abused its reward.
        Removed = "removed",
        /// A watch-list subject was listed black (R45).
        Escalated = "escalated",
    }
}

/// What the recogniser says about an entry beyond its core (R34, R36, R43, R51,
/// R53). Most entries carry little of it.
///
/// What is not said is not written. `N` are numbers: [`Identifier`]s, or texts.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, bound = "N: Numbers")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(bound = ""))]
pub struct Particulars<N = Vec<Identifier>> {
    /// Code of the kind of evidence it rests on (R31), an open vocabulary.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Number of the judicial or administrative document.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// Day of that document, from which publicity counts (NDRC Order 36).
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub decided_on: Option<Date>,
    /// Day on which a natural person was told before being listed (R34).
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub prior_notice_on: Option<Date>,
    /// Day on which the subject was warned and told the validity (R43).
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub warned_on: Option<Date>,
    /// Day before which credit may not be repaired.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub minimum_publicity_until: Option<Date>,
    /// Day after which publicity stops by itself.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub maximum_publicity_until: Option<Date>,
    /// Whether credit can be repaired, where the recogniser said so (R51).
    pub repairable: Option<bool>,
    /// Codes of the ways of repair open to the subject (R103).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repair_modes: Vec<String>,
    /// Last day to apply for repair.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub repair_until: Option<Date>,
    /// Last day on which its measures are lifted for a time, as for a company in
    /// reorganisation.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub lifted_until: Option<Date>,
    /// What is to be put right (R53).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rectification: String,
    /// Day by which it is to be put right.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub rectification_due_on: Option<Date>,
    /// Legal representative or person in charge (R26).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub representative_name: String,
    /// That person's numbers.
    #[serde(with = "clear", skip_serializing_if = "Numbers::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<IdentifierText>))]
    pub representative_identifiers: N,
    /// Rewards and punishments undergone (R36).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub undergone: String,
    /// Last day on the watch list after the exit, set by the recogniser (R46).
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub watch_until: Option<Date>,
    /// Why it left its list.
    pub exit_ground: Option<ExitGround>,
    /// Who may be shown it; everybody where nothing is said.
    pub visibility: Option<Visibility>,
    /// How long it has effect where it names no end: its own word, else its list's.
    pub term: Option<EntryTerm>,
    /// Last day on which it may be used, by the policy of the day of a check where
    /// that is another day than [`ListEntry::valid_until`]; no source says it.
    #[serde(with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub usable_until: Option<Date>,
}

/// Particulars with numbers as texts.
pub type ParticularsText = Particulars<Vec<IdentifierText>>;

impl<N> Particulars<N> {
    /// The same with these numbers of the representative.
    pub(super) fn with_numbers<M>(self, representative: M) -> Particulars<M> {
        Particulars {
            reason: self.reason,
            document: self.document,
            decided_on: self.decided_on,
            prior_notice_on: self.prior_notice_on,
            warned_on: self.warned_on,
            minimum_publicity_until: self.minimum_publicity_until,
            maximum_publicity_until: self.maximum_publicity_until,
            repairable: self.repairable,
            repair_modes: self.repair_modes,
            repair_until: self.repair_until,
            lifted_until: self.lifted_until,
            rectification: self.rectification,
            rectification_due_on: self.rectification_due_on,
            representative_name: self.representative_name,
            representative_identifiers: representative,
            undergone: self.undergone,
            watch_until: self.watch_until,
            exit_ground: self.exit_ground,
            visibility: self.visibility,
            term: self.term,
            usable_until: self.usable_until,
        }
    }
}

impl<N: Numbers> Particulars<N> {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// By this the derived description tells the values of what is left out: it names the
/// type without its parameter.
#[cfg(feature = "schema")]
impl ParticularsText {
    fn default() -> Self {
        Default::default()
    }
}
