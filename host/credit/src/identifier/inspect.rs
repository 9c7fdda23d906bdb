//! Explains a value to a person: what it may be, and each check with its result. For tools, not for checks of
//! parties.

use serde::Serialize;

use super::{Identifier, IdentifierError, IdentifierKind, citizen_id, normalise, rules};
use crate::vocabulary;

/// What a value looks like when taken as one kind of identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The kind it was taken as.
    pub kind: IdentifierKind,
    /// The identifier, if the shape fits.
    pub identifier: Option<Identifier>,
    /// The form to show and log. A value that is not known to be an organisation's is masked like a
    /// citizen ID.
    pub masked: String,
    /// Each check and its result, in the order of reading.
    pub checks: Vec<InspectedCheck>,
}

/// One check of an [`Inspection`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectedCheck {
    /// What was checked: `shape`, `check`, `category`, `division`, `organisation_code`, `birth_date`,
    /// `filler` or `area`.
    #[serde(rename = "check")]
    pub name: &'static str,
    /// How it came out.
    pub result: CheckResult,
    /// What was found, in English, without any part of a person's number beyond the masked form.
    pub detail: String,
}

vocabulary! {
    /// How one check came out.
    pub enum CheckResult {
        /// As it should be.
        Passed = "passed",
        /// Unusual, but no reason to refuse.
        Warning = "warning",
        /// Not as it should be.
        Failed = "failed",
    }
}

impl InspectedCheck {
    pub(super) fn passed(name: &'static str, detail: String) -> Self {
        Self { name, result: CheckResult::Passed, detail }
    }

    pub(super) fn warning(name: &'static str, detail: String) -> Self {
        Self { name, result: CheckResult::Warning, detail }
    }

    fn failed(name: &'static str, detail: String) -> Self {
        Self { name, result: CheckResult::Failed, detail }
    }
}

impl Inspection {
    /// Whether no check failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.result != CheckResult::Failed)
    }
}

/// Every kind the text may be, those without a failed check first.
///
/// Kinds of another length are left out. Kinds of the right length whose shape does not fit are listed,
/// with what is wrong, only if no shape fits or the digits are those of a citizen ID with an impossible
/// date; `other` only if there is nothing else to say. Empty for a text that is no identifier at all:
/// nothing but spaces, or too long.
#[must_use]
pub fn inspect(text: &str) -> Vec<Inspection> {
    let value = normalise(text);
    let inspect_all = |kinds: &[IdentifierKind]| -> Vec<Inspection> {
        kinds.iter().filter_map(|kind| inspect_as(*kind, &value)).collect()
    };
    let mut inspections = inspect_all(&[
        IdentifierKind::Uscc,
        IdentifierKind::OrganisationCode,
        IdentifierKind::RegistrationNumber,
        IdentifierKind::CitizenId,
        IdentifierKind::Lei,
    ]);
    if inspections.iter().any(Inspection::passed) {
        inspections.retain(|inspection| inspection.identifier.is_some());
    } else if inspections.iter().any(|inspection| inspection.identifier.is_some()) {
        // All digits fit a unified code as well: that the birth date is impossible is what the reader
        // looks for.
        let mistyped_date = citizen_id::has_the_digits_of_one(&value);
        inspections.retain(|inspection| inspection.identifier.is_some() || mistyped_date);
    }
    if inspections.is_empty() {
        inspections = inspect_all(&[IdentifierKind::Other]);
    }
    inspections.sort_by_key(|inspection| !inspection.passed());
    inspections
}

