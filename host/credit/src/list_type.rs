//! The kinds of lists a host takes, each with the standard it rests on and the
//! authorities that may list (R30, R32, R56).

use crate::entry::ListKind;
use crate::vocabulary::vocabulary;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListType {
    /// Code, such as `court.judgment-defaulter`.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Family of the list.
    pub kind: ListKind,
    /// Field it is recognised in, such as `food-and-drug`.
    pub field: String,
    /// Whether the field is a key field, which counts towards the alert list
    /// (R42, R44).
    pub key_field: bool,
    /// Code of the family of serious dishonesty (R56); empty where there is none.
    pub family: String,
    /// Level of its standard.
    pub level: StandardLevel,
    /// Title of the standard.
    pub standard: String,
    /// Reference of its approval.
    pub approval: String,
    /// Authorities that may list (R32); empty where any organ of state may.
    pub authorities: Vec<String>,
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

    #[test]
    fn r032_only_a_recognising_authority_may_list() {
        let mut court = ListType {
            code: "court.judgment-defaulter".into(),
            name: "失信被执行人名单".into(),
            kind: ListKind::Black,
            field: "judicial".into(),
            key_field: true,
            family: "refusal-of-legal-duty".into(),
            level: StandardLevel::National,
            standard: "示例规定".into(),
            approval: "示例批准文号".into(),
            authorities: vec!["示例市人民法院".into()],
        };
        assert!(court.may_list("示例市人民法院"));
        assert!(!court.may_list("示例市行业协会"));
        court.authorities.clear();
        assert!(court.may_list("示例市行业协会"), "the list is open to any authority");
    }
}
