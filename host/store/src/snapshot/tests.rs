//! Sources imported as a whole and in part, while others read.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use creditgate_affairs::{AffairStore, Consequence, Decided};
use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind};
use creditgate_gate::ports::CreditSource as _;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::{ImportMode, ListChanges, ListFinding, PreparedEntry, ReadyImport};
use crate::LOCAL_SOURCE;
use crate::json_column::Saved;
use crate::samples::{COMPANY, COMPANY_CODE, NAMESAKE, OTHER_COMPANY, PERSON, at, entry, party, proposal};
use crate::store::{Store, StoreOptions};

const TODAY: Date = date(2026, 11, 23);
const NAME: &str = "示例食品有限公司";

fn files(directory: &TempDir) -> Vec<PathBuf> {
    std::fs::read_dir(directory.path().join("lists")).unwrap().map(|file| file.unwrap().path()).collect()
}

/// Imports entries, the first of which stands on line 2.
async fn import(
    store: &Store,
    source: &str,
    mode: ImportMode,
    entries: Vec<ListEntry>,
) -> (ListChanges, Vec<ListFinding>) {
    let mut import = store.begin_list_import(source, mode, TODAY).await.unwrap();
    for (line, entry) in (2..).zip(entries) {
        import.push(&[PreparedEntry::of(line, entry).unwrap()]).unwrap();
    }
    let findings = import.compare().unwrap();
    (import.finish().unwrap().publish("test.csv", at(), None).await.unwrap(), findings)
}

async fn found(store: &Store, name: &str, identifiers: &[&str]) -> (Vec<String>, Vec<String>) {
    let evidence = store.evidence(&[party("p", name, identifiers)]).await.unwrap().remove(0);
    let ids = |entries: Vec<ListEntry>| entries.into_iter().map(|entry| entry.id).collect();
    (ids(evidence.by_identifier), ids(evidence.by_name))
}

fn saved(added: usize, changed: usize, unchanged: usize) -> Saved {
    Saved { added, changed, unchanged }
}

/// Companies of which each has a number of its own.
fn many(numbers: RangeInclusive<u32>, facts: &str) -> Vec<ListEntry> {
    let company = |number: u32| {
        let mut entry =
            entry(&format!("e{number}"), &format!("示例{number}号公司"), &[&format!("other:N-{number:08}")]);
        facts.clone_into(&mut entry.facts);
        entry
    };
    numbers.map(company).collect()
}

#[tokio::test]
async fn r025_a_snapshot_answers_as_entries_in_the_store_do() {
    let repaired = ListEntry {
        status: EntryStatus::Repaired,
        ended_on: Some(date(2026, 5, 1)),
        recognised_on: date(2025, 1, 1),
        ..entry("repaired", NAME, &[COMPANY, COMPANY_CODE])
    };
    let bare = ListEntry {
        valid_until: None,
        severity: None,
        attributes: Vec::new(),
        recognised_on: date(2026, 6, 1),
        suspended: true,
        ..entry("bare", NAME, &[COMPANY])
    };
    let mut told = entry("told", NAME, &[COMPANY]);
    told.particulars.document = "示例〔2026〕1号".to_owned();
    told.particulars.decided_on = Some(date(2026, 1, 1));
    let entries = vec![
        repaired.clone(),
        bare.clone(),
        told.clone(),
        entry("by-code", NAME, &[COMPANY_CODE]),
        entry("namesake", NAME, &[NAMESAKE]),
        entry("person", "张三", &[PERSON]),
        entry("no-number", NAME, &[]),
        entry("lei", NAME, &["lei:5493001KJTIIGC8Y1R12"]),
    ];
    let (whole, _kept) = Store::temporary();
    let (single, _also) = Store::temporary();
    import(&whole, "city", ImportMode::Full, entries.clone()).await;
    single.save_entries("city", entries).await.unwrap();
    let cases: [(&str, &[&str]); 7] = [
        (NAME, &[COMPANY]),
        (NAME, &[COMPANY_CODE]),
        (NAME, &[COMPANY, COMPANY_CODE]),
        (NAME, &[OTHER_COMPANY]),
        ("示例 食品有限公司", &[]),
        ("张三", &[PERSON]),
        ("", &[]),
    ];
    for (name, identifiers) in cases {
        let parties = [party("p", name, identifiers)];
        let (one, other) = (whole.evidence(&parties).await, single.evidence(&parties).await);
        assert_eq!(one.unwrap(), other.unwrap(), "{name} {identifiers:?}");
    }
    let evidence = whole.evidence(&[party("p", "别名", &[COMPANY])]).await.unwrap();
    for kept in [repaired, bare, told] {
        assert!(evidence[0].by_identifier.contains(&kept), "{}", kept.id);
    }
}

