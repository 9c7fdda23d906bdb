//! What one department does costs no other department its checks; what is too
//! much is refused at once; and a caller who goes away leaves nothing taken.

use rusqlite::Connection;
use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{Reply, Setup, TestGate, TestPlatform, city, component, eventually, until};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// The department that is a nuisance, and its plug-in: the same guest.
const NOISY: &str = "housing";
const NUISANCE: &str = "nuisance";

/// Limits under which a guest holds on for as long as a test takes.
fn patient() -> Value {
    json!({"fuel": 100_000_000_000_000_u64, "wall_clock_ms": 60_000})
}

/// A binding of a department by the guest that misbehaves.
fn binding(department: &str, item: &str, behaviour: &str) -> Value {
    let mut binding = city::hostile(item, &json!({"behaviour": behaviour, "size": 20_000_000}), &patient());
    binding["department"] = json!(department);
    if department == NOISY {
        binding["plugin"] = json!(NUISANCE);
    }
    binding
}

fn request(department: &str, item: &str, case_no: &str) -> Value {
    with(city::request(item, "review", case_no, city::CLEAN_COMPANY), &json!({"department": department}))
}

/// A host at which the noisy department's item `loop` never ends and its item
/// `toil` takes long, as does that of the other department; the items `honest` are
/// done at once.
async fn serving(setup: Setup) -> TestGate {
    let gate = setup.start().await;
    let bindings = |loops: &str| {
        [
            binding(NOISY, "loop", loops),
            binding(NOISY, "toil", "toil"),
            binding(NOISY, "honest", "honest"),
            binding(city::DEPARTMENT, "toil", "toil"),
            binding(city::DEPARTMENT, "honest", "honest"),
        ]
    };
    // Both have to stand their trial before they misbehave.
    gate.know_vendor_of(NOISY).await;
    gate.serve(component::hostile_guest(), &bindings("honest")).await;
    gate.serve(component::hostile_guest_of(NOISY, NUISANCE), &[]).await;
    gate.import("bindings", &bindings("endless-loop")).await;
    gate
}

/// One long call for each department, so many waiting, and for long.
fn one_call_and(queued: u32) -> Setup {
    Setup::default().sandbox(&format!(
        "long_threads = 1\nlong_calls_per_department = 1\nqueued_long_calls_per_department = {queued}\n\
         queue_wait_ms = 60000"
    ))
}

