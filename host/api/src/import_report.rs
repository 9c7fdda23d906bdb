//! What came of the import of a file.

use std::borrow::Cow;

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::without_numbers;
use serde::{Deserialize, Serialize};

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Rows in the file, good and bad.
    pub rows: usize,
    /// Rows that were taken; 0 when the file was refused.
    pub applied: usize,
    /// What is wrong with which row: of list entries, the first thousand findings.
    pub problems: Vec<ImportProblem>,
    /// How many such findings there are.
    #[serde(default)]
    pub problem_count: usize,
    /// What is remarkable about rows that are good: of list entries, the first
    /// thousand findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<ImportProblem>,
    /// How many such findings there are.
    #[serde(default)]
    pub warning_count: usize,
    /// What an import of list entries changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lists: Option<ListReport>,
}

/// What an import of list entries changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ListReport {
    /// Where the entries come from.
    pub source: String,
    /// `full` or `incremental`.
    pub mode: String,
    /// Id of the snapshot that is in force with this import, where it made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// Entries that are new.
    pub added: usize,
    /// Entries that replaced another version of themselves.
    pub changed: usize,
    /// Entries that were there already, the same.
    pub unchanged: usize,
    /// Entries of the source that are gone.
    pub removed: usize,
    /// Subjects of red lists that are on black, watch or alert lists too: the first
    /// thousand (R35).
    pub conflicts: Vec<Conflict>,
    /// How many there are.
    pub conflict_count: usize,
}

/// Two entries of one subject, one on a red list and one on a list that keeps it
/// off (R35).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Conflict {
    /// Line of the entry in the file.
    pub line: u64,
    /// Id of the entry.
    pub entry: String,
    /// Id of the other one, in the file or known already.
    pub with: String,
    /// `conflict.red_black`, `conflict.red_watch` or `conflict.red_alert`.
    pub code: String,
}

/// Something about a row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImportProblem {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// Line on which the row begins, from 1.
    pub line: u64,
    /// Field of the row; empty for the row as a whole.
    pub field: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What is wrong and what would be right. Holds no identity number.
    pub message: String,
}

impl ImportProblem {
    /// A finding in its place. Whatever a text repeats of the file, it repeats no
    /// identity number.
    #[must_use]
    pub fn new(file: &str, line: u64, problem: &FieldProblem) -> Self {
        Self {
            file: file.to_owned(),
            line,
            field: without_numbers(&problem.field).into_owned(),
            code: Cow::Borrowed(problem.code),
            message: without_numbers(&problem.message).into_owned(),
        }
    }
}
