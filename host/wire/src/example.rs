//! Examples of a component: the JSON of its section `creditgate:examples`.

use std::collections::HashSet;

use creditgate_api::CheckRequest;
use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::entry::{EntryText, ListEntry, number_field};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::Strictness;
use creditgate_credit::policy::Policy;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::ports::ExampleReader;
use creditgate_gate::{Example, Expected, Status};
use serde::Deserialize;

use crate::read::from_json;
use crate::time::Day;

/// The kinds of advice there are, for a vendor who misspells one.
const ADVICE: [&str; 5] = ["fast_track", "deferred_materials", "strict_review", "key_supervision", "note"];

/// An example as a file of the plug-in's `examples` folder has it; the builder
/// adds the name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleBody {
    /// The name of its file, without the ending.
    pub name: String,
    /// What it shows, for people.
    #[serde(default)]
    pub note: String,
    /// Day of the check.
    pub on: Day,
    /// The request, as `POST /v1/checks` takes it.
    pub request: CheckRequest,
    /// Entries of lists, as they are imported.
    #[serde(default)]
    pub entries: Vec<EntryText>,
    /// Settings that differ from the manifest's defaults.
    #[serde(default)]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// The catalogue, in one piece.
    #[serde(default)]
    pub catalogue: Option<Catalogue>,
    /// The policy, as it is imported.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// What has to come of it.
    pub expect: ExpectedBody,
}

/// What has to come of an example; what is absent may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedBody {
    /// The outcome.
    pub outcome: String,
    /// The status.
    #[serde(default)]
    pub status: Option<String>,
    /// Kinds of advice, in any order.
    #[serde(default)]
    pub advice: Option<Vec<String>>,
    /// Codes of the bases of a refusal, in any order.
    #[serde(default)]
    pub grounds: Option<Vec<String>>,
}

/// Reads the section of examples.
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonExamples;

impl ExampleReader for JsonExamples {
    fn read(&self, section: &[u8]) -> Result<Vec<Example>, Vec<FieldProblem>> {
        let bodies: Vec<ExampleBody> = from_json(section).map_err(|problem| vec![problem])?;
        let mut names = HashSet::new();
        let mut examples = Vec::with_capacity(bodies.len());
        let mut problems = Vec::new();
        for (index, body) in bodies.into_iter().enumerate() {
            if !names.insert(body.name.clone()) {
                problems.push(FieldProblem::new(
                    format!("[{index}].name"),
                    "example.duplicate",
                    "is used twice",
                ));
            }
            match body.into_example() {
                Ok(example) => examples.push(example),
                Err(faults) => {
                    problems.extend(faults.into_iter().map(|fault| fault.below(&format!("[{index}]"))))
                }
            }
        }
        if problems.is_empty() { Ok(examples) } else { Err(problems) }
    }
}

impl ExampleBody {
    fn into_example(self) -> Result<Example, Vec<FieldProblem>> {
        let expected = self.expect.into_expected()?;
        let request = crate::request::check_request(self.request, None);
        if !request.faults.is_empty() {
            return Err(request.faults.into_iter().map(|fault| fault.below("request")).collect());
        }
        Ok(Example {
            name: self.name,
            on: self.on.0,
            request,
            entries: entries(self.entries)?,
            settings: self.settings,
            catalogue: self.catalogue,
            policy: self.policy,
            expected,
        })
    }
}

/// Made-up numbers need no right check digit, but the right form.
fn entries(rows: Vec<EntryText>) -> Result<Vec<ListEntry>, Vec<FieldProblem>> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut problems = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        match row.accepted(Strictness::Format, number_field) {
            Ok((entry, _)) => entries.push(entry),
            Err(refused) => {
                problems.extend(refused.into_iter().map(|one| one.below(&format!("entries[{index}]"))));
            }
        }
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

