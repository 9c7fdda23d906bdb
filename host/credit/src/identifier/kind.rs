//! The kinds of identifier, and how strictly they are read.

use crate::vocabulary;

vocabulary! {
    /// The kind of an identifier (R22).
    pub enum IdentifierKind {
        /// Unified social credit code 统一社会信用代码, 18 characters (GB 32100-2015).
        Uscc = "uscc",
        /// Organisation code 组织机构代码, 9 characters (GB 11714-1997).
        OrganisationCode = "organisation_code",
        /// Business registration number 工商注册号, 15 digits (GS15-2006) or the older 13.
        RegistrationNumber = "registration_number",
        /// Citizen identity number 公民身份号码, 18 characters (GB 11643-1999) or the older 15 digits; also the
        /// residence permits that follow the same scheme.
        CitizenId = "citizen_id",
        /// Legal entity identifier, 20 characters (ISO 17442).
        Lei = "lei",
        /// Any other document number: passport, travel permit, foreign registration.
        Other = "other",
    }
}

impl IdentifierKind {
    /// The name in English texts for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uscc => "unified social credit code",
            Self::OrganisationCode => "organisation code",
            Self::RegistrationNumber => "business registration number",
            Self::CitizenId => "citizen ID number",
            Self::Lei => "legal entity identifier",
            Self::Other => "document number",
        }
    }
}

vocabulary! {
    /// How much an identifier must satisfy to be accepted, from the most lenient.
    #[derive(Default)]
    pub enum Strictness {
        /// Only the shape: length, alphabet, possible date.
        Format = "format",
        /// The shape; a check character that does not fit is a warning.
        #[default]
        Check = "check",
        /// The shape and the check character.
        Strict = "strict",
    }
}

#[cfg(test)]
mod tests {
    use super::Strictness;

    #[test]
    fn a_wrong_check_character_is_a_warning_unless_a_policy_says_otherwise() {
        assert_eq!(Strictness::default(), Strictness::Check);
    }
}