/// `None` for a value of a length this kind does not have.
fn inspect_as(kind: IdentifierKind, value: &str) -> Option<Inspection> {
    match Identifier::well_formed(kind, value.to_owned()) {
        Err(IdentifierError::Empty { .. } | IdentifierError::Length { .. }) => None,
        Err(error) => {
            let checks = vec![InspectedCheck::failed("shape", error.to_string())];
            Some(Inspection { kind, identifier: None, masked: citizen_id::mask(value), checks })
        }
        Ok(identifier) => {
            let masked = identifier.masked().into_owned();
            let mut checks = vec![InspectedCheck::passed("shape", shape_detail(&identifier))];
            checks.extend(check_of(&identifier));
            checks.extend(identifier.filler.map(|_| {
                InspectedCheck::failed("filler", "a placeholder or a mask: it identifies nobody".to_owned())
            }));
            checks.extend(rules(kind).findings(value));
            // Parts of a number that may be a person's are not repeated beside its masked form.
            if masked != identifier.value && kind != IdentifierKind::CitizenId {
                checks.retain(|check| matches!(check.name, "shape" | "check" | "filler"));
            }
            Some(Inspection { kind, identifier: Some(identifier), masked, checks })
        }
    }
}

fn shape_detail(identifier: &Identifier) -> String {
    let length = identifier.value.chars().count();
    match identifier.check_fits {
        Some(_) => format!("{length} characters"),
        None => format!("{length} characters, a form without check character"),
    }
}

/// The result for the check characters. The expected ones are named only where the whole value may be shown.
fn check_of(identifier: &Identifier) -> Option<InspectedCheck> {
    let expected = rules(identifier.kind).check_characters(&identifier.value)?;
    Some(if identifier.value.ends_with(&expected) {
        InspectedCheck::passed("check", "the check character fits".to_owned())
    } else if identifier.masked() == identifier.value {
        InspectedCheck::failed("check", format!("the check character should be {expected}"))
    } else {
        InspectedCheck::failed("check", "the check character does not fit".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kind name=result …` for each inspection: what a reader of the tool's output sees, without the details.
    fn summary(text: &str) -> Vec<String> {
        let line = |inspection: &Inspection| {
            let checks =
                inspection.checks.iter().map(|check| format!(" {}={}", check.name, check.result.code()));
            format!("{}{}", inspection.kind.code(), checks.collect::<String>())
        };
        inspect(text).iter().map(line).collect()
    }

    #[test]
    fn a_value_is_explained_as_every_kind_it_may_be() {
        let cases: [(&str, &[&str]); 10] = [
            (
                "9111 0000 1016 2374 1k",
                &["uscc shape=passed check=passed category=passed division=passed organisation_code=passed"],
            ),
            (
                "91350211M0000XUF46",
                &["uscc shape=passed check=failed category=passed division=passed organisation_code=passed"],
            ),
            (
                "110101199001010015",
                &[
                    "citizen_id shape=passed check=passed division=passed birth_date=passed",
                    "uscc shape=passed check=failed",
                ],
            ),
            ("110101199002300014", &["uscc shape=passed check=failed", "citizen_id shape=failed"]),
            ("9111000060003734IL", &["uscc shape=failed", "citizen_id shape=failed"]),
            ("10162374-1", &["organisation_code shape=passed check=passed"]),
            (
                "110105000000012",
                &["registration_number shape=passed check=passed division=passed category=passed"],
            ),
            ("1101050000000", &["registration_number shape=passed division=passed"]),
            ("E12345678901", &["other shape=passed"]),
            ("\u{3000}-", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(summary(text), expected, "{text}");
        }
    }

    #[test]
    fn details_name_department_division_and_organisation_code() {
        let [inspection] = inspect("N2370811MF00000133").try_into().expect("one kind");
        let details: Vec<&str> = inspection.checks.iter().map(|check| check.detail.as_str()).collect();
        assert_eq!(
            details,
            [
                "18 characters",
                "the check character fits",
                "agriculture: village collective",
                "370811, Shandong",
                "MF0000013, its check character fits",
            ]
        );
    }

    #[test]
    fn a_persons_number_is_in_no_detail_and_no_debug() {
        // The last is a citizen ID with a letter typed for a digit, the one before has an impossible date.
        let texts = ["110101199001010015", "110101900101001", "110101199002300014", "11010119900I010015"];
        for text in texts {
            let inspections = inspect(text);
            assert!(!inspections.is_empty(), "{text}");
            let shown = format!("{inspections:?}");
            for hidden in [text, "110101", "19900", "900101"] {
                assert!(!shown.contains(hidden), "{hidden} is shown of {text}: {shown}");
            }
        }
    }
}
