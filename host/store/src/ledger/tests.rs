//! What the ledger promises, and what it does when the disk, the lock or an
//! intruder is against it.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::duty::{CaseKind, DutyKind, Term, typical_cases_of};
use creditgate_gate::Mode;
use creditgate_gate::ports::CreditSource;
use jiff::civil::date;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::*;
use crate::DutyFilter;
use crate::outbox::FeedbackState;
use crate::queue::Queue;
use crate::samples::{COMPANY, OTHER_COMPANY, at, disposition, party, record, with_commitment, with_key};
use crate::store::StoreOptions;

fn open(options: &StoreOptions) -> (Store, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Store::open(&path_in(&directory), options).unwrap(), directory)
}

fn path_in(directory: &TempDir) -> PathBuf {
    directory.path().join("store.db")
}

/// What a failed call says: the store's own code, from under the gate's error.
fn code(error: &LedgerError) -> &'static str {
    error.source.downcast_ref::<StoreError>().expect("a store error").code()
}

async fn append(store: &Store, record: CheckRecord) -> Result<Appended, LedgerError> {
    store.append(Arc::new(record)).await
}

/// The checks of a ledger that is as it was written.
fn whole(store: &Store) -> u64 {
    let found = store.verify_ledger(None).unwrap();
    assert_eq!(found.faults, []);
    found.records
}

fn count(store: &Store, table: &str) -> i64 {
    store.read(|c| Ok(c.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)).unwrap()
}

#[tokio::test]
async fn what_was_answered_is_found_after_a_restart() {
    let (store, directory) = Store::temporary();
    let Appended::New { hash, .. } = append(&store, with_key(record("c1"), "key", 1)).await.unwrap() else {
        panic!("not new");
    };
    drop(store);
    let store = Store::within(&directory);
    let stored = store.check("c1").unwrap().expect("the check");
    assert_eq!(stored.hash, hash);
    assert_eq!(stored.at, at(), "to the nanosecond: the receipt signs it");
    assert_eq!((stored.status, stored.outcome), (Status::Hit, Outcome::Refuse));
    assert_eq!(store.checks_of_case("case-of-c1").unwrap(), std::slice::from_ref(&stored));
    assert_eq!(store.find_repeat("key-1", "key").unwrap(), Some(([1; 32], stored.clone())));
    assert_eq!(store.find_repeat("key-2", "key").unwrap(), None, "keys belong to their callers");
    assert_eq!(store.measures_of_check("c1").unwrap()[0].id, "food-refuse/e1/p1");
    assert_eq!(store.due(Queue::Feedback, at(), 10).unwrap().messages[0].id, "act-of-c1");
    assert_eq!(whole(&store), 1);

    let answer: serde_json::Value = serde_json::from_str(&stored.answer).unwrap();
    assert_eq!(answer["check_id"], "c1");
    assert_eq!(answer["measures"][0]["id"], "food-refuse/e1/p1");
    assert!(!stored.answer.contains("91110000101623741K"), "an answer holds no identifiers");
    assert!(store.record("c1").unwrap().unwrap().contains("91110000101623741K"), "a record holds all");
}

#[tokio::test]
async fn r002_at_each_checkpoint_of_an_item_the_last_check_counts_with_its_parties() {
    let (store, _directory) = Store::temporary();
    let at_place = |id: &str, checkpoint: &str, item: &str, outcome: Outcome| {
        let mut record = record(id);
        let application = Arc::make_mut(&mut record.inputs.application);
        application.case_no = "case-1".into();
        application.checkpoint = checkpoint.into();
        application.item = item.into();
        record.settled.outcome = outcome;
        record
    };
    for check in [
        at_place("c1", "intake", "food-licence", Outcome::Proceed),
        at_place("c2", "intake", "other", Outcome::Proceed),
        at_place("c3", "review", "food-licence", Outcome::Proceed),
        at_place("c4", "intake", "food-licence", Outcome::Refuse),
    ] {
        append(&store, check).await.unwrap();
    }
    let mut checks = store.earlier_checks("case-1", "market-regulation", "food-licence").unwrap();
    checks.sort_by(|a, b| a.checkpoint.cmp(&b.checkpoint));
    let said: Vec<_> = checks.iter().map(|check| (check.checkpoint.as_str(), check.outcome)).collect();
    assert_eq!(said, [("intake", Outcome::Refuse), ("review", Outcome::Proceed)]);
    assert_eq!(checks[0].parties, record("c1").inputs.application.parties);
    assert_eq!(checks[0].at, at());
    assert_eq!(store.earlier_checks("case-1", "finance", "food-licence").unwrap(), []);
    assert_eq!(store.earlier_checks("case-2", "market-regulation", "food-licence").unwrap(), []);
}

