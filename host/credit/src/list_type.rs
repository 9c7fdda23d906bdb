//! The kinds of lists a host takes, each with the standard it rests on and the
//! authorities that may list (R30, R32, R56).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::derived::KeyFields;
use crate::dossier::Dossier;
use crate::entry::{EntryTerm, ListKind};
use crate::vocabulary;

vocabulary! {
    /// On which level the standard of a list was set (R30).
    pub enum StandardLevel {
        /// 国家标准: law, administrative regulation or central document.
        National = "national",
        /// 省级标准: approved by the province.
        Provincial = "provincial",
        /// 地方性法规: a local regulation, for lists of that place only.
        Local = "local",
    }
}

/// A list that entries may stand on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListType {
    /// Code, such as `court.judgment-defaulter`.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Family of the list.
    pub kind: ListKind,
    /// Field it is recognised in, such as `food-and-drug`.
    #[serde(default)]
    pub field: String,
    /// Whether the field is a key field, which counts towards the alert list
    /// (R42, R44).
    #[serde(default)]
    pub key_field: bool,
    /// Code of the family of serious dishonesty (R56); empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// Level of its standard.
    pub level: StandardLevel,
    /// Title of the standard.
    pub standard: String,
    /// Reference of its approval.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approval: String,
    /// Authorities that may list (R32); empty where any organ of state may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<String>,
    /// How long entries have effect that name no end: as the policy says (`policy`,
    /// when absent), for good because law says so (`permanent`), or only as each
    /// states (`stated`).
    #[serde(default = "by_policy", skip_serializing_if = "is_by_policy")]
    pub term: EntryTerm,
}

const fn by_policy() -> EntryTerm {
    EntryTerm::Policy
}

fn is_by_policy(term: &EntryTerm) -> bool {
    *term == by_policy()
}

/// What the kinds of lists say that a dossier depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRules {
    /// Lists of key fields.
    pub key_fields: KeyFields,
    /// Lists whose entries have a term that is not the policy's.
    terms: BTreeMap<String, EntryTerm>,
}

/// Lists of key fields whose entries have the term of the policy.
impl From<KeyFields> for ListRules {
    fn from(key_fields: KeyFields) -> Self {
        Self { key_fields, terms: BTreeMap::new() }
    }
}

impl ListRules {
    /// The rules of these kinds of lists.
    #[must_use]
    pub fn of(list_types: &[ListType]) -> Self {
        let own = list_types.iter().filter(|list| list.term != EntryTerm::Policy);
        Self {
            key_fields: KeyFields::of(list_types),
            terms: own.map(|list| (list.code.clone(), list.term)).collect(),
        }
    }

    /// The rules by which a dossier was assembled, as far as it tells: kinds of
    /// lists of a day long past are not kept, and terms are written in the entries.
    #[must_use]
    pub fn told_by(dossier: &Dossier) -> Self {
        KeyFields::counted_in(dossier).into()
    }

    /// The term of the entries of a list, where it is not the policy's.
    #[must_use]
    pub fn term(&self, list: &str) -> Option<EntryTerm> {
        self.terms.get(list).copied()
    }
}

impl ListType {
    /// Whether an authority of this name may list here (R32).
    #[must_use]
    pub fn may_list(&self, authority: &str) -> bool {
        self.authorities.is_empty() || self.authorities.iter().any(|known| known == authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn r032_only_a_recognising_authority_may_list() {
        let mut court = ListType {
            name: "失信被执行人名单".into(),
            field: "judicial".into(),
            family: "refusal-of-legal-duty".into(),
            approval: "示例批准文号".into(),
            authorities: vec!["示例市人民法院".into()],
            ..samples::list_type("court.judgment-defaulter")
        };
        assert!(court.may_list("示例市人民法院"));
        assert!(!court.may_list("示例市行业协会"));
        court.authorities.clear();
        assert!(court.may_list("示例市行业协会"), "the list is open to any authority");
    }
}