#[tokio::test]
async fn r118_a_full_import_replaces_its_source_and_no_other_and_says_what_changed() {
    let (store, directory) = Store::temporary();
    let (first, findings) = import(&store, "city", ImportMode::Full, many(1..=1200, "甲")).await;
    assert_eq!((first.saved, first.removed, findings), (saved(1200, 0, 0), 0, Vec::new()));
    import(&store, "county", ImportMode::Full, vec![entry("other", NAME, &[COMPANY])]).await;
    store.save_entries("city", vec![entry("since", NAME, &[COMPANY])]).await.unwrap();

    let again = [many(1..=1000, "甲"), many(1201..=1210, "甲")].concat();
    let again = again.into_iter().map(|mut entry| {
        if entry.id == "e7" {
            entry.suspended = true;
        }
        entry
    });
    let (second, _) = import(&store, "city", ImportMode::Full, again.collect()).await;
    assert_eq!((second.saved, second.removed), (saved(10, 1, 999), 201), "200 and the one that came since");
    assert_eq!(found(&store, "无", &["other:N-00001100"]).await.0, [""; 0]);
    assert_eq!(found(&store, "无", &["other:N-00001205"]).await.0, ["e1205"]);
    assert_eq!(found(&store, "无", &[COMPANY]).await.0, ["other"], "another source stays");
    assert_eq!(files(&directory).len(), 2, "what was replaced is removed");

    let sources = store.list_sources().unwrap();
    let told: Vec<_> = sources.iter().map(|one| (one.source.as_str(), one.entries, one.since)).collect();
    assert_eq!(told, [("city", 1010, 0), ("county", 1, 0)]);
    assert_eq!(sources[0].snapshot, second.snapshot);
    drop(store);
    let store = Store::within(&directory);
    assert_eq!(found(&store, "无", &["other:N-00000007"]).await.0, ["e7"]);
}

#[tokio::test]
async fn an_import_that_comes_again_changes_nothing() {
    let (store, _directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, many(1..=50, "甲")).await;
    let digest = |store: &Store| store.list_sources().unwrap()[0].digest.clone();
    let before = digest(&store);
    let backwards = many(1..=50, "甲").into_iter().rev().collect();
    let (again, _) = import(&store, "city", ImportMode::Full, backwards).await;
    assert_eq!((again.saved, again.removed), (saved(0, 0, 50), 0));
    assert_eq!(digest(&store), before, "the order of a file says nothing");
    let (again, _) = import(&store, "city", ImportMode::Incremental, many(1..=50, "甲")).await;
    assert_eq!((again.saved, again.snapshot), (saved(0, 0, 50), None));
    assert_eq!(store.list_sources().unwrap()[0].since, 0);
}

#[tokio::test]
async fn r118_what_came_since_wins_over_the_snapshot_whatever_subject_it_names() {
    let (store, _directory) = Store::temporary();
    let entries = vec![entry("moved", NAME, &[COMPANY]), entry("stays", NAME, &[COMPANY])];
    import(&store, "city", ImportMode::Full, entries).await;
    let corrected = vec![entry("moved", "别家", &[OTHER_COMPANY]), entry("new", NAME, &[COMPANY])];
    let (changes, _) = import(&store, "city", ImportMode::Incremental, corrected).await;
    assert_eq!((changes.saved, changes.snapshot), (saved(1, 1, 0), None));
    assert_eq!(found(&store, "无", &[COMPANY]).await.0, ["new", "stays"]);
    assert_eq!(found(&store, "无", &[OTHER_COMPANY]).await.0, ["moved"]);
    assert_eq!(found(&store, NAME, &[]).await.1, ["new", "stays"], "its old name is no hint either");
}

