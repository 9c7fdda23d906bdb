//! What a party is in the case, as an answer shows it beside what was found of it.

use std::borrow::Cow;

use creditgate_credit::application::{Application, PartyRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The part of a party that is not the applicant itself (R26 to R28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Relation)]
pub struct RelationBody<'a> {
    /// Its role.
    #[schema(inline)]
    pub role: PartyRole,
    /// Handle of the party it acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<Cow<'a, str>>,
    /// Whether it is directly responsible, by its role or as the caller said.
    pub directly_responsible: bool,
}

impl<'a> RelationBody<'a> {
    /// The part of the party with this handle; none for an applicant that acts
    /// for itself.
    #[must_use]
    pub fn of(party: &str, application: &'a Application) -> Option<Self> {
        let party = application.party(party)?;
        let is_itself = party.role == PartyRole::Applicant && party.acts_for.is_none();
        (!is_itself).then(|| Self {
            role: party.role,
            acts_for: party.acts_for.as_deref().map(Cow::Borrowed),
            directly_responsible: party.is_directly_responsible(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::AnswerBody;
    use crate::samples;
    use creditgate_gate::Mode;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn r026_r027_r028_an_answer_says_what_the_party_of_an_entry_and_measure_is_in_the_case() {
        let responsible = ("direct_responsibility".to_owned(), "true".to_owned());
        let cases = [
            (PartyRole::Applicant, None, vec![], json!(null)),
            (PartyRole::LegalRepresentative, Some("p9"), vec![], json!(false)),
            (PartyRole::ResponsiblePerson, Some("p9"), vec![], json!(true)),
            (PartyRole::Director, Some("p9"), vec![responsible], json!(true)),
            (PartyRole::Bidder, None, vec![], json!(false)),
        ];
        for (role, acts_for, attributes, responsible) in cases {
            let mut record = samples::record(Mode::Enforce);
            let application = Arc::make_mut(&mut record.application);
            for party in &mut application.parties {
                (party.role, party.attributes) = (role, attributes.clone());
                party.acts_for = acts_for.map(str::to_owned);
            }
            let answer = serde_json::to_value(AnswerBody::of(&record)).unwrap();
            for relation in [&answer["matches"][0]["relation"], &answer["measures"][0]["relation"]] {
                assert_eq!(relation["directly_responsible"], responsible, "{role:?}");
                let expected = if responsible.is_null() { json!(null) } else { json!(role.code()) };
                assert_eq!(relation["role"], expected, "{role:?}");
                assert_eq!(relation["acts_for"], json!(acts_for), "{role:?}");
            }
        }
    }
}
