//! What an approval system sends: a request for a check.
//!
//! Vocabularies and dates are texts: the host reads them in one pass, so that a
//! caller is told every fault and not only the first.

use creditgate_credit::application::{Attributes, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::attributes;
use creditgate_credit::identifier::IdentifierKind;
use creditgate_credit::json::JsonObject;
use creditgate_credit::time::Day;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A request for a check at a checkpoint of a case.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// Checkpoint: `intake`, `review`, `issuance`, `supervision` or a custom name
    /// that is bound for the item.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub checkpoint: String,
    /// Department code.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub department: String,
    /// Item code (事项编码).
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub item: String,
    /// Case number (办件编号). It is kept and answered in one form: compatibility forms, dashes and
    /// brackets folded, nothing invisible, no blanks around it.
    #[serde(deserialize_with = "creditgate_credit::case_number::given")]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub case_no: String,
    /// The officer on whose behalf the query is made: no purpose, no query (R117).
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub operator: String,
    /// Administrative division, six digits (GB/T 2260); the binding's own when
    /// absent.
    pub division: Option<String>,
    /// Day of filing; the day of the check when absent.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub filed_on: Option<String>,
    /// Everyone concerned; at least one.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 64))]
    pub parties: Vec<Party>,
    /// Materials of the application with their state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 256))]
    pub materials: Vec<Material>,
    /// Credit reports handed in (R87, R88).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<CreditReport>,
    /// The form of the item: any object, passed to the plug-in as it is; at most
    /// 64 levels deep.
    pub form: Option<JsonObject>,
    /// Receipts of the case's earlier checkpoints, where the binding insists on
    /// them (R2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<String>,
    /// Extras for the plug-in.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(inline, value_type = attributes::Described))]
    pub attributes: Attributes,
}

/// A party as the caller describes it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Handle within the case, never an identity number; `p1`, `p2`, … by
    /// position when absent.
    pub id: Option<String>,
    /// The part it plays.
    #[cfg_attr(feature = "schema", schema(value_type = PartyRole))]
    pub role: String,
    /// Handle of the party it acts for.
    pub acts_for: Option<String>,
    /// Kind of subject.
    #[cfg_attr(feature = "schema", schema(value_type = SubjectKind))]
    pub kind: String,
    /// Full name.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// One to eight numbers that identify it: a name alone is never checked.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 8))]
    pub identifiers: Vec<PartyIdentifier>,
    /// Extras for the plug-in.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(inline, value_type = attributes::Described))]
    pub attributes: Attributes,
}

/// A number of a party, as typed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartyIdentifier {
    /// What kind of number it is.
    #[cfg_attr(feature = "schema", schema(value_type = IdentifierKind))]
    pub kind: String,
    /// The number; spaces, hyphens, case and full-width characters do not matter.
    pub value: String,
}

/// Prints the kind only.
impl std::fmt::Debug for PartyIdentifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PartyIdentifier").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A material of the application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// The item's code of the material.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 64))]
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Whether it was handed in.
    pub provided: bool,
    /// On which level of law it is required; decides whether it may be supplied
    /// later (R77 to R79).
    #[cfg_attr(feature = "schema", schema(value_type = RequiredBy))]
    pub required_by: String,
}

/// A credit report handed in with the application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditReport {
    /// Handle of the party it is about.
    pub party: String,
    /// Name of the issuing agency.
    pub issuer: String,
    /// The report's number.
    pub number: String,
    /// Date of issue.
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub issued_on: String,
    /// Where it was seen published, such as `platform` and `credit_site`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published_at: Vec<String>,
    /// The grade it gives.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grade: String,
}
