//! A case as it lies on the officer's desk: one JSON file.

use std::path::Path;

use creditgate_api::CheckRequest;
use creditgate_credit::check::Status;
use creditgate_credit::verdict::Outcome;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Map;

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
    /// The body of a check; the file names no `checkpoint` and no `receipts`.
    #[serde(deserialize_with = "application")]
    pub application: CheckRequest,
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
    pub status: Status,
    /// The outcome.
    pub outcome: Outcome,
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

/// Reads the body of a check that does not say at which checkpoint.
fn application<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CheckRequest, D::Error> {
    let mut body = Map::deserialize(deserializer)?;
    body.insert("checkpoint".to_owned(), String::new().into());
    // Said without the value at fault, which may be an identity number.
    serde_json::from_value(body.into())
        .map_err(|_| D::Error::custom("the application is not a request for a check"))
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// [`CaseError`] when the text is not JSON, has unknown fields, or the
    /// application carries another case number than the case.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let case: Self = serde_json::from_str(text)?;
        if case.application.case_no != case.case_no {
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
    pub fn request(&self, checkpoint: &str, receipts: &[String]) -> CheckRequest {
        let mut request = self.application.clone();
        for supplied in &self.supplied {
            if self.position(&supplied.before) <= self.position(checkpoint) {
                let materials = request.materials.iter_mut();
                materials
                    .filter(|material| material.code == supplied.material)
                    .for_each(|material| material.provided = true);
            }
        }
        checkpoint.clone_into(&mut request.checkpoint);
        request.receipts = receipts.to_vec();
        request
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
        "application": {
            "department": "d", "item": "i", "case_no": "C1", "operator": "officer-1", "parties": [],
            "materials": [
                { "code": "lease", "name": "lease", "provided": false, "required_by": "other" },
                { "code": "plan", "name": "plan", "provided": false, "required_by": "other" }
            ]
        }
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
            let provided: Vec<bool> = request.materials.iter().map(|material| material.provided).collect();
            assert_eq!(provided, [lease, false], "{checkpoint}");
            assert_eq!(request.checkpoint, checkpoint);
        }
    }

    #[test]
    fn receipts_are_handed_on() {
        let case = Case::parse(CASE).unwrap();
        assert!(case.request("intake", &[]).receipts.is_empty());
        assert_eq!(case.request("review", &["r1".into()]).receipts, ["r1"]);
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
