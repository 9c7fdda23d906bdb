//! What is derived, and what falls back.

use jiff::civil::date;

use super::*;
use crate::catalogue::Direction;
use crate::dossier::{Dossier, Evidence, PartyDossier};
use crate::entry::ExitGround;
use crate::list_type::ListRules;
use crate::policy::SuspensionScope;
use crate::samples;

fn list_type(code: &str, field: &str, key_field: bool) -> ListType {
    ListType { kind: ListKind::Watch, field: field.into(), key_field, ..samples::list_type(code) }
}

/// Four watch lists: food twice, environment, tax; and one that is no key field.
fn key_fields() -> KeyFields {
    KeyFields::of(&[
        list_type("watch.food", "food", true),
        list_type("watch.drug", "food", true),
        list_type("watch.env", "environment", true),
        list_type("watch.tax", "tax", true),
        list_type("watch.minor", "minor", false),
        list_type("black.food", "food", true),
    ])
}

fn watched(id: &str, list: &str) -> ListEntry {
    ListEntry { kind: ListKind::Watch, ..samples::entry(id, list) }
}

fn policy(threshold: Option<u8>) -> Policy {
    let mut policy = samples::policy();
    policy.listing.alert_threshold = threshold;
    policy
}

fn dossier(entries: Vec<ListEntry>, policy: &Policy, key_fields: &KeyFields) -> PartyDossier {
    let catalogue = samples::catalogue(vec![samples::measure("warn", ALERT, Direction::Punish)]);
    let evidence = Evidence { by_identifier: entries, ..Evidence::default() };
    let lists = ListRules::from(key_fields.clone());
    let dossier =
        Dossier::assemble(&samples::application(), vec![evidence], &catalogue.into(), policy, &lists);
    dossier.parties.into_iter().next().unwrap()
}

fn alert_of(dossier: &PartyDossier) -> Option<&ListEntry> {
    dossier.derived().find(|entry| entry.list == ALERT)
}

#[test]
fn r044_three_different_key_fields_make_an_alert_and_fewer_do_not() {
    let three = [("w1", "watch.food"), ("w2", "watch.env"), ("w3", "watch.tax")];
    type Entries<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, Entries<'_>, Option<u8>, bool); 6] = [
        ("three fields", &three, Some(3), true),
        ("no such list here", &three, None, false),
        ("two fields", &three[..2], Some(3), false),
        ("two lists in one field count once", &[three[0], ("w4", "watch.drug"), three[1]], Some(3), false),
        ("a field that is no key field", &[three[0], three[1], ("w5", "watch.minor")], Some(3), false),
        ("a lower threshold", &three[..2], Some(2), true),
    ];
    for (what, entries, threshold, expected) in cases {
        let entries = entries.iter().map(|(id, list)| watched(id, list)).collect();
        let dossier = dossier(entries, &policy(threshold), &key_fields());
        assert_eq!(alert_of(&dossier).is_some(), expected, "{what}");
        assert_eq!(dossier.measures.len(), usize::from(expected), "{what}");
    }
}

#[test]
fn r044_an_alert_says_what_it_counts_and_how_long_it_lasts() {
    let on =
        |id, list, from, until| ListEntry { recognised_on: from, valid_until: until, ..watched(id, list) };
    let entries = vec![
        on("w1", "watch.food", date(2025, 1, 1), Some(date(2027, 1, 1))),
        on("w2", "watch.drug", date(2025, 6, 1), Some(date(2028, 1, 1))),
        on("w3", "watch.env", date(2025, 3, 1), None),
        on("w4", "watch.tax", date(2026, 2, 1), Some(date(2027, 6, 1))),
    ];
    let dossier = dossier(entries, &policy(Some(3)), &key_fields());
    let alert = alert_of(&dossier).unwrap();
    assert_eq!((alert.id.as_str(), alert.kind), ("alert:p1", ListKind::Alert));
    assert_eq!(alert.recognised_on, date(2026, 2, 1), "since the third field");
    assert_eq!(alert.valid_until, Some(date(2027, 6, 1)), "until the third field from the end");
    let counted: Vec<_> = alert.attributes.iter().map(|(name, field)| (&**name, &**field)).collect();
    assert_eq!(counted.len(), 4);
    assert!(counted.contains(&("counted/w2", "food")) && counted.contains(&("counted/w4", "tax")));
}

