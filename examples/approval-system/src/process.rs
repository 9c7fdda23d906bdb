//! A case on its way: one check at each checkpoint, receipts handed on, and a
//! report of what was done about each measure.

use creditgate_api::{Answer, Disposition, MeasureBody};
use creditgate_credit::check::DispositionResult;
use creditgate_credit::verdict::{DispositionAction, Outcome};
use serde::Serialize;

use crate::case::Case;
use crate::client::{Client, ClientError};

/// What happened to a case.
#[derive(Debug, Clone, Serialize)]
pub struct CaseLog {
    /// Case number.
    pub case_no: String,
    /// What it is about.
    pub title: String,
    /// The checkpoints it came to, in order.
    pub steps: Vec<Step>,
    /// How it ended.
    #[serde(flatten)]
    pub ending: Ending,
}

/// What happened at one checkpoint.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The answer.
    pub answer: Answer<'static>,
    /// Ids of the feedback that followed from the measures carried out.
    pub feedback: Vec<String>,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// It passed every checkpoint.
    Passed,
    /// It was refused.
    Refused {
        /// Where.
        checkpoint: String,
    },
    /// An officer has to look at it.
    ManualReview {
        /// Where.
        checkpoint: String,
    },
    /// creditgate could not be asked, so the case rests.
    Failed {
        /// Where.
        checkpoint: String,
        /// Why.
        error: String,
    },
}

impl CaseLog {
    /// What is not as the case says it should be, in words; empty when all is,
    /// or when the case says nothing.
    #[must_use]
    pub fn differences(&self, case: &Case) -> Vec<String> {
        if case.expected.is_empty() {
            return Vec::new();
        }
        let mut differences = Vec::new();
        if self.steps.len() != case.expected.len() {
            differences.push(format!(
                "came to {} checkpoint(s) instead of {}",
                self.steps.len(),
                case.expected.len()
            ));
        }
        for (step, expected) in self.steps.iter().zip(&case.expected) {
            let answer = &step.answer;
            for (what, found, wanted) in [
                ("checkpoint", &*answer.checkpoint, &*expected.checkpoint),
                ("status", answer.status.code(), expected.status.code()),
                ("outcome", answer.outcome.code(), expected.outcome.code()),
            ] {
                if found != wanted {
                    differences
                        .push(format!("{}: {what} is `{found}` instead of `{wanted}`", expected.checkpoint));
                }
            }
            for kind in &expected.advice {
                if !answer.advice.iter().any(|advice| advice.kind() == kind) {
                    differences.push(format!("{}: no advice `{kind}`", expected.checkpoint));
                }
            }
        }
        if let Ending::Failed { checkpoint, error } = &self.ending {
            differences.push(format!("{checkpoint}: {error}"));
        }
        differences
    }
}

/// Takes a case through its checkpoints, up to the first that stops it, and
/// reports the measures that were carried out. Asking again for the same case
/// gets the same answers.
pub async fn take_through(client: &Client, case: &Case) -> CaseLog {
    let mut steps: Vec<Step> = Vec::new();
    let mut receipts = Vec::new();
    let mut ending = Ending::Passed;
    for checkpoint in &case.checkpoints {
        let step = match pass(client, case, checkpoint, &receipts).await {
            Ok(step) => step,
            Err(error) => {
                ending = Ending::Failed { checkpoint: checkpoint.clone(), error: chain(&error) };
                break;
            }
        };
        receipts.extend(step.answer.receipt.as_deref().map(str::to_owned));
        let (passes, refused) = (lets_pass(&step.answer), step.answer.outcome == Outcome::Refuse);
        steps.push(step);
        if !passes {
            let checkpoint = checkpoint.clone();
            ending =
                if refused { Ending::Refused { checkpoint } } else { Ending::ManualReview { checkpoint } };
            break;
        }
    }
    CaseLog { case_no: case.case_no.clone(), title: case.title.clone(), steps, ending }
}

async fn pass(
    client: &Client,
    case: &Case,
    checkpoint: &str,
    receipts: &[String],
) -> Result<Step, ClientError> {
    let key = format!("{}.{checkpoint}", case.case_no);
    let answer = client.check(&case.request(checkpoint, receipts), &key).await?;
    let officer = &case.application.operator;
    let dispositions: Vec<Disposition> =
        answer.measures.iter().filter_map(|measure| disposition(measure, officer)).collect();
    let feedback = match dispositions.as_slice() {
        [] => Vec::new(),
        _ => client.report(&answer.check_id, dispositions).await?,
    };
    Ok(Step { answer, feedback })
}

/// Whether the case may go on at the next checkpoint. Where the outcome does not
/// bind, it always may.
fn lets_pass(answer: &Answer<'_>) -> bool {
    !answer.enforced || matches!(answer.outcome, Outcome::Proceed | Outcome::ProceedWithCommitment)
}

/// What this department did about a measure: it carries out what applies, and
/// leaves to the officer what nobody has decided on.
fn disposition(measure: &MeasureBody<'_>, officer: &str) -> Option<Disposition> {
    let decided = measure.disposition.as_deref()?;
    let applied = *decided == DispositionAction::Applied;
    let result = if applied { DispositionResult::Executed } else { DispositionResult::NotExecuted };
    let said = Disposition {
        measure: measure.id.to_string(),
        result: result.code().to_owned(),
        officer: officer.to_owned(),
        ..Disposition::default()
    };
    Some(if applied {
        Disposition { action: measure.content.to_string(), ..said }
    } else {
        Disposition { reason: decided.reason().unwrap_or_else(|| decided.code()).to_owned(), ..said }
    })
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
