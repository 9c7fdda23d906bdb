//! Step 6, record: everything needed to run the same check again later.

use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::check::{Mode, PluginRef, RequestWarning};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::duty::{CaseKind, NewDuty};
use creditgate_credit::host_rules::HostRules;
use creditgate_sandbox::{CallReport, Limits, Settings};
use jiff::Timestamp;

use crate::dispositions::ReportedDisposition;
use crate::release::ReleaseId;
use crate::request::Idempotency;
use crate::settle::Settled;

/// What goes to the credit platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedbackBody {
    /// What a department did about a measure.
    Disposition {
        /// The department's report.
        reported: Box<ReportedDisposition>,
        /// Subject, entry and measure, in the wire form of feedback.
        particulars: String,
    },
    /// A dishonest act met in the application (R55).
    DishonestAct {
        /// Party handle.
        party: String,
        /// Kind of act.
        kind: String,
        /// Facts.
        facts: String,
    },
    /// A typical case (R107).
    TypicalCase {
        /// Party handle.
        party: String,
        /// Which of the two it is.
        kind: CaseKind,
        /// Title.
        title: String,
        /// Summary.
        summary: String,
    },
}

/// One message to the credit platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFeedback {
    /// Id, which is also the idempotency key towards the platform.
    pub id: String,
    /// The check it belongs to.
    pub check_id: String,
    /// Case number.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// What is said.
    pub body: FeedbackBody,
    /// The duty to have it with the platform in time.
    pub duty: Option<NewDuty>,
}

/// One check, whole.
#[derive(Debug)]
pub struct CheckRecord {
    /// Id of the check: a time-ordered UUID.
    pub check_id: String,
    /// Instant of the check.
    pub at: Timestamp,
    /// Key id of the caller.
    pub caller: String,
    /// The officer on whose behalf it was made.
    pub operator: String,
    /// The caller's idempotency key.
    pub idempotency: Option<Idempotency>,
    /// The request in normal form.
    pub application: Arc<Application>,
    /// Remarks on the request.
    pub warnings: Vec<RequestWarning>,
    /// Id of the binding.
    pub binding: String,
    /// Mode of the binding.
    pub mode: Mode,
    /// The release that judged; none where nothing could serve.
    pub plugin: Option<PluginRef>,
    /// Number of that release.
    pub release: Option<ReleaseId>,
    /// The settings it judged under.
    pub settings: Option<Settings>,
    /// The limits it ran under.
    pub limits: Limits,
    /// Seed of the plug-in's randomness.
    pub seed: u64,
    /// Policy version.
    pub policy: String,
    /// Catalogue edition.
    pub catalogue: String,
    /// Names the tables of working days.
    pub calendar: String,
    /// Engine that ran it.
    pub engine: String,
    /// Version of the host's own rules.
    pub host_rules: HostRules,
    /// The dossier; none where it could not be gathered or was not wanted.
    pub dossier: Option<Arc<Dossier>>,
    /// What the plug-in said, with fuel and transcript; none where it was not
    /// called.
    pub judged: Option<CallReport>,
    /// What the host made of it.
    pub settled: Settled,
    /// Feedback of the plug-in's own.
    pub feedback: Vec<OutgoingFeedback>,
    /// What is owed after it.
    pub duties: Vec<NewDuty>,
}
