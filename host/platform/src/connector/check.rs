//! What a well-formed profile may still get wrong, with the key it is wrong at.

use std::collections::BTreeMap;

use super::path::Path;
use super::profile::{BodyForm, EntryRules, HttpMethod, NumberedPages, Paging, Profile, RequestRules};
use super::rule::Rule;
use super::signing::{Part, SigningPlace};

/// What a party is known by: at least one of these has to be asked for.
const NUMBERS: &[&str] =
    &["identifier", "uscc", "organisation_code", "registration_number", "citizen_id", "lei", "other"];
/// What may be said of a party in an address.
const HARMLESS: &[&str] = &["kind", "role", "identifier_kind"];

/// A profile that is well formed and cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} {problem}")]
pub struct ProfileFault {
    /// The key, such as `query.request.fields.certCode`.
    pub key: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

fn fault(key: impl Into<String>, problem: impl Into<String>) -> ProfileFault {
    ProfileFault { key: key.into(), problem: problem.into() }
}

impl Profile {
    /// Looks for what cannot work.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn check(&self) -> Result<(), Vec<ProfileFault>> {
        let mut faults = Vec::new();
        self.check_parts(&mut faults);
        if let Some(query) = &self.query {
            self.check_request("query", &query.request, query.paging.as_ref(), &mut faults);
            self.check_entry("query", &query.entry, &mut faults);
            let asked = query.request.fields.values().chain(query.request.query.values());
            if !asked.filter_map(|rule| rule.path.as_ref()).any(is_number) {
                let known = NUMBERS.join(", ");
                let problem = format!("sends no number of the party; one of party.{{{known}}} is needed");
                faults.push(fault("query.request.fields", problem));
            }
        }
        if let Some(pull) = &self.pull {
            self.check_request("pull", &pull.request, pull.paging.as_ref(), &mut faults);
            self.check_entry("pull", &pull.entry, &mut faults);
            if pull.entry.identifier.is_some() {
                let problem = "is for queries, where a number was asked for; name its kind, such as `uscc`";
                faults.push(fault("pull.entry.identifier", problem));
            }
            if !pull.changed_at.has_date() {
                faults
                    .push(fault("pull.changed_at", "needs `date`, the form in which the platform writes it"));
            }
            let asked = pull.request.fields.values().chain(pull.request.query.values());
            if !asked.filter_map(|rule| rule.path.as_ref()).any(|path| path.first() == "since") {
                faults.push(fault(
                    "pull.request",
                    "asks for everything each time; a field has to take `since`",
                ));
            }
        }
        if let Some(feedback) = &self.feedback {
            self.check_request("feedback", &feedback.request, None, &mut faults);
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn check_parts(&self, faults: &mut Vec<ProfileFault>) {
        if self.query.is_none() && self.pull.is_none() && self.feedback.is_none() {
            faults.push(fault("the profile", "has none of [query], [pull] and [feedback]"));
        }
        let envelope = &self.envelope;
        if envelope.code.is_none() {
            faults.push(fault("envelope.code", "is missing: an answer has to say that it is one"));
        } else if envelope.success.is_empty() {
            faults
                .push(fault("envelope.success", "is missing: which codes mean success, such as [0, \"00\"]"));
        }
        if self.body_limit_bytes == 0 {
            faults.push(fault("body_limit_bytes", "must be at least 1"));
        }
        let Some(signing) = &self.signing else { return };
        if signing.parts.is_empty() {
            faults.push(fault("signing.parts", "must name what is signed"));
        }
        if signing.place == SigningPlace::Body && signing.parts.contains(&Part::Body) {
            let problem = "cannot hold `body` where the signature is part of the body";
            faults.push(fault("signing.parts", problem));
        }
    }

    fn check_request(
        &self,
        call: &str,
        request: &RequestRules,
        paging: Option<&Paging>,
        faults: &mut Vec<ProfileFault>,
    ) {
        let key = format!("{call}.request");
        if !request.path.starts_with('/') {
            faults.push(fault(format!("{key}.path"), "must begin with `/`"));
        }
        self.check_rules(&format!("{key}.query"), &request.query, faults);
        self.check_rules(&format!("{key}.fields"), &request.fields, faults);
        for (name, rule) in &request.query {
            if rule.path.as_ref().is_some_and(is_personal) {
                let problem = "puts what identifies a party into an address, which is logged on its way; \
                               move it to `fields`";
                faults.push(fault(format!("{key}.query.{name}"), problem));
            }
        }
        if request.method == HttpMethod::Get {
            if !request.fields.is_empty() {
                faults.push(fault(format!("{key}.fields"), "is for POST; a GET has no body"));
            }
            if self.signing.as_ref().is_some_and(|signing| signing.place == SigningPlace::Body) {
                faults
                    .push(fault("signing.place", format!("must be `header` or `query`, as {key} is a GET")));
            }
        }
        if request.body == BodyForm::Form
            && let Some(name) = request.fields.keys().find(|name| name.contains('.'))
        {
            let problem = "has a full stop in its name, which only JSON bodies can hold";
            faults.push(fault(format!("{key}.fields.{name}"), problem));
        }
        if let Some(Paging::Page(NumberedPages { rows: 0, .. })) = paging {
            faults.push(fault(format!("{call}.paging.rows"), "must be at least 1"));
        }
    }

    fn check_entry(&self, call: &str, entry: &EntryRules, faults: &mut Vec<ProfileFault>) {
        for (name, rule) in entry.texts().chain(entry.numbers().map(|(name, _, rule)| (name, rule))) {
            self.check_rule(&format!("{call}.entry.{name}"), rule, faults);
        }
        self.check_rules(&format!("{call}.entry.particulars"), &entry.particulars, faults);
        self.check_rules(&format!("{call}.entry.attributes"), &entry.attributes, faults);
    }

    fn check_rules(&self, key: &str, rules: &BTreeMap<String, Rule>, faults: &mut Vec<ProfileFault>) {
        for (name, rule) in rules {
            self.check_rule(&format!("{key}.{name}"), rule, faults);
        }
    }

    fn check_rule(&self, key: &str, rule: &Rule, faults: &mut Vec<ProfileFault>) {
        let Some(name) = &rule.table else { return };
        if self.tables.contains_key(name) {
            return;
        }
        let known: Vec<&str> = self.tables.keys().map(String::as_str).collect();
        let problem = match known.as_slice() {
            [] => format!("names the table `{name}`, and the profile has no [tables]"),
            known => format!("names the table `{name}`, which is not there; known are: {}", known.join(", ")),
        };
        faults.push(fault(key, problem));
    }
}

fn is_number(path: &Path) -> bool {
    path.first() == "party" && NUMBERS.contains(&path.last())
}

fn is_personal(path: &Path) -> bool {
    matches!(path.first(), "party" | "subject") && !HARMLESS.contains(&path.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("testing/profile.toml");

    fn faults(change: impl Fn(&str) -> String) -> Vec<String> {
        let profile: Profile = toml::from_str(&change(GOOD)).unwrap();
        profile.check().err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_profile_has_no_fault() {
        assert_eq!(faults(str::to_owned), [""; 0]);
    }

    #[test]
    fn every_fault_names_its_key_and_what_would_be_right() {
        let cases = [
            ("certCode = \"party.identifier\"", "x = \"item\"", "query.request.fields sends no number"),
            ("path = \"/query\"", "path = \"query\"", "query.request.path must begin with `/`"),
            (
                "table = \"kind\"",
                "table = \"kinds\"",
                "query.entry.kind names the table `kinds`, which is not there; known are: kind",
            ),
            ("code = \"code\"", "", "envelope.code is missing"),
            ("success = [0, \"00\", 200]", "", "envelope.success is missing"),
            (
                "[query.request.fields]",
                "[query.request.query]\nid = \"party.uscc\"\n[query.request.fields]",
                "query.request.query.id puts what identifies a party into an address",
            ),
            ("path = \"/query\"", "path = \"/query\"\nmethod = \"GET\"", "query.request.fields is for POST"),
            (
                "parts = [\"app_key\", \"secret\", \"time\"]",
                "parts = [\"body\"]",
                "signing.parts cannot hold `body`",
            ),
            ("parts = [\"app_key\", \"secret\", \"time\"]", "parts = []", "signing.parts must name"),
            ("rows = 2", "rows = 0", "query.paging.rows must be at least 1"),
        ];
        for (found, replaced, expected) in cases {
            assert!(GOOD.contains(found), "{found}");
            let faults = faults(|good| good.replacen(found, replaced, 1));
            assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected}: {faults:?}");
        }
    }

    #[test]
    fn an_unknown_key_names_the_known_ones() {
        for (found, replaced, known) in [
            ("recognised_on =", "recognized_on =", "`recognised_on`"),
            ("[envelope]", "[envelop]", "`envelope`"),
            ("scheme =", "schema =", "`scheme`"),
        ] {
            let error = toml::from_str::<Profile>(&GOOD.replacen(found, replaced, 1)).unwrap_err();
            assert!(error.message().contains("unknown field") && error.message().contains(known), "{error}");
        }
    }
}
