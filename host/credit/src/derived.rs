//! Entries nobody recognised, which follow from others by the jurisdiction's
//! rules: the watch list after the black one (R46) and the alert list (R44).
//!
//! They are worked out for the day of a check and kept in its record, never in a
//! list: they fall away by themselves when what they follow from does.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::application::Attributes;
use crate::dossier::Dossier;
use crate::entry::{EntryState, EntryStatus, ListEntry, ListKind, Particulars};
use crate::lifecycle::{AfterExit, after_exit};
use crate::list_type::ListType;
use crate::policy::Policy;

/// Code of the list of those who have left a black list. Measures of the
/// catalogue may name it.
pub const WATCH_AFTER_EXIT: &str = "watch.derived";
/// Code of the derived alert list. Measures of the catalogue may name it.
pub const ALERT: &str = "alert.derived";

/// Attribute of a derived watch entry: the list its subject has left.
const LEFT: &str = "left_list";
/// How an attribute of an alert entry begins that names an entry it counts; its
/// value is the key field.
const COUNTED: &str = "counted/";

/// Whether entries of a list of this code are derived: no source may bring them.
#[must_use]
pub fn is_derived(list: &str) -> bool {
    matches!(list, WATCH_AFTER_EXIT | ALERT)
}

/// Which lists belong to key fields, and to which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFields(BTreeMap<String, String>);

impl KeyFields {
    /// The key fields among these list types.
    #[must_use]
    pub fn of(list_types: &[ListType]) -> Self {
        let key = list_types.iter().filter(|list| list.key_field);
        Self(key.map(|list| (list.code.clone(), list.field.clone())).collect())
    }

    /// The key fields that counted for the alert entries of a dossier, as far as
    /// that matters for leaving entries out: list types of a day long past are not
    /// kept, and what was counted then is written in the entry.
    #[must_use]
    pub fn counted_in(dossier: &Dossier) -> Self {
        let mut fields = BTreeMap::new();
        for party in &dossier.parties {
            let alerts = party.entries.iter().filter(|entry| entry.list == ALERT);
            for (name, field) in alerts.flat_map(|alert| &alert.attributes) {
                let counted =
                    party.entries.iter().find(|entry| name.strip_prefix(COUNTED) == Some(&entry.id));
                fields.extend(counted.map(|entry| (list_of(entry).to_owned(), field.clone())));
            }
        }
        Self(fields)
    }

    /// The key field of an entry's list: the list type's, or the entry's own where
    /// that names none.
    fn field<'a>(&'a self, entry: &'a ListEntry) -> Option<&'a str> {
        let field = self.0.get(list_of(entry))?;
        Some(if field.is_empty() { &entry.field } else { field })
    }
}

/// The list an entry counts for: of a derived watch entry, the one it follows
/// from.
fn list_of(entry: &ListEntry) -> &str {
    let left = || entry.attributes.iter().find(|(name, _)| name == LEFT).map(|(_, list)| list.as_str());
    if entry.list == WATCH_AFTER_EXIT { left().unwrap_or(&entry.list) } else { &entry.list }
}

/// The watch entries that follow from black entries of this history which are
/// over (R46).
pub(crate) fn watched_after_exit(
    history: &[ListEntry],
    policy: &Policy,
    today: Date,
) -> impl Iterator<Item = ListEntry> {
    let follow = move |entry: &ListEntry| match after_exit(entry, today, &policy.listing) {
        AfterExit::Watched { from, until } => Some(watch_entry(entry, from, until)),
        AfterExit::Nothing | AfterExit::TermMissing => None,
    };
    history.iter().filter_map(follow).filter(move |entry| entry.state_on(today) == EntryState::Effective)
}

/// It says nothing of the facts: the entry that told them is no longer used.
fn watch_entry(left: &ListEntry, from: Date, until: Date) -> ListEntry {
    ListEntry {
        list: WATCH_AFTER_EXIT.to_owned(),
        list_name: "重点关注名单".to_owned(),
        kind: ListKind::Watch,
        field: left.field.clone(),
        authority: left.authority.clone(),
        basis: left.basis.clone(),
        suspended: left.suspended,
        attributes: vec![(LEFT.to_owned(), left.list.clone())],
        ..blank(format!("watch:{}", left.id), left.subject_name.clone(), from, Some(until))
    }
}

/// The alert entry of a party with these effective entries, where it is watched
/// in as many different key fields as the policy says (R44). Two lists of one
/// field count once; an entry whose measures rest, or whose end nobody knows, does
/// not count.
pub(crate) fn alert(
    party: &str,
    entries: &[ListEntry],
    policy: &Policy,
    key_fields: &KeyFields,
    today: Date,
    open_ended: impl Fn(&ListEntry) -> bool,
) -> Option<ListEntry> {
    let threshold = usize::from(policy.listing.alert_threshold?.max(1));
    let counts = |entry: &&ListEntry| {
        entry.kind == ListKind::Watch
            && !entry.measures_rest_on(today, policy.suspension_scope)
            && !open_ended(entry)
    };
    let counted: Vec<(&str, &ListEntry)> =
        entries.iter().filter(counts).filter_map(|entry| Some((key_fields.field(entry)?, entry))).collect();
    let mut fields: BTreeMap<&str, Span> = BTreeMap::new();
    for (field, entry) in &counted {
        fields.entry(*field).and_modify(|span| span.widen(entry)).or_insert_with(|| Span::of(entry));
    }
    if fields.len() < threshold {
        return None;
    }
    let (mut begun, mut over): (Vec<Date>, Vec<Date>) =
        fields.values().map(|span| (span.from, span.until.unwrap_or(Date::MAX))).unzip();
    begun.sort_unstable();
    over.sort_unstable_by(|a, b| b.cmp(a));
    let from = *begun.get(threshold - 1)?;
    let until = over.get(threshold - 1).copied().filter(|last| *last != Date::MAX);
    let subject = counted.first().map(|(_, entry)| entry.subject_name.clone()).unwrap_or_default();
    let attributes: Attributes =
        counted.iter().map(|(field, entry)| ([COUNTED, &entry.id].concat(), (*field).to_owned())).collect();
    Some(ListEntry {
        list: ALERT.to_owned(),
        list_name: "信用预警名单".to_owned(),
        kind: ListKind::Alert,
        facts: format!("在{}个不同重点领域被列入重点关注名单", fields.len()),
        attributes,
        ..blank(["alert:", party].concat(), subject, from, until)
    })
}

/// From when to when a party is watched in one field.
struct Span {
    from: Date,
    until: Option<Date>,
}

impl Span {
    fn of(entry: &ListEntry) -> Self {
        Self { from: entry.recognised_on, until: entry.last_day() }
    }

    fn widen(&mut self, entry: &ListEntry) {
        self.from = self.from.min(entry.recognised_on);
        self.until = self.until.zip(entry.last_day()).map(|(a, b)| a.max(b));
    }
}

fn blank(id: String, subject_name: String, recognised_on: Date, valid_until: Option<Date>) -> ListEntry {
    ListEntry {
        id,
        list: String::new(),
        list_name: String::new(),
        kind: ListKind::Other,
        field: String::new(),
        severity: None,
        subject_name,
        subject_identifiers: Vec::new(),
        facts: String::new(),
        authority: String::new(),
        basis: String::new(),
        recognised_on,
        valid_until,
        status: EntryStatus::Effective,
        ended_on: None,
        suspended: false,
        particulars: Particulars::default(),
        attributes: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
