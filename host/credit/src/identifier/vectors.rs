//! Published and synthetic identifiers with the result each must have. All are synthetic or, where they
//! belong to an organisation, appear in public documentation.

use super::{Identifier, IdentifierError, IdentifierKind, IdentifierWarning, Strictness};
use IdentifierKind::{CitizenId, Lei, OrganisationCode, RegistrationNumber, Uscc};

const VALID: [(IdentifierKind, &[&str]); 5] = [
    (
        Uscc,
        &[
            "91110000600037341L",
            "91110000101623741K",
            "92370811MA3A0B1C6C",
            "114407000000000198",
            "121506234602A0B16U",
            "53640100MJ0000034J",
            "93370811MA3X0Y1W3T",
            // Bodies of item codes: the implementing authority's code.
            "11440232MB2D06811W",
            "12441500196720244T",
            "11310000MB2F30661Y",
            // First character a letter: village collectives apply for approvals too.
            "N2370811MF00000133",
            "A1110000MD0000016A",
            "Y1110000MG0000017Y",
            // Check character 0 and Y, the ends of the alphabet.
            "91110105MA00003490",
            "91110105MA0000226Y",
            // Check character of the organisation code inside X and 0.
            "91110105MA000004XW",
            "91110105A0000002X9",
            "91110105MA00000908",
        ],
    ),
    (OrganisationCode, &["101623741", "MA0000015", "A0000002X", "000000019"]),
    (
        RegistrationNumber,
        &["110105000000012", "370811600000010", "440700400000016", "350100000000420", "110000000000009"],
    ),
    (
        CitizenId,
        &[
            "110101199001010015",
            "370811198506150026",
            "11010119900118017X",
            "810000199001010019",
            "830000198506150024",
        ],
    ),
    (Lei, &["213800KUD8LAJWSQ9D15", "300300A0B1C2D3E4F545", "30030000000000000152"]),
];

const WRONG_CHECK: [(IdentifierKind, &str); 6] = [
    (Uscc, "91110000600037341M"),
    (Uscc, "91350211M0000XUF46"),
    (OrganisationCode, "101623742"),
    (RegistrationNumber, "110105000000013"),
    (CitizenId, "110101199001010016"),
    (Lei, "213800KUD8LXJWSQ9D15"),
];

#[test]
fn valid_identifiers_pass_every_strictness_without_remark() {
    for (kind, values) in VALID {
        for value in values {
            for &strictness in Strictness::ALL {
                let parsed = Identifier::parse(kind, value, strictness).expect(value);
                assert_eq!(parsed.identifier.value(), *value);
                assert_eq!(parsed.identifier.kind(), kind);
                assert_eq!(parsed.warnings, [], "{value}");
            }
        }
    }
}

#[test]
fn a_wrong_check_is_ignored_warned_of_or_refused_by_strictness() {
    for (kind, value) in WRONG_CHECK {
        let format = Identifier::parse(kind, value, Strictness::Format).expect(value);
        assert_eq!(format.warnings, [], "{value}");
        let check = Identifier::parse(kind, value, Strictness::Check).expect(value);
        assert_eq!(check.warnings, [IdentifierWarning::CheckFailed { kind }], "{value}");
        assert_eq!(check.warnings[0].code(), "id.check_failed");
        assert_eq!(check.identifier, format.identifier, "{value}");
        let strict = Identifier::parse(kind, value, Strictness::Strict).expect_err(value);
        assert_eq!(strict, IdentifierError::CheckFailed { kind }, "{value}");
        assert_eq!(strict.code(), "id.check_failed");
    }
}

