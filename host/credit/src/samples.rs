//! Synthetic values for tests, here and with the feature `samples` in the crates above:
//! a company that asks for a food licence, an entry of a black list, and the catalogue
//! and the policy that go with them. A test states what it is about, and takes the rest
//! from here.

use jiff::civil::date;

use crate::application::{Application, Party, PartyRole, RequiredBy, SubjectKind};
use crate::catalogue::{
    Basis, Catalogue, CatalogueItem, CatalogueMeasure, Category, Direction, Memorandum, Nature, PowerItem,
    StatutoryMaterial,
};
use crate::entry::{EntryStatus, EntryTerm, ListEntry, ListKind, Particulars, Severity};
use crate::identifier::{Identifier, IdentifierKind};
use crate::list_type::{ListType, StandardLevel};
use crate::policy::Policy;

/// An entry of a black list, serious and in effect from 2025 to 2030, of nobody in particular.
#[must_use]
pub fn entry(id: &str, list: &str) -> ListEntry {
    ListEntry {
        id: id.into(),
        list: list.into(),
        list_name: "示例名单".into(),
        kind: ListKind::Black,
        field: "food-and-drug".into(),
        severity: Some(Severity::Serious),
        subject_name: "示例甲食品有限公司".into(),
        subject_identifiers: Vec::new(),
        facts: "示例事实".into(),
        authority: "示例机关".into(),
        basis: "示例依据".into(),
        recognised_on: date(2025, 3, 1),
        valid_until: Some(date(2030, 3, 1)),
        status: EntryStatus::Effective,
        ended_on: None,
        suspended: false,
        particulars: Particulars::default(),
        attributes: Vec::new(),
    }
}

/// A policy of a district since 2026; its sources hold records since 2015.
#[must_use]
pub fn policy() -> Policy {
    Policy {
        division: "370811".into(),
        version: "2026".into(),
        effective_from: date(2026, 1, 1),
        records_since: date(2015, 1, 1),
        non_deferrable: vec![RequiredBy::Law, RequiredBy::Regulation],
        ..Policy::default()
    }
}

/// A kind of black list by a national standard, of a key field, open to any authority.
#[must_use]
pub fn list_type(code: &str) -> ListType {
    ListType {
        code: code.into(),
        name: "示例名单".into(),
        kind: ListKind::Black,
        field: "food-and-drug".into(),
        key_field: true,
        family: String::new(),
        level: StandardLevel::National,
        standard: "示例规定".into(),
        approval: String::new(),
        authorities: Vec::new(),
        term: EntryTerm::Policy,
    }
}

/// The company that applies.
#[must_use]
pub fn party(id: &str) -> Party {
    Party {
        id: id.into(),
        role: PartyRole::Applicant,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: "示例甲食品有限公司".into(),
        identifiers: Identifier::accepted(IdentifierKind::Uscc, "91110105MA00003490").into_iter().collect(),
        attributes: Vec::new(),
    }
}

/// The application at the review of a food licence.
#[must_use]
pub fn application() -> Application {
    Application {
        case_no: "case-1".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        department: "market-regulation".into(),
        division: "370811".into(),
        filed_on: date(2026, 11, 1),
        decided_on: date(2026, 11, 23),
        parties: vec![party("p1")],
        materials: Vec::new(),
        reports: Vec::new(),
        form: "{}".into(),
        attributes: Vec::new(),
    }
}

/// A mandatory measure that entries of a list trigger everywhere.
#[must_use]
pub fn measure(code: &str, list: &str, direction: Direction) -> CatalogueMeasure {
    CatalogueMeasure {
        code: code.into(),
        category: "市场准入".into(),
        nature: Nature::Mandatory,
        content: "示例措施".into(),
        direction,
        target: "名单主体".into(),
        power_item: "示例权责事项".into(),
        section: "示例科".into(),
        basis: "basis.one".into(),
        memorandum: None,
        lists: vec![list.into()],
        departments: Vec::new(),
        items: Vec::new(),
        checkpoints: Vec::new(),
    }
}

/// An edition of 2026 with these measures and the basis they name.
#[must_use]
pub fn catalogue(measures: Vec<CatalogueMeasure>) -> Catalogue {
    Catalogue {
        bases: vec![Basis {
            code: "basis.one".into(),
            text: "示例法第一条".into(),
            effective_from: date(2020, 1, 1),
            effective_until: Some(date(2026, 12, 31)),
        }],
        measures,
        ..Catalogue::empty("2026", date(2026, 1, 1))
    }
}

/// An edition with one of everything, in which nothing is missing.
#[must_use]
pub fn edition() -> Catalogue {
    let mut measure = measure("m1", "black", Direction::Punish);
    measure.category = "market-access".into();
    measure.power_item = "power.food".into();
    measure.memorandum = Some("memo.food".into());
    Catalogue {
        categories: vec![Category { code: "market-access".into(), name: "限制市场准入".into() }],
        memoranda: vec![Memorandum {
            code: "memo.food".into(),
            title: "示例联合惩戒合作备忘录".into(),
            document_number: "示例〔2016〕1号".into(),
            effective_from: date(2016, 1, 1),
            effective_until: None,
        }],
        power_items: vec![PowerItem {
            code: "power.food".into(),
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
            power_items: vec!["power.food".into()],
            non_disclosure: None,
            statutory_materials: vec![StatutoryMaterial {
                material: "identity-proof".into(),
                basis: "basis.one".into(),
            }],
        }],
        ..catalogue(vec![measure])
    }
}
