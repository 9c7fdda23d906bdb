//! A case as it lies on the officer's desk: one JSON file.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Where a case passes when its file does not say otherwise.
const USUAL_CHECKPOINTS: [&str; 3] = ["intake", "review", "issuance"];

/// A case with its application.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Case number (办件编号).
    pub case_no: String,
    /// What the case is about, for people.
    pub title: String,
    /// Checkpoints it passes, in order: intake, review, issuance when absent.
    #[serde(default = "usual_checkpoints")]
    pub checkpoints: Vec<String>,
    /// Materials that were missing and come in later.
    #[serde(default)]
    pub supplied: Vec<Supplied>,
    /// What should come of it, where the case is made to show that.
    #[serde(default)]
    pub expected: Vec<Expected>,
    /// The body of a check, without `checkpoint` and `receipts`.
    pub application: Map<String, Value>,
}

/// A material that comes in while the case is under way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supplied {
    /// Code of the material.
    pub material: String,
    /// The first checkpoint at which it is there.
    pub before: String,
}

/// What a checkpoint should answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The checkpoint.
    pub checkpoint: String,
    /// The status.
    pub status: String,
    /// The outcome.
    pub outcome: String,
    /// Kinds of advice that must be among those given.
    #[serde(default)]
    pub advice: Vec<String>,
}

/// A case cannot be used. The texts hold nothing of the application.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The file cannot be read.
    #[error("the case file cannot be read")]
    File(#[from] std::io::Error),
    /// It is not a case.
    #[error("not a case")]
    Malformed(#[from] serde_json::Error),
    /// The application is of another case.
    #[error("the application of case `{0}` carries another case number")]
    OtherCase(String),
}

fn usual_checkpoints() -> Vec<String> {
    USUAL_CHECKPOINTS.map(str::to_owned).into()
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// [`CaseError`] when the text is not JSON, has unknown fields, or the
    /// application carries another case number than the case.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let case: Self = serde_json::from_str(text)?;
        if case.application.get("case_no").and_then(Value::as_str) != Some(&case.case_no) {
            return Err(CaseError::OtherCase(case.case_no));
        }
        Ok(case)
    }

    /// Reads the case in a file.
    ///
    /// # Errors
    /// [`CaseError`] when it cannot be read or is not a case.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        Self::parse(&std::fs::read_to_string(path)?)
    }

    /// The body of the check at `checkpoint`, with the receipts of the
    /// checkpoints before it and the materials that are there by then.
    #[must_use]
    pub fn request(&self, checkpoint: &str, receipts: &[String]) -> Value {
        let mut body = self.application.clone();
        let supplied: Vec<&str> = self
            .supplied
            .iter()
            .filter(|supplied| self.position(&supplied.before) <= self.position(checkpoint))
            .map(|supplied| supplied.material.as_str())
            .collect();
        let materials = body.get_mut("materials").and_then(Value::as_array_mut);
        for material in materials.into_iter().flatten().filter_map(Value::as_object_mut) {
            if material.get("code").and_then(Value::as_str).is_some_and(|code| supplied.contains(&code)) {
                material.insert("provided".to_owned(), true.into());
            }
        }
        body.insert("checkpoint".to_owned(), checkpoint.into());
        if !receipts.is_empty() {
            body.insert("receipts".to_owned(), receipts.into());
        }
        Value::Object(body)
    }

    fn position(&self, checkpoint: &str) -> Option<usize> {
        self.checkpoints.iter().position(|name| name == checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = r#"{
        "case_no": "C1", "title": "a case",
        "supplied": [{ "material": "lease", "before": "review" }],
        "application": { "case_no": "C1", "materials": [
            { "code": "lease", "provided": false }, { "code": "plan", "provided": false }
        ]}
    }"#;

    #[test]
    fn a_case_passes_the_usual_checkpoints() {
        assert_eq!(Case::parse(CASE).unwrap().checkpoints, USUAL_CHECKPOINTS);
    }

    #[test]
    fn a_material_is_there_from_its_checkpoint_on() {
        let case = Case::parse(CASE).unwrap();
        for (checkpoint, lease) in [("intake", false), ("review", true), ("issuance", true)] {
            let request = case.request(checkpoint, &[]);
            assert_eq!(request["materials"][0]["provided"], lease, "{checkpoint}");
            assert_eq!(request["materials"][1]["provided"], false, "{checkpoint}");
        }
    }

    #[test]
    fn receipts_are_handed_on() {
        let case = Case::parse(CASE).unwrap();
        assert_eq!(case.request("intake", &[]).get("receipts"), None);
        assert_eq!(case.request("review", &["r1".into()])["receipts"], serde_json::json!(["r1"]));
    }

    #[test]
    fn a_file_that_is_no_case_is_refused() {
        let other = CASE.replacen("C1", "C2", 1);
        let unknown = CASE.replacen("title", "titel", 1);
        for (text, expected) in [
            (other.as_str(), "the application of case `C2` carries another case number"),
            (&unknown, "not a case"),
            ("[", "not a case"),
        ] {
            assert_eq!(Case::parse(text).unwrap_err().to_string(), expected);
        }
    }
}
