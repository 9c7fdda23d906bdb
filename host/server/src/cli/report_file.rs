//! A report as a file: a workbook for people, JSON for programs, CSV for both.

use std::path::Path;

use serde::Serialize;

use super::error::CliError;
use crate::sheets::{self, Sheet};

/// The forms a report is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileForm {
    /// `.xlsx`
    Workbook,
    /// `.csv`
    Csv,
    /// `.json`
    Json,
}

impl FileForm {
    /// The form a file's name ends in.
    pub(super) fn of(path: &Path) -> Result<Self, CliError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_deref().and_then(|ending| ending.to_str()) {
            Some("xlsx") => Ok(Self::Workbook),
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            _ => Err(CliError::Usage {
                message: format!("{} names no form of a report", path.display()),
                help: "let the name end in .xlsx, .csv or .json",
            }),
        }
    }

    /// Writes a report, or the sheets that show it.
    pub(super) fn write(
        self,
        path: &Path,
        report: &impl Serialize,
        sheets: &[Sheet],
    ) -> Result<(), CliError> {
        let bytes = match self {
            Self::Workbook => {
                sheets::workbook(sheets).map_err(|error| CliError::host(&error, "cli.workbook"))?
            }
            Self::Csv => sheets::csv(sheets).map_err(|error| CliError::Output(error.into()))?,
            Self::Json => {
                serde_json::to_vec_pretty(report).map_err(|error| CliError::Output(error.into()))?
            }
        };
        std::fs::write(path, bytes).map_err(CliError::file("write", path))
    }
}
