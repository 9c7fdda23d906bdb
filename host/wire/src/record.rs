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

use std::borrow::Cow;
use std::sync::Arc;

use creditgate_api::Answer;
use creditgate_credit::application::{Application, Party};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::verdict::{Advice, Commitment, DispositionAction, Ground, Outcome};
use creditgate_gate::{
    CheckInputs, CheckRecord, FeedbackBody, Mode, OutgoingFeedback, PluginRef, Reason, RecordedCheck,
    RequestWarning, Settled, SettledMeasure, Status,
};
use creditgate_sandbox::{Limits, Settings};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::json;
use crate::time::Instant;

mod call;

use call::CallBody;

/// Bytes a record usually needs.
const USUAL_SIZE: usize = 8 << 10;

/// A record cannot be read. What is wrong with it is not repeated: it may be an
/// identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is not of the form this version writes.
    #[error("the record is not of the form that is read: line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A part of it refers to something, or says something, that is not there.
    #[error("the record cannot be read: {0}")]
    Part(&'static str),
}

impl From<serde_json::Error> for RecordError {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed { line: error.line(), column: error.column() }
    }
}

/// The record of a check as JSON text.
#[must_use]
pub fn record_json(record: &CheckRecord) -> String {
    json::text(&RecordBody::from(record), USUAL_SIZE)
}

/// The record of a check, from its JSON text.
///
/// # Errors
/// [`RecordError`].
pub fn read_record(text: &str) -> Result<RecordedCheck, RecordError> {
    serde_json::from_str::<RecordBody<'_>>(text)?.into_recorded()
}

/// The parties of a recorded application, from their part of its JSON text.
///
/// # Errors
/// [`RecordError`].
pub fn read_parties(text: &str) -> Result<Vec<Party>, RecordError> {
    Ok(serde_json::from_str(text)?)
}

/// A record, borrowed when it is written and owned when it was read. What running the
/// check again does not need is not read.
#[skip_serializing_none]
#[derive(Serialize, Deserialize)]
struct RecordBody<'a> {
    check_id: Cow<'a, str>,
    at: Instant,
    #[serde(skip_deserializing)]
    caller: &'a str,
    #[serde(skip_deserializing)]
    operator: &'a str,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    idempotency: Option<IdempotencyBody<'a>>,
    application: Cow<'a, Application>,
    #[serde(skip_deserializing)]
    warnings: &'a [RequestWarning],
    binding: Cow<'a, str>,
    mode: Mode,
    plugin: Option<Cow<'a, PluginRef>>,
    release: Option<i64>,
    settings: Option<Cow<'a, Settings>>,
    limits: Limits,
    /// As text: more than 53 bits are not safe as a number everywhere.
    seed: String,
    policy: Cow<'a, str>,
    catalogue: Cow<'a, str>,
    calendar: Cow<'a, str>,
    engine: Cow<'a, str>,
    #[serde(default = "first_rules")]
    host_rules: Cow<'a, str>,
    dossier: Option<Cow<'a, Dossier>>,
    judged: Option<CallBody<'a>>,
    settled: SettledBody<'a>,
    #[serde(skip_deserializing)]
    feedback: Vec<FeedbackRef<'a>>,
    #[serde(skip_deserializing)]
    answer: Option<Answer<'a>>,
}

/// Those of records that name none.
const fn first_rules() -> Cow<'static, str> {
    Cow::Borrowed(HostRules::First.code())
}

impl<'a> From<&'a CheckRecord> for RecordBody<'a> {
    fn from(record: &'a CheckRecord) -> Self {
        let inputs = &record.inputs;
        Self {
            check_id: Cow::Borrowed(&record.check_id),
            at: inputs.at.into(),
            caller: &record.caller,
            operator: &record.operator,
            idempotency: record.idempotency.as_ref().map(|idempotency| IdempotencyBody {
                key: &idempotency.key,
                body_sha256: hex::encode(idempotency.body_hash),
            }),
            application: Cow::Borrowed(&inputs.application),
            warnings: &record.warnings,
            binding: Cow::Borrowed(&inputs.binding),
            mode: inputs.mode,
            plugin: inputs.plugin.as_ref().map(Cow::Borrowed),
            release: inputs.release,
            settings: inputs.settings.as_ref().map(Cow::Borrowed),
            limits: inputs.limits,
            seed: inputs.seed.to_string(),
            policy: Cow::Borrowed(&inputs.policy),
            catalogue: Cow::Borrowed(&inputs.catalogue),
            calendar: Cow::Borrowed(&inputs.calendar),
            engine: Cow::Borrowed(&inputs.engine),
            host_rules: Cow::Borrowed(inputs.host_rules.code()),
            dossier: inputs.dossier.as_deref().map(Cow::Borrowed),
            judged: record.judged.as_ref().map(CallBody::from),
            settled: (&record.settled).into(),
            feedback: record.feedback.iter().map(FeedbackRef::from).collect(),
            answer: Some(crate::answer::answer(record)),
        }
    }
}

