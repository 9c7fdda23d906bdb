//! Every case and every hostile client at once, beside honest callers: the host
//! stays what it is for them, for as long as one likes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use system_tests::{Client, Load};
use tokio::runtime::{Builder, Runtime};

use crate::case::{Case, End};
use crate::clients::{Arms, HostileClient};
use crate::component;
use crate::workbooks::workbooks;
use crate::yard::{
    Yard, ask, check_fault, code, honest_request, is_late, refusal_fault, stopped_by, workbook_fault,
};

/// Honest approval systems.
const HONEST: usize = 4;
/// Callers of hostile plug-ins. With the honest ones fewer than the host has
/// slots: a full pool is another matter.
const HOSTILE: usize = 6;
/// Faults that are told one by one.
const TOLD: usize = 20;
/// How much slower the slowest hundredth of honest checks may be for hostile
/// clients.
const WORST_RATIO: f64 = 2.0;
/// How much less the threads of those who mean harm count, in steps of the system's
/// scheduler.
const NICENESS: i32 = 10;
/// How often progress is told.
const STEP: Duration = Duration::from_secs(10);

/// What came of a storm.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// How long it took.
    pub seconds: u64,
    /// Honest checks made.
    pub honest: usize,
    /// Honest checks that did not find what they should.
    pub honest_failed: usize,
    /// Half of the honest checks were answered within so many milliseconds.
    pub honest_p50_ms: f64,
    /// All but a hundredth of them.
    pub honest_p99_ms: f64,
    /// The same beside the hostile plug-ins, before the hostile clients came.
    pub honest_p99_before_clients_ms: f64,
    /// The one over the other.
    pub honest_p99_ratio: f64,
    /// Calls of hostile plug-ins and pushes of them, by what they came to.
    pub hostile: BTreeMap<String, usize>,
    /// Of these, how many came to something else than they should.
    pub hostile_failed: usize,
    /// The first things that were not as they should be.
    pub faults: Vec<String>,
    /// The chain of the ledger holds.
    pub ledger_intact: bool,
    /// Records in it.
    pub ledger_records: u64,
    /// Resident memory of the host before, in MiB.
    pub resident_before_mib: u64,
    /// And after.
    pub resident_after_mib: u64,
    /// Files and connections it had open before.
    pub open_files_before: usize,
    /// And after.
    pub open_files_after: usize,
}

impl Report {
    /// Whether nobody but the hostile plug-ins came to harm.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.honest > 0 && self.honest_failed == 0 && self.hostile_failed == 0 && self.ledger_intact
    }

    /// Whether hostile clients cost the honest ones no more than they may.
    #[must_use]
    pub fn is_fair(&self) -> bool {
        self.honest_p99_ratio <= WORST_RATIO
    }
}

/// Code of the refusal where a key has its whole share: all push and send with the
/// same one.
const KEY_BUSY: &str = "key.busy";

/// Codes of the refusals where hostile calls have what room there is for them:
/// those that take long are many here, and of one department.
const NO_ROOM: [&str; 3] = [KEY_BUSY, "department.busy", "host.busy"];

/// What one caller got: how long it took or what it came to, and what was wrong.
pub(crate) enum Got {
    Honest(Duration, Option<String>),
    Hostile(String, Option<String>),
}

/// Where those who mean harm run: on threads that count for little, because their own
/// work is done on other machines than the host's, and is not what the storm measures.
fn elsewhere() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(|| {
            if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
                eprintln!("hostile clients count as much as the others: {error}");
            }
        })
        .build()
        .expect("a runtime")
}

/// Runs every case but the slow ones, over and over, beside honest callers.
/// `tell` hears of it now and then. The cases are in already.
pub async fn run(yard: &Arc<Yard>, cases: &[Case], duration: Duration, tell: impl Fn(&str)) -> Report {
    let (resident, open) = (yard.gate.resident_mib(), yard.gate.open_files());
    let started = Instant::now();
    // A third of the time with hostile plug-ins alone: what the clients cost is seen
    // beside that.
    let elsewhere = elsewhere();
    let attacks = || {
        let _there = elsewhere.enter();
        (attackers(yard, cases), sender(yard))
    };
    let before = {
        let (honest, (hostile, sender)) = (honest_callers(yard), attacks());
        pass(duration / 3, started, &tell, || (honest.done(), hostile.done() + sender.done())).await;
        // The honest ones first: nothing counts that they asked when alone.
        let mut all = honest.stop().await;
        all.extend(sender.stop().await);
        all.extend(hostile.stop().await);
        all
    };
    let arms = Arc::new(Arms::of(yard).await);
    let mut all = {
        let (honest, (hostile, sender)) = (honest_callers(yard), attacks());
        let clients: Vec<_> = {
            let _there = elsewhere.enter();
            HostileClient::ALL.into_iter().map(|kind| arms.attack(kind)).collect()
        };
        pass(duration, started, &tell, || {
            let clients = clients.iter().map(Load::done).sum::<usize>();
            (honest.done(), hostile.done() + sender.done() + clients)
        })
        .await;
        let mut all = honest.stop().await;
        for client in clients {
            all.extend(client.stop().await);
        }
        all.extend(sender.stop().await);
        all.extend(hostile.stop().await);
        all
    };
    elsewhere.shutdown_background();
    let before_clients_ms = p99_ms(&before);
    let beside_clients_ms = p99_ms(&all);
    all.extend(before);
    let seconds = started.elapsed().as_secs();
    let ledger = yard.gate.ledger().await;
    Report {
        seconds,
        ledger_intact: ledger["intact"] == true,
        ledger_records: ledger["records"].as_u64().unwrap_or_default(),
        resident_before_mib: resident,
        resident_after_mib: yard.gate.resident_mib(),
        open_files_before: open,
        open_files_after: yard.gate.open_files(),
        honest_p99_before_clients_ms: before_clients_ms,
        honest_p99_ratio: beside_clients_ms / before_clients_ms.max(f64::MIN_POSITIVE),
        ..sum(all)
    }
}