#[tokio::test]
async fn a_long_incremental_import_becomes_a_snapshot_with_all_the_source_has() {
    let (store, _directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, many(1..=3000, "甲")).await;
    store.save_entries("city", many(2999..=3001, "乙")).await.unwrap();
    let (changes, _) = import(&store, "city", ImportMode::Incremental, many(500..=2999, "丙")).await;
    assert_eq!(changes.saved, saved(0, 2500, 0));
    assert!(changes.snapshot.is_some());
    let source = store.list_sources().unwrap().remove(0);
    assert_eq!((source.entries, source.since), (3001, 0));
    for (number, facts) in [(499, "甲"), (500, "丙"), (2999, "丙"), (3000, "乙"), (3001, "乙")] {
        let parties = [party("p", "无", &[&format!("other:N-{number:08}")])];
        let evidence = store.evidence(&parties).await.unwrap();
        let facts_of: Vec<_> = evidence[0].by_identifier.iter().map(|entry| entry.facts.as_str()).collect();
        assert_eq!(facts_of, [facts], "{number}");
    }
    let (few, _) = import(&store, "city", ImportMode::Incremental, many(1..=2999, "丙")).await;
    assert_eq!((few.saved, few.snapshot), (saved(0, 499, 2500), None), "few of many are changed");
}

#[tokio::test]
async fn an_id_may_stand_once_in_a_file_and_belongs_to_one_source() {
    let (store, _directory) = Store::temporary();
    import(&store, "whole", ImportMode::Full, vec![entry("a", "甲", &[COMPANY])]).await;
    store.save_entries("single", vec![entry("b", "乙", &[])]).await.unwrap();
    let rows =
        || vec![entry("a", "甲", &[]), entry("b", "甲", &[]), entry("c", "甲", &[]), entry("c", "乙", &[])];
    let other = |line, source: &str| ListFinding::OtherSource { line, source: source.to_owned() };
    let expected = [other(2, "whole"), other(3, "single"), ListFinding::Duplicate { line: 5, earlier: 4 }];
    for mode in [ImportMode::Full, ImportMode::Incremental] {
        let source = format!("new-{}", mode.code());
        let (changes, findings) = import(&store, &source, mode, rows()).await;
        assert_eq!(findings, expected, "{mode:?}");
        assert_eq!(changes.saved, saved(1, 0, 0), "the good one, the first");
        import(&store, &source, ImportMode::Full, Vec::new()).await;
    }
    let long = [many(1..=10_001, "甲"), rows()].concat();
    let (_, findings) = import(&store, "long", ImportMode::Full, long).await;
    assert_eq!(findings.len(), 3, "{findings:?}");
}

#[tokio::test]
async fn an_id_of_an_entry_kept_here_is_refused_before_it_stands_on_any_list() {
    let (store, _directory) = Store::temporary();
    let proposal = Box::new(proposal(entry("a", "甲", &[COMPANY])));
    let decided = Decided::new((), at()).with(Consequence::Proposal(proposal));
    store.change(move |_| Ok(decided)).await.unwrap();
    let local = |line| ListFinding::OtherSource { line, source: LOCAL_SOURCE.to_owned() };
    for (rows, line) in [(Vec::new(), 2), (many(1..=10_001, "甲"), 10_003)] {
        let rows = [rows, vec![entry("a", "乙", &[])]].concat();
        let (changes, findings) = import(&store, "city", ImportMode::Full, rows.clone()).await;
        assert_eq!(findings, [local(line)]);
        assert_eq!(changes.saved.added, rows.len() - 1, "the others are good");
        import(&store, "city", ImportMode::Full, Vec::new()).await;
    }
}

#[tokio::test]
async fn r024_a_subject_that_stands_twice_on_a_list_is_remarked_with_both_lines() {
    let (store, _directory) = Store::temporary();
    let over = ListEntry { valid_until: Some(date(2026, 3, 3)), ..entry("over", NAME, &[COMPANY]) };
    let other_list = ListEntry { list: "court".to_owned(), ..entry("court", NAME, &[COMPANY]) };
    let rows = vec![
        entry("first", NAME, &[COMPANY]),
        over,
        other_list,
        entry("again", NAME, &[COMPANY_CODE]),
        entry("namesake", NAME, &[NAMESAKE]),
        entry("again-too", NAME, &[COMPANY, COMPANY_CODE]),
    ];
    let (changes, findings) = import(&store, "city", ImportMode::Full, rows).await;
    let twice = |line, earlier| ListFinding::SameSubject { line, earlier };
    assert!(findings.contains(&twice(7, 2)), "{findings:?}");
    assert!(findings.iter().all(|finding| finding.line() != 3 && finding.line() != 4), "{findings:?}");
    assert_eq!(changes.saved.added, 6, "a remark refuses nothing");
}

