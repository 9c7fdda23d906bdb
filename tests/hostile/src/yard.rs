//! A host under test, and what is done to it: a hostile plug-in comes in as any
//! vendor's does, and is asked as any other is.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use system_tests::document::with;
use system_tests::vendor::digest;
use system_tests::{Client, Reply, Setup, TestGate, city, component as built};

use crate::case::{Case, End};
use crate::clients::PATIENCE;
use crate::component;
use crate::text::tricks;
use crate::workbooks::Workbook;

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A host with an honest neighbour: the item `honest`.
pub struct Yard {
    /// The host.
    pub gate: TestGate,
    /// The approval system that asks the hostile plug-ins: another one than the
    /// neighbours'.
    pub(crate) asker: Client,
}

/// Case numbers given out so far. A trial is told from a check by their length.
static CASES: AtomicUsize = AtomicUsize::new(1);

impl Yard {
    /// Starts a host.
    pub async fn start() -> Self {
        let setup = Setup::default().http(PATIENCE);
        let gate = setup.with_hostile_guest().await;
        let asker = gate.somebody_of(city::DEPARTMENT, "caller").await;
        Self { gate, asker }
    }

    /// Brings a case in: it is refused, or serves its item from now on.
    ///
    /// # Errors
    /// When it is not refused as it should be, or refused when it should not be,
    /// or when a refusal changed anything.
    pub async fn bring_in(&self, case: &Case) -> Result<(), String> {
        match (case.end(), &case.guest) {
            (End::Refused { .. }, _) => self.bring_in_vain(case).await,
            (_, Some(behaviour)) => {
                // It stands its trial behaving. Told otherwise, it is not tried again.
                self.serve(case, "hostile-guest", built::hostile_guest()).await?;
                let settings = json!({"behaviour": behaviour, "size": case.size});
                self.gate.import("bindings", &[binding(case, "hostile-guest", settings)]).await;
                Ok(())
            }
            (_, None) => self.serve(case, &case.name, component::component(case)).await,
        }
    }

    async fn bring_in_vain(&self, case: &Case) -> Result<(), String> {
        let before = self.gate.holdings().await;
        for component in component::components(case) {
            let push = async || self.gate.push(component.clone()).await;
            let reply = in_time(case, push).await;
            refusal_fault(case, &reply).map_or(Ok(()), Err)?;
        }
        let changed = self.gate.holdings().await != before;
        if changed { Err(format!("{}: a refusal changed something", case.name)) } else { Ok(()) }
    }

    async fn serve(&self, case: &Case, plugin: &str, component: Vec<u8>) -> Result<(), String> {
        let digest = digest(&component);
        good(&case.name, &self.gate.push(component).await)?;
        self.gate.approve(&digest).await;
        self.gate.import("bindings", &[binding(case, plugin, json!({}))]).await;
        let binding = format!("{}/{}/{}", city::DEPARTMENT, case.name, case.checkpoint());
        let order = json!({"digest": digest, "binding": binding});
        good(&case.name, &self.gate.order_activation(&order).await)
    }

    /// Calls a case that serves: twice, because the first call may end at once and
    /// the second on a fiber.
    ///
    /// # Errors
    /// When a check does not come out as the case says, or is not on record.
    pub async fn call(&self, case: &Case) -> Result<(), String> {
        for _ in 0..2 {
            let reply = in_time(case, async || ask(&self.asker, case).await).await;
            good(&case.name, &reply)?;
            let answer = reply.json();
            check_fault(case, &answer).map_or(Ok(()), Err)?;
            let id = answer["check_id"].as_str().unwrap_or_default();
            let kept = self.asker.get(&format!("/v1/checks/{id}")).await;
            good(&case.name, &kept)?;
            if kept.json() != answer {
                return Err(format!("{}: what is on record is not what was answered", case.name));
            }
        }
        Ok(())
    }

    /// Asks an honest neighbour, and looks at the ledger.
    ///
    /// # Errors
    /// When anything is not as it was before the case.
    pub async fn neighbours(&self, after: &str) -> Result<(), String> {
        let reply = self.gate.check(&honest_request()).await;
        good(after, &reply)?;
        let (answer, ledger) = (reply.json(), self.gate.ledger().await);
        if answer["status"] == "clear" && ledger["intact"] == true {
            return Ok(());
        }
        Err(format!("after {after}: {answer} {ledger}"))
    }

    /// Hands in a list that somebody sent: it is refused, and nothing comes of it.
    ///
    /// # Errors
    /// When it is not refused as it should be, or a refusal changed anything.
    pub async fn hand_in(&self, book: &Workbook) -> Result<(), String> {
        let before = self.sources().await;
        let reply = self.import(book.name, book.bytes()).await;
        workbook_fault(book, &reply).map_or(Ok(()), Err)?;
        if self.sources().await == before {
            return Ok(());
        }
        Err(format!("{}: a refusal changed something", book.name))
    }

    /// Imports a workbook as the whole of a source.
    pub(crate) async fn import(&self, name: &str, bytes: Vec<u8>) -> Reply {
        let path = format!("/v1/admin/lists?format=xlsx&mode=full&source=sent&file={name}.xlsx");
        self.gate.admin.post_text(&path, XLSX, bytes).await
    }

