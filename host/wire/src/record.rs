//! The record of a check as the ledger keeps it: everything needed to run the
//! same check again, and what was answered.
//!
//! | part | how |
//! |---|---|
//! | application, dossier, settings, limits, seed, instant | by value |
//! | the plug-in's log, transcript, fuel, and verdict, failure or error | by value |
//! | what the host made of it, and the answer | by value |
//! | effective entries of a party | by id, in their order; the entries are in `history` |
//! | measures of the settled result | by id; their particulars are in the dossier |
//! | component | by digest |
//! | release | by number |
//! | policy | by name, `division@version` |
//! | catalogue | by name of the edition |
//! | working days | by the edition of their tables |
//! | engine | by its fingerprint |
//! | the host's own rules | by their version; none in records from before there were two |
//!
//! It holds identity numbers. It is written once for every check, so it is
//! written from borrowed views, without an intermediate tree.

use creditgate_api::{
    AdviceBody, Answer, CommitmentBody, GroundBody, MeasureDispositionBody, PluginBody, ReasonBody,
    WarningBody,
};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{CheckRecord, FeedbackBody, Mode, OutgoingFeedback, Settled, SettledMeasure, Status};
use creditgate_sandbox::Limits;
use serde::Serialize;

use crate::json::{self, Each, Embedded};
use crate::time::Instant;

mod application;
mod call;
mod dossier;
mod read;

use application::ApplicationView;
use call::CallView;
use dossier::DossierView;
pub use read::{RecordError, read_parties, read_record};

/// Bytes a record usually needs.
const USUAL_SIZE: usize = 8 << 10;

/// The record of a check as JSON text.
#[must_use]
pub fn record_json(record: &CheckRecord) -> String {
    json::text(&RecordView::from(record), USUAL_SIZE)
}

#[derive(Serialize)]
struct RecordView<'a> {
    check_id: &'a str,
    at: Instant,
    caller: &'a str,
    operator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency: Option<IdempotencyView<'a>>,
    application: ApplicationView<'a>,
    warnings: Each<'a, creditgate_gate::RequestWarning, WarningBody<'a>>,
    binding: &'a str,
    mode: Mode,
    #[serde(skip_serializing_if = "Option::is_none")]
    plugin: Option<PluginBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<Embedded<'a>>,
    limits: LimitsView,
    /// As text: more than 53 bits are not safe as a number everywhere.
    seed: String,
    policy: &'a str,
    catalogue: &'a str,
    calendar: &'a str,
    engine: &'a str,
    host_rules: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dossier: Option<DossierView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judged: Option<CallView<'a>>,
    settled: SettledView<'a>,
    feedback: Each<'a, OutgoingFeedback, FactView<'a>>,
    answer: Answer<'a>,
}

impl<'a> From<&'a CheckRecord> for RecordView<'a> {
    fn from(record: &'a CheckRecord) -> Self {
        Self {
            check_id: &record.check_id,
            at: record.at.into(),
            caller: &record.caller,
            operator: &record.operator,
            idempotency: record.idempotency.as_ref().map(|idempotency| IdempotencyView {
                key: &idempotency.key,
                body_sha256: idempotency.body_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            }),
            application: (&*record.application).into(),
            warnings: Each(&record.warnings, WarningBody::from),
            binding: &record.binding,
            mode: record.mode,
            plugin: record.plugin.as_ref().map(PluginBody::from),
            release: record.release,
            settings: record.settings.as_ref().map(|settings| Embedded(settings.json())),
            limits: record.limits.into(),
            seed: record.seed.to_string(),
            policy: &record.policy,
            catalogue: &record.catalogue,
            calendar: &record.calendar,
            engine: &record.engine,
            host_rules: record.host_rules.code(),
            dossier: record.dossier.as_deref().map(DossierView::from),
            judged: record.judged.as_ref().map(CallView::from),
            settled: (&record.settled).into(),
            feedback: Each(&record.feedback, FactView::from),
            answer: crate::answer::answer(record),
        }
    }
}

#[derive(Serialize)]
struct IdempotencyView<'a> {
    key: &'a str,
    body_sha256: String,
}

#[derive(Serialize)]
struct LimitsView {
    fuel: u64,
    wall_clock_ms: u64,
    memory_bytes: u64,
    table_elements: u64,
    host_calls: u64,
    log_bytes: u64,
    result_bytes: u64,
}

impl From<Limits> for LimitsView {
    fn from(limits: Limits) -> Self {
        Self {
            fuel: limits.fuel,
            wall_clock_ms: limits.wall_clock_ms,
            memory_bytes: limits.memory_bytes,
            table_elements: limits.table_elements,
            host_calls: limits.host_calls,
            log_bytes: limits.log_bytes,
            result_bytes: limits.result_bytes,
        }
    }
}

#[derive(Serialize)]
struct SettledView<'a> {
    status: Status,
    outcome: Outcome,
    reasons: Each<'a, creditgate_gate::Reason, ReasonBody<'a>>,
    measures: Each<'a, SettledMeasure, SettledMeasureView<'a>>,
    grounds: Each<'a, creditgate_credit::verdict::Ground, GroundBody<'a>>,
    advice: Each<'a, creditgate_credit::verdict::Advice, AdviceBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<CommitmentBody<'a>>,
    explanation: &'a str,
}

impl<'a> From<&'a Settled> for SettledView<'a> {
    fn from(settled: &'a Settled) -> Self {
        Self {
            status: settled.status,
            outcome: settled.outcome,
            reasons: Each(&settled.reasons, ReasonBody::from),
            measures: Each(&settled.measures, SettledMeasureView::from),
            grounds: Each(&settled.grounds, GroundBody::from),
            advice: Each(&settled.advice, AdviceBody::from),
            commitment: settled.commitment.as_ref().map(CommitmentBody::from),
            explanation: &settled.explanation,
        }
    }
}

#[derive(Serialize)]
struct SettledMeasureView<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition: Option<MeasureDispositionBody<'a>>,
}

impl<'a> From<&'a SettledMeasure> for SettledMeasureView<'a> {
    fn from(settled: &'a SettledMeasure) -> Self {
        Self {
            id: &settled.measure.id,
            disposition: settled.disposition.as_ref().map(MeasureDispositionBody::from),
        }
    }
}

/// Feedback that left with the check, by id; what it says is among the facts of
/// the call, in the same order.
#[derive(Serialize)]
struct FactView<'a> {
    id: &'a str,
    kind: &'static str,
}

impl<'a> From<&'a OutgoingFeedback> for FactView<'a> {
    fn from(message: &'a OutgoingFeedback) -> Self {
        let kind = match message.body {
            FeedbackBody::Disposition { .. } => "disposition",
            FeedbackBody::DishonestAct { .. } => "dishonest_act",
            FeedbackBody::TypicalCase { .. } => "typical_case",
        };
        Self { id: &message.id, kind }
    }
}

#[cfg(test)]
mod tests;
