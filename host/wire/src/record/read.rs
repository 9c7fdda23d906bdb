//! A record read back: the other direction of the views beside this file. Only
//! what running the check again needs is read; the answer, for one, is not.
//!
//! Reading is off the path of a check and on that of a backtest, which reads
//! every record there is: it goes straight into types, without a tree.

use std::borrow::Cow;
use std::sync::Arc;

use creditgate_api::{
    AdviceBody, CommitmentBody, GroundBody, MeasureBody, MeasureDispositionBody, PluginBody, ReasonBody,
};
use creditgate_credit::application::{
    Application, Material, Party, PartyRole, Report, RequiredBy, SubjectKind,
};
use creditgate_credit::dossier::{
    AssessedReport, CommitmentState, Dossier, Measure, PartyDossier, PastCommitment,
};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::Identifier;
use creditgate_credit::verdict::{
    Advice, Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict,
};
use creditgate_gate::{
    Mode, PluginRef, Reason, RecordedCall, RecordedCheck, RecordedError, Settled, SettledMeasure, Status,
};
use creditgate_sandbox::{Fact, Failure, HostCall, Limits, LogLevel, LogLine, Settings};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attributes::AttributesBody;
use crate::entry::EntryRow;
use crate::identifier::IdentifierBody;
use crate::time::{Day, Instant};

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

/// The record of a check, from its JSON text.
///
/// # Errors
/// [`RecordError`].
pub fn read_record(text: &str) -> Result<RecordedCheck, RecordError> {
    let row: RecordRow<'_> = serde_json::from_str(text)?;
    let dossier = row.dossier.map(DossierRow::into_dossier).transpose()?.map(Arc::new);
    let settings = row.settings.map(|settings| Settings::from_json(settings.get())).transpose();
    Ok(RecordedCheck {
        check_id: row.check_id,
        at: row.at.0,
        application: Arc::new(row.application.into_application()?),
        binding: row.binding,
        mode: row.mode,
        plugin: row.plugin.map(into_plugin),
        release: row.release,
        settings: settings.map_err(|_| RecordError::Part("its settings are not an object"))?,
        limits: row.limits.into(),
        seed: row.seed.parse().map_err(|_| RecordError::Part("its seed is not a number"))?,
        policy: row.policy,
        catalogue: row.catalogue,
        calendar: row.calendar,
        engine: row.engine,
        host_rules: HostRules::from_code(row.host_rules.unwrap_or(HostRules::First.code()))
            .ok_or(RecordError::Part("it was made under rules this version does not know"))?,
        judged: row.judged.map(CallRow::into_call).transpose()?,
        settled: row.settled.into_settled(dossier.as_deref())?,
        dossier,
    })
}

/// The parties of a recorded application, from their part of its JSON text.
///
/// # Errors
/// [`RecordError`].
pub fn read_parties(text: &str) -> Result<Vec<Party>, RecordError> {
    let rows: Vec<PartyRow<'_>> = serde_json::from_str(text)?;
    rows.into_iter().map(PartyRow::into_party).collect()
}

#[derive(Deserialize)]
struct RecordRow<'a> {
    check_id: String,
    at: Instant,
    #[serde(borrow)]
    application: ApplicationRow<'a>,
    binding: String,
    mode: Mode,
    plugin: Option<PluginBody<'a>>,
    release: Option<i64>,
    settings: Option<&'a RawValue>,
    limits: LimitsRow,
    seed: String,
    policy: String,
    catalogue: String,
    calendar: String,
    engine: String,
    #[serde(borrow)]
    host_rules: Option<&'a str>,
    #[serde(borrow)]
    dossier: Option<DossierRow<'a>>,
    #[serde(borrow)]
    judged: Option<CallRow<'a>>,
    #[serde(borrow)]
    settled: SettledRow<'a>,
}

fn into_plugin(body: PluginBody<'_>) -> PluginRef {
    PluginRef {
        name: body.name.into_owned(),
        version: body.version.into_owned(),
        digest: body.digest.into_owned(),
    }
}

#[derive(Deserialize)]
struct LimitsRow {
    fuel: u64,
    wall_clock_ms: u64,
    memory_bytes: u64,
    table_elements: u64,
    host_calls: u64,
    log_bytes: u64,
    result_bytes: u64,
}

impl From<LimitsRow> for Limits {
    fn from(row: LimitsRow) -> Self {
        Self {
            fuel: row.fuel,
            wall_clock_ms: row.wall_clock_ms,
            memory_bytes: row.memory_bytes,
            table_elements: row.table_elements,
            host_calls: row.host_calls,
            log_bytes: row.log_bytes,
            result_bytes: row.result_bytes,
        }
    }
}

