//! A judgment defaulter (失信被执行人) may not be registered as legal
//! representative (R29).
//!
//! The court's list is about the person; the registration is about the
//! enterprise. So it is the legal representative who is looked up, and the
//! enterprise may come back with another one. At intake nothing can be refused
//! yet: the officer is told early, so that the applicant can be.

use creditgate_plugin::{Advice, Decision, ListEntry, PartyRole, Subject};

use crate::Case;

const LIST: &str = "court.judgment-defaulter";

/// Refuses the registration.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    for (person, entry) in defaulters(case) {
        let text = format!(
            "{}系失信被执行人（{}认定，{}），依法不得登记为法定代表人。",
            person.chinese(),
            entry.authority,
            entry.recognised_on.chinese()
        );
        decision.refuse_for(person, entry, text);
    }
}

/// Tells of it before the application is examined.
pub(crate) fn foresee(case: &Case<'_>, decision: &mut Decision) {
    for (person, entry) in defaulters(case) {
        decision.advise(Advice::StrictReview(format!(
            "{}系失信被执行人，审查时将不予登记，请告知申请人更换人选。",
            person.chinese()
        )));
        decision.defer_for(person, entry, "受理环节不作登记决定，于审查环节执行");
    }
}

fn defaulters<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
    let registers = case.settings.registration_items.contains(&case.application.item);
    case.subjects_in(&[PartyRole::LegalRepresentative])
        .filter(move |_| registers)
        .filter_map(|person| Some((person, person.entry_on(LIST)?)))
}

#[cfg(test)]
mod tests {
    use crate::MarketRegistration;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{DispositionAction, ListKind, Outcome, PartyRole};

    fn case(item: &str, role: PartyRole) -> TestCase {
        TestCase::new(item, "review")
            .organisation("示例商贸有限公司")
            .person("张某", role)
            .entry(super::LIST, ListKind::Black)
    }

    #[test]
    fn r029_a_judgment_defaulter_may_not_be_legal_representative() {
        for item in ["company-registration", "institution-registration"] {
            let run = case(item, PartyRole::LegalRepresentative)
                .measure("restrict-office", "basis.of-the-measure")
                .review::<MarketRegistration>();
            assert_eq!(run.verdict().outcome, Outcome::Refuse, "{item}");
            let ground = &run.verdict().grounds[0];
            assert_eq!(
                (ground.basis.as_str(), ground.entry.as_deref()),
                ("basis.of-the-measure", Some("e1"))
            );
            assert_eq!(run.action_on("restrict-office"), Some(&DispositionAction::Applied));
        }
    }

    #[test]
    fn r059_without_a_measure_of_the_catalogue_an_officer_decides() {
        let run = case("company-registration", PartyRole::LegalRepresentative).review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
        assert!(run.verdict().grounds.is_empty());
    }

    #[test]
    fn it_concerns_no_other_role_and_no_other_item() {
        for (item, role) in [
            ("company-registration", PartyRole::Shareholder),
            ("food-licence", PartyRole::LegalRepresentative),
        ] {
            let run = case(item, role).review::<MarketRegistration>();
            assert_eq!(run.verdict().outcome, Outcome::Proceed, "{item} {role:?}");
        }
    }

    #[test]
    fn intake_tells_of_it_and_puts_the_measure_off() {
        let run = case("company-registration", PartyRole::LegalRepresentative)
            .measure("restrict-office", "basis.of-the-measure")
            .intake::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.action_on("restrict-office"), Some(DispositionAction::Deferred(_))));
        assert_eq!(run.verdict().advice.len(), 1);
    }
}
