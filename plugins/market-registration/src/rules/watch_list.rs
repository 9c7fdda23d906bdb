//! Whoever is on the watch list (重点关注名单) or the alert list is examined
//! strictly, and supervised once licensed (R42, R44).
//!
//! The list is a warning and no ban: nothing is refused, and the measures fit
//! the degree (R68). Slight dishonesty is pointed out and goes on.

use creditgate_plugin::{Advice, Decision, ListEntry, ListKind, Outcome, Severity, Subject};

use crate::Case;

/// Points it out.
pub(crate) fn at_intake(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in watched(case) {
        decision.advise(Advice::StrictReview(text(subject, entry, "请在审查环节从严审查。")));
        decision.apply_for(subject, entry);
    }
}

/// Leaves the examination to an officer.
pub(crate) fn at_review(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in watched(case) {
        decision.apply_for(subject, entry);
        if entry.severity == Some(Severity::Slight) {
            decision.advise(Advice::Note(text(subject, entry, "失信程度轻微，请予关注。")));
        } else {
            decision.advise(Advice::StrictReview(text(subject, entry, "请从严审查申请材料及经营条件。")));
            decision.require_review(text(subject, entry, "应由经办人从严审查。"));
        }
    }
}

/// Hands over to supervision what is not refused.
pub(crate) fn at_issuance(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in watched(case) {
        if decision.outcome() != Outcome::Refuse {
            decision.advise(Advice::KeySupervision(text(subject, entry, "发证后纳入重点监管。")));
        }
        decision.apply_for(subject, entry);
    }
}

fn watched<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
    case.subjects()
        .flat_map(|subject| subject.entries().map(move |entry| (subject, entry)))
        .filter(|(_, entry)| matches!(entry.kind, ListKind::Watch | ListKind::Alert))
}

fn text(subject: Subject<'_>, entry: &ListEntry, consequence: &str) -> String {
    format!("{}在“{}”中（{}认定），{consequence}", subject.chinese(), entry.list_name, entry.authority)
}

#[cfg(test)]
mod tests {
    use crate::MarketRegistration;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{Advice, ListKind, Outcome, Severity};

    fn case(kind: ListKind) -> TestCase {
        TestCase::new("food-licence", "review")
            .organisation("示例食品有限公司")
            .entry("watch.key-attention", kind)
    }

    #[test]
    fn r042_r068_a_watched_applicant_is_reviewed_by_an_officer() {
        for kind in [ListKind::Watch, ListKind::Alert] {
            let run = case(kind).measure("strict-review", "basis.watch").review::<MarketRegistration>();
            assert_eq!(run.verdict().outcome, Outcome::ManualReview, "{kind:?}");
            assert!(matches!(run.verdict().advice.as_slice(), [Advice::StrictReview(_)]), "{kind:?}");
        }
    }

    #[test]
    fn r067_slight_dishonesty_is_only_pointed_out() {
        let run = TestCase::new("food-licence", "review")
            .organisation("示例食品有限公司")
            .entry_with("watch.key-attention", ListKind::Watch, |entry| {
                entry.severity = Some(Severity::Slight)
            })
            .review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.verdict().advice.as_slice(), [Advice::Note(_)]));
    }

    #[test]
    fn intake_goes_on_with_a_hint_and_without_favours() {
        let run = case(ListKind::Watch).intake::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.verdict().advice.as_slice(), [Advice::StrictReview(_)]));
    }

    #[test]
    fn issuance_hands_over_to_supervision() {
        let run = case(ListKind::Watch).measure("watch", "basis.watch").issuance::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.verdict().advice.as_slice(), [Advice::KeySupervision(_)]));
    }
}
