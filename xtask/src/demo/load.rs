//! Approval systems that keep asking while something else goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use approval_system::Client;
use creditgate_api::{Answer, CheckRequest, Party, PartyIdentifier};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Callers that ask at the same time.
const CALLERS: usize = 4;
/// Pause of a caller after each answer: the demo shows a host at work, and
/// measures none.
const PAUSE: Duration = Duration::from_millis(5);
/// How long any number of answers may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Callers at work.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    asked: watch::Receiver<usize>,
    callers: JoinSet<Traffic>,
}

/// What callers got.
#[derive(Default)]
pub(crate) struct Traffic {
    /// Answers with status 200, each caller's in order.
    pub(crate) answers: Vec<Answer<'static>>,
    /// Requests that got another answer, or none.
    pub(crate) unanswered: usize,
}

/// What every caller needs.
struct Desk {
    client: Client,
    /// Makes the request of a case.
    request: fn(&str) -> CheckRequest,
    /// What case numbers begin with.
    prefix: &'static str,
    next: AtomicUsize,
    stop: Arc<AtomicBool>,
    asked: watch::Sender<usize>,
}

impl Load {
    /// Sets callers to work, each on one case after the other. Case numbers are
    /// `prefix` and a number no other case has.
    pub(crate) fn start(client: Client, prefix: &'static str, request: fn(&str) -> CheckRequest) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, asked) = watch::channel(0);
        let next = AtomicUsize::new(0);
        let desk = Arc::new(Desk { client, request, prefix, next, stop: Arc::clone(&stop), asked: sender });
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(ask(Arc::clone(&desk)));
        }
        Self { stop, asked, callers }
    }

    /// Waits until so many more checks were asked for and answered, or failed.
    ///
    /// # Errors
    /// When that takes more than a minute.
    pub(crate) async fn more(&self, checks: usize) -> Result<()> {
        let mut asked = self.asked.clone();
        let wanted = *asked.borrow() + checks;
        let reached = asked.wait_for(|asked| *asked >= wanted);
        let waited = tokio::time::timeout(PATIENCE, reached).await;
        waited.with_context(|| format!("{checks} checks took more than {} s", PATIENCE.as_secs()))??;
        Ok(())
    }

    /// Lets every caller finish its check, and gives back what all of them got.
    pub(crate) async fn stop(self) -> Traffic {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Traffic::default();
        for traffic in self.callers.join_all().await {
            all.answers.extend(traffic.answers);
            all.unanswered += traffic.unanswered;
        }
        all
    }
}

async fn ask(desk: Arc<Desk>) -> Traffic {
    let mut traffic = Traffic::default();
    while !desk.stop.load(Ordering::Relaxed) {
        let number = desk.next.fetch_add(1, Ordering::Relaxed);
        let case_no = format!("{}-{number:06}", desk.prefix);
        match desk.client.check(&(desk.request)(&case_no), &case_no).await {
            Ok(answer) => traffic.answers.push(answer),
            Err(error) => {
                eprintln!("{case_no}: {error}");
                traffic.unanswered += 1;
            }
        }
        desk.asked.send_modify(|asked| *asked += 1);
        tokio::time::sleep(PAUSE).await;
    }
    traffic
}

/// The version that judged; empty where none did.
pub(crate) fn version<'a>(answer: &'a Answer<'_>) -> &'a str {
    answer.plugin.as_ref().map_or("", |plugin| &plugin.version)
}

/// A request at the review of an item, for a company that is on no list.
pub(crate) fn review(department: &str, item: &str, case_no: &str) -> CheckRequest {
    let number = PartyIdentifier { kind: "uscc".to_owned(), value: "91110105MA00003490".to_owned() };
    let company = Party {
        role: "applicant".to_owned(),
        kind: "legal_person".to_owned(),
        name: "示例换版测试有限公司".to_owned(),
        identifiers: vec![number],
        ..Party::default()
    };
    CheckRequest {
        department: department.to_owned(),
        item: item.to_owned(),
        checkpoint: "review".to_owned(),
        case_no: case_no.to_owned(),
        operator: "demo".to_owned(),
        parties: vec![company],
        ..CheckRequest::default()
    }
}