impl RecordBody<'_> {
    fn into_recorded(self) -> Result<RecordedCheck, RecordError> {
        let dossier = self.dossier.map(|dossier| Arc::new(dossier.into_owned()));
        let settled = self.settled.into_settled(dossier.as_deref())?;
        Ok(RecordedCheck {
            check_id: self.check_id.into_owned(),
            inputs: CheckInputs {
                at: self.at.0,
                application: Arc::new(self.application.into_owned()),
                binding: self.binding.into_owned(),
                mode: self.mode,
                plugin: self.plugin.map(Cow::into_owned),
                release: self.release,
                settings: self.settings.map(Cow::into_owned),
                limits: self.limits,
                seed: self.seed.parse().map_err(|_| RecordError::Part("its seed is not a number"))?,
                policy: self.policy.into_owned(),
                catalogue: self.catalogue.into_owned(),
                calendar: self.calendar.into_owned(),
                engine: self.engine.into_owned(),
                host_rules: HostRules::from_code(&self.host_rules)
                    .ok_or(RecordError::Part("it was made under rules this version does not know"))?,
                dossier,
            },
            judged: self.judged.map(CallBody::into_call).transpose()?,
            settled,
        })
    }
}

#[derive(Serialize)]
struct IdempotencyBody<'a> {
    key: &'a str,
    body_sha256: String,
}

/// What the host made of a call. Its measures are named by their ids: their
/// particulars are in the dossier.
#[derive(Serialize, Deserialize)]
struct SettledBody<'a> {
    status: Status,
    outcome: Outcome,
    reasons: Cow<'a, [Reason]>,
    measures: Vec<SettledMeasureBody<'a>>,
    grounds: Cow<'a, [Ground]>,
    advice: Cow<'a, [Advice]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<Cow<'a, Commitment>>,
    explanation: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct SettledMeasureBody<'a> {
    id: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition: Option<Cow<'a, DispositionAction>>,
}

impl<'a> From<&'a Settled> for SettledBody<'a> {
    fn from(settled: &'a Settled) -> Self {
        let measures = settled.measures.iter().map(|settled| SettledMeasureBody {
            id: Cow::Borrowed(&settled.measure.id),
            disposition: settled.disposition.as_ref().map(Cow::Borrowed),
        });
        Self {
            status: settled.status,
            outcome: settled.outcome,
            reasons: Cow::Borrowed(&settled.reasons),
            measures: measures.collect(),
            grounds: Cow::Borrowed(&settled.grounds),
            advice: Cow::Borrowed(&settled.advice),
            commitment: settled.commitment.as_ref().map(Cow::Borrowed),
            explanation: Cow::Borrowed(&settled.explanation),
        }
    }
}

impl SettledBody<'_> {
    fn into_settled(self, dossier: Option<&Dossier>) -> Result<Settled, RecordError> {
        let measures = self.measures.into_iter().map(|settled| {
            let found =
                dossier.and_then(|dossier| dossier.measures().find(|measure| measure.id == settled.id));
            let measure =
                found.cloned().ok_or(RecordError::Part("a settled measure is not in the dossier"))?;
            Ok(SettledMeasure { measure, disposition: settled.disposition.map(Cow::into_owned) })
        });
        Ok(Settled {
            status: self.status,
            outcome: self.outcome,
            reasons: self.reasons.into_owned(),
            measures: measures.collect::<Result<_, RecordError>>()?,
            grounds: self.grounds.into_owned(),
            advice: self.advice.into_owned(),
            commitment: self.commitment.map(Cow::into_owned),
            explanation: self.explanation.into_owned(),
        })
    }
}

/// Feedback that left with the check, by id; what it says is among the facts of
/// the call, in the same order.
#[derive(Serialize)]
struct FeedbackRef<'a> {
    id: &'a str,
    kind: &'static str,
}

impl<'a> From<&'a OutgoingFeedback> for FeedbackRef<'a> {
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
