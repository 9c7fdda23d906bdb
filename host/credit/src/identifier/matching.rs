//! When two sets of identifiers mean the same subject (R23).
//!
//! A record is stored under its [`index_keys`], a party is looked up by its [`lookup_keys`]; they have a
//! key in common exactly if an identifier of the party and one of the record
//!
//! - are of the same kind and equal, or
//! - are the two forms of one citizen ID number, of 15 and of 18 characters, or
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
//! | citizen ID number of 15 digits | `citizen_id:` and its form of 18, unless it is a centenarian's | the same |
//! | any other kind | `kind:value` | `kind:value` |
//!
//! An organisation code that stands beside the unified code it is part of says nothing new and adds no
//! key; one of the area for local use, a placeholder and a mask never give a key.
//!
//! Where the century of a citizen ID number is not known, [`hint_keys`] are those of the numbers that may be the
//! same person's: what is found under them is for an officer, and never for a measure.
//!
//! A name is a hint only where no numbers tell two subjects apart ([`Namespaces`]). A number whose check fails
//! tells nobody apart: it may be anybody's, mistyped.

use std::fmt;

use super::{Identifier, IdentifierKind, citizen_id, normalise, organisation_code};

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

/// A key as an earlier host stored it, in the form of today.
#[must_use]
pub fn renewed(stored: &str) -> String {
    let Some((namespace, value)) = stored.split_once(':') else { return stored.to_owned() };
    let value = normalise(value);
    let modern =
        (namespace == IdentifierKind::CitizenId.code()).then(|| citizen_id::modern(&value)).flatten();
    MatchKey::new(namespace, modern.as_deref().unwrap_or(&value)).0
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

/// The keys under which there may be records about the same person, who has a citizen ID number whose century
/// is not known; none for almost everybody.
#[must_use]
pub fn hint_keys(identifiers: &[Identifier]) -> Vec<MatchKey> {
    let of_persons = identifiers.iter().filter(|identifier| identifier.kind == IdentifierKind::CitizenId);
    of_persons
        .flat_map(|identifier| citizen_id::maybe_the_same(&identifier.value))
        .map(|value| MatchKey::new(IdentifierKind::CitizenId.code(), &value))
        .collect()
}

/// `derived` is the namespace for the organisation code inside a unified code, `beside` one more namespace for an
/// organisation code that stands alone.
fn keys<'a>(
    identifiers: impl IntoIterator<Item = &'a Identifier> + Clone,
    derived: &str,
    beside: Option<&str>,
) -> Vec<MatchKey> {
    let mut keys = Vec::new();
    let mut add = |namespace: &str, value: &str| {
        let key = MatchKey::new(namespace, value);
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    for identifier in identifiers.clone().into_iter().filter(|identifier| identifier.filler.is_none()) {
        let code =
            identifier.organisation_code_part().filter(|code| !organisation_code::is_user_defined(code));
        match (identifier.kind, code) {
            (IdentifierKind::OrganisationCode, None) => {}
            (IdentifierKind::OrganisationCode, Some(code)) if is_inside_a_uscc(code, identifiers.clone()) => {
            }
            (IdentifierKind::OrganisationCode, Some(code)) => {
                add(identifier.kind.code(), code);
                beside.into_iter().for_each(|namespace| add(namespace, code));
            }
            (IdentifierKind::CitizenId, _) => {
                let modern = citizen_id::modern(&identifier.value);
                add(identifier.kind.code(), modern.as_deref().unwrap_or(&identifier.value));
            }
            (kind, code) => {
                add(kind.code(), &identifier.value);
                code.into_iter().for_each(|code| add(derived, code));
            }
        }
    }
    keys
}

/// The namespaces in which a subject has a number that tells it apart from others: who has another number in
/// one of them is somebody else, whatever the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespaces(u64);

impl Namespaces {
    const ALL: [&'static str; 7] =
        ["uscc", DERIVED, "organisation_code", "registration_number", "citizen_id", "lei", "other"];

    /// Those of a record. A number of it whose check fails is none.
    #[must_use]
    pub fn of_record(identifiers: &[Identifier]) -> Self {
        Self::of(&keys(identifiers.iter().filter(|identifier| !identifier.check_fails()), DERIVED, None))
    }

    /// Those of a party. None of its numbers counts where the check of one fails: who it is, is in doubt.
    #[must_use]
    pub fn of_party(identifiers: &[Identifier]) -> Self {
        if identifiers.iter().any(Identifier::check_fails) {
            return Self(0);
        }
        Self::of(&lookup_keys(identifiers))
    }

    /// Those of keys, whatever the checks of their numbers say.
    #[must_use]
    pub fn of(keys: &[MatchKey]) -> Self {
        let place =
            |key: &MatchKey| Self::ALL.iter().position(|known| key.0.split(':').next() == Some(known));
        Self(keys.iter().filter_map(place).fold(0, |bits, place| bits | 1 << place))
    }

    /// Whether the numbers of the two have decided already whether they are one.
    #[must_use]
    pub const fn tell_apart(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// A bit for each; they stand in files and never change.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }
}

fn is_inside_a_uscc<'a>(code: &str, identifiers: impl IntoIterator<Item = &'a Identifier>) -> bool {
    identifiers.into_iter().any(|identifier| {
        identifier.kind == IdentifierKind::Uscc && identifier.organisation_code_part() == Some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifiers(texts: &[&str]) -> Vec<Identifier> {
        let parse = |text: &&str| {
            let (kind, value) = text.split_once(':').expect("kind:value");
            let kind = IdentifierKind::from_code(kind).expect("a kind");
            Identifier::accepted(kind, value).expect("well formed")
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
    /// The same in the form of before.
    const PERSON_BEFORE: &str = "citizen_id:110101900101001";

    #[test]
    fn a_party_matches_records_about_itself_and_no_other() {
        let cases: [(&[&str], &[&str], bool); 25] = [
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
            (&[PERSON], &[PERSON_BEFORE], true),
            (&[PERSON_BEFORE], &[PERSON], true),
            (&[PERSON_BEFORE], &[PERSON_BEFORE], true),
            (&[PERSON_BEFORE], &["citizen_id:110101199001010023"], false),
            (&[PERSON_BEFORE], &["registration_number:110101900101001"], false),
            (&["citizen_id:110101900101996"], &["citizen_id:110101199001019968"], false),
            (&["citizen_id:110101199001019968"], &["citizen_id:110101900101996"], false),
            (&["citizen_id:110101900101996"], &["citizen_id:110101900101996"], true),
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

    #[test]
    fn a_filler_is_no_key_on_either_side_also_where_it_was_taken_for_a_number_before() {
        let fillers = [
            "other:无",
            "other:不详",
            "other:/",
            "other:-",
            "other:N/A",
            "other:3799****0012",
            "other:000000",
            "other:12345678",
            "uscc:000000000000000000",
            "uscc:111111111111111111",
            "uscc:91370000000000000X",
            "organisation_code:00000000-0",
            "organisation_code:123456788",
            "citizen_id:111111111111111111",
            "citizen_id:000000199001010015",
            "citizen_id:111111111111111",
            "registration_number:000000000000000",
            "lei:00000000000000000098",
        ];
        for filler in fillers {
            let filler = identifiers(&[filler]);
            assert_eq!((lookup_keys(&filler), index_keys(&filler)), (vec![], vec![]), "{filler:?}");
            assert_eq!(Namespaces::of_party(&filler).bits() | Namespaces::of_record(&filler).bits(), 0);
        }
        assert!(matches(&[COMPANY, "other:无"], &[COMPANY, "other:无"]));
        assert!(!matches(&[COMPANY, "other:无"], &[OTHER_COMPANY, "other:无"]));
    }

    #[test]
    fn a_key_of_an_earlier_host_has_the_form_of_today() {
        let cases = [
            ("citizen_id:110101900101001", "citizen_id:110101199001010015"),
            ("citizen_id:110101199001010015", "citizen_id:110101199001010015"),
            ("citizen_id:110101900101996", "citizen_id:110101900101996"),
            ("other:\u{202D}E12345678\u{202C}", "other:E12345678"),
            ("uscc:91110000101623741K", "uscc:91110000101623741K"),
        ];
        for (stored, expected) in cases {
            assert_eq!(renewed(stored), expected);
        }
    }

    #[test]
    fn where_the_century_is_not_known_the_forms_of_a_number_are_a_hint() {
        let hints = |party: &str, record: &str| {
            let record = index_keys(&identifiers(&[record]));
            hint_keys(&identifiers(&[party])).iter().any(|key| record.contains(key))
        };
        let [old, new] = ["citizen_id:110101900101996", "citizen_id:110101199001019968"];
        assert!(hints(old, new) && hints(new, old));
        assert!(!hints(PERSON, PERSON_BEFORE) && !hints(old, PERSON));
    }

    #[test]
    fn a_number_whose_check_fails_tells_nobody_apart() {
        const MISTYPED: &str = "uscc:91110000101623741A";
        let party = |texts: &[&str]| Namespaces::of_party(&identifiers(texts));
        let record = |texts: &[&str]| Namespaces::of_record(&identifiers(texts));
        let cases: [(&[&str], &[&str], bool); 8] = [
            (&[COMPANY], &[OTHER_COMPANY], true),
            (&[COMPANY], &[PERSON], false),
            (&[COMPANY], &["organisation_code:MA3A0B1C6"], true),
            (&["organisation_code:MA3A0B1C6"], &[COMPANY], true),
            (&[MISTYPED], &[OTHER_COMPANY], false),
            (&[OTHER_COMPANY], &[MISTYPED], false),
            (&[MISTYPED, COMPANY_CODE], &[OTHER_COMPANY], false),
            (&[OTHER_COMPANY], &[MISTYPED, COMPANY_CODE], true),
        ];
        for (one, other, expected) in cases {
            assert_eq!(party(one).tell_apart(record(other)), expected, "{one:?} and {other:?}");
        }
    }
}
