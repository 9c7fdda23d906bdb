//! What is changed, removed, added or cut off behind the host's back shows.

use std::path::PathBuf;
use std::sync::Arc;

use creditgate_credit::overlay::{Overlay, OverlayEffect};
use creditgate_gate::Holder;
use creditgate_gate::event::{Event, RELEASE_ACTIVATED};
use creditgate_gate::ports::Ledger;
use jiff::civil::date;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::*;
use crate::ApiKey;
use crate::samples::{COMPANY, at, disposition, entry, record, with_commitment};
use crate::snapshot::{ImportMode, PreparedEntry};
use crate::store::{Store, StoreOptions};
use crate::trail::{Ordered, carry_out, says};

struct Kept {
    store: Store,
    other: Connection,
    directory: TempDir,
}

impl Kept {
    fn path(&self) -> PathBuf {
        self.directory.path().join("store.db")
    }

    /// Places of the faults that are found.
    fn faults(&self, since: Option<Head>) -> Vec<String> {
        let found = self.store.verify_ledger(since).unwrap();
        found.faults.into_iter().map(|fault| format!("{}: {}", fault.place, fault.text)).collect()
    }

    fn head(&self) -> Head {
        let found = self.store.verify_ledger(None).unwrap();
        assert_eq!(found.faults, []);
        found.head
    }

    /// As somebody with the file and another program.
    fn alter(&self, sql: &str) {
        self.other.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
    }
}

/// A store with something of most kinds.
async fn kept() -> Kept {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = Store::open(&path, &StoreOptions::default()).unwrap();
    for id in ["c1", "c2", "c3"] {
        store.append(Arc::new(with_commitment(record(id)))).await.unwrap();
    }
    store.record_dispositions("c1", vec![disposition("disposition", "")], at()).await.unwrap();
    store.save_entries("test", vec![entry("e1", "甲", &[COMPANY]), entry("e2", "乙", &[])]).await.unwrap();
    let effect = OverlayEffect::Suspended;
    let overlay = Overlay { cause: "objection:o1".to_owned(), from: date(2026, 1, 1), effect };
    store.lay("e1".to_owned(), overlay, at()).await.unwrap();
    let ordered = Ordered { at: at(), actor: "k1".to_owned(), action: "key.create" };
    let key = ApiKey {
        id: "k2".to_owned(),
        name: "test".to_owned(),
        secret_hash: [2; 32],
        role: "caller".to_owned(),
        departments: None,
        created_at: at(),
        holder: Holder::System("approval".to_owned()),
        revoked_at: None,
    };
    let insert = async {
        says("k2", "");
        assert!(crate::tells(Event::new(RELEASE_ACTIVATED, at(), "k1", "b1")).is_none());
        store.insert_key(key).await.unwrap();
    };
    carry_out(ordered, insert).await;
    let other = Connection::open(&path).unwrap();
    Kept { store, other, directory }
}

#[tokio::test]
async fn whatever_a_row_says_cannot_be_changed_behind_our_back() {
    let kept = kept().await;
    kept.head();
    let tables: Vec<(String, Vec<String>)> = {
        let mut statement = kept
            .other
            .prepare(
                "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
                 WHERE tables.type = 'table' AND tables.name NOT LIKE 'chain%'
                 ORDER BY tables.name, columns.cid",
            )
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut tables: Vec<(String, Vec<String>)> = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            match tables.last_mut() {
                Some((last, columns)) if *last == table => columns.push(column),
                _ => tables.push((table, vec![column])),
            }
        }
        tables
    };
    let mut unseen = Vec::new();
    let mut tried = std::collections::BTreeSet::new();
    for (table, columns) in &tables {
        for column in columns {
            let key = if column == "rowid" { continue } else { column };
            let old: Result<Value, _> = kept.other.query_row(
                &format!("SELECT {key} FROM {table} WHERE {key} IS NOT NULL LIMIT 1"),
                [],
                |row| row.get(0),
            );
            let new = match &old {
                Ok(Value::Integer(integer)) => Value::Integer(integer + 1_000_000),
                Ok(Value::Text(text)) if text == "pending" => Value::Text("dead".to_owned()),
                Ok(Value::Text(text)) => Value::Text(format!("{text}x")),
                Ok(Value::Blob(bytes)) => Value::Blob(bytes.iter().map(|byte| byte ^ 1).collect()),
                _ => continue,
            };
            kept.other.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
            let update = format!("UPDATE {table} SET {key} = ?1 WHERE {key} = ?2");
            if kept.other.execute(&update, [&new, old.as_ref().unwrap()]).is_err() {
                continue;
            }
            tried.insert(table.as_str());
            if kept.faults(None).is_empty() {
                unseen.push(format!("{table}.{column}"));
            }
            kept.other.execute(&update, [old.as_ref().unwrap(), &new]).unwrap();
        }
    }
    // How far a delivery and other work has come is nobody's word.
    let work = [
        "events.state",
        "events.attempts",
        "events.next_at",
        "list_generation.only",
        "list_generation.generation",
        "list_sources.changes",
        "outbox.attempts",
        "outbox.next_at",
    ];
    unseen.retain(|column| !work.contains(&column.as_str()));
    assert_eq!(unseen, [""; 0]);
    for table in [
        "audit",
        "check_entries",
        "check_subjects",
        "checks",
        "commitments",
        "dispositions",
        "entries",
        "entry_keys",
        "events",
        "measures",
        "outbox",
        "overlays",
    ] {
        assert!(tried.contains(table), "{table}");
    }
    kept.head();
}

