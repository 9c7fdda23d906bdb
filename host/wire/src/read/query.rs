//! Reading the parameters of a query: every fault at once, each with the
//! parameter it is in.

use creditgate_credit::fault::FieldProblem;
use serde::de::DeserializeOwned;

use super::{fault_at, shown, unknown_field};

/// A parameter that may or must be in a query.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether the query is nothing without it.
    pub required: bool,
}

/// What is wrong with the names in a query: those that are not known
/// (`field.unknown`), given twice (`field.duplicate`) or missing (`field.missing`).
#[must_use]
pub fn name_faults(pairs: &[(String, String)], known: &[Known<'_>]) -> Vec<FieldProblem> {
    let names: Vec<&str> = known.iter().map(|known| known.name).collect();
    let mut faults = Vec::new();
    for (index, (name, _)) in pairs.iter().enumerate() {
        if !names.contains(&name.as_str()) {
            faults.push(unknown_field("", name, &names));
        } else if pairs.iter().take(index).any(|(earlier, _)| earlier == name) {
            faults.push(FieldProblem::new(name, "field.duplicate", "is given twice"));
        }
    }
    let given = |name: &str| pairs.iter().any(|(given, _)| given == name);
    let missing = known.iter().filter(|known| known.required && !given(known.name));
    faults.extend(missing.map(|known| FieldProblem::new(known.name, "field.missing", "is missing")));
    faults
}

/// Reads the values of a query whose names have no fault.
///
/// # Errors
/// Every value that is none, with the codes of [`from_json`](super::from_json).
pub fn from_query<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Vec<FieldProblem>> {
    let mut left: Vec<&(String, String)> = pairs.iter().collect();
    let mut faults = Vec::new();
    loop {
        let text = serde_urlencoded::to_string(&left).unwrap_or_default();
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        let error = match serde_path_to_error::deserialize::<_, T>(deserializer) {
            Ok(read) if faults.is_empty() => return Ok(read),
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let name = shown(error.path());
        let Some(position) = left.iter().position(|(given, _)| *given == name) else {
            if faults.is_empty() {
                faults.push(fault_at(name, &error.inner().to_string()));
            }
            // Only that what was taken out is missing.
            return Err(faults);
        };
        faults.push(fault_at(name, &error.inner().to_string()));
        left.remove(position);
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::application::PartyRole;
    use serde::Deserialize;

    use super::*;
    use crate::time::Day;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Asked {
        role: Option<PartyRole>,
        since: Option<Day>,
        #[serde(default)]
        all: bool,
        month: u8,
    }

    const KNOWN: &[Known<'_>] = &[
        Known { name: "role", required: false },
        Known { name: "since", required: false },
        Known { name: "all", required: false },
        Known { name: "month", required: true },
    ];

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_fault_of_a_query_is_told_with_its_parameter() {
        let asked = pairs(&[("role", "king"), ("since", "1.1.26"), ("all", "maybe"), ("month", "x")]);
        assert_eq!(name_faults(&asked, KNOWN), []);
        let faults = from_query::<Asked>(&asked).unwrap_err();
        let found: Vec<(&str, &str)> =
            faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(
            found,
            [
                ("role", "value.unknown"),
                ("since", "date.malformed"),
                ("all", "value.invalid"),
                ("month", "value.invalid"),
            ]
        );
        let good = pairs(&[("role", "agent"), ("since", "2026-01-01"), ("all", "true"), ("month", "7")]);
        assert!(from_query::<Asked>(&good).is_ok());
    }

    #[test]
    fn names_that_are_unknown_given_twice_or_missing_are_told_and_no_number_is_repeated() {
        let asked = pairs(&[("roles", "a"), ("all", "true"), ("all", "true"), ("110101199001010015", "x")]);
        let faults = name_faults(&asked, KNOWN);
        let found: Vec<(&str, &str)> =
            faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        let expected = [
            ("roles", "field.unknown"),
            ("all", "field.duplicate"),
            ("*", "field.unknown"),
            ("month", "field.missing"),
        ];
        assert_eq!(found, expected);
        assert!(faults.iter().all(|fault| !fault.message.contains("1101")), "{faults:?}");
    }
}
