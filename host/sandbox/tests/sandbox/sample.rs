//! A case of two parties, four materials and two list entries: what the tests
//! call plug-ins with. People and companies are invented.

use std::sync::Arc;

use creditgate_credit::application::{Application, Material, Party, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::dossier::{Dossier, Measure, PartyDossier};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::policy::Policy;
use creditgate_credit::samples;
use creditgate_sandbox::{HookCall, Limits, Settings};
use jiff::civil::date;

/// Everything a call borrows.
pub(crate) struct Sample {
    pub(crate) application: Arc<Application>,
    pub(crate) dossier: Arc<Dossier>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) rules: HostRules,
    pub(crate) calendar: Arc<WorkingCalendar>,
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    pub(crate) now: jiff::Timestamp,
    pub(crate) seed: u64,
}

/// Complete settings from JSON.
pub(crate) fn settings(json: &str) -> Settings {
    serde_json::from_str(json).expect("an object")
}

impl Sample {
    pub(crate) fn at(checkpoint: &str) -> Self {
        Self {
            application: Arc::new(application(checkpoint)),
            dossier: Arc::new(Dossier { parties: vec![party_dossier("p1"), party_dossier("p2")] }),
            policy: Arc::new(policy()),
            rules: HostRules::CURRENT,
            calendar: Arc::new(WorkingCalendar::builtin()),
            settings: settings("{}"),
            limits: Limits::default(),
            now: jiff::Timestamp::UNIX_EPOCH,
            seed: 1,
        }
    }

    /// A case with this attribute.
    pub(crate) fn with_attribute(mut self, name: &str, value: &str) -> Self {
        let application = Arc::make_mut(&mut self.application);
        application.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn call(&self) -> HookCall<'_> {
        HookCall {
            binding: "sample",
            application: &self.application,
            dossier: &self.dossier,
            policy: &self.policy,
            rules: self.rules,
            calendar: &self.calendar,
            settings: &self.settings,
            limits: &self.limits,
            now: self.now,
            seed: self.seed,
        }
    }
}

fn application(checkpoint: &str) -> Application {
    let identifier =
        |kind, text| Identifier::parse(kind, text, Strictness::Format).map(|parsed| parsed.identifier);
    let party = |id: &str, role, kind, name: &str, identifiers| Party {
        id: id.to_owned(),
        role,
        acts_for: None,
        kind,
        name: name.to_owned(),
        identifiers,
        attributes: Vec::new(),
    };
    let company = identifier(IdentifierKind::Uscc, "91350100M000100Y43").into_iter().collect();
    Application {
        case_no: "2026-0001".to_owned(),
        item: "company-registration".to_owned(),
        checkpoint: checkpoint.to_owned(),
        department: "market-regulation".to_owned(),
        division: "350100".to_owned(),
        filed_on: date(2026, 3, 2),
        decided_on: date(2026, 3, 5),
        parties: vec![
            party("p1", PartyRole::Applicant, SubjectKind::LegalPerson, "示例商贸有限公司", company),
            party("p2", PartyRole::LegalRepresentative, SubjectKind::NaturalPerson, "张某", Vec::new()),
        ],
        materials: ["charter", "lease", "identity", "shareholders"].map(material).to_vec(),
        reports: Vec::new(),
        form: "{\"capital\": 1000000, \"scope\": \"日用百货销售\"}".to_owned(),
        attributes: Vec::new(),
    }
}

fn material(code: &str) -> Material {
    Material {
        code: code.to_owned(),
        name: "材料".to_owned(),
        provided: true,
        required_by: RequiredBy::Regulation,
    }
}

fn party_dossier(party: &str) -> PartyDossier {
    let entry = ListEntry {
        list_name: "重大税收违法失信主体名单".to_owned(),
        field: "tax".to_owned(),
        subject_name: "示例商贸有限公司".to_owned(),
        facts: "逃避缴纳税款,经税务机关依法处理。".to_owned(),
        authority: "示例市税务局".to_owned(),
        basis: "重大税收违法失信主体信息公布管理办法".to_owned(),
        recognised_on: date(2025, 6, 1),
        valid_until: Some(date(2028, 6, 1)),
        ..samples::entry(&format!("e-{party}"), "tax.serious")
    };
    let measure = Measure {
        id: format!("m1/e-{party}/{party}"),
        code: "m1".to_owned(),
        category: "限制".to_owned(),
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "不适用告知承诺制".to_owned(),
        power_item: "企业登记".to_owned(),
        section: "登记科".to_owned(),
        basis: "b1".to_owned(),
        basis_text: "国办发〔2020〕42号".to_owned(),
        entry: entry.id.clone(),
        party: party.to_owned(),
    };
    PartyDossier {
        party: party.to_owned(),
        history: vec![entry.clone()],
        entries: vec![entry],
        measures: vec![measure],
        hints: Vec::new(),
        commitments: Vec::new(),
        reports: Vec::new(),
    }
}

fn policy() -> Policy {
    Policy { division: "350100".to_owned(), version: "2026-01".to_owned(), ..samples::policy() }
}