#[tokio::test]
async fn rows_that_are_removed_or_added_show_and_so_does_an_end_that_is_cut_off() {
    let cases = [
        ("DELETE FROM checks WHERE seq = 2", "check 2: the check was removed"),
        ("DELETE FROM checks WHERE seq = 3", "check 3: the check was removed"),
        ("DELETE FROM checks", "check 1: the check was removed"),
        ("DELETE FROM dispositions", "dispositions 1: the row was removed"),
        ("DELETE FROM audit", "audit 1: the row was removed"),
        ("DELETE FROM entry_keys", "entry_keys [\""),
        ("DELETE FROM measures WHERE check_seq = 1", "check 1: a column or a measure was changed"),
        ("DELETE FROM check_entries WHERE check_seq = 1", "check 1: its list entries are not"),
        ("DELETE FROM check_subjects WHERE check_seq = 2", "check 2: it cannot be found by its parties"),
        (
            "UPDATE check_subjects SET keys = x'00' WHERE check_seq = 1",
            "check 1: it is found by other parties",
        ),
        ("INSERT INTO check_subjects VALUES (9, x'00')", "check_subjects: there are more rows"),
        (
            "UPDATE checks SET record = json_remove(record, '$.application.parties') WHERE seq = 1",
            "check 1: its parties cannot be read",
        ),
        ("UPDATE overlays SET ended_at = 1", "overlays 1: the row was changed"),
        ("UPDATE checks SET record = '{' WHERE seq = 1", "check 1: the record was changed"),
        (
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (1, 'k9', 'key.create', '', '')",
            "audit: there are more rows",
        ),
        (
            "INSERT INTO measures (check_seq, position, id, particulars) VALUES (2, 9, 'm', '{}')",
            "check 2: a column or a measure was changed",
        ),
        ("CREATE TABLE planted (x); INSERT INTO planted VALUES (1)", "planted: there are more rows"),
        ("DELETE FROM chain WHERE seq = 5", "link 5: it was changed or removed"),
        ("UPDATE chain SET content = zeroblob(32) WHERE seq = 5", "link 5: it was changed or removed"),
        ("DELETE FROM chain WHERE seq > 10", ": the end of the chain was cut off"),
    ];
    for (change, expected) in cases {
        let kept = kept().await;
        kept.head();
        kept.alter(change);
        let faults = kept.faults(None);
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{change}: {faults:?}");
    }
}

