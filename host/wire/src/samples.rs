//! Synthetic values for the unit tests of this crate.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::application::{
    Application, Material, Party, PartyRole, Report, RequiredBy, SubjectKind,
};
use creditgate_credit::catalogue::{
    Basis, Catalogue, CatalogueItem, CatalogueMeasure, Category, Direction, Memorandum, Nature,
    NonDisclosure, PowerItem, StatutoryMaterial,
};
use creditgate_credit::deadline::TimeLimit;
use creditgate_credit::dossier::{
    AssessedReport, CommitmentState, Dossier, Measure, PartyDossier, PastCommitment,
};
use creditgate_credit::entry::{EntryStatus, EntryTerm, ExitGround, ListEntry, Particulars, Visibility};
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::json::JsonObject;
use creditgate_credit::policy::{
    CommitmentEffect, Duties, Listing, MonthDay, Policy, ReportIssuer, SuspensionScope,
};
use creditgate_credit::samples as base;
use creditgate_credit::verdict::{
    Advice, Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict,
};
use creditgate_gate::request::Idempotency;
use creditgate_gate::{
    Binding, CheckInputs, CheckRecord, FeedbackBody, Mode, OutgoingFeedback, Passed, PluginRef, Reason,
    RequestWarning, Settled, SettledMeasure, Status,
};
use creditgate_sandbox::{CallReport, Fact, GivenLimits, HostCall, Limits, LogLevel, LogLine};
use jiff::civil::date;

/// Synthetic; the check digit fits.
pub(crate) const CITIZEN_ID: &str = "110101199001010015";
/// From the standard's public examples.
pub(crate) const USCC: &str = "91110000600037341L";

pub(crate) fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
    Identifier::parse(kind, value, Strictness::Strict).unwrap().identifier
}

/// One entry with everything an entry may have, and one with the least.
pub(crate) fn entries() -> Vec<ListEntry> {
    let full = ListEntry {
        list_name: "食品药品严重失信主体名单".into(),
        subject_name: "甲食品有限公司".into(),
        subject_identifiers: vec![
            identifier(IdentifierKind::Uscc, USCC),
            identifier(IdentifierKind::CitizenId, CITIZEN_ID),
        ],
        facts: "生产不符合标准的食品".into(),
        authority: "某市市场监督管理局".into(),
        basis: "示例办法第九条".into(),
        valid_until: Some(date(2028, 2, 29)),
        status: EntryStatus::Repaired,
        ended_on: Some(date(2026, 1, 5)),
        suspended: true,
        particulars: particulars(),
        attributes: vec![("source".into(), "示例平台".into()), ("batch".into(), "7".into())],
        ..base::entry("e-1", "food.serious")
    };
    let least = ListEntry {
        id: "e-2".into(),
        severity: None,
        subject_identifiers: Vec::new(),
        valid_until: None,
        status: EntryStatus::Effective,
        ended_on: None,
        suspended: false,
        particulars: Particulars::default(),
        attributes: Vec::new(),
        ..full.clone()
    };
    vec![full, least]
}

