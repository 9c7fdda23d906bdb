//! Synthetic values for the unit tests of this crate.

use jiff::civil::date;

use crate::application::{Application, Party, PartyRole, RequiredBy, SubjectKind};
use crate::catalogue::{
    Basis, Catalogue, CatalogueItem, CatalogueMeasure, Category, Direction, Memorandum, Nature, PowerItem,
    StatutoryMaterial,
};
use crate::entry::{EntryStatus, ListEntry, ListKind, Particulars, Severity};
use crate::identifier::{Identifier, IdentifierKind, Strictness};
use crate::policy::{CommitmentEffect, Duties, Listing, Policy, SuspensionScope, WindowCount, WindowStart};

pub(crate) fn entry(id: &str, list: &str) -> ListEntry {
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

pub(crate) fn policy() -> Policy {
    Policy {
        division: "370811".into(),
        version: "2026".into(),
        effective_from: date(2026, 1, 1),
        effective_until: None,
        identifier_strictness: Strictness::Check,
        clean_window_years: 3,
        clean_window_from: WindowStart::Decision,
        clean_window_counts: WindowCount::Decision,
        clean_window_ignores_repaired: true,
        clean_window_ignores_slight: true,
        clean_window_lists_only: false,
        records_since: date(2015, 1, 1),
        suspension_scope: SuspensionScope::AllPunish,
        commitment_effect: CommitmentEffect::AcceptFirst,
        commitment_working_days: 20,
        non_deferrable: vec![RequiredBy::Law, RequiredBy::Regulation],
        report_issuers: Vec::new(),
        report_publication: Vec::new(),
        listing: Listing::default(),
        duties: Duties::default(),
    }
}

pub(crate) fn party(id: &str) -> Party {
    Party {
        id: id.into(),
        role: PartyRole::Applicant,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: "示例甲食品有限公司".into(),
        identifiers: vec![Identifier::accepted(IdentifierKind::Uscc, "91110105MA00003490").expect("a code")],
        attributes: Vec::new(),
    }
}

pub(crate) fn application() -> Application {
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

pub(crate) fn measure(code: &str, list: &str, direction: Direction) -> CatalogueMeasure {
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

pub(crate) fn catalogue(measures: Vec<CatalogueMeasure>) -> Catalogue {
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
pub(crate) fn edition() -> Catalogue {
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
