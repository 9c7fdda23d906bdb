//! The case at a checkpoint: parties, materials, reports.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::identifier::{Identifier, IdentifierKind, clear};
use crate::{attributes, day, vocabulary};

mod form;

/// Named values of an open vocabulary, in the order given.
pub type Attributes = Vec<(String, String)>;

vocabulary! {
    /// What kind of credit subject a party is (R21).
    pub enum SubjectKind {
        /// 法人.
        LegalPerson = "legal_person",
        /// 非法人组织.
        UnincorporatedOrganisation = "unincorporated_organisation",
        /// 个体工商户.
        SoleTrader = "sole_trader",
        /// 社会团体.
        SocialGroup = "social_group",
        /// 自然人.
        NaturalPerson = "natural_person",
    }
}

vocabulary! {
    /// The part a party plays in the case (R26 to R28).
    pub enum PartyRole {
        /// 申请人.
        Applicant = "applicant",
        /// 法定代表人.
        LegalRepresentative = "legal_representative",
        /// 主要负责人.
        Principal = "principal",
        /// 直接责任人员, such as a registered practitioner.
        ResponsiblePerson = "responsible_person",
        /// 董事.
        Director = "director",
        /// 股东.
        Shareholder = "shareholder",
        /// 投标人、供应商.
        Bidder = "bidder",
        /// 代理人.
        Agent = "agent",
        /// Any other part.
        Other = "other",
    }
}

vocabulary! {
    /// On which level of law a material is required (R77 to R79).
    pub enum RequiredBy {
        /// 法律.
        Law = "law",
        /// 行政法规、地方性法规.
        Regulation = "regulation",
        /// 规章.
        Rule = "rule",
        /// 规范性文件.
        NormativeDocument = "normative_document",
        /// Nothing of these.
        Other = "other",
    }
}

/// A party of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Handle within the case, chosen by the caller or by position (`p1`, …).
    pub id: String,
    /// The part it plays.
    pub role: PartyRole,
    /// The `id` of the party it acts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<String>,
    /// Kind of subject.
    pub kind: SubjectKind,
    /// Full name.
    pub name: String,
    /// Numbers that identify it, in normal form.
    #[serde(with = "clear")]
    pub identifiers: Vec<Identifier>,
    /// The caller's extras.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    pub attributes: Attributes,
}

/// Why it is not certain who a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityDoubt {
    /// The check of a number of this kind fails: it may be somebody else's, mistyped.
    CheckFails(IdentifierKind),
    /// None of its numbers can be looked for: placeholders, masks, codes for local use.
    NoNumber,
}

impl Party {
    /// Whether it is in doubt who the party is. What is found of such a party counts; that nothing is found
    /// says nothing.
    #[must_use]
    pub fn doubt(&self) -> Option<IdentityDoubt> {
        let fails = self.identifiers.iter().find(|identifier| identifier.check_fails());
        match fails {
            Some(identifier) => Some(IdentityDoubt::CheckFails(identifier.kind())),
            None => (!self.identifiers.iter().any(Identifier::finds)).then_some(IdentityDoubt::NoNumber),
        }
    }

    /// Whether it is said to be directly responsible: by its role, or by the
    /// attribute `direct_responsibility` in whatever role (R28).
    #[must_use]
    pub fn is_directly_responsible(&self) -> bool {
        let said = |(name, value): &(String, String)| name == "direct_responsibility" && value == "true";
        self.role == PartyRole::ResponsiblePerson || self.attributes.iter().any(said)
    }
}

/// A material of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// The item's code of the material.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Whether it was handed in.
    pub provided: bool,
    /// On which level it is required.
    pub required_by: RequiredBy,
}

/// A credit report handed in with the application (R87, R88).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The party it is about.
    pub party: String,
    /// Name of the issuing agency.
    pub issuer: String,
    /// The report's number.
    pub number: String,
    /// Date of issue.
    #[serde(with = "day")]
    pub issued_on: Date,
    /// Where the caller saw it published, such as `platform` and `credit_site`.
    pub published_at: Vec<String>,
    /// The grade it gives.
    pub grade: String,
}

/// The case as the department's system describes it at a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Case number (办件编号).
    pub case_no: String,
    /// Item code (事项编码).
    pub item: String,
    /// Checkpoint: `intake`, `review`, `issuance`, `supervision` or a custom name.
    pub checkpoint: String,
    /// Department code.
    pub department: String,
    /// Administrative division (GB/T 2260), six digits.
    pub division: String,
    /// Day of filing.
    #[serde(with = "day")]
    pub filed_on: Date,
    /// Day of the check.
    #[serde(with = "day")]
    pub decided_on: Date,
    /// Everyone concerned; never empty.
    pub parties: Vec<Party>,
    /// Materials with their state.
    pub materials: Vec<Material>,
    /// Credit reports handed in.
    pub reports: Vec<Report>,
    /// The form, as a JSON object in text.
    #[serde(with = "form")]
    pub form: String,
    /// The caller's extras.
    #[serde(with = "attributes")]
    pub attributes: Attributes,
}

impl Application {
    /// The party with this handle.
    #[must_use]
    pub fn party(&self, id: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }
}
