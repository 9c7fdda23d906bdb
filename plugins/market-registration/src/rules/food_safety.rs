//! Whoever is listed for serious dishonesty in the food and drug field gets no
//! food licence.
//!
//! The ban reaches the enterprise, its legal representative, its principal and
//! those directly responsible (R28). The refusal cites the basis of the
//! measure that the catalogue attaches to the entry (R69).

use creditgate_plugin::{Advice, Decision, ListEntry, PartyRole, Subject};

use crate::Case;

const FIELD: &str = "food-and-drug";
const REACHED: [PartyRole; 4] = [
    PartyRole::Applicant,
    PartyRole::LegalRepresentative,
    PartyRole::Principal,
    PartyRole::ResponsiblePerson,
];

/// Refuses the licence.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in banned(case) {
        let listed = subject.chinese_of(entry);
        let text = format!("{listed}，在食品药品领域存在严重失信行为，不予许可。");
        decision.refuse_for(subject, entry, text);
    }
}

/// Tells of it before the application is examined.
pub(crate) fn foresee(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in banned(case) {
        decision.advise(Advice::StrictReview(format!(
            "{}在食品药品领域存在严重失信记录（{}），审查时将不予许可，请提前告知申请人。",
            subject.chinese(),
            entry.list_name
        )));
        decision.defer_for(subject, entry, "受理环节不作许可决定，于审查环节执行");
    }
}

fn banned<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
    let is_food = case.settings.food_items.contains(&case.application.item);
    case.entries_in(&REACHED).filter(move |(_, entry)| is_food && entry.field == FIELD && entry.is_serious())
}

#[cfg(test)]
mod tests {
    use crate::MarketRegistration;
    use creditgate_plugin::rules::KEY_SUPERVISION;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{DispositionAction, ListEntry, ListKind, Nature, Outcome, PartyRole, Severity};

    fn in_field(entry: &mut ListEntry) {
        entry.field = super::FIELD.into();
    }

    fn case() -> TestCase {
        TestCase::new("food-licence", "review").organisation("示例食品有限公司")
    }

    #[test]
    fn r069_serious_dishonesty_in_the_field_refuses_the_licence_with_its_basis() {
        let run = case()
            .entry_with("food-drug.serious", ListKind::Black, in_field)
            .measure("restrict-access", "basis.of-the-measure")
            .review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Refuse);
        assert_eq!(run.verdict().grounds[0].basis, "basis.of-the-measure");
        assert_eq!(run.action_on("restrict-access"), Some(&DispositionAction::Applied));
    }

    #[test]
    fn r059_without_a_measure_that_bars_an_officer_decides() {
        let listed = || case().entry_with("food-drug.serious", ListKind::Black, in_field);
        let supervised =
            listed().measure_with("supervise", "basis.x", |it| it.category = KEY_SUPERVISION.into());
        let recommended = listed().measure_with("m", "basis.x", |it| it.nature = Nature::Recommended);
        for case in [listed(), supervised, recommended] {
            let run = case.review::<MarketRegistration>();
            assert_eq!(run.verdict().outcome, Outcome::ManualReview);
            assert!(run.verdict().grounds.is_empty());
        }
    }

    #[test]
    fn r028_the_ban_reaches_those_responsible() {
        for role in [PartyRole::LegalRepresentative, PartyRole::Principal, PartyRole::ResponsiblePerson] {
            let run = case()
                .person("张某", role)
                .entry_with("food-drug.serious", ListKind::Black, in_field)
                .measure("restrict-access", "basis.of-the-measure")
                .review::<MarketRegistration>();
            assert_eq!(run.verdict().outcome, Outcome::Refuse, "{role:?}");
        }
    }

    #[test]
    fn another_field_or_lesser_severity_does_not_refuse() {
        let elsewhere = case().entry("tax.serious", ListKind::Black);
        let general = case().entry_with("food-drug.penalty", ListKind::Other, |entry| {
            in_field(entry);
            entry.severity = Some(Severity::General);
        });
        for case in [elsewhere, general] {
            assert_eq!(case.review::<MarketRegistration>().verdict().outcome, Outcome::Proceed);
        }
    }

    #[test]
    fn another_item_is_not_concerned() {
        let run = TestCase::new("company-registration", "review")
            .organisation("示例食品有限公司")
            .entry_with("food-drug.serious", ListKind::Black, in_field)
            .review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
    }

    #[test]
    fn intake_tells_of_it_and_puts_the_measure_off() {
        let run = case()
            .entry_with("food-drug.serious", ListKind::Black, in_field)
            .measure("restrict-access", "basis.of-the-measure")
            .intake::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.action_on("restrict-access"), Some(DispositionAction::Deferred(_))));
    }
}