/// Whoever has the file can write a whole other chain: a head that was kept away
/// from it shows that too.
#[tokio::test]
async fn a_head_that_was_kept_shows_that_nothing_before_it_was_changed_or_cut_off() {
    let kept = kept().await;
    let head = kept.head();
    kept.store.append(Arc::new(record("c4"))).await.unwrap();
    assert_eq!(kept.faults(Some(head)), [""; 0], "the chain goes on from it");
    assert_eq!(head.to_string().parse::<Head>(), Ok(head));

    // The last checks, with everything that shows it.
    let now = kept.head();
    drop(kept.store);
    let cut = "DELETE FROM checks WHERE seq > 1; DELETE FROM measures WHERE check_seq > 1;
               DELETE FROM check_entries WHERE check_seq > 1;
               DELETE FROM check_subjects WHERE check_seq > 1; DELETE FROM chain; DELETE FROM chain_tables;
               UPDATE chain_head SET seq = 0, hash = zeroblob(32)";
    kept.other.execute_batch(&format!("PRAGMA foreign_keys = OFF; {cut}")).unwrap();
    let store = Store::open(&kept.directory.path().join("store.db"), &StoreOptions::default()).unwrap();
    let found = store.verify_ledger(None).unwrap();
    assert_eq!((found.faults.as_slice(), found.records), (&[][..], 1), "it is whole in itself");
    for head in [head, now] {
        assert_ne!(store.verify_ledger(Some(head)).unwrap().faults, [], "{head}");
    }
}

#[tokio::test]
async fn a_store_from_before_the_chain_is_in_it_from_its_first_start_on() {
    let kept = kept().await;
    let before = kept.head();
    let path = kept.path();
    drop(kept.store);
    let older = "DELETE FROM chain; DELETE FROM chain_tables;
                 UPDATE chain_head SET seq = 0, hash = zeroblob(32)";
    kept.other.execute_batch(older).unwrap();
    let store = Store::open(&path, &StoreOptions::default()).unwrap();
    store.append(Arc::new(record("c4"))).await.unwrap();
    let found = store.verify_ledger(None).unwrap();
    assert_eq!((found.faults.as_slice(), found.records), (&[][..], 4));
    assert!(found.head.seq <= before.seq + 10, "a row has one link, whatever happened to it before");
    drop(store);
    let store = Store::open(&path, &StoreOptions::default()).unwrap();
    assert_eq!(store.verify_ledger(Some(found.head)).unwrap().head, found.head, "only once");
}

#[tokio::test]
async fn the_file_of_a_snapshot_is_held_against_what_was_published() {
    let kept = kept().await;
    let entries: Vec<PreparedEntry> =
        (1..=3).map(|n| PreparedEntry::of(n, entry(&format!("s{n}"), "丙", &[COMPANY])).unwrap()).collect();
    let mut import =
        kept.store.begin_list_import("city", ImportMode::Full, date(2026, 11, 23)).await.unwrap();
    import.push(&entries).unwrap();
    import.finish().unwrap().publish("city.csv", at(), None).await.unwrap();
    kept.head();
    let folder = kept.directory.path().join("lists");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(kept.faults(None), ["list_sources city: the file of the snapshot was changed or removed"]);
}

#[tokio::test]
async fn what_is_changed_and_changed_back_in_one_step_has_no_link() {
    let kept = kept().await;
    let before = kept.head();
    kept.store.save_entries("test", vec![entry("e1", "甲", &[COMPANY])]).await.unwrap();
    assert_eq!(kept.head().seq, before.seq);
    kept.store.save_entries("test", vec![entry("e1", "丁", &[COMPANY])]).await.unwrap();
    assert_eq!(kept.head().seq, before.seq + 1, "its keys are the same");
}

/// What a migration does to rows it deletes the row of their table in
/// `chain_tables` for.
#[tokio::test]
async fn rows_that_a_migration_changed_or_renamed_are_taken_in_anew() {
    let kept = kept().await;
    let path = kept.path();
    let before = kept.head();
    drop(kept.store);
    kept.other
        .execute_batch(
            "UPDATE entry_keys SET key = key || 'x'; UPDATE entries SET name_key = name_key || 'x';
             DELETE FROM chain_tables WHERE name IN ('entries', 'entry_keys', 'audit')",
        )
        .unwrap();
    let store = Store::open(&path, &StoreOptions::default()).unwrap();
    let found = store.verify_ledger(Some(before)).unwrap();
    assert_eq!(found.faults, []);
    let keys: i64 = kept.other.query_row("SELECT count(*) FROM entry_keys", [], |row| row.get(0)).unwrap();
    // Two entries, each key that is gone and each that came; the trail is as it was.
    assert_eq!(found.head.seq, before.seq + 2 + 2 * keys);
}
