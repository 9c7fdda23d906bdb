//! Tasks: what is owed, by whom and until when (R104).

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::{Day, Instant};

/// Something that is owed.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// Kind and subject: names the task in events.
    pub id: String,
    /// What is owed, such as `publicity` or `commitment`.
    pub kind: String,
    /// Id of what it is about.
    pub subject: String,
    /// Case number.
    pub case_no: Option<String>,
    /// Who asks for it.
    pub initiator: String,
    /// The department that owes it.
    pub responder: String,
    /// Name of the department.
    pub responder_name: Option<String>,
    /// Its liaison officer (R122).
    pub contact: Option<String>,
    /// Division whose policy gave the limit.
    pub division: String,
    /// Day the limit is counted from.
    pub event_on: Day,
    /// Last day.
    pub due_on: Day,
    /// The last day may move: a year that was counted has no official table of
    /// working days yet.
    pub provisional: bool,
    /// `open`, `overdue`, `done` or `cancelled`.
    pub state: String,
    /// What came of it: `in_time`, `late` or `cancelled`.
    pub result: Option<String>,
    /// When it was done or cancelled.
    pub closed_at: Option<Instant>,
}
