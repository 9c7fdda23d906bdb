//! What holds for every identifier, not only for the known ones.

use proptest::prelude::*;
use proptest::sample::select;

use super::{
    Identifier, IdentifierKind, Strictness, generate, index_keys, inspect, lookup_keys, normalise,
    organisation_code,
};

const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn uscc() -> impl Strategy<Value = String> {
    "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}".prop_map(|body| {
        let check = generate::uscc_check_character(&body).expect("a body");
        format!("{body}{check}")
    })
}

fn organisation_code() -> impl Strategy<Value = String> {
    "[0-9A-Z]{8}".prop_map(|body| {
        let check = generate::organisation_code_check_character(&body).expect("a body");
        format!("{body}{check}")
    })
}

fn registration_number() -> impl Strategy<Value = String> {
    "[0-9]{14}".prop_map(|body| {
        let check = generate::registration_number_check_digit(&body).expect("a body");
        format!("{body}{check}")
    })
}

fn citizen_id() -> impl Strategy<Value = String> {
    ("[0-9]{6}", 1900..2030, 1..=12, 1..=28, "[0-9]{3}").prop_map(|(division, year, month, day, sequence)| {
        let body = format!("{division}{year}{month:02}{day:02}{sequence}");
        let check = generate::citizen_id_check_character(&body).expect("a body");
        format!("{body}{check}")
    })
}

fn lei() -> impl Strategy<Value = String> {
    "[0-9A-Z]{18}".prop_map(|body| {
        let check = generate::lei_check_digits(&body).expect("a body");
        format!("{body}{check}")
    })
}

/// A value of any kind whose check characters fit.
fn valid() -> impl Strategy<Value = (IdentifierKind, String)> {
    prop_oneof![
        uscc().prop_map(|value| (IdentifierKind::Uscc, value)),
        organisation_code().prop_map(|value| (IdentifierKind::OrganisationCode, value)),
        registration_number().prop_map(|value| (IdentifierKind::RegistrationNumber, value)),
        citizen_id().prop_map(|value| (IdentifierKind::CitizenId, value)),
        lei().prop_map(|value| (IdentifierKind::Lei, value)),
    ]
    .prop_filter("made up to fill a field", |(kind, value)| {
        Identifier::accepted(*kind, value).is_ok_and(|identifier| identifier.filler().is_none())
    })
}

/// The characters that may stand for `current` such that the check of `kind` is bound to notice: all of the
/// alphabet for the prime modulus 31 and for digits; for MOD 97-10 letters for letters and digits for digits,
/// because a letter counts two digits; for the organisation code's modulus 11 those whose value differs by no
/// multiple of 11.
fn detectable(kind: IdentifierKind, current: char) -> Vec<char> {
    let value = |character: char| character.to_digit(36).expect("a digit or letter");
    let candidates: Vec<char> = match kind {
        IdentifierKind::Uscc => USCC_ALPHABET.chars().collect(),
        IdentifierKind::OrganisationCode => ('0'..='9')
            .chain('A'..='Z')
            .filter(|other| value(*other).abs_diff(value(current)) % 11 != 0)
            .collect(),
        IdentifierKind::Lei if current.is_ascii_uppercase() => ('A'..='Z').collect(),
        _ => ('0'..='9').collect(),
    };
    candidates.into_iter().filter(|other| *other != current).collect()
}

/// A valid value and the same with one character changed in a way its check is bound to notice.
fn valid_and_mistyped() -> impl Strategy<Value = (IdentifierKind, String, String)> {
    valid().prop_flat_map(|(kind, value)| {
        (0..value.len()).prop_flat_map(move |index| {
            let value = value.clone();
            let current = char::from(value.as_bytes()[index]);
            select(detectable(kind, current)).prop_map(move |other| {
                let mut mistyped = value.clone();
                mistyped.replace_range(index..=index, &other.to_string());
                (kind, value.clone(), mistyped)
            })
        })
    })
}

