//! What the credit platform is told of a check: what a department did about a
//! measure, and what the plug-in met in the application.

use creditgate_affairs::new_id;
use creditgate_credit::application::{Application, Attributes};
use creditgate_credit::check::DispositionResult;
use creditgate_credit::disposition_details::DispositionDetails;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::duty::{CaseKind, NewDuty};
use creditgate_credit::verdict::Verdict;
use creditgate_sandbox::{CallReport, Fact};
use jiff::Timestamp;

/// What was done about one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedDisposition {
    /// Id of a measure of the check.
    pub measure: String,
    /// What became of it.
    pub result: DispositionResult,
    /// Needed for everything but [`DispositionResult::Executed`].
    pub reason: String,
    /// What was done, in words.
    pub action: String,
    /// Who did it.
    pub officer: String,
    /// When; the time of the report when absent.
    pub executed_at: Option<Timestamp>,
    /// What else was said of it.
    pub details: DispositionDetails,
    /// The caller's extras.
    pub attributes: Attributes,
}

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

/// A plug-in's own feedback, each message with its duty. It leaves only with a
/// verdict: a call that failed reports nothing.
pub(crate) fn of_facts(
    report: &CallReport,
    dossier: Option<&Dossier>,
    (check_id, application, at): (&str, &Application, Timestamp),
    duty: impl Fn(&str) -> Option<NewDuty>,
) -> Vec<OutgoingFeedback> {
    let Ok(Ok(Verdict { outcome, .. })) = report.outcome else { return Vec::new() };
    let body = |fact: &Fact| match fact.clone() {
        Fact::DishonestAct { party, kind, facts } => FeedbackBody::DishonestAct { party, kind, facts },
        Fact::TypicalCase { party, title, summary } => {
            let entries = dossier.and_then(|dossier| dossier.party(&party)).map(|party| &*party.entries);
            let kind = CaseKind::told_by(entries.unwrap_or_default(), outcome);
            FeedbackBody::TypicalCase { party, kind, title, summary }
        }
    };
    let message = |fact: &Fact| {
        let id = new_id(at);
        OutgoingFeedback {
            duty: duty(&id),
            id,
            check_id: check_id.to_owned(),
            case_no: application.case_no.clone(),
            department: application.department.clone(),
            item: application.item.clone(),
            checkpoint: application.checkpoint.clone(),
            reported_at: at,
            body: body(fact),
        }
    };
    report.facts.iter().map(message).collect()
}
