//! A list entry as an answer shows it.

use std::borrow::Cow;

use creditgate_credit::entry::{ListEntry, ListKind, Severity, Visibility};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use creditgate_credit::time::Day;

/// An entry of a list without its subject.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Entry<'a> {
    /// The platform's id of the entry.
    pub id: Cow<'a, str>,
    /// Code of the list, such as `court.judgment-defaulter`.
    pub list: Cow<'a, str>,
    /// Name of the list for people.
    pub list_name: Cow<'a, str>,
    /// Family of the list.
    pub kind: ListKind,
    /// Field it was recognised in, such as `food-and-drug`.
    pub field: Cow<'a, str>,
    /// Severity, where the list has one.
    pub severity: Option<Severity>,
    /// Facts found; empty where they may not be shown.
    pub facts: Cow<'a, str>,
    /// Recognising authority.
    pub authority: Cow<'a, str>,
    /// Legal basis of the recognition.
    pub basis: Cow<'a, str>,
    /// Day of recognition.
    pub recognised_on: Day,
    /// Last day of validity.
    pub valid_until: Option<Day>,
    /// Last day on which it may be used by the policy, where that is another day.
    pub usable_until: Option<Day>,
    /// Under objection or verification: shown, and without punish measures as far
    /// as the policy says.
    pub suspended: bool,
    /// Number of the judicial or administrative document.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub document: Cow<'a, str>,
    /// Day after which publicity stops (R92).
    pub maximum_publicity_until: Option<Day>,
    /// Whether credit can be repaired (R51).
    pub repairable: Option<bool>,
    /// Codes of the ways of repair (R103).
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub repair_modes: Cow<'a, [String]>,
    /// Last day to apply for repair.
    pub repair_until: Option<Day>,
    /// Day by which what was found is to be put right (R53).
    pub rectification_due_on: Option<Day>,
    /// Who may be shown the entry (R39); everybody when absent. The facts of one
    /// that is `restricted` are left out here.
    pub visibility: Option<Visibility>,
}

impl<'a> From<&'a ListEntry> for Entry<'a> {
    fn from(entry: &'a ListEntry) -> Self {
        let said = &entry.particulars;
        let restricted = said.visibility == Some(Visibility::Restricted);
        Self {
            id: Cow::Borrowed(&entry.id),
            list: Cow::Borrowed(&entry.list),
            list_name: Cow::Borrowed(&entry.list_name),
            kind: entry.kind,
            field: Cow::Borrowed(&entry.field),
            severity: entry.severity,
            facts: Cow::Borrowed(entry.facts_shown()),
            authority: Cow::Borrowed(&entry.authority),
            basis: Cow::Borrowed(&entry.basis),
            recognised_on: entry.recognised_on.into(),
            valid_until: entry.valid_until.map(Day),
            usable_until: said.usable_until.map(Day),
            suspended: entry.suspended,
            document: Cow::Borrowed(if restricted { "" } else { &said.document }),
            maximum_publicity_until: said.maximum_publicity_until.map(Day),
            repairable: said.repairable,
            repair_modes: Cow::Borrowed(&said.repair_modes),
            repair_until: said.repair_until.map(Day),
            rectification_due_on: said.rectification_due_on.map(Day),
            visibility: said.visibility,
        }
    }
}
