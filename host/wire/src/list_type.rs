//! A kind of list as a row: imported, and kept by the store.

use creditgate_credit::entry::{EntryTerm, ListKind};
use creditgate_credit::list_type::{ListType, StandardLevel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A list that entries may stand on (R30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListType)]
pub struct ListTypeRow {
    /// Code, such as `court.judgment-defaulter`.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Family of the list.
    #[schema(inline)]
    pub kind: ListKind,
    /// Field it is recognised in, such as `food-and-drug`.
    #[serde(default)]
    pub field: String,
    /// Whether the field counts towards the alert list (R44).
    #[serde(default)]
    pub key_field: bool,
    /// Code of the family of serious dishonesty (R56).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// Level of its standard.
    #[schema(inline)]
    pub level: StandardLevel,
    /// Title of the standard.
    pub standard: String,
    /// Reference of its approval.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approval: String,
    /// Authorities that may list (R32); any organ of state where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<String>,
    /// How long entries have effect that name no end: as the policy says (`policy`,
    /// when absent), for good because law says so (`permanent`), or only as each
    /// states (`stated`).
    #[serde(default = "policy", skip_serializing_if = "is_policy")]
    #[schema(inline)]
    pub term: EntryTerm,
}

const fn policy() -> EntryTerm {
    EntryTerm::Policy
}

fn is_policy(term: &EntryTerm) -> bool {
    *term == policy()
}

impl From<&ListType> for ListTypeRow {
    fn from(list: &ListType) -> Self {
        let ListType {
            code,
            name,
            kind,
            field,
            key_field,
            family,
            level,
            standard,
            approval,
            authorities,
            term,
        } = list.clone();
        Self { code, name, kind, field, key_field, family, level, standard, approval, authorities, term }
    }
}

impl From<ListTypeRow> for ListType {
    fn from(row: ListTypeRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            kind: row.kind,
            field: row.field,
            key_field: row.key_field,
            family: row.family,
            level: row.level,
            standard: row.standard,
            approval: row.approval,
            authorities: row.authorities,
            term: row.term,
        }
    }
}
