//! The file of an entry: orders to put things right, talks, liftings, and what
//! else is known of it here (R53, R54).

use creditgate_credit::overlay::Overlay;
use creditgate_credit::rectification::{Rectification, RectificationState, Talk, TalkKind};
use creditgate_credit::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::objections::Objection;
use crate::repairs::Repair;

/// An order to put things right.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRectification {
    /// What is to be put right.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub requirement: String,
    /// Last day.
    pub due_on: Day,
    /// Code of the department that sees to it; that of the recogniser, where the
    /// configuration names it, when absent.
    pub department: Option<String>,
    /// Division it belongs to; that of the entry or of the department, as far as
    /// it is known, when absent.
    pub division: Option<String>,
}

/// That an order was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RectificationDone {
    /// Day on which it was done.
    pub done_on: Day,
    /// What was found.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
}

/// An order and what came of it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Rectification)]
pub struct Order {
    /// Id: a time-ordered UUID.
    pub id: String,
    /// What is to be put right.
    pub requirement: String,
    /// Last day.
    pub due_on: Day,
    /// When it was taken in.
    pub recorded_at: Instant,
    /// Key id of who took it in.
    pub recorded_with: String,
    /// That it was done.
    pub done: Option<RectificationDone>,
    /// Where it stands today; only where it is shown.
    pub state: Option<RectificationState>,
}

impl Order {
    /// The order, as the domain has it.
    #[must_use]
    pub fn order(&self) -> Rectification {
        Rectification { due_on: self.due_on.0, done_on: self.done.as_ref().map(|done| done.done_on.0) }
    }
}

/// A regulatory talk (R54).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTalk {
    /// `prompting` for the watch list, `warning` for the black list.
    pub kind: TalkKind,
    /// Day.
    pub held_on: Day,
    /// The subject did not come.
    #[serde(default)]
    pub refused: bool,
    /// What was said, for the credit record.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub record: String,
}

/// A talk and who took it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Talk)]
pub struct TalkHeld {
    /// Kind.
    pub kind: TalkKind,
    /// Day.
    pub held_on: Day,
    /// The subject did not come.
    pub refused: bool,
    /// What was said.
    pub record: String,
    /// When it was taken in.
    pub recorded_at: Instant,
    /// Key id of who took it in.
    pub recorded_with: String,
}

impl TalkHeld {
    /// The talk, as the domain has it.
    #[must_use]
    pub fn talk(&self) -> Talk {
        Talk { kind: self.kind, held_on: self.held_on.0, refused: self.refused }
    }
}

/// Lifts the measures of an entry for a time, as for a company in
/// reorganisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLifting {
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// Number of the document that says so.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub document: String,
}

/// Ends what lies over an entry before its time, or because it was a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndOverlay {
    /// The cause of the overlay, as the file shows it.
    pub cause: String,
    /// Why; for the audit trail.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub reason: String,
}

/// Everything known here of an entry beside what the lists say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryFile {
    /// Id of the entry.
    pub entry: String,
    /// What lies over it.
    pub overlays: Vec<Overlay>,
    /// Objections to it, newest first.
    pub objections: Vec<Objection>,
    /// Applications for its repair, newest first.
    pub repairs: Vec<Repair>,
    /// The order to put things right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rectification: Option<Order>,
    /// Talks, oldest first.
    pub talks: Vec<TalkHeld>,
}