fn of_kind(id: &str, kind: ListKind, status: EntryStatus) -> ListEntry {
    ListEntry { kind, list: kind.code().to_owned(), status, ..entry(id, NAME, &[COMPANY]) }
}

#[tokio::test]
async fn r035_a_red_entry_and_a_black_one_of_a_subject_are_a_conflict() {
    use EntryStatus::{Effective, Preliminary, Repaired};
    let red = |status| of_kind("red", ListKind::Red, status);
    let cases = [
        (red(Effective), of_kind("o", ListKind::Black, Effective), Some(false)),
        (red(Effective), of_kind("o", ListKind::Watch, Effective), Some(false)),
        (red(Effective), of_kind("o", ListKind::Black, Preliminary), Some(false)),
        (red(Preliminary), of_kind("o", ListKind::Black, Effective), Some(true)),
        (red(Preliminary), of_kind("o", ListKind::Watch, Effective), Some(true)),
        (red(Preliminary), of_kind("o", ListKind::Other, Effective), None),
        (red(Effective), of_kind("o", ListKind::Black, Repaired), None),
        (red(Repaired), of_kind("o", ListKind::Black, Effective), None),
        (red(Effective), ListEntry { kind: ListKind::Black, ..entry("o", NAME, &[OTHER_COMPANY]) }, None),
    ];
    for (red, other, refused) in cases {
        let what = format!("{:?} and {:?} {:?}", red.status, other.kind, other.status);
        let conflict = |line, entry: &ListEntry, with: &ListEntry, refused| ListFinding::Conflict {
            line,
            entry: entry.id.clone(),
            with: with.id.clone(),
            kind: other.kind,
            refused,
        };
        // In one file.
        let (store, _directory) = Store::temporary();
        let (changes, findings) =
            import(&store, "city", ImportMode::Full, vec![other.clone(), red.clone()]).await;
        let expected: Vec<_> =
            refused.map(|refused| conflict(3, &red, &other, refused)).into_iter().collect();
        assert_eq!(findings, expected, "{what}");
        assert_eq!(changes.saved.added, if refused == Some(true) { 1 } else { 2 }, "{what}");
        // Against what another source has, in a snapshot or in the store.
        for mode in [ImportMode::Full, ImportMode::Incremental] {
            let (store, _directory) = Store::temporary();
            import(&store, "known", mode, vec![other.clone()]).await;
            let (_, findings) = import(&store, "city", ImportMode::Full, vec![red.clone()]).await;
            let expected: Vec<_> =
                refused.map(|refused| conflict(2, &red, &other, refused)).into_iter().collect();
            assert_eq!(findings, expected, "{what} {mode:?}");
            let long = [many(1..=10_001, "甲"), vec![red.clone()]].concat();
            let (_, findings) = import(&store, "city", ImportMode::Full, long).await;
            assert_eq!(findings.len(), expected.len(), "{what} {mode:?} in a long file");
        }
        // The other way round nothing is refused: what is black stays black.
        let (store, _directory) = Store::temporary();
        import(&store, "known", ImportMode::Incremental, vec![red.clone()]).await;
        let (_, findings) = import(&store, "city", ImportMode::Full, vec![other.clone()]).await;
        let expected: Vec<_> = refused.map(|_| conflict(2, &other, &red, false)).into_iter().collect();
        assert_eq!(findings, expected, "{what} the other way round");
    }
}

#[tokio::test]
async fn r035_an_entry_that_is_replaced_is_no_conflict_with_what_replaces_it() {
    let (store, _directory) = Store::temporary();
    let red = of_kind("one", ListKind::Red, EntryStatus::Effective);
    let black = of_kind("one", ListKind::Black, EntryStatus::Effective);
    for mode in [ImportMode::Full, ImportMode::Incremental] {
        import(&store, "city", mode, vec![red.clone()]).await;
        let (_, findings) = import(&store, "city", mode, vec![black.clone()]).await;
        assert_eq!(findings, [], "{mode:?}");
    }
}