/// Waits until so much time has passed since the start.
async fn pass(until: Duration, started: Instant, tell: impl Fn(&str), done: impl Fn() -> (usize, usize)) {
    while started.elapsed() < until {
        tokio::time::sleep(STEP.min(until.saturating_sub(started.elapsed()))).await;
        let (good, harm) = done();
        tell(&format!("{} s: {good} honest checks, {harm} hostile calls", started.elapsed().as_secs()));
    }
}

fn honest_callers(yard: &Arc<Yard>) -> Load<Got> {
    let neighbour = yard.gate.caller.apart();
    Load::start(HONEST, move |_| {
        let neighbour = neighbour.clone();
        async move { Some(honest_check(&neighbour).await) }
    })
}

/// The time within which all but a hundredth of the honest checks were answered.
fn p99_ms(all: &[Got]) -> f64 {
    let honest = |got: &Got| if let Got::Honest(took, _) = got { Some(*took) } else { None };
    let mut times: Vec<Duration> = all.iter().filter_map(honest).collect();
    times.sort_unstable();
    at_share(&times, 99)
}

fn at_share(times: &[Duration], share: usize) -> f64 {
    times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

/// Callers that go round the cases, each the next one that is free.
fn attackers(yard: &Arc<Yard>, cases: &[Case]) -> Load<Got> {
    // Bytes are made once: what is at work is the host.
    let ready = |case: &Case| match case.end() {
        End::Refused { .. } => (component::components(case), case.clone()),
        End::Stopped { .. } | End::Harmless { .. } => (Vec::new(), case.clone()),
    };
    let cases: Arc<Vec<_>> = Arc::new(cases.iter().filter(|case| !case.slow).map(ready).collect());
    let yard = Arc::clone(yard);
    Load::start(HOSTILE, move |number| {
        let (cases, yard) = (Arc::clone(&cases), Arc::clone(&yard));
        async move {
            let (components, case) = &cases[number % cases.len()];
            let round = number / cases.len();
            let component = components.get(round % components.len().max(1));
            Some(attack(&yard, case, component.cloned()).await)
        }
    })
}

/// Somebody who sends one hostile workbook after the other.
fn sender(yard: &Arc<Yard>) -> Load<Got> {
    let books: Arc<Vec<_>> = Arc::new(workbooks().iter().map(|book| (book, book.bytes())).collect());
    let yard = Arc::clone(yard);
    Load::start(1, move |number| {
        let (books, yard) = (Arc::clone(&books), Arc::clone(&yard));
        async move {
            let (book, bytes) = &books[number % books.len()];
            let reply = yard.import(book.name, bytes.clone()).await;
            if reply.status == 503 && code(&reply.text, "/code") == KEY_BUSY {
                // The key has its share of files: others push with it.
                return Some(Got::Hostile(KEY_BUSY.to_owned(), None));
            }
            let came_to = code(&reply.text, "/problems/0/code");
            Some(Got::Hostile(came_to, workbook_fault(book, &reply)))
        }
    })
}

/// Pushes a component that is refused, or calls a case that serves.
async fn attack(yard: &Yard, case: &Case, component: Option<Vec<u8>>) -> Got {
    let reply = match component {
        Some(component) => yard.gate.push(component).await,
        None => ask(&yard.asker, case).await,
    };
    let problem = code(&reply.text, "/code");
    if reply.status == 503 && NO_ROOM.contains(&problem.as_str()) {
        return Got::Hostile(problem, None);
    }
    let fault = match (case.end(), reply.status) {
        (End::Refused { .. }, _) => refusal_fault(case, &reply),
        (_, 200) => check_fault(case, &reply.json()),
        (_, status) => Some(format!("{}: {status} {}", case.name, reply.text)),
    };
    let came_to = [problem, stopped_by(case, &reply)].into_iter().find(|code| !code.is_empty());
    let came_to = came_to.unwrap_or_else(|| "harmless".to_owned());
    // Where all run at once there may be no other end.
    Got::Hostile(came_to, fault.filter(|_| !is_late(case, &reply)))
}

async fn honest_check(neighbour: &Client) -> Got {
    let asked = Instant::now();
    let reply = neighbour.post("/v1/checks", &honest_request()).await;
    let took = asked.elapsed();
    let clear = reply.status == 200 && reply.json()["status"] == "clear";
    Got::Honest(took, (!clear).then(|| format!("an honest check: {} {}", reply.status, reply.text)))
}

/// Counts what callers got.
fn sum(all: Vec<Got>) -> Report {
    let mut report = Report::default();
    let mut times = Vec::new();
    for got in all {
        let fault = match got {
            Got::Honest(took, fault) => {
                times.push(took);
                report.honest += 1;
                report.honest_failed += usize::from(fault.is_some());
                fault
            }
            Got::Hostile(came_to, fault) => {
                *report.hostile.entry(came_to).or_default() += 1;
                report.hostile_failed += usize::from(fault.is_some());
                fault
            }
        };
        report.faults.extend(fault.filter(|_| report.faults.len() < TOLD));
    }
    times.sort_unstable();
    Report { honest_p50_ms: at_share(&times, 50), honest_p99_ms: at_share(&times, 99), ..report }
}
