//! Synthetic entries for the tests of this crate.

use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind, Particulars, Severity};
use creditgate_credit::identifier::{Identifier, IdentifierKind};
use jiff::civil::date;

/// A black entry of a company, recognised on 2026-03-02 for three years.
pub(crate) fn entry(id: &str) -> ListEntry {
    let number = Identifier::accepted(IdentifierKind::Uscc, "91110000101623741K");
    ListEntry {
        id: id.to_owned(),
        list: "food.serious".to_owned(),
        list_name: "食品药品严重失信主体名单".to_owned(),
        kind: ListKind::Black,
        field: "food-and-drug".to_owned(),
        severity: Some(Severity::Serious),
        subject_name: "示例食品有限公司".to_owned(),
        subject_identifiers: number.into_iter().collect(),
        facts: "生产经营不符合食品安全标准的食品".to_owned(),
        authority: "示例市市场监督管理局".to_owned(),
        basis: "市场监督管理严重违法失信名单管理办法 第五条".to_owned(),
        recognised_on: date(2026, 3, 2),
        valid_until: Some(date(2029, 3, 1)),
        status: EntryStatus::Effective,
        ended_on: None,
        suspended: false,
        particulars: Particulars::default(),
        attributes: Vec::new(),
    }
}