#[tokio::test]
async fn an_import_that_is_given_up_leaves_nothing_and_the_next_start_removes_what_a_crash_left() {
    let (store, directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, vec![entry("a", NAME, &[COMPANY])]).await;
    let mut given_up = store.begin_list_import("city", ImportMode::Full, TODAY).await.unwrap();
    given_up.push(&[PreparedEntry::of(2, entry("b", NAME, &[COMPANY])).unwrap()]).unwrap();
    assert_eq!(files(&directory).len(), 2);
    drop(given_up);
    assert_eq!(files(&directory).len(), 1);
    let ready = store.begin_list_import("city", ImportMode::Full, TODAY).await.unwrap().finish().unwrap();
    drop(ready);
    assert_eq!(files(&directory).len(), 1);
    drop(store);
    std::fs::write(directory.path().join("lists/0198-cut-off.db"), "half").unwrap();
    let store = Store::within(&directory);
    assert_eq!(files(&directory).len(), 1);
    assert_eq!(found(&store, "无", &[COMPANY]).await.0, ["a"]);
}

#[tokio::test]
async fn a_store_whose_snapshot_is_gone_or_broken_does_not_open() {
    let (store, directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, vec![entry("a", NAME, &[COMPANY])]).await;
    drop(store);
    let file = files(&directory).remove(0);
    let whole = std::fs::read(&file).unwrap();
    for broken in [None, Some(&b"not a database"[..]), Some(&whole[..whole.len() / 2])] {
        match broken {
            None => std::fs::remove_file(&file).unwrap(),
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
        }
        let error = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).err();
        let error = error.map(|error| (error.code(), error.to_string())).unwrap();
        assert_eq!(error.0, "store.damaged");
        assert!(error.1.contains("lists/"), "{}", error.1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_reads_while_snapshots_are_switched_misses_nothing_and_sees_nothing_twice() {
    let (store, _directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, vec![entry("e", NAME, &[COMPANY])]).await;
    let stop = std::sync::Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (store, stop) = (store.clone(), std::sync::Arc::clone(&stop));
            tokio::spawn(async move {
                let mut reads = 0_u64;
                while !stop.load(Ordering::Relaxed) {
                    let (ids, hints) = found(&store, NAME, &[COMPANY]).await;
                    assert_eq!((ids.as_slice(), hints.len()), (&["e".to_owned()][..], 0));
                    reads += 1;
                    tokio::task::yield_now().await;
                }
                reads
            })
        })
        .collect();
    for round in 0..20 {
        // Now in the snapshot, now beside it, now both.
        let mut changed = entry("e", NAME, &[COMPANY]);
        changed.facts = format!("第{round}次");
        store.save_entries("city", vec![changed.clone()]).await.unwrap();
        import(&store, "city", ImportMode::Full, vec![changed]).await;
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
}

/// What an earlier host wrote: other forms of keys and names, under other words of
/// the indexes.
fn make_earlier(directory: &TempDir) {
    let [file] = files(directory).try_into().unwrap();
    let snapshot = rusqlite::Connection::open(file).unwrap();
    let blob: Vec<u8> =
        snapshot.query_row("SELECT content FROM parts WHERE name = 'filter'", [], |row| row.get(0)).unwrap();
    snapshot.execute("UPDATE parts SET content = ?1 WHERE name = 'filter'", [vec![0; blob.len()]]).unwrap();
    snapshot.pragma_update(None, "user_version", 1).unwrap();
    let store = rusqlite::Connection::open(directory.path().join("store.db")).unwrap();
    store.execute("UPDATE list_sources SET file_sha256 = NULL", []).unwrap();
}

#[tokio::test]
async fn r022_a_snapshot_of_an_earlier_host_is_found_under_the_keys_of_today() {
    let (store, directory) = Store::temporary();
    let before = "citizen_id:110101900101001";
    let whole = vec![entry("person", "买买提·吐尔逊", &[before]), entry("nameless", "示例（山东）店", &[])];
    import(&store, "whole", ImportMode::Full, whole).await;
    let digest = store.list_sources().unwrap().remove(0).digest;
    drop(store);
    make_earlier(&directory);

    for _ in 0..2 {
        let store = Store::within(&directory);
        assert_eq!(found(&store, "别名", &[PERSON]).await, (vec!["person".to_owned()], Vec::new()));
        assert_eq!(found(&store, "买买提.吐尔逊", &[COMPANY]).await.1, ["person"]);
        assert_eq!(found(&store, "示例(山东)店", &[COMPANY]).await.1, ["nameless"]);
        assert_eq!(files(&directory).len(), 1, "the earlier file is gone");
        assert_eq!(store.list_sources().unwrap().remove(0).digest, digest);
    }
}

/// An import that has only to be made known.
async fn ready(store: &Store, mode: ImportMode, entries: Vec<ListEntry>) -> ReadyImport {
    let mut import = store.begin_list_import("city", mode, TODAY).await.unwrap();
    for (line, entry) in (2..).zip(entries) {
        import.push(&[PreparedEntry::of(line, entry).unwrap()]).unwrap();
    }
    import.compare().unwrap();
    import.finish().unwrap()
}

#[tokio::test]
async fn what_an_import_takes_away_is_counted_whatever_its_form_and_its_steps() {
    let withdrawn = |numbers| {
        let mut entries = many(numbers, "甲");
        entries.iter_mut().for_each(|entry| entry.status = EntryStatus::Withdrawn);
        entries
    };
    let (full, incremental) = (ImportMode::Full, ImportMode::Incremental);
    let suspended = || {
        let mut entries = many(1..=100, "甲");
        entries.iter_mut().take(25).for_each(|entry| entry.suspended = true);
        entries
    };
    for (case, mode, entries, going, needs) in [
        ("nothing", full, many(1..=100, "甲"), 0, false),
        ("corrected", full, many(1..=100, "乙"), 0, false),
        ("20 of 100", full, many(21..=120, "甲"), 20, false),
        ("21 of 100", full, many(22..=121, "甲"), 21, true),
        ("all withdrawn", full, withdrawn(1..=100), 100, true),
        ("a quarter suspended", full, suspended(), 25, true),
        ("added", incremental, many(101..=150, "甲"), 0, false),
        ("twenty withdrawn", incremental, withdrawn(1..=20), 20, false),
        ("more withdrawn", incremental, withdrawn(1..=21), 21, true),
    ] {
        let (store, _directory) = Store::temporary();
        import(&store, "city", full, many(1..=100, "甲")).await;
        let ready = ready(&store, mode, entries).await;
        let loss = ready.loss();
        assert_eq!((loss.going(), loss.is_more_than(20, at())), (going, needs), "{case}");
        assert_eq!(ready.going().unwrap().len(), going, "{case}");
    }

    let (store, _directory) = Store::temporary();
    import(&store, "city", full, many(1..=100, "甲")).await;
    import(&store, "city", full, many(16..=100, "甲")).await;
    import(&store, "city", incremental, withdrawn(16..=19)).await;
    let third = || withdrawn(20..=21);
    let later = at() + SignedDuration::from_hours(30 * 24);
    let just_before = later - SignedDuration::from_secs(1);
    let two = ready(&store, incremental, third()).await;
    assert_eq!(two.loss().earlier(at()), 19);
    assert!(two.loss().is_more_than(20, at()), "19 went before");
    assert!(two.loss().is_more_than(20, just_before), "for thirty days");
    assert!(!two.loss().is_more_than(20, later), "and no longer");
    drop(two);
}

#[tokio::test]
async fn of_many_entries_that_are_all_others_now_those_are_told_that_let_their_subject_go() {
    let (store, _directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, many(1..=2_500, "甲")).await;
    // What came since then counts: one rests already, another no longer does.
    let mut since = many(1..=2, "甲");
    since[0].suspended = true;
    store.save_entries("city", since).await.unwrap();
    let mut all = many(1..=2_500, "乙");
    all.iter_mut().take(600).for_each(|entry| entry.suspended = true);
    let going = ready(&store, ImportMode::Full, all.clone()).await.going().unwrap();
    let ids: Vec<&str> = going.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids.len(), 599);
    assert!(!ids.contains(&"e1") && ids.contains(&"e2") && ids.contains(&"e600"), "{ids:?}");
    assert_eq!(ready(&store, ImportMode::Incremental, all).await.loss().going(), 599);
}

#[tokio::test]
async fn of_a_few_entries_each_may_be_let_go_and_none_may_stay_away() {
    let (store, _directory) = Store::temporary();
    import(&store, "city", ImportMode::Full, many(1..=3, "甲")).await;
    let mut repaired = many(1..=1, "甲");
    repaired[0].status = EntryStatus::Repaired;
    let one = ready(&store, ImportMode::Incremental, repaired).await;
    assert_eq!((one.loss().going(), one.loss().is_more_than(20, at())), (1, false));
    drop(one);
    assert!(ready(&store, ImportMode::Full, many(2..=3, "甲")).await.loss().is_more_than(20, at()));
}