#[test]
fn a_wrong_shape_is_refused_at_every_strictness() {
    let cases = [
        (
            Uscc,
            "9111000060003734IL",
            "id.character",
            "character 17 of the unified social credit code must be a digit or a letter other than I, O, S, V, Z",
        ),
        (
            Uscc,
            "9111000A600037341L",
            "id.character",
            "character 8 of the unified social credit code must be a digit",
        ),
        (
            Uscc,
            "9111000060003734好",
            "id.length",
            "the unified social credit code must have 18 characters; this one has 17",
        ),
        (
            Uscc,
            "91110000600037341",
            "id.length",
            "the unified social credit code must have 18 characters; this one has 17",
        ),
        (
            OrganisationCode,
            "10162374A",
            "id.character",
            "character 9 of the organisation code must be a digit or X",
        ),
        (
            OrganisationCode,
            "1016２3７4",
            "id.length",
            "the organisation code must have 9 characters; this one has 8",
        ),
        (
            RegistrationNumber,
            "11010500000001",
            "id.length",
            "the business registration number must have 13 or 15 characters; this one has 14",
        ),
        (
            RegistrationNumber,
            "11010500000001X",
            "id.character",
            "character 15 of the business registration number must be a digit",
        ),
        (
            CitizenId,
            "110101199002300014",
            "id.date",
            "the birth date inside the citizen ID number is not a day of the calendar",
        ),
        (
            CitizenId,
            "11010119900101X015",
            "id.character",
            "character 15 of the citizen ID number must be a digit",
        ),
        (
            CitizenId,
            "1101011990010100",
            "id.length",
            "the citizen ID number must have 18 or 15 characters; this one has 16",
        ),
        (CitizenId, " - ", "id.empty", "the citizen ID number is empty"),
        (Lei, "01", "id.length", "the legal entity identifier must have 20 characters; this one has 2"),
        (
            Lei,
            "213800KUD8LAJWSQ9D1A",
            "id.character",
            "character 20 of the legal entity identifier must be a digit",
        ),
    ];
    for (kind, text, code, message) in cases {
        for &strictness in Strictness::ALL {
            let error = Identifier::parse(kind, text, strictness).expect_err(text);
            assert_eq!((error.code(), error.to_string().as_str()), (code, message), "{text}");
        }
    }
}

#[test]
fn older_forms_without_check_character_are_accepted() {
    for (kind, value) in [(RegistrationNumber, "3301002000001"), (CitizenId, "110101900101001")] {
        let parsed = Identifier::parse(kind, value, Strictness::Strict).expect(value);
        assert_eq!(parsed.warnings, [], "{value}");
    }
}

#[test]
fn an_unlisted_category_or_division_is_only_a_warning() {
    let body = "B7990000MA0000015";
    let value = format!("{body}{}", super::generate::uscc_check_character(body).expect("a body"));
    let parsed = Identifier::parse(Uscc, &value, Strictness::Strict).expect("a warning is no error");
    let codes: Vec<_> = parsed.warnings.iter().map(IdentifierWarning::code).collect();
    assert_eq!(codes, ["id.unknown_category", "id.unknown_division"]);
}

#[test]
fn an_organisation_code_for_local_use_is_remarked_on() {
    let parsed = Identifier::parse(OrganisationCode, "PDY00001-9", Strictness::Check).expect("well formed");
    assert!(parsed.warnings.contains(&IdentifierWarning::UserDefinedArea), "{:?}", parsed.warnings);
}

#[test]
fn the_organisation_code_is_read_out_of_the_unified_code() {
    let cases = [
        (Uscc, "91110000101623741K", Some("101623741")),
        (Uscc, "92370811MA3A0B1C6C", Some("MA3A0B1C6")),
        (OrganisationCode, "10162374-1", Some("101623741")),
        (CitizenId, "110101199001010015", None),
        (Lei, "213800KUD8LAJWSQ9D15", None),
    ];
    for (kind, text, expected) in cases {
        let identifier = Identifier::parse(kind, text, Strictness::Strict).expect(text).identifier;
        let code = identifier.organisation_code();
        assert_eq!(code.as_ref().map(Identifier::value), expected, "{text}");
        assert!(code.is_none_or(|code| code.kind() == OrganisationCode));
    }
}

#[test]
fn a_unified_code_without_an_organisation_code_inside_gives_none() {
    let text = "9037081108A3A0B1C6";
    let parsed = Identifier::parse(Uscc, text, Strictness::Format).expect("well formed");
    assert_eq!(parsed.identifier.organisation_code(), None, "an organisation code ends in a digit or X");
}

#[test]
fn organisations_are_shown_in_full_and_persons_are_not() {
    let cases = [
        (Uscc, "91110000600037341L", "91110000600037341L"),
        (Uscc, "91350211M0000XUF46", "91350211M0000XUF46"),
        (Uscc, "114407000000000198", "114407000000000198"),
        (OrganisationCode, "10162374-1", "101623741"),
        (RegistrationNumber, "110105000000012", "110105000000012"),
        (Lei, "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D15"),
        (CitizenId, "110101199001010015", "110***********0015"),
        (CitizenId, "110101900101001", "110*********001"),
        (IdentifierKind::Other, "E12345678", "E1*****78"),
        // A citizen ID in the field of an organisation's code.
        (Uscc, "110101199001010015", "110***********0015"),
        (Uscc, "11010119900118017X", "110***********017X"),
        (RegistrationNumber, "110101900101001", "110*********001"),
    ];
    for (kind, text, masked) in cases {
        let identifier = Identifier::parse(kind, text, Strictness::Check).expect(text).identifier;
        assert_eq!(identifier.masked(), masked, "{text}");
        assert_eq!(format!("{identifier:?}"), format!("Identifier({}:{masked})", kind.code()));
    }
}