    async fn sources(&self) -> Value {
        self.gate.admin.get("/v1/admin/sources").await.json()
    }

    /// Looks for what hostile plug-ins may have left outside their records.
    ///
    /// # Panics
    /// When the log holds a line that is not the host's own, or a report of a
    /// call that failed waits to be sent.
    pub async fn forged_nothing(&self) {
        for line in self.gate.log().lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON object: {line}"));
            assert_ne!(line["message"], "forged", "a plug-in wrote a line of the host's log");
        }
        assert_eq!(
            self.gate.feedback("pending").await,
            [Value::Null; 0],
            "a call that fails reports nothing"
        );
    }
}

/// How often a case is tried until it is not late: for some ten seconds, since what
/// else a machine does at the side comes and goes.
const TRIES: usize = 40;

/// The answer to a case that came to its end in time, if one of some does.
async fn in_time(case: &Case, act: impl AsyncFn() -> Reply) -> Reply {
    let mut reply = act().await;
    for _ in 1..TRIES {
        if !is_late(case, &reply) {
            break;
        }
        reply = act().await;
    }
    reply
}

/// Whether the time of a call was over before its fuel, which on a busy machine says
/// nothing about either.
pub(crate) fn is_late(case: &Case, reply: &Reply) -> bool {
    let burns = case.reason.as_deref() == Some("limit.fuel") || case.named == "limits.fuel";
    burns && stopped_by(case, reply) == "limit.wall_clock"
}

/// The code of what stopped the call of a case, in the answer to its push or to a
/// check.
pub(crate) fn stopped_by(case: &Case, reply: &Reply) -> String {
    let refused = matches!(case.end(), End::Refused { .. });
    code(&reply.text, if refused { "/errors/0/code" } else { "/reasons/0/code" })
}

/// The code at a place of an answer; empty where there is none.
pub(crate) fn code(text: &str, pointer: &str) -> String {
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An answer that is a success.
fn good(case: &str, reply: &Reply) -> Result<(), String> {
    if (200..300).contains(&reply.status) {
        return Ok(());
    }
    Err(format!("{case}: {} {}", reply.status, start(&reply.text)))
}

/// Why the import of a workbook was not answered as it should be.
pub(crate) fn workbook_fault(book: &Workbook, reply: &Reply) -> Option<String> {
    let Workbook { name, refused, .. } = book;
    let answer: Value = serde_json::from_str(&reply.text).unwrap_or_default();
    let first = &answer["problems"][0]["code"];
    let right = reply.status == 422 && answer["code"] == "import.refused" && first == refused;
    (!right || !tricks(&answer).is_empty())
        .then(|| format!("{name}: {refused} expected, found {} {}", reply.status, start(&reply.text)))
}

/// Why the push of a case was not answered as it should be.
pub(crate) fn refusal_fault(case: &Case, reply: &Reply) -> Option<String> {
    let End::Refused { http, code } = case.end() else { return None };
    let answer: Value = serde_json::from_str(&reply.text).unwrap_or_default();
    let right = reply.status == http && answer["code"] == code.as_str() && reply.text.contains(&case.named);
    (!right || !tricks(&answer).is_empty())
        .then(|| format!("{}: {code} expected, found {} {}", case.name, reply.status, start(&reply.text)))
}

/// Why a check of a case did not come out as it should.
pub(crate) fn check_fault(case: &Case, answer: &Value) -> Option<String> {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let first = |name: &str| answer["reasons"][0][name].as_str().unwrap_or_default().to_owned();
    let found = if answer["reasons"] == json!([]) {
        End::Harmless { status: text("status"), explanation: text("explanation") }
    } else {
        End::Stopped { status: text("status"), reason: first("code") }
    };
    let stopped = matches!(found, End::Stopped { .. });
    let officer = if stopped { first("text") } else { text("explanation") };
    let held = !stopped || answer["outcome"] == "manual_review";
    let right = found == case.end() && held && officer.contains(&case.named);
    let tricks = tricks(answer);
    (!right || !tricks.is_empty()).then(|| {
        let (name, expected) = (&case.name, case.end());
        format!("{name}: {expected:?} expected, found {}, tricks {tricks:?}", start(&answer.to_string()))
    })
}

/// Asks for a check by a case.
pub(crate) async fn ask(caller: &Client, case: &Case) -> Reply {
    let applicant = if case.banned { city::BANNED_COMPANY } else { city::CLEAN_COMPANY };
    let request = city::request(&case.name, case.checkpoint(), &next_case("hostile"), applicant);
    caller.post("/v1/checks", &request).await
}

/// A request to the honest neighbour.
pub(crate) fn honest_request() -> Value {
    city::request("honest", "review", &next_case("honest"), city::CLEAN_COMPANY)
}

fn next_case(prefix: &str) -> String {
    format!("{prefix}-{:06}", CASES.fetch_add(1, Ordering::Relaxed))
}

/// The binding of a case: of its plug-in or of the guest.
fn binding(case: &Case, plugin: &str, settings: Value) -> Value {
    let binding = city::hostile(&case.name, &settings, &Value::Object(case.limits.clone()));
    with(binding, &json!({"plugin": plugin, "checkpoint": case.checkpoint()}))
}

/// Enough of a text to see what it is.
fn start(text: &str) -> String {
    text.chars().take(2000).collect()
}