#[derive(Deserialize)]
struct ApplicationRow<'a> {
    case_no: String,
    item: String,
    checkpoint: String,
    department: String,
    division: String,
    filed_on: Day,
    decided_on: Day,
    #[serde(borrow)]
    parties: Vec<PartyRow<'a>>,
    materials: Vec<MaterialRow>,
    reports: Vec<ReportRow>,
    form: &'a RawValue,
    attributes: AttributesBody<'a>,
}

impl ApplicationRow<'_> {
    fn into_application(self) -> Result<Application, RecordError> {
        Ok(Application {
            case_no: self.case_no,
            item: self.item,
            checkpoint: self.checkpoint,
            department: self.department,
            division: self.division,
            filed_on: self.filed_on.0,
            decided_on: self.decided_on.0,
            parties: self.parties.into_iter().map(PartyRow::into_party).collect::<Result<_, _>>()?,
            materials: self.materials.into_iter().map(Material::from).collect(),
            reports: self.reports.into_iter().map(Report::from).collect(),
            form: self.form.get().to_owned(),
            attributes: self.attributes.into(),
        })
    }
}

#[derive(Deserialize)]
struct PartyRow<'a> {
    id: String,
    role: PartyRole,
    acts_for: Option<String>,
    kind: SubjectKind,
    name: String,
    identifiers: Vec<IdentifierBody<'a>>,
    #[serde(default)]
    attributes: AttributesBody<'a>,
}

impl PartyRow<'_> {
    fn into_party(self) -> Result<Party, RecordError> {
        let identifiers = self.identifiers.iter().map(|identifier| {
            Identifier::accepted(identifier.kind, &identifier.value)
                .map_err(|_| RecordError::Part("an identifier of a party is none"))
        });
        Ok(Party {
            identifiers: identifiers.collect::<Result<_, _>>()?,
            id: self.id,
            role: self.role,
            acts_for: self.acts_for,
            kind: self.kind,
            name: self.name,
            attributes: self.attributes.into(),
        })
    }
}

#[derive(Deserialize)]
struct MaterialRow {
    code: String,
    name: String,
    provided: bool,
    required_by: RequiredBy,
}

impl From<MaterialRow> for Material {
    fn from(row: MaterialRow) -> Self {
        Self { code: row.code, name: row.name, provided: row.provided, required_by: row.required_by }
    }
}

#[derive(Deserialize)]
struct ReportRow {
    party: String,
    issuer: String,
    number: String,
    issued_on: Day,
    published_at: Vec<String>,
    grade: String,
}

impl From<ReportRow> for Report {
    fn from(row: ReportRow) -> Self {
        Self {
            party: row.party,
            issuer: row.issuer,
            number: row.number,
            issued_on: row.issued_on.0,
            published_at: row.published_at,
            grade: row.grade,
        }
    }
}

#[derive(Deserialize)]
struct DossierRow<'a> {
    #[serde(borrow)]
    parties: Vec<PartyDossierRow<'a>>,
}

impl DossierRow<'_> {
    fn into_dossier(self) -> Result<Dossier, RecordError> {
        let parties = self.parties.into_iter().map(PartyDossierRow::into_party_dossier);
        Ok(Dossier { parties: parties.collect::<Result<_, _>>()? })
    }
}

#[derive(Deserialize)]
struct PartyDossierRow<'a> {
    party: String,
    entries: Vec<String>,
    #[serde(borrow, default)]
    derived: Vec<EntryRow<'a>>,
    #[serde(borrow)]
    measures: Vec<MeasureBody<'a>>,
    #[serde(borrow)]
    hints: Vec<EntryRow<'a>>,
    #[serde(borrow)]
    history: Vec<EntryRow<'a>>,
    commitments: Vec<PastCommitmentRow>,
    reports: Vec<AssessedReportRow>,
}

impl PartyDossierRow<'_> {
    fn into_party_dossier(self) -> Result<PartyDossier, RecordError> {
        let history: Vec<ListEntry> = self.history.into_iter().map(into_entry).collect::<Result<_, _>>()?;
        let derived: Vec<ListEntry> = self.derived.into_iter().map(into_entry).collect::<Result<_, _>>()?;
        let entries = self.entries.iter().map(|id| {
            let entry = derived.iter().chain(&history).find(|entry| entry.id == *id);
            entry.cloned().ok_or(RecordError::Part("an effective entry is not in the history"))
        });
        Ok(PartyDossier {
            entries: entries.collect::<Result<_, _>>()?,
            party: self.party,
            measures: self.measures.into_iter().map(into_measure).collect(),
            hints: self.hints.into_iter().map(into_entry).collect::<Result<_, _>>()?,
            history,
            commitments: self.commitments.into_iter().map(PastCommitment::from).collect(),
            reports: self.reports.into_iter().map(AssessedReport::from).collect(),
        })
    }
}

