//! The register of typical cases (R107). A case that is added ends the duty to report
//! those of its kind and month.

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::{CaseKind, DutyKind, typical_cases_of};
use creditgate_credit::fault::Faults;
use creditgate_credit::time::Day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decided::{Consequence, Decided};
use crate::ground::may_see;
use crate::new_id;
use crate::ports::{AffairStore, Here};
use crate::refusal::Refusal;
use crate::who::Who;

/// Longest department and title, summary, and case number, in characters.
const LONGEST_TITLE: usize = 200;
const LONGEST_SUMMARY: usize = 4_000;
const LONGEST_CASE_NO: usize = 64;

/// A typical case, as it is reported and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TypicalCaseReport)]
pub struct TypicalCase {
    /// `honesty` or `dishonesty`.
    // Empty in what is kept of a plug-in's case from before the host told its kind.
    #[schema(pattern = "^(honesty|dishonesty)$")]
    pub kind: String,
    /// Day on which it happened.
    pub happened_on: Day,
    /// Department code.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub department: String,
    /// Case number, where there is one.
    #[serde(
        default,
        deserialize_with = "creditgate_credit::case_number::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(max_length = 64)]
    pub case_no: Option<String>,
    /// Title.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub title: String,
    /// What happened, without identity numbers.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S")]
    pub summary: String,
}

/// A typical case was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypicalCaseAdded {
    /// Its id.
    pub id: String,
}

impl TypicalCase {
    /// What must hold of a case that is reported.
    pub fn rules(&self, faults: &mut Faults, today: Date) {
        faults.not_later("happened_on", self.happened_on.0, today);
        faults.coded::<CaseKind>(|| "kind".to_owned(), &self.kind);
        for (field, text, longest) in [
            ("department", &self.department, LONGEST_TITLE),
            ("title", &self.title, LONGEST_TITLE),
            ("summary", &self.summary, LONGEST_SUMMARY),
        ] {
            faults.not_empty(field, text);
            if text.chars().count() > longest {
                faults.refuse(field, "field.too_long", format!("may have {longest} characters"));
            }
        }
        if self.case_no.as_ref().is_some_and(|case_no| case_no.chars().count() > LONGEST_CASE_NO) {
            faults.refuse("case_no", "field.too_long", format!("may have {LONGEST_CASE_NO} characters"));
        }
    }
}

/// Adds a case to the register, and ends the duty of every division of its department
/// to report one of its kind in its month. A case that is known here a department's
/// system names only if its department had a check of it.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept.
pub async fn add<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    who: &Who,
    case: TypicalCase,
    now: Timestamp,
) -> Result<TypicalCaseAdded, A::Error> {
    may_see(who, Some(&case.department))?;
    let (divisions, who) = (here.divisions_of(&case.department), who.clone());
    affairs
        .change(move |kept| {
            if let Some(case_no) = case.case_no.as_deref().filter(|_| !who.answers_for_lists()) {
                let checks = kept.checks_of_case(case_no)?;
                if !checks.is_empty() && checks.iter().all(|check| check.department != case.department) {
                    return Err(Refusal::NoCheckOfCase(case.department).into());
                }
            }
            let (id, note) = (new_id(now), Consequence::note(&case.department, &*case.title));
            let about = CaseKind::from_code(&case.kind).map(|kind| (case.happened_on.0, kind));
            let ended = divisions.iter().filter_map(|of| Some(reported(of, about?, now))).flatten();
            let ended: Vec<Consequence> = ended.collect();
            let kept = Consequence::TypicalCase { id: id.clone(), case: Box::new(case), actor: who.id };
            Ok(Decided::new(TypicalCaseAdded { id }, now).with(kept).with_all(ended).with(note))
        })
        .await
}

/// The duties of a division to report a typical case of this kind in the month of this
/// day are done.
pub fn reported(
    division: &str,
    (happened_on, kind): (Date, CaseKind),
    now: Timestamp,
) -> impl Iterator<Item = Consequence> + use<> {
    let on = local_date(now);
    let subjects = typical_cases_of(division, happened_on, kind).into_iter();
    subjects.map(move |subject| Consequence::FinishDuty { kind: DutyKind::TypicalCases, subject, on })
}