/// A number of the host's, by its name with labels; 0 where it has not counted.
async fn metric(gate: &TestGate, name: &str) -> u64 {
    let text = gate.admin.get("/metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix("creditgate_")?.strip_prefix(name));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

async fn until_metric(gate: &TestGate, name: &str, wanted: u64) {
    let what = format!("{name} is {wanted}");
    eventually(&what, async || metric(gate, name).await == wanted).await;
}

async fn until_long_calls(gate: &TestGate, state: &str, wanted: u64) {
    let name = format!("long_calls{{department=\"{NOISY}\",state=\"{state}\"}}");
    until_metric(gate, &name, wanted).await;
}

/// Somebody who asks for a check. Aborting it breaks the connection.
fn asks(gate: &TestGate, request: Value) -> JoinHandle<Reply> {
    let caller = gate.caller.clone();
    tokio::spawn(async move { caller.post("/v1/checks", &request).await })
}

fn loops(gate: &TestGate, calls: usize) -> Vec<JoinHandle<Reply>> {
    (0..calls).map(|number| asks(gate, request(NOISY, "loop", &format!("loop-{number}")))).collect()
}

async fn is_clear(gate: &TestGate, department: &str, item: &str) {
    let answer = gate.check(&request(department, item, "case-1")).await.ok();
    assert_eq!(answer["status"], "clear", "{department} {item}: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_that_burns_its_budget_on_every_call_costs_no_other_department_a_check() {
    let gate = serving(one_call_and(2)).await;
    let running = loops(&gate, 3);
    until_long_calls(&gate, "running", 1).await;
    until_long_calls(&gate, "waiting", 2).await;

    // Beyond its share and its queue it is refused, while the others still wait.
    for number in 0..5 {
        let refused = gate.check(&request(NOISY, "loop", &format!("more-{number}"))).await;
        let detail = refused.problem(503, "department.busy");
        assert!(detail.contains(&format!("`{NOISY}`")), "{detail}");
        assert_eq!(refused.retry_after.as_deref(), Some("1"));
    }
    assert_eq!(metric(&gate, "refused_total{reason=\"long_calls\"}").await, 5);
    for _ in 0..20 {
        is_clear(&gate, city::DEPARTMENT, "honest").await;
    }
    for _ in 0..3 {
        is_clear(&gate, city::DEPARTMENT, "toil").await;
    }
    is_clear(&gate, NOISY, "honest").await;
    assert!(running.iter().all(|call| !call.is_finished()), "the burners had their turn all the time");
    assert_eq!(gate.ledger().await["records"], 24, "what was refused is not on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_is_done_in_time_is_answered_though_it_had_to_wait_for_its_share() {
    let gate = serving(one_call_and(64)).await;
    let begun = format!("long_calls_begun_total{{department=\"{NOISY}\"}}");
    let before = metric(&gate, &begun).await;
    let asked: Vec<_> =
        (0..12).map(|number| asks(&gate, request(NOISY, "toil", &format!("case-{number}")))).collect();
    for call in asked {
        assert_eq!(call.await.unwrap().ok()["status"], "clear");
    }
    assert_eq!(metric(&gate, &begun).await - before, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_frees_the_place_of_its_call_and_in_the_queue() {
    let gate = serving(one_call_and(2)).await;
    let calls = loops(&gate, 3);
    until_long_calls(&gate, "waiting", 2).await;
    assert_eq!(metric(&gate, "http_in_flight").await, 3);
    // Those that wait, and the one that runs, in whatever order they came.
    for call in &calls {
        call.abort();
    }
    until_long_calls(&gate, "waiting", 0).await;
    until_long_calls(&gate, "running", 0).await;
    let under_way = format!("checks_under_way{{department=\"{NOISY}\"}}");
    until_metric(&gate, &under_way, 0).await;
    is_clear(&gate, NOISY, "toil").await;
    assert_eq!(gate.ledger().await["records"], 1, "what nobody waits for is not recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_while_a_platform_is_asked_ends_the_check() {
    let platform = TestPlatform::start();
    platform.misbehave_at_queries("slow").await;
    let setup = Setup::default().connector("city", &platform, "taizhou.toml", "timeout_ms = 1900");
    let gate = serving(setup).await;
    let asked = with(binding(NOISY, "asked", "honest"), &json!({"sources": ["city"]}));
    gate.import("bindings", &[asked]).await;
    let call = asks(&gate, request(NOISY, "asked", "case-1"));
    let under_way = format!("checks_under_way{{department=\"{NOISY}\"}}");
    until_metric(&gate, &under_way, 1).await;
    call.abort();
    until_metric(&gate, &under_way, 0).await;
    assert_eq!(gate.ledger().await["records"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_whose_platform_hangs_leaves_the_others_their_places() {
    let platform = TestPlatform::start();
    platform.misbehave_at_queries("slow").await;
    let places = "max_in_flight = 8\nmax_requests_per_key = 8\nmax_checks_per_department = 2";
    let setup =
        Setup::default().http(places).connector("city", &platform, "taizhou.toml", "timeout_ms = 1900");
    let gate = serving(setup).await;
    let asked = with(binding(NOISY, "asked", "honest"), &json!({"sources": ["city"]}));
    gate.import("bindings", &[asked]).await;
    let calls: Vec<_> =
        (0..2).map(|number| asks(&gate, request(NOISY, "asked", &format!("case-{number}")))).collect();
    until_metric(&gate, &format!("checks_under_way{{department=\"{NOISY}\"}}"), 2).await;
    let refused = gate.check(&request(NOISY, "honest", "case-3")).await;
    let detail = refused.problem(503, "department.busy");
    assert!(detail.contains(&format!("`{NOISY}`")), "{detail}");
    assert_eq!(refused.retry_after.as_deref(), Some("1"));
    is_clear(&gate, city::DEPARTMENT, "honest").await;
    assert_eq!(metric(&gate, "refused_total{reason=\"department_checks\"}").await, 1);
    for call in calls {
        assert_eq!(call.await.unwrap().ok()["status"], "could_not_check");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_do_not_come_take_places_only_as_long_as_their_senders_stay() {
    let places =
        "max_in_flight = 4\nmax_requests_per_key = 4\nidle_timeout_ms = 60000\nrequest_timeout_ms = 60000";
    let gate = serving(Setup::default().http(places)).await;
    let head = format!(
        "POST /v1/checks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 500\r\n\r\n{{",
        gate.caller.key().unwrap()
    );
    let mut slow = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(gate.caller.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    until_metric(&gate, "http_in_flight", 4).await;
    let of_key = gate.check(&request(NOISY, "honest", "case-1")).await;
    let _ = of_key.problem(503, "key.busy");
    let refused = gate.admin.post("/v1/checks", &request(NOISY, "honest", "case-1")).await;
    let _ = refused.problem(503, "host.busy");
    assert_eq!(refused.retry_after.as_deref(), Some("1"));
    assert_eq!(metric(&gate, "refused_total{reason=\"requests\"}").await, 1);
    drop(slow);
    until_metric(&gate, "http_in_flight", 0).await;
    is_clear(&gate, NOISY, "honest").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_writer_cannot_keep_up_what_is_too_much_is_refused_and_the_rest_is_recorded() {
    let mut gate = serving(Setup::default()).await;
    gate.start_as(&Setup::default().store("busy_timeout_ms = 60000\nqueue_capacity = 4")).await;
    let backup = Connection::open(gate.store_file()).unwrap();
    backup.execute_batch("BEGIN IMMEDIATE").unwrap();
    let calls: Vec<_> = (0..24)
        .map(|number| asks(&gate, request(city::DEPARTMENT, "honest", &format!("case-{number}"))))
        .collect();
    // The writer has some in its hands and four in its queue; the others are answered
    // while the database is held.
    until("all are refused or wait", async || {
        let refused = metric(&gate, "refused_total{reason=\"writer\"}").await;
        let answered = calls.iter().filter(|call| call.is_finished()).count();
        let waiting = metric(&gate, "http_in_flight").await;
        (refused > 0 && refused + waiting == 24 && refused == answered as u64).then_some(())
    })
    .await;
    backup.execute_batch("ROLLBACK").unwrap();
    let (mut recorded, mut refused) = (0, 0);
    for call in calls {
        let reply = call.await.unwrap();
        if reply.status == 503 {
            let _ = reply.problem(503, "host.busy");
            assert_eq!(reply.retry_after.as_deref(), Some("1"));
            refused += 1;
        } else {
            assert_eq!(reply.ok()["status"], "clear");
            recorded += 1;
        }
    }
    assert_eq!(metric(&gate, "refused_total{reason=\"writer\"}").await, refused);
    let ledger = gate.ledger().await;
    assert_has(&ledger, &json!({"records": recorded, "intact": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_to_the_writer_is_kept_though_the_caller_goes_away() {
    let gate = serving(Setup::default().store("busy_timeout_ms = 60000")).await;
    let backup = Connection::open(gate.store_file()).unwrap();
    backup.execute_batch("BEGIN IMMEDIATE").unwrap();
    let call = asks(&gate, request(city::DEPARTMENT, "honest", "case-1"));
    until_metric(&gate, "ledger_appends_waiting", 1).await;
    call.abort();
    until_metric(&gate, "http_in_flight", 0).await;
    let _ = gate.caller.get("/v1/cases/case-1").await.problem(404, "case.unknown");
    backup.execute_batch("ROLLBACK").unwrap();
    let checks = until("the record is there", async || {
        let case = gate.caller.get("/v1/cases/case-1").await;
        (case.status == 200).then(|| case.ok()["checks"].as_array().cloned()).flatten()
    })
    .await;
    assert_eq!(checks.len(), 1);
    assert_eq!(gate.ledger().await["intact"], true);
}
