//! Whoever is banned from the construction market gets no permit (R69).
//!
//! The ban reaches the enterprise, its legal representative, its principal and
//! those directly responsible, such as the project manager (R28). Only a
//! mandatory measure of the catalogue bans: an entry without one goes to an
//! officer, because nothing outside the list of measures may punish.

use creditgate_plugin::{Decision, ListEntry, PartyRole, Subject};

use crate::Case;

pub(crate) const REACHED: [PartyRole; 4] = [
    PartyRole::Applicant,
    PartyRole::LegalRepresentative,
    PartyRole::Principal,
    PartyRole::ResponsiblePerson,
];

/// Refuses the permit.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in listed(case) {
        let found = subject.chinese_of(entry);
        decision.refuse_for(subject, entry, format!("{found}，依法限制进入建筑市场，不予许可。"));
    }
}

/// Puts the ban off: at intake no permit is decided on.
pub(crate) fn foresee(case: &Case<'_>, decision: &mut Decision) {
    for (subject, entry) in listed(case) {
        decision.explain(format!(
            "{}在“{}”中，审查时将依法处理，请提前告知申请人。",
            subject.chinese(),
            entry.list_name
        ));
        for measure in subject.measures_of(entry).filter(|measure| measure.bars()) {
            decision.defer(measure, "受理环节不作许可决定，于审查环节执行");
        }
    }
}

/// Whether an entry is one that can ban.
pub(crate) fn is_ban(case: &Case<'_>, entry: &ListEntry) -> bool {
    case.settings.ban_lists.contains(&entry.list)
}

fn listed<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
    case.entries_in(&REACHED).filter(|(_, entry)| is_ban(case, entry))
}

#[cfg(test)]
mod tests {
    use crate::ConstructionPermit;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{DispositionAction, ListKind, Outcome, PartyRole};

    fn case() -> TestCase {
        TestCase::new("construction-permit", "review").organisation("示例建设有限公司")
    }

    #[test]
    fn a_ban_refuses_on_the_basis_of_its_measure() {
        for checkpoint in ["review", "issuance"] {
            let case =
                case().entry("construction.serious", ListKind::Black).measure("restrict-access", "basis.ban");
            let run = match checkpoint {
                "review" => case.review::<ConstructionPermit>(),
                _ => case.issuance::<ConstructionPermit>(),
            };
            assert_eq!(run.verdict().outcome, Outcome::Refuse, "{checkpoint}");
            let ground = &run.verdict().grounds[0];
            assert_eq!((ground.basis.as_str(), ground.entry.as_deref()), ("basis.ban", Some("e1")));
            assert_eq!(run.action_on("restrict-access"), Some(&DispositionAction::Applied));
        }
    }

    #[test]
    fn the_ban_reaches_the_project_manager() {
        let run = case()
            .person("李某", PartyRole::ResponsiblePerson)
            .entry("construction.serious", ListKind::Black)
            .measure("restrict-access", "basis.ban")
            .review::<ConstructionPermit>();
        assert_eq!(run.verdict().outcome, Outcome::Refuse);
    }

    #[test]
    fn r059_nothing_outside_the_list_of_measures_punishes() {
        let run = case().entry("construction.serious", ListKind::Black).review::<ConstructionPermit>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
    }

    #[test]
    fn intake_accepts_and_puts_the_measure_off() {
        let run = case()
            .entry("construction.serious", ListKind::Black)
            .measure("restrict-access", "basis.ban")
            .intake::<ConstructionPermit>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.action_on("restrict-access"), Some(DispositionAction::Deferred(_))));
    }
}
