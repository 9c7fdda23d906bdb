//! Who answers for whom (R26 to R28): records of an organisation reach those who
//! represent or run it, as far as the policy says. A measure is never inherited:
//! it follows from an entry under the party's own numbers, and what is found here
//! is for a rule to weigh.

use crate::vocabulary::attribute;
use crate::{Case, ListEntry, Party, PartyRole, Subject, Terms};

/// Steps where the policy's terms say nothing of it.
const USUAL_DEPTH: u32 = 1;

/// An entry of an organisation that a party answers for.
#[derive(Debug, Clone, Copy)]
pub struct Related<'a> {
    /// The organisation and what is known of it.
    pub of: Subject<'a>,
    /// The entry, in force and not suspended.
    pub entry: &'a ListEntry,
    /// Steps from the party to the organisation, from 1.
    pub steps: u32,
}

impl Party {
    /// Whether the caller says that it is directly responsible: the attribute
    /// `direct_responsibility` is `true`, or the role says so by itself (R28).
    #[must_use]
    pub fn is_directly_responsible(&self) -> bool {
        self.role == PartyRole::ResponsiblePerson
            || attribute(&self.attributes, "direct_responsibility") == Some("true")
    }

    /// Whether it is held to account for the organisation it acts for: as legal
    /// representative or principal, or as directly responsible in whatever role,
    /// such as a director or shareholder (R27, R28).
    #[must_use]
    pub fn answers_for_its_organisation(&self) -> bool {
        matches!(self.role, PartyRole::LegalRepresentative | PartyRole::Principal)
            || self.is_directly_responsible()
    }
}

impl Terms {
    /// How many steps records of organisations reach (R27); 0 is not at all.
    #[must_use]
    pub fn related_party_depth(&self) -> u32 {
        let stated = attribute(&self.attributes, "related_party_depth");
        stated.and_then(|depth| depth.parse().ok()).unwrap_or(USUAL_DEPTH)
    }

    /// Whether not only materials but conditions too may be supplied later (R79).
    #[must_use]
    pub fn conditions_deferrable(&self) -> bool {
        attribute(&self.attributes, "conditions_deferrable") == Some("true")
    }
}

impl<S> Case<'_, S> {
    /// Entries of the organisations that a party answers for, the nearest first,
    /// as far as the policy reaches (R27).
    #[must_use]
    pub fn related_entries(&self, party: &Party) -> Vec<Related<'_>> {
        let mut related = Vec::new();
        let mut below = party;
        for steps in 1..=self.terms().related_party_depth() {
            let answers = steps > 1 || below.answers_for_its_organisation();
            let above = below.acts_for.as_deref().filter(|_| answers);
            let Some(of) = above.and_then(|id| self.subjects().find(|subject| subject.party.id == id)) else {
                break;
            };
            related.extend(of.entries().map(|entry| Related { of, entry, steps }));
            below = of.party;
        }
        related
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::testing::TestCase;
    use crate::{Failure, ListKind, SubjectKind};

    /// Lists of the entries that reach the second party, with steps.
    fn reaching(case: TestCase) -> Vec<(String, u32)> {
        let found = RefCell::new(Vec::new());
        let _ = case.run(|application| {
            let case = Case::new(application, &());
            let related = case.related_entries(&application.parties[1]);
            *found.borrow_mut() =
                related.iter().map(|related| (related.entry.list.clone(), related.steps)).collect();
            Err(Failure::new("none", "no verdict is asked for here"))
        });
        found.into_inner()
    }

    fn organisation() -> TestCase {
        TestCase::new("food-licence", "review")
            .organisation("示例食品有限公司")
            .entry("food.black", ListKind::Black)
            .entry_with("tax.watch", ListKind::Watch, |entry| entry.suspended = true)
    }

    #[test]
    fn r027_records_of_an_organisation_reach_those_who_answer_for_it() {
        let one = vec![("food.black".to_owned(), 1)];
        let cases = [
            (PartyRole::LegalRepresentative, one.clone()),
            (PartyRole::Principal, one.clone()),
            (PartyRole::ResponsiblePerson, one),
            (PartyRole::Shareholder, Vec::new()),
            (PartyRole::Director, Vec::new()),
            (PartyRole::Agent, Vec::new()),
        ];
        for (role, expected) in cases {
            assert_eq!(reaching(organisation().person("张某", role)), expected, "{role:?}");
        }
    }

    #[test]
    fn r027_the_policy_says_how_far_they_reach() {
        let person = || organisation().person("张某", PartyRole::LegalRepresentative);
        let depth = |depth: &str| {
            let depth = ("related_party_depth".to_owned(), depth.to_owned());
            person().policy(|terms| terms.attributes.push(depth))
        };
        assert_eq!(reaching(person()).len(), 1, "one step where nothing is said");
        assert_eq!(reaching(depth("0")), []);
        assert_eq!(reaching(depth("3")).len(), 1, "the organisation acts for nobody");
    }

    #[test]
    fn r028_a_director_or_shareholder_is_reached_with_direct_responsibility() {
        for role in [PartyRole::Director, PartyRole::Shareholder] {
            let case = organisation().person("张某", role);
            assert_eq!(reaching(case.clone().party_attribute("direct_responsibility", "false")), []);
            assert_eq!(reaching(case.party_attribute("direct_responsibility", "true")).len(), 1, "{role:?}");
        }
        let other = organisation().party("示例二公司", PartyRole::Bidder, SubjectKind::LegalPerson);
        assert_eq!(reaching(other), [], "who acts for nobody answers for nobody");
    }
}