/// Identifiers of few organisations, so that sets of them meet often.
fn organisations() -> impl Strategy<Value = Vec<Identifier>> {
    let known = [
        (IdentifierKind::Uscc, "91110000101623741K"),
        (IdentifierKind::Uscc, "93370811101623741T"),
        (IdentifierKind::Uscc, "92370811MA3A0B1C6C"),
        (IdentifierKind::OrganisationCode, "101623741"),
        (IdentifierKind::OrganisationCode, "MA3A0B1C6"),
        (IdentifierKind::OrganisationCode, "PDY000017"),
        (IdentifierKind::CitizenId, "110101199001010015"),
        (IdentifierKind::CitizenId, "110101900101001"),
        (IdentifierKind::Other, "无"),
        (IdentifierKind::Other, "1101****0015"),
    ];
    let known = known.map(|(kind, value)| {
        Identifier::parse(kind, value, Strictness::Format).expect("well formed").identifier
    });
    prop::collection::vec(select(known.to_vec()), 0..4)
}

/// The definition of a match in words of identifiers, without keys.
fn means_the_same(party: &[Identifier], record: &[Identifier]) -> bool {
    let telling = |identifiers: &[Identifier]| -> Vec<Identifier> {
        let implied: Vec<_> = identifiers
            .iter()
            .filter(|identifier| identifier.kind() == IdentifierKind::Uscc)
            .filter_map(Identifier::organisation_code)
            .collect();
        let is_telling = |identifier: &&Identifier| {
            identifier.filler().is_none()
                && !implied.contains(identifier)
                && !organisation_code::is_user_defined(identifier.value())
        };
        identifiers.iter().filter(is_telling).cloned().collect()
    };
    let record = telling(record);
    telling(party).iter().any(|one| {
        record.iter().any(|other| {
            one == other
                || one.kind() == IdentifierKind::CitizenId && other.kind() == IdentifierKind::CitizenId
                || one.kind() != other.kind()
                    && one.organisation_code().is_some()
                    && one.organisation_code() == other.organisation_code()
        })
    })
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in any::<String>()) {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }

    #[test]
    fn no_text_makes_reading_it_panic(text in any::<String>()) {
        for &kind in IdentifierKind::ALL {
            if let Ok(parsed) = Identifier::parse(kind, &text, Strictness::Check) {
                let identifiers = [parsed.identifier];
                prop_assert!(lookup_keys(&identifiers).len() <= 2 && index_keys(&identifiers).len() <= 2);
                let [identifier] = identifiers;
                prop_assert_eq!(identifier.masked().chars().count(), identifier.value().chars().count());
            }
        }
        let _ = inspect(&text);
    }

    #[test]
    fn almost_identifiers_do_not_make_reading_them_panic(text in "[0-9A-Z好Ｘ]{9,20}") {
        for &kind in IdentifierKind::ALL {
            let _ = Identifier::parse(kind, &text, Strictness::Check);
        }
        let _ = inspect(&text);
    }

    #[test]
    fn generated_identifiers_are_valid((kind, value) in valid()) {
        let parsed = Identifier::parse(kind, &value, Strictness::Strict);
        prop_assert_eq!(parsed.map(|parsed| parsed.identifier.value().to_owned()), Ok(value.clone()));
        prop_assert!(inspect(&value).iter().any(|inspection| inspection.kind == kind && inspection.passed()));
    }

    #[test]
    fn one_mistyped_character_is_noticed((kind, value, mistyped) in valid_and_mistyped()) {
        let parsed = Identifier::parse(kind, &mistyped, Strictness::Strict);
        prop_assert!(parsed.is_err(), "{} for {}", mistyped, value);
    }

    #[test]
    fn a_persons_number_is_never_shown_in_full(value in citizen_id()) {
        for kind in [IdentifierKind::CitizenId, IdentifierKind::Uscc, IdentifierKind::Other] {
            if let Ok(parsed) = Identifier::parse(kind, &value, Strictness::Check) {
                let shown = format!("{parsed:?}");
                prop_assert!(!shown.contains(&value[6..14]), "{}", shown);
            }
        }
    }

    #[test]
    fn keys_meet_exactly_where_identifiers_mean_the_same(
        party in organisations(),
        record in organisations(),
    ) {
        let index = index_keys(&record);
        let met = lookup_keys(&party).iter().any(|key| index.contains(key));
        prop_assert_eq!(met, means_the_same(&party, &record));
    }
}