fn into_entry(row: EntryRow<'_>) -> Result<ListEntry, RecordError> {
    row.into_accepted_entry().map_err(|_| RecordError::Part("an identifier of an entry is none"))
}

fn into_measure(body: MeasureBody<'_>) -> Measure {
    Measure {
        id: body.id.into_owned(),
        code: body.code.into_owned(),
        category: body.category.into_owned(),
        nature: body.nature,
        direction: body.direction,
        content: body.content.into_owned(),
        power_item: body.power_item.into_owned(),
        section: body.section.into_owned(),
        basis: body.basis.into_owned(),
        basis_text: body.basis_text.into_owned(),
        entry: body.entry.into_owned(),
        party: body.party.into_owned(),
    }
}

#[derive(Deserialize)]
struct PastCommitmentRow {
    id: String,
    case_no: String,
    made_on: Day,
    due_on: Day,
    state: CommitmentState,
}

impl From<PastCommitmentRow> for PastCommitment {
    fn from(row: PastCommitmentRow) -> Self {
        Self {
            id: row.id,
            case_no: row.case_no,
            made_on: row.made_on.0,
            due_on: row.due_on.0,
            state: row.state,
        }
    }
}

#[derive(Deserialize)]
struct AssessedReportRow {
    report: ReportRow,
    qualified: bool,
    published: bool,
}

impl From<AssessedReportRow> for AssessedReport {
    fn from(row: AssessedReportRow) -> Self {
        Self { report: row.report.into(), qualified: row.qualified, published: row.published }
    }
}

#[derive(Deserialize)]
struct CallRow<'a> {
    fuel_used: u64,
    #[serde(borrow)]
    verdict: Option<VerdictRow<'a>>,
    failure: Option<FailureRow>,
    error: Option<ErrorRow>,
    transcript: Vec<HostCallRow>,
    log: Vec<LogLineRow>,
    facts: Vec<FactRow>,
}

impl CallRow<'_> {
    fn into_call(self) -> Result<RecordedCall, RecordError> {
        let outcome = match (self.verdict, self.failure, self.error) {
            (Some(verdict), None, None) => Ok(Ok(verdict.into_verdict()?)),
            (None, Some(FailureRow { code, message }), None) => Ok(Err(Failure { code, message })),
            (None, None, Some(ErrorRow { code, message })) => Err(RecordedError { code, message }),
            _ => return Err(RecordError::Part("a call has none or several of verdict, failure and error")),
        };
        Ok(RecordedCall {
            outcome,
            fuel_used: self.fuel_used,
            transcript: self.transcript.into_iter().map(HostCall::from).collect(),
            log: self.log.into_iter().map(LogLineRow::into_line).collect::<Result<_, _>>()?,
            facts: self.facts.into_iter().map(Fact::from).collect(),
        })
    }
}

#[derive(Deserialize)]
struct VerdictRow<'a> {
    outcome: Outcome,
    #[serde(borrow)]
    dispositions: Vec<DispositionRow<'a>>,
    #[serde(borrow)]
    grounds: Vec<GroundBody<'a>>,
    #[serde(borrow)]
    advice: Vec<AdviceBody<'a>>,
    #[serde(borrow)]
    commitment: Option<CommitmentBody<'a>>,
    explanation: String,
}

impl VerdictRow<'_> {
    fn into_verdict(self) -> Result<Verdict, RecordError> {
        let dispositions = self
            .dispositions
            .into_iter()
            .map(|row| Ok(Disposition { measure: row.measure, action: into_action(row.action)? }));
        Ok(Verdict {
            outcome: self.outcome,
            dispositions: dispositions.collect::<Result<_, RecordError>>()?,
            grounds: self.grounds.into_iter().map(into_ground).collect(),
            advice: self.advice.into_iter().map(into_advice).collect::<Result<_, _>>()?,
            commitment: self.commitment.map(into_commitment),
            explanation: self.explanation,
        })
    }
}

#[derive(Deserialize)]
struct DispositionRow<'a> {
    measure: String,
    #[serde(borrow)]
    action: MeasureDispositionBody<'a>,
}

