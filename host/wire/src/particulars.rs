//! What a recogniser says about an entry beyond its core, as a row.

use std::borrow::Cow;

use creditgate_credit::entry::{EntryTerm, ExitGround, Particulars, Visibility};
use creditgate_credit::identifier::{Identifier, IdentifierError, IdentifierKind, IdentifierWarning, Parsed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identifier::IdentifierBody;
use crate::time::Day;

/// Further particulars of an entry; what is not said is left out. It holds
/// identity numbers: for import, store and record, never for answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Particulars)]
pub struct ParticularsRow<'a> {
    /// Code of the kind of evidence (R31).
    #[serde(skip_serializing_if = "str::is_empty")]
    pub reason: Cow<'a, str>,
    /// Number of the judicial or administrative document.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub document: Cow<'a, str>,
    /// Day of that document, from which publicity counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub decided_on: Option<Day>,
    /// Day on which a natural person was told before being listed (R34).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub prior_notice_on: Option<Day>,
    /// Day on which the subject was warned (R43).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub warned_on: Option<Day>,
    /// Day before which credit may not be repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub minimum_publicity_until: Option<Day>,
    /// Day after which publicity stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub maximum_publicity_until: Option<Day>,
    /// Whether credit can be repaired (R51).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repairable: Option<bool>,
    /// Codes of the ways of repair (R103).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repair_modes: Vec<Cow<'a, str>>,
    /// Last day to apply for repair.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub repair_until: Option<Day>,
    /// Last day on which its measures are lifted for a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub lifted_until: Option<Day>,
    /// What is to be put right (R53).
    #[serde(skip_serializing_if = "str::is_empty")]
    pub rectification: Cow<'a, str>,
    /// Day by which it is to be put right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub rectification_due_on: Option<Day>,
    /// Legal representative or person in charge (R26).
    #[serde(skip_serializing_if = "str::is_empty")]
    pub representative_name: Cow<'a, str>,
    /// That person's numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub representative_identifiers: Vec<IdentifierBody<'a>>,
    /// Rewards and punishments undergone (R36).
    #[serde(skip_serializing_if = "str::is_empty")]
    pub undergone: Cow<'a, str>,
    /// Last day on the watch list after the exit (R46).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub watch_until: Option<Day>,
    /// Why the entry left its list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub exit_ground: Option<ExitGround>,
    /// Who may be shown it (R39).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub visibility: Option<Visibility>,
    /// How long it has effect where it names no end: `policy`, `permanent` or
    /// `stated`; as its list says when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub term: Option<EntryTerm>,
    /// Last day on which it may be used by the policy: worked out by the host for a
    /// check, never imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub usable_until: Option<Day>,
}

impl ParticularsRow<'_> {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The particulars of a row that was accepted before.
    ///
    /// # Errors
    /// The first of the representative's numbers that can never have been accepted.
    pub fn into_accepted(self) -> Result<Particulars, IdentifierError> {
        self.read(&accepted).map(|(particulars, _)| particulars)
    }

    /// The particulars with the representative's numbers as `number` reads them,
    /// and what it remarked.
    ///
    /// # Errors
    /// The first of the representative's numbers that is none.
    pub(crate) fn read(
        self,
        number: &impl Fn(IdentifierKind, &str) -> Result<Parsed, IdentifierError>,
    ) -> Result<(Particulars, Vec<IdentifierWarning>), IdentifierError> {
        let mut warnings = Vec::new();
        let mut representative_identifiers = Vec::with_capacity(self.representative_identifiers.len());
        for identifier in self.representative_identifiers {
            let parsed = number(identifier.kind, &identifier.value)?;
            representative_identifiers.push(parsed.identifier);
            warnings.extend(parsed.warnings);
        }
        let particulars = Particulars {
            reason: self.reason.into_owned(),
            document: self.document.into_owned(),
            decided_on: self.decided_on.map(|day| day.0),
            prior_notice_on: self.prior_notice_on.map(|day| day.0),
            warned_on: self.warned_on.map(|day| day.0),
            minimum_publicity_until: self.minimum_publicity_until.map(|day| day.0),
            maximum_publicity_until: self.maximum_publicity_until.map(|day| day.0),
            repairable: self.repairable,
            repair_modes: self.repair_modes.into_iter().map(Cow::into_owned).collect(),
            repair_until: self.repair_until.map(|day| day.0),
            lifted_until: self.lifted_until.map(|day| day.0),
            rectification: self.rectification.into_owned(),
            rectification_due_on: self.rectification_due_on.map(|day| day.0),
            representative_name: self.representative_name.into_owned(),
            representative_identifiers,
            undergone: self.undergone.into_owned(),
            watch_until: self.watch_until.map(|day| day.0),
            exit_ground: self.exit_ground,
            visibility: self.visibility,
            term: self.term,
            usable_until: self.usable_until.map(|day| day.0),
        };
        Ok((particulars, warnings))
    }
}

