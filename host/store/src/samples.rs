//! Synthetic parties, entries and checks for the tests of this crate and for
//! its example. Uses nothing of the crate itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use creditgate_affairs::Here;
use creditgate_affairs::local_lists::{Kept, LocalEntry};
use creditgate_credit::application::{Application, Material, Party, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::dossier::{Dossier, Measure, PartyDossier};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::{Identifier, IdentifierKind};
use creditgate_credit::lifecycle::ProposalState;
use creditgate_credit::policy::{CommitmentEffect, Policy};
use creditgate_credit::samples as base;
use creditgate_credit::verdict::{Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict};
use creditgate_gate::request::Idempotency;
use creditgate_gate::{
    CheckInputs, CheckRecord, DispositionDetails, DispositionResult, FeedbackBody, Mode, OutgoingFeedback,
    PluginRef, ReportedDisposition, Settled, SettledMeasure, Status,
};
use creditgate_sandbox::{CallReport, HostCall, Limits};
use jiff::Timestamp;
use jiff::civil::{Date, date};

pub(crate) const COMPANY: &str = "uscc:91110000101623741K";
pub(crate) const COMPANY_CODE: &str = "organisation_code:101623741";
/// Another registration around the same organisation code.
pub(crate) const NAMESAKE: &str = "uscc:93370811101623741T";
pub(crate) const OTHER_COMPANY: &str = "uscc:92370811MA3A0B1C6C";
pub(crate) const PERSON: &str = "citizen_id:110101199001010015";

/// An identifier written as `kind:value`.
pub(crate) fn identifier(text: &str) -> Identifier {
    let (kind, value) = text.split_once(':').expect("kind:value");
    let kind = IdentifierKind::from_code(kind).expect("a kind");
    Identifier::accepted(kind, value).expect("well formed")
}

pub(crate) fn party(id: &str, name: &str, identifiers: &[&str]) -> Party {
    Party {
        id: id.to_owned(),
        role: PartyRole::Applicant,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: name.to_owned(),
        identifiers: identifiers.iter().map(|text| identifier(text)).collect(),
        attributes: Vec::new(),
    }
}

pub(crate) fn entry(id: &str, name: &str, identifiers: &[&str]) -> ListEntry {
    ListEntry {
        list_name: "食品药品严重失信主体名单".to_owned(),
        subject_name: name.to_owned(),
        subject_identifiers: identifiers.iter().map(|text| identifier(text)).collect(),
        facts: "生产经营不符合食品安全标准的食品".to_owned(),
        authority: "示例市市场监督管理局".to_owned(),
        basis: "市场监督管理严重违法失信名单管理办法 第五条".to_owned(),
        recognised_on: date(2026, 3, 2),
        valid_until: Some(date(2029, 3, 1)),
        attributes: vec![("document".to_owned(), "示市监处〔2026〕12号".to_owned())],
        ..base::entry(id, "food.serious")
    }
}

/// A check that was refused because of a seriously dishonest company, with one
/// measure and one report of the plug-in's own. Nothing of it was asked with an
/// idempotency key.
pub(crate) fn record(check_id: &str) -> CheckRecord {
    let case_no = format!("case-of-{check_id}");
    let application = application(&case_no);
    let at = at();
    let entry = entry("e1", &application.parties[0].name, &[COMPANY]);
    let measure = measure(&entry.id);
    let verdict = Verdict {
        outcome: Outcome::Refuse,
        dispositions: vec![Disposition { measure: measure.id.clone(), action: DispositionAction::Applied }],
        grounds: vec![Ground {
            basis: measure.basis.clone(),
            entry: Some(entry.id.clone()),
            text: "申请人被列入食品药品严重失信主体名单，依法不予许可。".to_owned(),
        }],
        advice: Vec::new(),
        commitment: None,
        explanation: "申请人被列入食品药品严重失信主体名单，依法不予许可。".to_owned(),
    };
    let dossier = Dossier {
        parties: vec![PartyDossier {
            party: "p1".to_owned(),
            entries: vec![entry.clone()],
            measures: vec![measure.clone()],
            hints: Vec::new(),
            history: vec![entry],
            commitments: Vec::new(),
            reports: Vec::new(),
        }],
    };
    let feedback = OutgoingFeedback {
        id: format!("act-of-{check_id}"),
        check_id: check_id.to_owned(),
        case_no,
        department: application.department.clone(),
        item: application.item.clone(),
        checkpoint: application.checkpoint.clone(),
        reported_at: at,
        body: FeedbackBody::DishonestAct {
            party: "p1".to_owned(),
            kind: "false-material".to_owned(),
            facts: "提交的检验报告与签发机构的记录不符。".to_owned(),
        },
        duty: None,
    };
    CheckRecord {
        check_id: check_id.to_owned(),
        caller: "key-1".to_owned(),
        operator: "officer-7".to_owned(),
        idempotency: None,
        warnings: Vec::new(),
        inputs: CheckInputs {
            at,
            application: Arc::new(application),
            binding: "market-regulation/food-licence/review".to_owned(),
            mode: Mode::Enforce,
            plugin: Some(PluginRef {
                name: "market-registration".to_owned(),
                version: "1.0.0".to_owned(),
                digest: format!("sha256:{}", "ab".repeat(32)),
            }),
            release: None,
            settings: Some(serde_json::from_str("{}").expect("an object")),
            limits: Limits::default(),
            seed: 7,
            policy: "370800@2026-04".to_owned(),
            catalogue: "2026-1".to_owned(),
            calendar: "2026/1".to_owned(),
            engine: "engine-1".to_owned(),
            host_rules: HostRules::CURRENT,
            dossier: Some(Arc::new(dossier)),
        },
        judged: Some(report(verdict.clone())),
        settled: settled(verdict, measure),
        feedback: vec![feedback],
        duties: Vec::new(),
    }
}

/// The instant of every sample, with all its digits.
pub(crate) fn at() -> Timestamp {
    Timestamp::new(1_775_000_000, 123_000_000).expect("an instant")
}

/// The same check, asked with this key and body.
pub(crate) fn with_key(mut record: CheckRecord, key: &str, body: u8) -> CheckRecord {
    record.idempotency = Some(Idempotency { key: key.to_owned(), body_hash: [body; 32] });
    record
}

/// The same check with a commitment of the company's in place of the refusal.
pub(crate) fn with_commitment(mut record: CheckRecord) -> CheckRecord {
    record.settled.outcome = Outcome::ProceedWithCommitment;
    record.settled.commitment = Some(Commitment {
        party: "p1".to_owned(),
        effect: CommitmentEffect::AcceptFirst,
        text: "本单位承诺在期限内补齐材料。".to_owned(),
        missing: vec!["lease".to_owned()],
        due_on: date(2026, 4, 20),
    });
    record
}

fn application(case_no: &str) -> Application {
    Application {
        case_no: case_no.to_owned(),
        item: "food-licence".to_owned(),
        checkpoint: "review".to_owned(),
        department: "market-regulation".to_owned(),
        division: "370800".to_owned(),
        filed_on: date(2026, 3, 30),
        decided_on: date(2026, 4, 1),
        parties: vec![party("p1", "示例食品有限公司", &[COMPANY])],
        materials: vec![Material {
            code: "lease".to_owned(),
            name: "经营场所使用证明".to_owned(),
            provided: true,
            required_by: RequiredBy::Rule,
        }],
        reports: Vec::new(),
        form: r#"{"premises":"示例路1号","area":120}"#.to_owned(),
        attributes: Vec::new(),
    }
}

fn measure(entry: &str) -> Measure {
    Measure {
        id: format!("food-refuse/{entry}/p1"),
        code: "food-refuse".to_owned(),
        category: "市场准入".to_owned(),
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "不予许可".to_owned(),
        power_item: "食品经营许可".to_owned(),
        section: "行政许可科".to_owned(),
        basis: "food-safety-135".to_owned(),
        basis_text: "中华人民共和国食品安全法 第一百三十五条".to_owned(),
        entry: entry.to_owned(),
        party: "p1".to_owned(),
    }
}

fn report(verdict: Verdict) -> CallReport {
    CallReport {
        outcome: Ok(Ok(verdict)),
        fuel_used: 123_456,
        took: Duration::ZERO,
        transcript: vec![HostCall {
            function: "credit.entries".into(),
            argument: "p1".to_owned(),
            answer: "1 entry".into(),
        }],
        log: Vec::new(),
        facts: Vec::new(),
    }
}

fn settled(verdict: Verdict, measure: Measure) -> Settled {
    Settled {
        status: Status::Hit,
        outcome: verdict.outcome,
        reasons: Vec::new(),
        measures: vec![SettledMeasure { measure, disposition: Some(DispositionAction::Applied) }],
        grounds: verdict.grounds,
        advice: Vec::new(),
        commitment: None,
        explanation: verdict.explanation,
    }
}

/// A place where nothing is in force.
pub(crate) struct Nowhere(pub(crate) Arc<WorkingCalendar>);

impl Here for Nowhere {
    fn policy(&self, _: &str, _: Date) -> Option<Arc<Policy>> {
        None
    }

    fn calendar(&self) -> &Arc<WorkingCalendar> {
        &self.0
    }

    fn divisions_of(&self, _: &str) -> BTreeSet<String> {
        BTreeSet::new()
    }

    fn department_named(&self, _: &str) -> Option<String> {
        None
    }

    fn has_platform(&self) -> bool {
        false
    }
}

/// The entry as it is proposed here.
pub(crate) fn proposal(entry: ListEntry) -> LocalEntry {
    let kept = Kept {
        division: "370811".to_owned(),
        proposal: ProposalState::Proposed,
        escalates: None,
        proposed_at: at().into(),
        proposed_by: "k1".to_owned(),
    };
    LocalEntry { entry, kept }
}

/// What a department reports of the measure of [`record`].
pub(crate) fn disposition(id: &str, reason: &str) -> OutgoingFeedback {
    let reported = ReportedDisposition {
        measure: "food-refuse/e1/p1".to_owned(),
        result: DispositionResult::Partly,
        reason: reason.to_owned(),
        action: "已告知".to_owned(),
        officer: "officer-7".to_owned(),
        executed_at: None,
        details: DispositionDetails::default(),
        attributes: vec![("page".to_owned(), "3".to_owned())],
    };
    let body = FeedbackBody::Disposition { reported: Box::new(reported), particulars: "{}".to_owned() };
    OutgoingFeedback { id: id.to_owned(), body, ..record("c1").feedback.remove(0) }
}
