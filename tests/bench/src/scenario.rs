//! The case that is measured: a food licence at review, a company and its legal
//! representative, four materials. Either nothing is recorded of
//! them, as in most cases, or the company stands on the watch list twice, so that
//! entries and measures cross into the guest as well.

use std::sync::Arc;

use anyhow::Result;
use clap::ValueEnum;
use creditgate_credit::application::{Application, Material, Party, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::catalogue::{Basis, Catalogue, CatalogueMeasure, Direction, IndexedCatalogue, Nature};
use creditgate_credit::dossier::{Dossier, Evidence};
use creditgate_credit::entry::{ListEntry, ListKind, Severity};
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::Policy;
use creditgate_credit::samples;
use jiff::civil::date;

/// Synthetic numbers that are on no list.
const USCC: &str = "91110105MA00003490";
const CITIZEN_ID: &str = "810000199001010019";

/// One case with everything a call needs.
pub(crate) struct Scenario {
    pub(crate) application: Arc<Application>,
    pub(crate) dossier: Arc<Dossier>,
    pub(crate) policy: Arc<Policy>,
}

/// What is recorded of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Recorded {
    /// Nothing: the case the load generator sends.
    Nothing,
    /// Two entries of the watch list, with a measure each.
    Watched,
}

/// The case of the hook loop.
pub(crate) fn food_licence(recorded: Recorded) -> Result<Scenario> {
    let application = Application {
        case_no: "BENCH-1".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        department: "market-regulation".into(),
        division: "370811".into(),
        filed_on: date(2026, 11, 2),
        decided_on: date(2026, 11, 23),
        parties: vec![
            party("p1", PartyRole::Applicant, SubjectKind::LegalPerson, IdentifierKind::Uscc, USCC)?,
            party(
                "p2",
                PartyRole::LegalRepresentative,
                SubjectKind::NaturalPerson,
                IdentifierKind::CitizenId,
                CITIZEN_ID,
            )?,
        ],
        materials: MATERIALS
            .iter()
            .map(|(code, required_by)| Material {
                code: (*code).into(),
                name: "示例材料".into(),
                provided: true,
                required_by: *required_by,
            })
            .collect(),
        reports: Vec::new(),
        form: "{}".into(),
        attributes: Vec::new(),
    };
    let (catalogue, policy) = (catalogue(), policy());
    let by_identifier = match recorded {
        Recorded::Nothing => Vec::new(),
        Recorded::Watched => vec![watch_entry("w1"), watch_entry("w2")],
    };
    let evidence = Evidence { by_identifier, ..Evidence::default() };
    let dossier = Dossier::assemble(&application, vec![evidence], &catalogue, &policy, &ListRules::default());
    Ok(Scenario { application: Arc::new(application), dossier: Arc::new(dossier), policy: Arc::new(policy) })
}

const MATERIALS: [(&str, RequiredBy); 4] = [
    ("application-form", RequiredBy::Law),
    ("premises-proof", RequiredBy::Regulation),
    ("floor-plan", RequiredBy::Other),
    ("staff-list", RequiredBy::Other),
];

/// The same case as a request over HTTP, by a department for an item, under a case
/// number of its own.
pub(crate) fn request_body(department: &str, item: &str, case_no: &str) -> String {
    let materials: Vec<_> = MATERIALS
        .iter()
        .map(|(code, required_by)| {
            serde_json::json!({"code": code, "name": "示例材料", "provided": true, "required_by": required_by.code()})
        })
        .collect();
    serde_json::json!({
        "department": department,
        "item": item,
        "checkpoint": "review",
        "case_no": case_no,
        "operator": "bench",
        "filed_on": "2026-11-02",
        "parties": [
            {"id": "p1", "role": "applicant", "kind": "legal_person", "name": "示例测速食品有限公司",
             "identifiers": [{"kind": "uscc", "value": USCC}]},
            {"id": "p2", "role": "legal_representative", "acts_for": "p1", "kind": "natural_person",
             "name": "测速甲", "identifiers": [{"kind": "citizen_id", "value": CITIZEN_ID}]},
        ],
        "materials": materials,
    })
    .to_string()
}

fn party(id: &str, role: PartyRole, kind: SubjectKind, number: IdentifierKind, value: &str) -> Result<Party> {
    let parsed = Identifier::parse(number, value, Strictness::Check)?;
    Ok(Party {
        id: id.into(),
        role,
        acts_for: (role != PartyRole::Applicant).then(|| "p1".to_owned()),
        kind,
        name: "示例测速食品有限公司".into(),
        identifiers: vec![parsed.identifier],
        attributes: Vec::new(),
    })
}

fn watch_entry(id: &str) -> ListEntry {
    ListEntry {
        list_name: "重点关注名单".into(),
        kind: ListKind::Watch,
        severity: Some(Severity::General),
        subject_name: "示例测速食品有限公司".into(),
        facts: "两年内三次受到食品安全行政处罚".into(),
        authority: "示例市市场监督管理局".into(),
        ..samples::entry(id, "watch.key-attention")
    }
}

pub(crate) fn catalogue() -> IndexedCatalogue {
    let catalogue = Catalogue {
        bases: vec![Basis {
            code: "basis.watch".into(),
            text: "示例办法第十条".into(),
            effective_from: date(2020, 1, 1),
            effective_until: None,
        }],
        measures: vec![CatalogueMeasure {
            category: "行政管理".into(),
            nature: Nature::Recommended,
            content: "从严审查".into(),
            target: "重点关注对象".into(),
            power_item: "食品经营许可".into(),
            section: "许可科".into(),
            basis: "basis.watch".into(),
            ..samples::measure("strict-review", "watch.key-attention", Direction::Punish)
        }],
        ..Catalogue::empty("bench", date(2026, 1, 1))
    };
    catalogue.into()
}

pub(crate) fn policy() -> Policy {
    Policy { version: "bench".into(), ..samples::policy() }
}
