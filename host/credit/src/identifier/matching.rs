//! When two sets of identifiers mean the same subject (R23).
//!
//! A record is stored under its [`index_keys`], a party is looked up by its [`lookup_keys`]; they have a
//! key in common exactly if an identifier of the party and one of the record
//!
//! - are of the same kind and equal, or
//! - are a unified social credit code and the organisation code inside it, on whichever side the code stands.
//!
//! Two different unified social credit codes around one organisation code do **not** match: a measure
//! must not reach a second registration by way of a derived number. That is why an organisation code
//! taken out of a record's unified code has a namespace of its own, `uscc_organisation`, in which only
//! parties known by nothing but the organisation code are looked up:
//!
//! | | index keys of a record | lookup keys of a party |
//! | --- | --- | --- |
//! | unified code U around O | `uscc:U`, `uscc_organisation:O` | `uscc:U`, `organisation_code:O` |
//! | organisation code O | `organisation_code:O` | `organisation_code:O`, `uscc_organisation:O` |
//! | any other kind | `kind:value` | `kind:value` |
//!
//! An organisation code that stands beside the unified code it is part of says nothing new and adds no
//! key, and one of the area for local use never gives a key.

use std::fmt;

use super::{Identifier, IdentifierKind, organisation_code};

/// The namespace of organisation codes taken out of a record's unified social credit code.
const DERIVED: &str = "uscc_organisation";

/// A key under which a store finds records, `namespace:value`.
///
/// It contains the whole identifier, which may be a person's: `Debug` shows only the namespace.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MatchKey(String);

impl MatchKey {
    fn new(namespace: &str, value: &str) -> Self {
        let mut key = String::with_capacity(namespace.len() + 1 + value.len());
        key.push_str(namespace);
        key.push(':');
        key.push_str(value);
        Self(key)
    }

    /// The key as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MatchKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = self.0.split(':').next().unwrap_or_default();
        write!(formatter, "MatchKey({namespace}:…)")
    }
}

/// The keys under which to look for records about a party with these identifiers; without repetition.
#[must_use]
pub fn lookup_keys(identifiers: &[Identifier]) -> Vec<MatchKey> {
    keys(identifiers, IdentifierKind::OrganisationCode.code(), Some(DERIVED))
}

/// The keys under which to store a record about a subject with these identifiers; without repetition.
#[must_use]
pub fn index_keys(identifiers: &[Identifier]) -> Vec<MatchKey> {
    keys(identifiers, DERIVED, None)
}

/// `derived` is the namespace for the organisation code inside a unified code, `beside` one more namespace for an
/// organisation code that stands alone.
fn keys(identifiers: &[Identifier], derived: &str, beside: Option<&str>) -> Vec<MatchKey> {
    let mut keys = Vec::with_capacity(identifiers.len() * 2);
    let mut add = |namespace: &str, value: &str| {
        let key = MatchKey::new(namespace, value);
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    for identifier in identifiers {
        let code =
            identifier.organisation_code_part().filter(|code| !organisation_code::is_user_defined(code));
        match (identifier.kind, code) {
            (IdentifierKind::OrganisationCode, None) => {}
            (IdentifierKind::OrganisationCode, Some(code)) if is_inside_a_uscc(code, identifiers) => {}
            (IdentifierKind::OrganisationCode, Some(code)) => {
                add(identifier.kind.code(), code);
                beside.into_iter().for_each(|namespace| add(namespace, code));
            }
            (kind, code) => {
                add(kind.code(), &identifier.value);
                code.into_iter().for_each(|code| add(derived, code));
            }
        }
    }
    keys
}

fn is_inside_a_uscc(code: &str, identifiers: &[Identifier]) -> bool {
    identifiers.iter().any(|identifier| {
        identifier.kind == IdentifierKind::Uscc && identifier.organisation_code_part() == Some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::Strictness;

    fn identifiers(texts: &[&str]) -> Vec<Identifier> {
        let parse = |text: &&str| {
            let (kind, value) = text.split_once(':').expect("kind:value");
            let kind = IdentifierKind::from_code(kind).expect("a kind");
            Identifier::parse(kind, value, Strictness::Format).expect("well formed").identifier
        };
        texts.iter().map(parse).collect()
    }

    fn matches(party: &[&str], record: &[&str]) -> bool {
        let index = index_keys(&identifiers(record));
        lookup_keys(&identifiers(party)).iter().any(|key| index.contains(key))
    }

    const COMPANY: &str = "uscc:91110000101623741K";
    const COMPANY_CODE: &str = "organisation_code:10162374-1";
    /// Another registration around the same organisation code.
    const NAMESAKE: &str = "uscc:93370811101623741T";
    const OTHER_COMPANY: &str = "uscc:92370811MA3A0B1C6C";
    const PERSON: &str = "citizen_id:110101199001010015";

    #[test]
    fn a_party_matches_records_about_itself_and_no_other() {
        let cases: [(&[&str], &[&str], bool); 17] = [
            (&[COMPANY], &[COMPANY], true),
            (&[COMPANY], &[OTHER_COMPANY], false),
            (&[COMPANY], &[COMPANY_CODE], true),
            (&[COMPANY_CODE], &[COMPANY], true),
            (&[COMPANY_CODE], &[COMPANY_CODE], true),
            (&[COMPANY_CODE], &[NAMESAKE], true),
            (&[COMPANY], &[NAMESAKE], false),
            (&[COMPANY, COMPANY_CODE], &[NAMESAKE], false),
            (&[COMPANY], &[NAMESAKE, COMPANY_CODE], false),
            (&[COMPANY, COMPANY_CODE], &[NAMESAKE, COMPANY_CODE], false),
            (&[COMPANY, COMPANY_CODE], &[COMPANY_CODE], true),
            (&[COMPANY_CODE], &[COMPANY, COMPANY_CODE], true),
            (&[OTHER_COMPANY, COMPANY_CODE], &[COMPANY], true),
            (&[PERSON], &["citizen_id:１１０１０１ 19900101 0015"], true),
            (&[PERSON], &["other:110101199001010015"], false),
            (&["organisation_code:PDY000017"], &["organisation_code:PDY000017"], false),
            (&[], &[COMPANY], false),
        ];
        for (party, record, expected) in cases {
            assert_eq!(matches(party, record), expected, "{party:?} and {record:?}");
        }
    }

    #[test]
    fn an_identifier_whose_check_fails_still_matches() {
        assert!(matches(&["uscc:91350211M0000XUF46"], &["uscc:91350211M0000XUF46"]));
    }

    #[test]
    fn keys_read_as_stored_and_hide_the_number_in_debug() {
        let stored = |keys: Vec<MatchKey>| keys.iter().map(|key| key.as_str().to_owned()).collect::<Vec<_>>();
        let company = identifiers(&[COMPANY]);
        assert_eq!(stored(lookup_keys(&company)), ["uscc:91110000101623741K", "organisation_code:101623741"]);
        assert_eq!(stored(index_keys(&company)), ["uscc:91110000101623741K", "uscc_organisation:101623741"]);
        let person = lookup_keys(&identifiers(&[PERSON, PERSON]));
        assert_eq!(format!("{person:?}"), "[MatchKey(citizen_id:…)]");
    }
}
