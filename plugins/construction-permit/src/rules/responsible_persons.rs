//! The responsible persons are checked too: an organisation acts through its
//! legal representative, principal, directors and the practitioners who are
//! directly responsible (R27).
//!
//! A bad record of theirs is no ban of the organisation (that is `market_ban`),
//! but a reason to look closely; a serious one is a reason for an officer to.
//! And a serious record of the organisation reaches those who answer for it, as
//! far as the policy says: whether they may go on acting is looked at closely.

use creditgate_plugin::{Advice, Decision, ListEntry, PartyRole, Subject};

use super::market_ban;
use crate::Case;

const ROLES: [PartyRole; 4] =
    [PartyRole::LegalRepresentative, PartyRole::Principal, PartyRole::ResponsiblePerson, PartyRole::Director];

/// Advises strict review of whoever has a bad record.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    for person in case.subjects_in(&ROLES) {
        let looked_at_here = |entry: &&ListEntry| entry.is_adverse() && !market_ban::is_ban(case, entry);
        for entry in person.entries().filter(looked_at_here) {
            let text = format!(
                "{}在“{}”中有不良信用记录（{}认定）",
                person.chinese(),
                entry.list_name,
                entry.authority
            );
            if entry.is_serious() {
                decision.require_review(format!("{text}，属严重失信，请经办人核实其任职资格。"));
            }
            decision.advise(Advice::StrictReview(format!("{text}，请从严审查。")));
        }
        answers_for(case, person, decision);
    }
}

/// Advises strict review of whoever answers for an organisation with a serious
/// record.
fn answers_for(case: &Case<'_>, person: Subject<'_>, decision: &mut Decision) {
    for related in case.related_entries(person.party).iter().filter(|related| related.entry.is_serious()) {
        decision.advise(Advice::StrictReview(format!(
            "{}对{}负有责任，后者在“{}”中（{}认定），请从严审查其任职资格。",
            person.chinese(),
            related.of.chinese(),
            related.entry.list_name,
            related.entry.authority
        )));
    }
}

#[cfg(test)]
mod tests {
    use crate::ConstructionPermit;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{Advice, ListKind, Outcome, PartyRole, Severity};

    fn case(role: PartyRole) -> TestCase {
        TestCase::new("construction-permit", "review").organisation("示例建设有限公司").person("李某", role)
    }

    #[test]
    fn r027_a_serious_record_of_a_responsible_person_goes_to_an_officer() {
        for role in super::ROLES {
            let run = case(role).entry("wages.serious", ListKind::Black).review::<ConstructionPermit>();
            assert_eq!(run.verdict().outcome, Outcome::ManualReview, "{role:?}");
            assert!(matches!(run.verdict().advice.as_slice(), [Advice::StrictReview(_)]), "{role:?}");
        }
    }

    #[test]
    fn r027_a_serious_record_of_the_organisation_reaches_those_who_answer_for_it() {
        let run = |role, depth: &str| {
            let depth = ("related_party_depth".to_owned(), depth.to_owned());
            TestCase::new("construction-permit", "review")
                .organisation("示例建设有限公司")
                .entry("wages.serious", ListKind::Black)
                .person("李某", role)
                .policy(|terms| terms.attributes.push(depth))
                .review::<ConstructionPermit>()
        };
        for (role, depth, reached) in [
            (PartyRole::LegalRepresentative, "1", true),
            (PartyRole::ResponsiblePerson, "1", true),
            (PartyRole::Director, "1", false),
            (PartyRole::LegalRepresentative, "0", false),
        ] {
            let run = run(role, depth);
            let advice = run.verdict().advice.iter();
            let texts: Vec<&str> = advice
                .filter_map(|advice| match advice {
                    Advice::StrictReview(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(
                texts.iter().any(|text| text.contains("任职资格")),
                reached,
                "{role:?} {depth}: {texts:?}"
            );
            assert_eq!(run.verdict().outcome, Outcome::Proceed, "no ban and no refusal follows");
        }
    }

    #[test]
    fn a_lesser_record_is_a_reason_to_look_closely() {
        let run = case(PartyRole::Director)
            .entry_with("penalty", ListKind::Other, |entry| entry.severity = Some(Severity::General))
            .review::<ConstructionPermit>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(matches!(run.verdict().advice.as_slice(), [Advice::StrictReview(_)]));
    }

    #[test]
    fn an_honour_is_no_reason() {
        let run =
            case(PartyRole::Director).entry("honour.exemplar", ListKind::Red).review::<ConstructionPermit>();
        assert!(run.verdict().advice.is_empty());
    }
}
