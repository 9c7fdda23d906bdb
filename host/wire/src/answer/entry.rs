//! A list entry as an answer shows it.

use std::borrow::Cow;

use creditgate_credit::entry::{ListEntry, ListKind, Severity, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Day;

/// An entry of a list without its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryView<'a> {
    /// The platform's id of the entry.
    pub id: Cow<'a, str>,
    /// Code of the list, such as `court.judgment-defaulter`.
    pub list: Cow<'a, str>,
    /// Name of the list for people.
    pub list_name: Cow<'a, str>,
    /// Family of the list.
    #[schema(inline)]
    pub kind: ListKind,
    /// Field it was recognised in, such as `food-and-drug`.
    pub field: Cow<'a, str>,
    /// Severity, where the list has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub severity: Option<Severity>,
    /// Facts found; empty where they may not be shown.
    pub facts: Cow<'a, str>,
    /// Recognising authority.
    pub authority: Cow<'a, str>,
    /// Legal basis of the recognition.
    pub basis: Cow<'a, str>,
    /// Day of recognition.
    #[schema(inline)]
    pub recognised_on: Day,
    /// Last day of validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub valid_until: Option<Day>,
    /// Last day on which it may be used by the policy, where that is another day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub usable_until: Option<Day>,
    /// Under objection or verification: shown, and without punish measures as far
    /// as the policy says.
    pub suspended: bool,
    /// Number of the judicial or administrative document.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub document: Cow<'a, str>,
    /// Day after which publicity stops (R92).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub maximum_publicity_until: Option<Day>,
    /// Whether credit can be repaired (R51).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repairable: Option<bool>,
    /// Codes of the ways of repair (R103).
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub repair_modes: Cow<'a, [String]>,
    /// Last day to apply for repair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub repair_until: Option<Day>,
    /// Day by which what was found is to be put right (R53).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub rectification_due_on: Option<Day>,
    /// Who may be shown the entry (R39); everybody when absent. The facts of one
    /// that is `restricted` are left out here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub visibility: Option<Visibility>,
}

impl<'a> From<&'a ListEntry> for EntryView<'a> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn r039_a_restricted_entry_is_shown_without_its_facts_and_others_with_them() {
        let mut entry = samples::entries().remove(0);
        entry.particulars.document = "示市监处〔2026〕12号".to_owned();
        for (visibility, shown) in [
            (None, true),
            (Some(Visibility::Public), true),
            (Some(Visibility::Government), true),
            (Some(Visibility::Restricted), false),
        ] {
            entry.particulars.visibility = visibility;
            let text = serde_json::to_string(&EntryView::from(&entry)).unwrap();
            for fact in [&entry.facts, &entry.particulars.document] {
                assert_eq!(text.contains(fact.as_str()), shown, "{visibility:?}");
            }
            for told in [&entry.list, &entry.authority, &entry.basis] {
                assert!(text.contains(told.as_str()), "{visibility:?}: {told}");
            }
        }
    }

    #[test]
    fn r051_an_answer_says_the_period_and_how_credit_is_repaired() {
        let mut entry = samples::entries().remove(0);
        entry.particulars.repairable = Some(true);
        entry.particulars.repair_modes = vec!["public_commitment".to_owned()];
        entry.particulars.repair_until = entry.valid_until;
        let shown = serde_json::to_value(EntryView::from(&entry)).unwrap();
        assert_eq!(shown["repairable"], true);
        assert_eq!(shown["repair_modes"], serde_json::json!(["public_commitment"]));
        assert_eq!(shown["repair_until"], shown["valid_until"]);
        let read: EntryView<'_> = serde_json::from_value(shown.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), shown);
    }
}
