//! What a party is in the case, as an answer shows it beside what was found of it.

use std::borrow::Cow;

use creditgate_credit::application::{Application, PartyRole};
use serde::{Deserialize, Serialize};

/// The part of a party that is not the applicant itself (R26 to R28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Relation<'a> {
    /// Its role.
    pub role: PartyRole,
    /// Handle of the party it acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<Cow<'a, str>>,
    /// Whether it is directly responsible, by its role or as the caller said.
    pub directly_responsible: bool,
}

impl<'a> Relation<'a> {
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
