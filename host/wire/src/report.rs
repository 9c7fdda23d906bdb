//! Reports as tables, and what levels say of feedback.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::{Day, Instant};

/// A report over a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Kind of the report, such as `monthly`.
    pub kind: String,
    /// First day.
    pub since: Day,
    /// Last day.
    pub until: Day,
    /// Its tables.
    pub tables: Vec<ReportTable>,
}

/// A table of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportTable {
    /// Name, such as `checks`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Columns.
    pub columns: Vec<ReportColumn>,
    /// Rows; a cell for each column.
    pub rows: Vec<Vec<ReportCell>>,
}

/// A column of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportColumn {
    /// Name, such as `department`.
    pub name: String,
    /// Name for people.
    pub title: String,
}

/// A cell of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ReportCell {
    /// A number.
    Count(u64),
    /// A text.
    Text(String),
}

impl ReportTable {
    /// A table; columns are a name and a name for people each.
    #[must_use]
    pub fn new(name: &str, title: &str, columns: &[(&str, &str)], rows: Vec<Vec<ReportCell>>) -> Self {
        let column =
            |(name, title): &(&str, &str)| ReportColumn { name: (*name).into(), title: (*title).into() };
        Self { name: name.into(), title: title.into(), columns: columns.iter().map(column).collect(), rows }
    }
}

impl From<u64> for ReportCell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<String> for ReportCell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for ReportCell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A level says that it has a message (R105).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackAcknowledgement {
    /// Name of the level, one of `platform.levels` of the configuration.
    pub level: String,
    /// Under what number the level has it.
    #[schema(min_length = 1, max_length = 128, pattern = r"\S")]
    pub reference: String,
    /// When it had it.
    pub at: Instant,
}

/// What became of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackAcknowledged {
    /// Id of the message.
    pub feedback: String,
    /// The level.
    pub level: String,
    /// False if it had said the same before.
    pub news: bool,
}

/// Where a message stands at one level.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackLevel {
    /// Name of the level.
    pub level: String,
    /// `waiting` or `acknowledged`.
    pub state: String,
    /// Since when the level has it.
    pub at: Option<Instant>,
    /// Under what number.
    pub reference: Option<String>,
}