impl ExpectedBody {
    fn into_expected(self) -> Result<Expected, Vec<FieldProblem>> {
        let unknown = |field: &str, known: &[&str]| {
            vec![FieldProblem::new(
                format!("expect.{field}"),
                "value.unknown",
                format!("must be one of: {}", known.join(", ")),
            )]
        };
        let outcomes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.code()).collect();
        let outcome = Outcome::from_code(&self.outcome).ok_or_else(|| unknown("outcome", &outcomes))?;
        let status = match self.status {
            None => None,
            Some(code) => Some(Status::from_code(&code).ok_or_else(|| {
                let known: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
                unknown("status", &known)
            })?),
        };
        let kinds = self.advice.iter().flatten();
        if !kinds.into_iter().all(|kind| ADVICE.contains(&kind.as_str())) {
            return Err(unknown("advice", &ADVICE));
        }
        Ok(Expected { outcome, status, advice: self.advice, grounds: self.grounds })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn example() -> Value {
        json!({
            "name": "banned", "note": "被列入名单的不予许可", "on": "2026-03-02",
            "request": {
                "checkpoint": "review", "department": "market-regulation", "item": "food-licence",
                "case_no": "EX-1", "operator": "example",
                "parties": [{"role": "applicant", "kind": "legal_person", "name": "示例食品有限公司",
                             "identifiers": [{"kind": "uscc", "value": "91379900MAEX00045T"}]}],
            },
            "entries": [{
                "id": "E-1", "list": "food-drug.serious", "list_name": "严重失信主体名单", "kind": "black",
                "subject_name": "示例食品有限公司", "authority": "示例机关", "recognised_on": "2025-01-02",
                "subject_identifiers": [{"kind": "uscc", "value": "91379900MAEX00045T"}],
            }],
            "settings": {"fast_track": false},
            "expect": {"outcome": "refuse", "status": "hit", "advice": ["note"], "grounds": ["b1"]},
        })
    }

    fn read(section: &Value) -> Result<Vec<Example>, Vec<FieldProblem>> {
        JsonExamples.read(section.to_string().as_bytes())
    }

    #[test]
    fn an_example_is_read_whole() {
        let [read] = read(&json!([example()])).unwrap().try_into().unwrap();
        assert_eq!((read.name.as_str(), read.on), ("banned", jiff::civil::date(2026, 3, 2)));
        assert_eq!((read.entries.len(), read.request.parties.len()), (1, 1));
        assert_eq!(read.settings["fast_track"], false);
        assert_eq!(
            read.expected,
            Expected {
                outcome: Outcome::Refuse,
                status: Some(Status::Hit),
                advice: Some(vec!["note".to_owned()]),
                grounds: Some(vec!["b1".to_owned()]),
            }
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let cases: [(&str, Value, &str, &str); 6] = [
            ("/expect/outcome", json!("refused"), "[0].expect.outcome", "value.unknown"),
            ("/expect/status", json!("miss"), "[0].expect.status", "value.unknown"),
            ("/expect/advice/0", json!("fast"), "[0].expect.advice", "value.unknown"),
            ("/request/parties/0/role", json!("owner"), "[0].request.parties[0].role", "value.unknown"),
            (
                "/entries/0/subject_identifiers/0/value",
                json!("123"),
                "[0].entries[0].subject_identifiers[0]",
                "id.length",
            ),
            ("/on", json!("2026-13-01"), "[0].on", "date.malformed"),
        ];
        for (pointer, value, field, code) in cases {
            let mut example = example();
            *example.pointer_mut(pointer).unwrap() = value;
            let problems = read(&json!([example])).unwrap_err();
            assert_eq!(
                (problems[0].field.as_str(), problems[0].code),
                (field, code),
                "{pointer}: {problems:?}"
            );
        }
        let twice = read(&json!([example(), example()])).unwrap_err();
        assert_eq!((twice[0].field.as_str(), twice[0].code), ("[1].name", "example.duplicate"));
        assert_eq!(JsonExamples.read(b"[{").unwrap_err()[0].code, "json.syntax");
        assert!(read(&json!({"name": "no array"})).is_err());
        let advice = [
            creditgate_credit::verdict::Advice::FastTrack(String::new()),
            creditgate_credit::verdict::Advice::DeferredMaterials(Vec::new()),
            creditgate_credit::verdict::Advice::StrictReview(String::new()),
            creditgate_credit::verdict::Advice::KeySupervision(String::new()),
            creditgate_credit::verdict::Advice::Note(String::new()),
        ];
        assert_eq!(advice.map(|advice| advice.kind()), ADVICE);
    }
}
