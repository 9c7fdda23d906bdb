//! Errors of the HTTP interface (RFC 9457).

use std::borrow::Cow;

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::without_numbers;
use serde::{Deserialize, Serialize};

use crate::import_report::ImportReport;

/// What the type of a problem begins with; its code follows.
const TYPE: &str = "urn:creditgate:problem:";

/// A problem document, `application/problem+json`. Of an import it has the members of
/// `ImportReport` too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Problem))]
pub struct ProblemDocument {
    /// `urn:creditgate:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem it is, in a few words.
    pub title: String,
    /// HTTP status code.
    pub status: u16,
    /// Stable code, the same as in `type`.
    pub code: String,
    /// What is wrong here and what can be done about it.
    pub detail: String,
    /// Id of the request, as it stands in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What is wrong with which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblemBody>,
    /// Number under which the change waits for a second person, who agrees with
    /// `POST /v1/admin/approvals/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<i64>,
    /// What was found in a file of which nothing was applied.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub import: Option<ImportReport>,
}

impl ProblemDocument {
    /// A problem without particulars.
    #[must_use]
    pub fn new(code: &str, title: &str, status: u16, detail: String) -> Self {
        Self {
            kind: format!("{TYPE}{code}"),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail,
            instance: None,
            errors: Vec::new(),
            approval: None,
            import: None,
        }
    }

    /// Masks whatever looks like an identity number in the texts.
    pub fn without_numbers(&mut self) {
        mask(&mut self.detail);
        for problem in &mut self.errors {
            mask(&mut problem.field);
            mask(&mut problem.message);
        }
    }
}

fn mask(text: &mut String) {
    if let Cow::Owned(masked) = without_numbers(text) {
        *text = masked;
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = FieldProblem))]
pub struct FieldProblemBody {
    /// Where, such as `parties[0].identifiers[1]`; empty for the body as a whole.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// What is wrong and what would be right. Holds no identity number.
    pub message: String,
}

impl From<FieldProblem> for FieldProblemBody {
    fn from(problem: FieldProblem) -> Self {
        Self { field: problem.field, code: problem.code.to_owned(), message: problem.message }
    }
}