#[tokio::test]
async fn checks_nobody_made_are_not_found() {
    let (store, _directory) = Store::temporary();
    assert_eq!(store.check("c1").unwrap(), None);
    assert_eq!(store.checks_of_case("case").unwrap(), []);
    assert_eq!(store.measures_of_check("c1").unwrap(), []);
    assert_eq!(store.record("c1").unwrap(), None);
    assert_eq!(whole(&store), 0);
}

#[tokio::test]
async fn of_concurrent_requests_with_one_key_one_is_recorded() {
    let (store, _directory) = Store::temporary();
    let mut tasks = JoinSet::new();
    for n in 0..32 {
        let store = store.clone();
        tasks.spawn(
            async move { append(&store, with_key(record(&format!("c{n}")), "key", 1)).await.unwrap() },
        );
    }
    let (mut new, mut repeated) = (HashSet::new(), HashSet::new());
    for appended in tasks.join_all().await {
        match appended {
            Appended::New { hash, .. } => assert!(new.insert(hash.to_hex())),
            Appended::Repeat(stored) => drop(repeated.insert(stored.hash.to_hex())),
            Appended::Conflict => panic!("the bodies are the same"),
        }
    }
    assert_eq!(new.len(), 1);
    assert_eq!(new, repeated, "every repeat is of the one that was recorded");
    let conflict = append(&store, with_key(record("other"), "key", 2)).await.unwrap();
    assert!(matches!(conflict, Appended::Conflict), "the same key with another body");
    let tables = ["checks", "measures", "outbox"].map(|table| count(&store, table));
    assert_eq!(tables, [1, 1, 1], "repeats and conflicts leave nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_checks_share_commits_and_none_is_lost() {
    let (store, _directory) = Store::temporary();
    let mut tasks = JoinSet::new();
    for n in 0..500 {
        let store = store.clone();
        tasks.spawn(async move {
            let appended = append(&store, record(&format!("c{n}"))).await.unwrap();
            assert!(matches!(appended, Appended::New { .. }));
        });
    }
    tasks.join_all().await;
    for n in 0..500 {
        assert!(store.check(&format!("c{n}")).unwrap().is_some(), "c{n}");
    }
    assert_eq!(whole(&store), 500);
}

#[tokio::test]
async fn a_full_disk_fails_a_check_whole_and_hurts_nothing_before_or_after() {
    // Room for the empty tables, which take 500 KiB, and for some checks.
    let limited = StoreOptions { max_bytes: Some(700 << 10), ..StoreOptions::default() };
    let (store, directory) = open(&limited);
    let mut kept = 0;
    let error = loop {
        match append(&store, record(&format!("c{kept}"))).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(code(&error), "store.full");
    assert!(kept > 0);
    assert_eq!(store.check(&format!("c{kept}")).unwrap(), None);
    let tables = ["checks", "measures", "outbox"].map(|table| count(&store, table));
    assert_eq!(tables, [kept; 3], "nothing is half done");
    drop(store);

    let store = Store::within(&directory);
    append(&store, record(&format!("c{kept}"))).await.unwrap();
    assert_eq!(whole(&store), kept.unsigned_abs() + 1);
}

#[tokio::test]
async fn a_locked_file_is_an_error_after_a_while_and_no_longer_one_when_it_is_free() {
    let options = StoreOptions { busy_timeout: Duration::from_millis(50), ..StoreOptions::default() };
    let (store, directory) = open(&options);
    let other = Connection::open(path_in(&directory)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let error = append(&store, record("c1")).await.unwrap_err();
    assert_eq!(code(&error), "store.locked");
    assert!(started.elapsed() >= options.busy_timeout);
    assert_eq!(store.check("c1").unwrap(), None, "reads go on");
    other.execute_batch("COMMIT").unwrap();
    append(&store, record("c1")).await.unwrap();
    assert!(store.check("c1").unwrap().is_some());
}

#[tokio::test]
async fn more_checks_than_the_queue_holds_are_refused_at_once() {
    let (store, directory) = open(&StoreOptions { queue_capacity: 1, ..StoreOptions::default() });
    let other = Connection::open(path_in(&directory)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut tasks = JoinSet::new();
    for n in 0..4 {
        let store = store.clone();
        tasks.spawn(async move { append(&store, record(&format!("c{n}"))).await });
    }
    let first = tasks.join_next().await.unwrap().unwrap();
    assert_eq!(code(&first.unwrap_err()), "store.overloaded");
    other.execute_batch("COMMIT").unwrap();
    let rest = tasks.join_all().await;
    let kept = rest.iter().filter(|result| result.is_ok()).count();
    assert!(kept > 0);
    assert_eq!(count(&store, "checks"), i64::try_from(kept).unwrap());
}

#[tokio::test]
async fn two_processes_continue_one_chain() {
    let (store, directory) = Store::temporary();
    let other = Store::within(&directory);
    for n in 0..4 {
        let writer = if n % 2 == 0 { &store } else { &other };
        append(writer, record(&format!("c{n}"))).await.unwrap();
    }
    assert_eq!(whole(&store), 4);
}

#[tokio::test]
async fn a_disposition_is_sent_once_until_it_says_something_else() {
    let (store, _directory) = Store::temporary();
    append(&store, record("c1")).await.unwrap();
    for (id, reason) in [("f1", "待补正"), ("f2", "待补正"), ("f3", "已补正"), ("f4", "待补正")] {
        let answered = store.record_dispositions("c1", vec![disposition(id, reason)], at()).await.unwrap();
        let news = if id == "f2" { vec![] } else { vec![id] };
        assert_eq!(answered, news, "{id} is a repeat or news");
    }
    let queued = store.feedback(Some(FeedbackState::Pending), None, 10).unwrap();
    let ids: Vec<&str> = queued.iter().map(|(_, message)| message.id.as_str()).collect();
    assert_eq!(ids, ["act-of-c1", "f1", "f3", "f4"]);
}

#[tokio::test]
async fn dispositions_of_an_unknown_check_leave_nothing() {
    let (store, _directory) = Store::temporary();
    let error = store.record_dispositions("c9", vec![disposition("f1", "")], at()).await.unwrap_err();
    assert_eq!(code(&error), "check.unknown");
    assert_eq!(count(&store, "outbox"), 0);
}

#[tokio::test]
async fn a_partys_later_cases_see_its_commitment_once() {
    let (store, _directory) = Store::temporary();
    append(&store, with_commitment(record("c1"))).await.unwrap();
    let mut again = with_commitment(record("c2"));
    again.inputs.application = record("c1").inputs.application;
    append(&store, again).await.unwrap();
    let parties = [party("a", "示例食品有限公司", &[COMPANY]), party("b", "别家", &[OTHER_COMPANY])];
    let evidence = store.evidence(&parties).await.unwrap();
    let [commitment] = evidence[0].commitments.as_slice() else { panic!("{:?}", evidence[0].commitments) };
    assert_eq!((commitment.id.as_str(), commitment.case_no.as_str()), ("c2", "case-of-c1"));
    assert_eq!((commitment.made_on, commitment.due_on), (date(2026, 4, 1), date(2026, 4, 20)));
    assert_eq!(commitment.state, CommitmentState::Open);
    assert_eq!(evidence[1].commitments, []);
}

#[tokio::test]
async fn a_check_that_only_watches_binds_nobody() {
    for (mode, kept) in [(Mode::Observe, 0), (Mode::Advise, 1), (Mode::Enforce, 1)] {
        let (store, _directory) = Store::temporary();
        let mut watched = with_commitment(record("c1"));
        watched.inputs.mode = mode;
        append(&store, watched).await.unwrap();
        let tables = ["commitments", "measures"].map(|table| count(&store, table));
        assert_eq!(tables, [kept; 2], "{mode:?}");
        let expected = if mode == Mode::Observe { Outcome::Proceed } else { Outcome::ProceedWithCommitment };
        assert_eq!(store.check("c1").unwrap().unwrap().outcome, expected);
    }
}

#[tokio::test]
async fn r107_a_typical_case_a_plug_in_reports_ends_the_duty_of_its_month_and_kind() {
    let (store, _directory) = Store::temporary();
    let reporting = |check_id: &str| {
        let mut check = record(check_id);
        check.feedback[0].body = FeedbackBody::TypicalCase {
            party: "p1".to_owned(),
            kind: CaseKind::Honesty,
            title: "示例案例".to_owned(),
            summary: "企业主动纠正申报错误".to_owned(),
        };
        check
    };
    let division = reporting("c1").inputs.application.division.clone();
    let this_month = local_date(at());
    let owed = [
        (this_month, CaseKind::Honesty),
        (this_month, CaseKind::Dishonesty),
        (date(2020, 5, 1), CaseKind::Honesty),
    ];
    let subjects = owed.map(|(day, kind)| typical_cases_of(&division, day, kind)[0].clone());
    let duties = subjects.clone().map(|subject| {
        let (place, day) = (("lead-unit", division.as_str()), date(2099, 1, 20));
        NewDuty::new(DutyKind::TypicalCases, subject, place, day, Term::On(day), &WorkingCalendar::new([]))
    });
    store.open_duties(duties.to_vec(), at()).await.unwrap();
    append(&store, record("c0")).await.unwrap();
    assert_eq!(store.duties(&DutyFilter::default(), None, 10).unwrap().len(), 3, "it reports none");
    append(&store, reporting("c1")).await.unwrap();
    let owed = store.duties(&DutyFilter::default(), None, 10).unwrap();
    let owed: Vec<&str> = owed.iter().map(|owed| owed.duty.subject.as_str()).collect();
    assert_eq!(owed.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([&*subjects[1], &*subjects[2]]));
    let day = this_month;
    let cases = store.typical_cases(day, day).unwrap();
    assert_eq!(cases.iter().map(|(_, case)| &*case.kind).collect::<Vec<_>>(), [CaseKind::Honesty.code()]);
}
