//! Rules every department shares. Their texts are for officers and therefore
//! Chinese.

use crate::{Advice, Answer, Case, Decision, Failure, Measure, Subject};

impl<S> Case<'_, S> {
    /// A department's rules at a checkpoint, between what holds for every department:
    /// first [`note_suspended_entries`], at the end [`apply_remaining_measures`].
    /// `clear` is what the officer reads when nothing was found.
    ///
    /// # Errors
    /// The [`Failure`] of the first rule that has one.
    pub fn decide(&self, clear: &str, rules: impl FnOnce(&mut Decision) -> Result<(), Failure>) -> Answer {
        let mut decision = Decision::new();
        note_suspended_entries(self, &mut decision);
        rules(&mut decision)?;
        apply_remaining_measures(self, &mut decision);
        Ok(decision.finish(clear))
    }
}

/// A suspended entry is shown and not acted on.
///
/// While the recognising authority verifies an objection, joint punishment is
/// not carried out (R98); the officer still has to know that the entry exists, and
/// never reads that there is none: the host names each entry in the explanation.
pub fn note_suspended_entries<S>(case: &Case<'_, S>, decision: &mut Decision) {
    for subject in case.subjects() {
        for entry in subject.suspended_entries().filter(|entry| entry.is_adverse()) {
            decision.explain(format!(
                "{}在“{}”的记录正在核实，本环节不据此作出判断。",
                subject.chinese(),
                entry.list_name
            ));
            decision.advise(Advice::Note(format!(
                "{}列入“{}”的记录正处于异议核实期间，暂不执行惩戒措施。",
                subject.chinese(),
                entry.list_name
            )));
        }
    }
}

/// Category of measures that ask for key supervision after the licence (R70).
pub const KEY_SUPERVISION: &str = "key-supervision";
/// Category of measures that ask an officer to look closely.
pub const STRICT_REVIEW: &str = "strict-review";
/// Category of measures that withhold favours: what a plug-in does by granting
/// none to a party with adverse entries.
pub const PREFERENTIAL_TREATMENT: &str = "preferential-treatment";

/// No mandatory measure goes without a word.
///
/// What must lawfully be executed jointly cannot be skipped (R59). A measure
/// that no rule of the plug-in has spoken of is applied: the categories above
/// by the advice they stand for, any other that burdens by an officer, because
/// the plug-in does not know what it asks for.
pub fn apply_remaining_measures<S>(case: &Case<'_, S>, decision: &mut Decision) {
    for subject in case.subjects() {
        for measure in subject.dossier.measures.iter().filter(|measure| measure.is_mandatory()) {
            if measure.punishes() && !decision.disposes(measure) {
                enforce(subject, measure, decision);
            }
        }
        decision.apply_all_mandatory(subject.dossier);
    }
}

fn enforce(subject: Subject<'_>, measure: &Measure, decision: &mut Decision) {
    let text = format!("对{}执行“{}”（{}）", subject.chinese(), measure.content, measure.basis_text);
    match measure.category.as_str() {
        KEY_SUPERVISION => decision.advise(Advice::KeySupervision(format!("{text}。"))),
        STRICT_REVIEW => decision.advise(Advice::StrictReview(format!("{text}。"))),
        PREFERENTIAL_TREATMENT => decision.explain(format!("{text}，不给予信用便利。")),
        _ => decision.require_review(format!("应{text}，该措施为强制性措施，请经办人落实。")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Run, TestCase};
    use crate::{DispositionAction, ListKind, Nature, NoSettings, Outcome};

    fn run(case: TestCase) -> Run {
        case.run(|application| Case::new(application, &NoSettings {}).decide("clear", |_| Ok(())))
    }

    fn listed() -> TestCase {
        TestCase::new("item", "review").organisation("示例有限公司").entry("list", ListKind::Black)
    }

    #[test]
    fn a_measure_nobody_spoke_of_is_applied_by_an_officer() {
        let run = run(listed().measure("restrict", "basis.law"));
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
        assert_eq!(run.action_on("restrict"), Some(&DispositionAction::Applied));
    }

    #[test]
    fn a_measure_of_a_known_category_becomes_its_advice() {
        for (category, advice) in [(KEY_SUPERVISION, "KeySupervision"), (STRICT_REVIEW, "StrictReview")] {
            let run =
                run(listed().measure_with("m", "basis.law", |measure| measure.category = category.into()));
            assert_eq!(run.verdict().outcome, Outcome::Proceed, "{category}");
            assert!(format!("{:?}", run.verdict().advice).contains(advice), "{category}");
        }
    }

    #[test]
    fn a_recommended_measure_is_left_to_the_department() {
        let run =
            run(listed().measure_with("m", "basis.law", |measure| measure.nature = Nature::Recommended));
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert_eq!(run.action_on("m"), None);
    }

    #[test]
    fn a_suspended_entry_is_noted_and_nothing_more() {
        let case = TestCase::new("item", "review").organisation("示例有限公司").entry_with(
            "list",
            ListKind::Black,
            |entry| entry.suspended = true,
        );
        let run = run(case);
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.verdict().advice.as_slice(), [Advice::Note(_)]));
        assert!(!run.verdict().explanation.contains("clear"), "there is a record");
    }
}