fn into_action(body: MeasureDispositionBody<'_>) -> Result<DispositionAction, RecordError> {
    match (&*body.action, body.reason) {
        ("applied", None) => Ok(DispositionAction::Applied),
        ("deferred", Some(reason)) => Ok(DispositionAction::Deferred(reason.into_owned())),
        ("exempted", Some(reason)) => Ok(DispositionAction::Exempted(reason.into_owned())),
        _ => Err(RecordError::Part("a disposition is none of those known")),
    }
}

fn into_ground(body: GroundBody<'_>) -> Ground {
    Ground {
        basis: body.basis.into_owned(),
        entry: body.entry.map(Cow::into_owned),
        text: body.text.into_owned(),
    }
}

fn into_advice(body: AdviceBody<'_>) -> Result<Advice, RecordError> {
    let text = body.text.map(Cow::into_owned);
    match (&*body.kind, text, body.materials) {
        ("deferred_materials", None, Some(codes)) => Ok(Advice::DeferredMaterials(codes.into_owned())),
        ("fast_track", Some(text), None) => Ok(Advice::FastTrack(text)),
        ("strict_review", Some(text), None) => Ok(Advice::StrictReview(text)),
        ("key_supervision", Some(text), None) => Ok(Advice::KeySupervision(text)),
        ("note", Some(text), None) => Ok(Advice::Note(text)),
        _ => Err(RecordError::Part("an advice is none of those known")),
    }
}

fn into_commitment(body: CommitmentBody<'_>) -> Commitment {
    Commitment {
        party: body.party.into_owned(),
        effect: body.effect,
        text: body.text.into_owned(),
        missing: body.missing.into_owned(),
        due_on: body.due_on.0,
    }
}

#[derive(Deserialize)]
struct FailureRow {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct ErrorRow {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct HostCallRow {
    function: String,
    argument: String,
    answer: String,
}

impl From<HostCallRow> for HostCall {
    fn from(row: HostCallRow) -> Self {
        Self { function: row.function.into(), argument: row.argument, answer: row.answer.into() }
    }
}

#[derive(Deserialize)]
struct LogLineRow {
    level: String,
    message: String,
}

impl LogLineRow {
    fn into_line(self) -> Result<LogLine, RecordError> {
        let level = LogLevel::from_code(&self.level).ok_or(RecordError::Part("a note has no known level"))?;
        Ok(LogLine { level, message: self.message })
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FactRow {
    DishonestAct { party: String, kind: String, facts: String },
    TypicalCase { party: String, title: String, summary: String },
}

impl From<FactRow> for Fact {
    fn from(row: FactRow) -> Self {
        match row {
            FactRow::DishonestAct { party, kind, facts } => Self::DishonestAct { party, kind, facts },
            FactRow::TypicalCase { party, title, summary } => Self::TypicalCase { party, title, summary },
        }
    }
}

#[derive(Deserialize)]
struct SettledRow<'a> {
    status: Status,
    outcome: Outcome,
    #[serde(borrow)]
    reasons: Vec<ReasonBody<'a>>,
    #[serde(borrow)]
    measures: Vec<SettledMeasureRow<'a>>,
    #[serde(borrow)]
    grounds: Vec<GroundBody<'a>>,
    #[serde(borrow)]
    advice: Vec<AdviceBody<'a>>,
    #[serde(borrow)]
    commitment: Option<CommitmentBody<'a>>,
    explanation: String,
}

#[derive(Deserialize)]
struct SettledMeasureRow<'a> {
    id: String,
    #[serde(borrow)]
    disposition: Option<MeasureDispositionBody<'a>>,
}

impl SettledRow<'_> {
    fn into_settled(self, dossier: Option<&Dossier>) -> Result<Settled, RecordError> {
        let measures = self.measures.into_iter().map(|row| {
            let found = dossier.and_then(|dossier| dossier.measures().find(|measure| measure.id == row.id));
            Ok(SettledMeasure {
                measure: found
                    .cloned()
                    .ok_or(RecordError::Part("a settled measure is not in the dossier"))?,
                disposition: row.disposition.map(into_action).transpose()?,
            })
        });
        let reasons = self.reasons.into_iter().map(|reason| Reason {
            code: Cow::Owned(reason.code.into_owned()),
            text: reason.text.into_owned(),
        });
        Ok(Settled {
            status: self.status,
            outcome: self.outcome,
            reasons: reasons.collect(),
            measures: measures.collect::<Result<_, RecordError>>()?,
            grounds: self.grounds.into_iter().map(into_ground).collect(),
            advice: self.advice.into_iter().map(into_advice).collect::<Result<_, _>>()?,
            commitment: self.commitment.map(into_commitment),
            explanation: self.explanation,
        })
    }
}
