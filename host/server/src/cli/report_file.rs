//! A report as a file: a workbook for people, JSON for programs, CSV for both.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use serde::Serialize;

use super::command::{CliError, Exit, Page, Show};
use crate::sheets::{self, Sheet};

/// A file for a report; the ending of its name says in which form.
#[derive(Debug, Clone)]
pub(super) struct ReportFile {
    path: PathBuf,
    form: FileForm,
}

#[derive(Debug, Clone, Copy)]
enum FileForm {
    Workbook,
    Csv,
    Json,
}

impl FileForm {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_ascii_lowercase().to_str()? {
            "xlsx" => Some(Self::Workbook),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl ReportFile {
    /// Reads it from the command line, before any work is done for a report that has nowhere to go.
    pub(super) fn parser() -> impl TypedValueParser<Value = Self> {
        PathBufValueParser::new().try_map(|path| match FileForm::of(&path) {
            Some(form) => Ok(Self { path, form }),
            None => Err("let the name end in .xlsx, .csv or .json"),
        })
    }

    /// Writes a report, or the sheets that show it.
    pub(super) fn write(self, report: &impl Serialize, sheets: &[Sheet]) -> Result<PathBuf, CliError> {
        let bytes = match self.form {
            FileForm::Workbook => {
                sheets::workbook(sheets).map_err(|error| CliError::host(&error, "cli.workbook"))?
            }
            FileForm::Csv => sheets::csv(sheets).map_err(|error| CliError::Output(error.into()))?,
            FileForm::Json => {
                serde_json::to_vec_pretty(report).map_err(|error| CliError::Output(error.into()))?
            }
        };
        std::fs::write(&self.path, bytes).map_err(CliError::file("write", &self.path))?;
        Ok(self.path)
    }
}

/// A report that was written to a file too, if one was named.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Reported<T> {
    report: T,
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl<T: Serialize> Reported<T> {
    /// Writes the file, if there is to be one.
    pub(super) fn new(
        report: T,
        file: Option<ReportFile>,
        sheets: impl FnOnce(&T) -> Vec<Sheet>,
    ) -> Result<Self, CliError> {
        let file = file.map(|file| file.write(&report, &sheets(&report))).transpose()?;
        Ok(Self { report, file })
    }
}

impl<T: Show> Show for Reported<T> {
    fn show(&self, page: &mut Page) {
        self.report.show(page);
        if let Some(file) = &self.file {
            page.line(format!("the whole report is in {}", file.display()));
        }
    }

    fn end(self) -> Result<Exit, CliError> {
        self.report.end()
    }
}

/// A file that holds all that was asked for.
#[derive(Serialize)]
pub(super) struct Written {
    /// The file.
    pub(super) file: PathBuf,
}

impl Show for Written {
    fn show(&self, page: &mut Page) {
        page.line(format!("written to {}", self.file.display()));
    }
}