#[test]
fn r044_the_alert_falls_back_when_fewer_fields_remain() {
    let three = || vec![watched("w1", "watch.food"), watched("w2", "watch.env"), watched("w3", "watch.tax")];
    let falls_back = |change: fn(&mut ListEntry), scope| {
        let mut policy = policy(Some(3));
        policy.suspension_scope = scope;
        let mut entries = three();
        change(&mut entries[0]);
        alert_of(&dossier(entries, &policy, &key_fields())).is_none()
    };
    let all = SuspensionScope::AllPunish;
    assert!(!falls_back(|_| {}, all));
    assert!(falls_back(|entry| entry.valid_until = Some(date(2026, 11, 22)), all), "expired");
    assert!(falls_back(|entry| entry.status = EntryStatus::Repaired, all), "repaired");
    assert!(falls_back(|entry| entry.suspended = true, all), "under verification");
    assert!(!falls_back(|entry| entry.suspended = true, SuspensionScope::BlackOnly), "measures do not rest");
}

#[test]
fn r044_an_alert_outranks_a_reward_and_no_source_can_bring_one() {
    let catalogue = samples::catalogue(vec![samples::measure("reward", "honour", Direction::Incentive)]);
    let mut honour = samples::entry("red", "honour");
    honour.kind = ListKind::Red;
    let mut forged = samples::entry("alert:p1", ALERT);
    forged.kind = ListKind::Alert;
    let evidence = Evidence { by_identifier: vec![honour, forged], ..Evidence::default() };
    let application = samples::application();
    let dossier = Dossier::assemble(
        &application,
        vec![evidence],
        &catalogue.into(),
        &policy(Some(3)),
        &key_fields().into(),
    );
    assert_eq!(dossier.entries().count(), 1, "what a source says of the derived list is not believed");
    assert_eq!(dossier.measures().count(), 1);
}

#[test]
fn r046_who_leaves_the_black_list_is_watched_as_long_as_its_recogniser_said() {
    let mut policy = policy(None);
    policy.listing.exit_to_watch = true;
    let mut left = samples::entry("b1", "black.food");
    left.valid_until = Some(date(2026, 10, 1));
    left.particulars.watch_until = Some(date(2027, 10, 1));
    let found = |entry: &ListEntry, policy: &Policy| {
        dossier(vec![entry.clone()], policy, &key_fields()).derived().next().cloned()
    };
    let watch = found(&left, &policy).unwrap();
    assert_eq!((watch.id.as_str(), watch.list.as_str()), ("watch:b1", WATCH_AFTER_EXIT));
    assert_eq!((watch.recognised_on, watch.valid_until), (date(2026, 10, 2), Some(date(2027, 10, 1))));
    assert_eq!(watch.facts, "", "the facts of what is over are not used");

    let without = |change: fn(&mut ListEntry)| {
        let mut entry = left.clone();
        change(&mut entry);
        found(&entry, &policy).is_none()
    };
    assert!(without(|entry| entry.particulars.watch_until = None), "no term is no guess");
    assert!(without(|entry| entry.particulars.watch_until = Some(date(2026, 11, 22))), "the term is over");
    assert!(without(|entry| {
        entry.status = EntryStatus::Withdrawn;
        entry.particulars.exit_ground = Some(ExitGround::Error);
    }));
    assert!(without(|entry| entry.valid_until = Some(date(2030, 1, 1))), "still black");
    policy.listing.exit_to_watch = false;
    assert_eq!(found(&left, &policy), None, "the policy knows no such rule");
}

#[test]
fn r044_what_counted_is_found_again_in_the_alert_itself() {
    let mut policy = policy(Some(3));
    policy.listing.exit_to_watch = true;
    let mut left = samples::entry("b1", "black.food");
    left.valid_until = Some(date(2026, 10, 1));
    left.particulars.watch_until = Some(date(2027, 10, 1));
    let history =
        vec![left, watched("w2", "watch.env"), watched("w3", "watch.tax"), watched("w5", "watch.minor")];
    let dossier = dossier(history.clone(), &policy, &key_fields());
    assert!(alert_of(&dossier).is_some(), "the watch after the black list counts in its field");
    let found = KeyFields::counted_in(&Dossier { parties: vec![dossier.clone()] });
    let again = self::dossier(history.clone(), &policy, &found);
    assert_eq!(again, dossier);
    for left_out in ["b1", "w2", "w3"] {
        let rest = history.iter().filter(|entry| entry.id != left_out).cloned().collect();
        assert!(alert_of(&self::dossier(rest, &policy, &found)).is_none(), "without {left_out}");
    }
}