fn particulars() -> Particulars {
    Particulars {
        reason: "penalty".into(),
        document: "示市监罚〔2025〕1号".into(),
        decided_on: Some(date(2025, 2, 20)),
        prior_notice_on: Some(date(2025, 2, 1)),
        warned_on: Some(date(2025, 3, 1)),
        minimum_publicity_until: Some(date(2026, 2, 20)),
        maximum_publicity_until: Some(date(2028, 2, 20)),
        repairable: Some(true),
        repair_modes: vec!["public-commitment".into(), "training".into()],
        repair_until: Some(date(2028, 2, 20)),
        lifted_until: Some(date(2027, 12, 31)),
        rectification: "召回不合格食品".into(),
        rectification_due_on: Some(date(2025, 4, 1)),
        representative_name: "张三".into(),
        representative_identifiers: vec![identifier(IdentifierKind::CitizenId, CITIZEN_ID)],
        undergone: "吊销食品经营许可证".into(),
        watch_until: Some(date(2029, 2, 28)),
        exit_ground: Some(ExitGround::Repaired),
        visibility: Some(Visibility::Government),
        term: Some(EntryTerm::Stated),
        usable_until: None,
    }
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue {
        edition: "2026".into(),
        effective_from: date(2026, 1, 1),
        effective_until: Some(date(2026, 12, 31)),
        bases: vec![Basis {
            code: "food-law-1".into(),
            text: "示例食品办法第一条".into(),
            effective_from: date(2020, 1, 1),
            effective_until: None,
        }],
        categories: vec![Category { code: "market-access".into(), name: "限制市场准入".into() }],
        memoranda: vec![Memorandum {
            code: "memo-1".into(),
            title: "示例联合惩戒合作备忘录".into(),
            document_number: "示例〔2016〕1号".into(),
            effective_from: date(2016, 1, 1),
            effective_until: None,
        }],
        power_items: vec![PowerItem {
            code: "power-1".into(),
            name: "食品经营许可".into(),
            department: "market-regulation".into(),
            section: "许可科".into(),
        }],
        items: vec![CatalogueItem {
            code: "food-licence".into(),
            name: "食品经营许可".into(),
            department: "market-regulation".into(),
            kind: "licence".into(),
            report_required: true,
            key_item: true,
            power_items: vec!["power-1".into()],
            non_disclosure: Some(NonDisclosure::TradeSecret),
            statutory_materials: vec![StatutoryMaterial {
                material: "identity-proof".into(),
                basis: "food-law-1".into(),
            }],
        }],
        measures: vec![CatalogueMeasure {
            category: "market-access".into(),
            content: "不予许可".into(),
            target: "列入名单的企业".into(),
            power_item: "power-1".into(),
            section: "许可科".into(),
            basis: "food-law-1".into(),
            memorandum: Some("memo-1".into()),
            departments: vec!["market-regulation".into()],
            checkpoints: vec!["review".into()],
            ..base::measure("m-1", "food.serious", Direction::Punish)
        }],
    }
}

pub(crate) fn policy() -> Policy {
    Policy {
        version: "2026-04".into(),
        effective_from: date(2026, 4, 1),
        effective_until: Some(date(2027, 3, 31)),
        clean_window_ignores_slight: false,
        suspension_scope: SuspensionScope::BlackOnly,
        non_deferrable: vec![RequiredBy::Law, RequiredBy::NormativeDocument],
        report_issuers: vec![ReportIssuer {
            name: "甲信用评级有限公司".into(),
            qualified_from: date(2024, 1, 1),
            qualified_until: None,
        }],
        report_publication: vec!["platform".into()],
        listing: Listing { alert_threshold: Some(3), exit_to_watch: true, ..Listing::default() },
        duties: Duties {
            publicity_limit: TimeLimit::days(7),
            verification_limit: None,
            monthly_report_day: Some(15),
            half_yearly_report_days: vec![MonthDay { month: 6, day: 5 }, MonthDay { month: 1, day: 5 }],
            ..Duties::default()
        },
        ..base::policy()
    }
}

