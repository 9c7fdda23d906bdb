//! Applications for credit repair as they are made, kept and shown (R102, R103).

use creditgate_credit::repair::{RepairMaterial, RepairState};
use creditgate_credit::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// An application seen at the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRepair {
    /// Id of the entry.
    pub entry: String,
    /// Day of the application.
    pub applied_on: Day,
    /// What is handed in.
    pub materials: Vec<RepairMaterial>,
    /// Codes of the ways of repair the subject went (R103).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 16)]
    pub modes: Vec<String>,
    /// The case it came up in.
    #[serde(
        default,
        deserialize_with = "creditgate_credit::case_number::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub case_no: Option<String>,
    /// Administrative division whose policy counts; that of the case when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
}

/// What the recogniser did with an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairAnswer {
    /// `accepted` or `returned`, and after `accepted` `granted` or `refused`.
    pub result: RepairState,
    /// The recogniser's words, or the number of its document.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
}

/// A step of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RepairStep {
    /// What it became.
    pub state: RepairState,
    /// When it was taken in.
    pub at: Instant,
    /// Key id of who took it in.
    pub with: String,
    /// The recogniser's words.
    pub text: String,
}

/// An application for repair and how far it has come.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Repair {
    /// Id: a time-ordered UUID.
    pub id: String,
    /// Id of the entry.
    pub entry: String,
    /// Code of its list.
    pub list: String,
    /// Who recognised it, and decides.
    pub authority: String,
    /// Department of the case, where there is one.
    pub department: Option<String>,
    /// The case it came up in.
    pub case_no: Option<String>,
    /// Day of the application.
    pub applied_on: Day,
    /// What was handed in.
    pub materials: Vec<RepairMaterial>,
    /// Codes of the ways of repair the subject went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<String>,
    /// Where it stands.
    pub state: RepairState,
    /// When it was taken in.
    pub recorded_at: Instant,
    /// Key id of who took it in.
    pub recorded_with: String,
    /// What the recogniser did, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<RepairStep>,
    /// Ids of the feedback that tells the platform.
    pub feedback: Vec<String>,
}

/// Applications, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Repairs {
    /// The applications.
    pub repairs: Vec<Repair>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
