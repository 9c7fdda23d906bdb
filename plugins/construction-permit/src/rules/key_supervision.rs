//! Seriously dishonest and watched applicants that are licensed all the same
//! become key supervision objects (R70, R42).

use creditgate_plugin::rules::KEY_SUPERVISION;
use creditgate_plugin::{Advice, Decision, ListKind, Outcome};

use crate::Case;

/// Hands the applicant over to supervision, with the measures that ask for it.
/// A permit that is refused leaves nothing to supervise.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    if decision.outcome() == Outcome::Refuse {
        return;
    }
    for (subject, entry) in case.entries_in(&super::market_ban::REACHED) {
        if !(entry.is_serious() || matches!(entry.kind, ListKind::Watch | ListKind::Alert)) {
            continue;
        }
        decision.advise(Advice::KeySupervision(format!(
            "{}在“{}”中，发证后列为重点监管对象，提高检查频次。",
            subject.chinese(),
            entry.list_name
        )));
        for measure in subject.measures_of(entry).filter(|measure| measure.category == KEY_SUPERVISION) {
            decision.apply(measure);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ConstructionPermit;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{Advice, DispositionAction, ListKind, Outcome};

    #[test]
    fn r070_the_seriously_dishonest_and_the_watched_are_supervised() {
        for (list, kind) in [("wages.serious", ListKind::Black), ("watch.key-attention", ListKind::Watch)] {
            let run = TestCase::new("construction-permit", "issuance")
                .organisation("示例建设有限公司")
                .entry(list, kind)
                .measure_with("supervise", "basis.supervision", |measure| {
                    measure.category = super::KEY_SUPERVISION.into();
                })
                .issuance::<ConstructionPermit>();
            assert_eq!(run.verdict().outcome, Outcome::Proceed, "{list}");
            assert!(matches!(run.verdict().advice.as_slice(), [Advice::KeySupervision(_)]), "{list}");
            assert_eq!(run.action_on("supervise"), Some(&DispositionAction::Applied), "{list}");
        }
    }
}