pub(crate) fn binding() -> Binding {
    Binding {
        id: "food-review".into(),
        department: "market-regulation".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        division: "370811".into(),
        plugin: "market-registration".into(),
        mode: Mode::Advise,
        settings: JsonObject::of_object(r#"{"lists":["food.serious"],"years":3}"#),
        limits: GivenLimits { fuel: Some(7), ..GivenLimits::default() },
        require_receipts: vec!["intake".into()],
        passed: Passed { within_days: Some(90), ..Passed::default() },
        pin: creditgate_gate::Pin::Case,
        sources: vec!["city-credit".into()],
    }
}

fn report() -> Report {
    Report {
        party: "p1".into(),
        issuer: "甲信用评级有限公司".into(),
        number: "R-1".into(),
        issued_on: date(2026, 7, 1),
        published_at: vec!["platform".into()],
        grade: "A".into(),
    }
}

pub(crate) fn application() -> Application {
    let company = Party {
        id: "p1".into(),
        role: PartyRole::Applicant,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: "甲食品有限公司".into(),
        identifiers: vec![identifier(IdentifierKind::Uscc, USCC)],
        attributes: vec![("phone".into(), "none".into())],
    };
    let person = Party {
        id: "p2".into(),
        role: PartyRole::LegalRepresentative,
        acts_for: Some("p1".into()),
        kind: SubjectKind::NaturalPerson,
        name: "张示例".into(),
        identifiers: vec![identifier(IdentifierKind::CitizenId, CITIZEN_ID)],
        attributes: Vec::new(),
    };
    Application {
        case_no: "C-2026-1".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        department: "market-regulation".into(),
        division: "370811".into(),
        filed_on: date(2026, 8, 1),
        decided_on: date(2026, 8, 3),
        parties: vec![company, person],
        materials: vec![Material {
            code: "site".into(),
            name: "场地证明".into(),
            provided: false,
            required_by: RequiredBy::Other,
        }],
        reports: vec![report()],
        form: r#"{"area": 120.50}"#.into(),
        attributes: Vec::new(),
    }
}

pub(crate) fn measure() -> Measure {
    Measure {
        id: "m-1/e-1/p1".into(),
        code: "m-1".into(),
        category: "市场准入限制".into(),
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "不予许可".into(),
        power_item: "食品经营许可".into(),
        section: "许可科".into(),
        basis: "food-law-1".into(),
        basis_text: "示例食品办法第一条".into(),
        entry: "e-1".into(),
        party: "p1".into(),
    }
}

pub(crate) fn dossier() -> Dossier {
    let history = entries();
    let effective = ListEntry { status: EntryStatus::Effective, ended_on: None, ..history[0].clone() };
    let hint = ListEntry { id: "e-3".into(), subject_name: "张示例".into(), ..history[1].clone() };
    let company = PartyDossier {
        party: "p1".into(),
        entries: vec![effective.clone()],
        measures: vec![measure()],
        hints: Vec::new(),
        history: vec![effective, history[1].clone()],
        commitments: vec![PastCommitment {
            id: "k-1".into(),
            case_no: "C-2025-9".into(),
            made_on: date(2025, 5, 1),
            due_on: date(2025, 6, 1),
            state: CommitmentState::Fulfilled,
        }],
        reports: vec![AssessedReport { report: report(), qualified: true, published: true }],
    };
    let person = PartyDossier {
        party: "p2".into(),
        entries: Vec::new(),
        measures: Vec::new(),
        hints: vec![hint],
        history: Vec::new(),
        commitments: Vec::new(),
        reports: Vec::new(),
    };
    Dossier { parties: vec![company, person] }
}

/// A refusal with everything an answer may have, although no one verdict would
/// have all of it.
pub(crate) fn record(mode: Mode) -> CheckRecord {
    let verdict = verdict();
    let settled = Settled {
        status: Status::Hit,
        outcome: Outcome::Refuse,
        reasons: vec![Reason { code: "measure.unknown".into(), text: "示例理由".into() }],
        measures: vec![SettledMeasure { measure: measure(), disposition: Some(DispositionAction::Applied) }],
        grounds: verdict.grounds.clone(),
        advice: verdict.advice.clone(),
        commitment: verdict.commitment.clone(),
        explanation: verdict.explanation.clone(),
    };
    CheckRecord {
        check_id: "0199aaaa-0000-7000-8000-000000000001".into(),
        caller: "k7".into(),
        operator: "officer-7".into(),
        idempotency: Some(Idempotency { key: "once".into(), body_hash: [0xab; 32] }),
        warnings: vec![RequestWarning {
            field: "parties[0].identifiers[0]".into(),
            code: Cow::Borrowed("id.check_failed"),
            message: "示例提示".into(),
        }],
        inputs: CheckInputs {
            at: "2026-08-03T01:30:00.25Z".parse().unwrap(),
            application: Arc::new(application()),
            binding: "food-review".into(),
            mode,
            plugin: Some(PluginRef {
                name: "market-registration".into(),
                version: "1.0.0".into(),
                digest: "sha256:00".into(),
            }),
            release: Some(7),
            settings: Some(serde_json::from_str(r#"{"years":3}"#).expect("an object")),
            limits: Limits::default(),
            seed: u64::MAX,
            policy: "370811@2026-04".into(),
            catalogue: "2026".into(),
            calendar: "2026/1".into(),
            engine: "engine-1".into(),
            host_rules: HostRules::CURRENT,
            dossier: Some(Arc::new(dossier())),
        },
        judged: Some(call_report(verdict)),
        settled,
        feedback: vec![fact()],
        duties: Vec::new(),
    }
}

fn verdict() -> Verdict {
    Verdict {
        outcome: Outcome::Refuse,
        dispositions: vec![Disposition { measure: "m-1/e-1/p1".into(), action: DispositionAction::Applied }],
        grounds: vec![Ground {
            basis: "food-law-1".into(),
            entry: Some("e-1".into()),
            text: "列入严重失信主体名单".into(),
        }],
        advice: vec![Advice::DeferredMaterials(vec!["site".into()]), Advice::StrictReview("从严审查".into())],
        commitment: Some(Commitment {
            party: "p1".into(),
            effect: CommitmentEffect::AcceptFirst,
            text: "承诺补齐材料".into(),
            missing: vec!["site".into()],
            due_on: date(2026, 8, 31),
        }),
        explanation: "申请人被列入严重失信主体名单".into(),
    }
}

fn call_report(verdict: Verdict) -> CallReport {
    CallReport {
        outcome: Ok(Ok(verdict)),
        fuel_used: 123_456,
        took: Duration::ZERO,
        transcript: vec![HostCall {
            function: "credit.standing".into(),
            argument: "p1, 3".into(),
            answer: Cow::Borrowed("clean"),
        }],
        log: vec![LogLine { level: LogLevel::Info, message: "一行".into() }],
        facts: vec![Fact::DishonestAct {
            party: "p2".into(),
            kind: "false-material".into(),
            facts: "提交虚假材料".into(),
        }],
    }
}

/// What a plug-in reports of a person.
pub(crate) fn fact() -> OutgoingFeedback {
    OutgoingFeedback {
        id: "f-1".into(),
        check_id: "0199aaaa-0000-7000-8000-000000000001".into(),
        case_no: "C-2026-1".into(),
        department: "market-regulation".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        reported_at: "2026-08-03T01:30:00Z".parse().unwrap(),
        body: FeedbackBody::DishonestAct {
            party: "p2".into(),
            kind: "false-material".into(),
            facts: "提交虚假材料".into(),
        },
        duty: None,
    }
}

/// A commitment that was breached.
pub(crate) fn commitment() -> creditgate_affairs::commitments::Commitment {
    creditgate_affairs::commitments::Commitment {
        id: "0199aaaa-0000-7000-8000-000000000001".into(),
        department: "market-regulation".into(),
        item: "food-licence".into(),
        checkpoint: "intake".into(),
        division: "370811".into(),
        case_no: "C-2026-1".into(),
        party: "p1".into(),
        subject: crate::feedback::subject_json(&application().parties[0]),
        text_hash: String::new(),
        missing: vec!["site".into()],
        made_on: date(2026, 7, 1).into(),
        due_on: date(2026, 7, 29).into(),
        state: CommitmentState::Breached,
        late: false,
        repaired: false,
        steps: Vec::new(),
    }
}
