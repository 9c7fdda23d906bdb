//! Publications: a decision was made public, and the duty that ends by it (R89, R90).

use std::sync::Arc;

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::duty::{DutyKind, has_run_out};
use creditgate_credit::fault::Faults;
use creditgate_credit::licence_record;
use creditgate_credit::time::Day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decided::{Consequence, Decided};
use crate::ports::{AffairStore, Here};
use crate::refusal::Refusal;
use crate::who::Who;

/// A decision was made public: that of a check, or those of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationReport)]
pub struct Publication {
    /// Id of the check at issuance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_id: Option<String>,
    /// Case number, where the check is not known.
    #[serde(
        default,
        deserialize_with = "creditgate_credit::case_number::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub case_no: Option<String>,
    /// Number of the decision document.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub document: String,
    /// Day of the decision, from which the limit is counted.
    pub decided_on: Day,
    /// Day on which it was public.
    pub published_on: Day,
    /// Where, such as the address of the page.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub place: String,
    /// Further fields of the licence record under their names in the 2018 standard,
    /// such as `XK_XKWS`, `XK_XKLB`, `XK_XKBH`, `XK_NR`, `XK_YXQZ` and `XK_YXQZI`;
    /// for the export of dual publicity. No identity numbers.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[schema(inline, value_type = attributes::Described)]
    pub attributes: Attributes,
}

/// A duty that ended by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedDecision {
    /// Id of the check.
    pub check_id: String,
    /// Last day, counted from the day of the decision.
    pub due_on: Day,
    /// It was public after that.
    pub late: bool,
}

/// The duties that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    /// One for each check.
    pub published: Vec<PublishedDecision>,
}

impl Publication {
    /// What must hold of a report.
    pub fn rules(&self, faults: &mut Faults, today: Date) {
        faults.filled("document", &self.document);
        faults.filled("place", &self.place);
        faults.not_after("published_on", self.published_on.0, today, "today");
        faults.not_after("decided_on", self.decided_on.0, self.published_on.0, "published_on");
        for (name, fault) in licence_record::faults(&self.attributes) {
            faults.refuse(format!("attributes.{name}"), fault.code(), fault.to_string());
        }
        if self.check_id.is_some() == self.case_no.is_some() {
            faults.refuse("check_id", "value.either", "either check_id or case_no must be given");
        }
    }
}

/// Takes in a report and ends the duties it concerns: each limit is counted from the
/// day of the decision.
///
/// # Errors
/// [`Refusal`] where the decision is another department's or nothing is owed, or when
/// nothing could be kept.
pub async fn report<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    who: &Who,
    report: Publication,
    now: Timestamp,
) -> Result<Published, A::Error> {
    let (who, calendar) = (who.clone(), Arc::clone(here.calendar()));
    affairs
        .change(move |kept| {
            let theirs = |department: &str| who.may_see(Some(department));
            let checks = match (&report.check_id, &report.case_no) {
                (Some(id), _) => Vec::from_iter(kept.check(id)?),
                (None, Some(case_no)) => kept.checks_of_case(case_no)?,
                (None, None) => Vec::new(),
            };
            if !checks.is_empty() && !checks.iter().any(|check| theirs(&check.department)) {
                return Err(Refusal::OthersDecision.into());
            }
            let mut owed = kept.owed_publicity(&report)?;
            owed.retain(|duty| theirs(&duty.department));
            if owed.is_empty() {
                return Err(Refusal::PublicityNotOwed.into());
            }
            let ended = owed.into_iter().map(|duty| {
                let due_on = duty.term.due(report.decided_on.0, &calendar).date;
                let late = has_run_out(due_on, report.published_on.0);
                PublishedDecision { check_id: duty.subject, due_on: due_on.into(), late }
            });
            let published: Vec<PublishedDecision> = ended.collect();
            let checks: Vec<&str> = published.iter().map(|decision| &*decision.check_id).collect();
            let note = Consequence::note(&checks.join(", "), "");
            let follows: Vec<Consequence> =
                published.iter().flat_map(|decision| ended_by(&report, decision, &who.id)).collect();
            Ok(Decided::new(Published { published }, now).with_all(follows).with(note))
        })
        .await
}

/// What follows from a report for a decision.
fn ended_by(report: &Publication, decision: &PublishedDecision, actor: &str) -> [Consequence; 3] {
    let (kind, subject) = (DutyKind::Publicity, &decision.check_id);
    let (decision, report, actor) = (decision.clone(), Box::new(report.clone()), actor.to_owned());
    [
        Consequence::SetDue { kind, subject: subject.clone(), due: decision.due_on.0 },
        Consequence::FinishDuty { kind, subject: subject.clone(), on: report.published_on.0 },
        Consequence::Publication { decision, report, actor },
    ]
}