/// Reads a number that was accepted before.
pub(crate) fn accepted(kind: IdentifierKind, text: &str) -> Result<Parsed, IdentifierError> {
    Ok(Parsed { identifier: Identifier::accepted(kind, text)?, warnings: Vec::new() })
}

/// Without the representative's numbers.
impl From<Particulars> for ParticularsRow<'static> {
    fn from(said: Particulars) -> Self {
        Self {
            reason: Cow::Owned(said.reason),
            document: Cow::Owned(said.document),
            decided_on: said.decided_on.map(Day),
            prior_notice_on: said.prior_notice_on.map(Day),
            warned_on: said.warned_on.map(Day),
            minimum_publicity_until: said.minimum_publicity_until.map(Day),
            maximum_publicity_until: said.maximum_publicity_until.map(Day),
            repairable: said.repairable,
            repair_modes: said.repair_modes.into_iter().map(Cow::Owned).collect(),
            repair_until: said.repair_until.map(Day),
            rectification: Cow::Owned(said.rectification),
            rectification_due_on: said.rectification_due_on.map(Day),
            representative_name: Cow::Owned(said.representative_name),
            representative_identifiers: Vec::new(),
            undergone: Cow::Owned(said.undergone),
            lifted_until: said.lifted_until.map(Day),
            watch_until: said.watch_until.map(Day),
            exit_ground: said.exit_ground,
            visibility: said.visibility,
            term: said.term,
            usable_until: said.usable_until.map(Day),
        }
    }
}

impl<'a> From<&'a Particulars> for ParticularsRow<'a> {
    fn from(said: &'a Particulars) -> Self {
        Self {
            reason: Cow::Borrowed(&said.reason),
            document: Cow::Borrowed(&said.document),
            decided_on: said.decided_on.map(Day),
            prior_notice_on: said.prior_notice_on.map(Day),
            warned_on: said.warned_on.map(Day),
            minimum_publicity_until: said.minimum_publicity_until.map(Day),
            maximum_publicity_until: said.maximum_publicity_until.map(Day),
            repairable: said.repairable,
            repair_modes: said.repair_modes.iter().map(|mode| Cow::Borrowed(mode.as_str())).collect(),
            repair_until: said.repair_until.map(Day),
            lifted_until: said.lifted_until.map(Day),
            rectification: Cow::Borrowed(&said.rectification),
            rectification_due_on: said.rectification_due_on.map(Day),
            representative_name: Cow::Borrowed(&said.representative_name),
            representative_identifiers: said
                .representative_identifiers
                .iter()
                .map(IdentifierBody::from)
                .collect(),
            undergone: Cow::Borrowed(&said.undergone),
            watch_until: said.watch_until.map(Day),
            exit_ground: said.exit_ground,
            visibility: said.visibility,
            term: said.term,
            usable_until: said.usable_until.map(Day),
        }
    }
}
