//! What an approval system sends: a request for a check, and what a department
//! did about the measures of one.
//!
//! Vocabularies and dates are taken as text and read in one pass, so that a
//! caller is told every fault and not only the first.

use creditgate_credit::application::{Material, PartyRole, Report, RequiredBy, SubjectKind};
use creditgate_credit::fault::Faults;
use creditgate_credit::identifier::IdentifierKind;
use creditgate_gate::request::{CheckRequest, Idempotency, PartyInput};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::attributes::AttributesBody;
use crate::json::JsonObject;
use crate::time::Day;

/// Stands for a number of an unknown kind while further faults are looked for.
const STAND_IN: &str = "E16283950";

mod dispositions;
#[cfg(test)]
mod tests;
mod values;

pub use dispositions::{DispositionBody, DispositionsAcceptedBody, DispositionsBody};
use values::{day, form};

/// A request for a check at a checkpoint of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckRequest)]
pub struct CheckRequestBody {
    /// Checkpoint: `intake`, `review`, `issuance`, `supervision` or a custom name
    /// that is bound for the item.
    #[schema(min_length = 1, max_length = 64)]
    pub checkpoint: String,
    /// Department code.
    #[schema(min_length = 1, max_length = 64)]
    pub department: String,
    /// Item code (事项编码).
    #[schema(min_length = 1, max_length = 64)]
    pub item: String,
    /// Case number (办件编号). It is kept and answered in one form: compatibility forms, dashes and
    /// brackets folded, nothing invisible, no blanks around it.
    #[serde(deserialize_with = "creditgate_credit::case_number::given")]
    #[schema(min_length = 1, max_length = 64)]
    pub case_no: String,
    /// The officer on whose behalf the query is made: no purpose, no query (R117).
    #[schema(min_length = 1, max_length = 64)]
    pub operator: String,
    /// Administrative division, six digits (GB/T 2260); the binding's own when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// Day of filing; the day of the check when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Day>, inline)]
    pub filed_on: Option<String>,
    /// Everyone concerned; at least one.
    #[schema(min_items = 1, max_items = 64)]
    pub parties: Vec<PartyBody>,
    /// Materials of the application with their state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 256)]
    pub materials: Vec<MaterialBody>,
    /// Credit reports handed in (R87, R88).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportBody>,
    /// The form of the item: any object, passed to the plug-in as it is; at most
    /// 64 levels deep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<JsonObject>,
    /// Receipts of the case's earlier checkpoints, where the binding insists on
    /// them (R2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<String>,
    /// Extras for the plug-in.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'static>,
}

/// A party as the caller describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Party)]
pub struct PartyBody {
    /// Handle within the case, never an identity number; `p1`, `p2`, … by
    /// position when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The part it plays.
    #[schema(value_type = PartyRole, inline)]
    pub role: String,
    /// Handle of the party it acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<String>,
    /// Kind of subject.
    #[schema(value_type = SubjectKind, inline)]
    pub kind: String,
    /// Full name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// One to eight numbers that identify it: a name alone is never checked.
    #[schema(min_items = 1, max_items = 8)]
    pub identifiers: Vec<PartyIdentifierBody>,
    /// Extras for the plug-in.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'static>,
}

/// A number of a party, as typed.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PartyIdentifier)]
pub struct PartyIdentifierBody {
    /// What kind of number it is.
    #[schema(value_type = IdentifierKind, inline)]
    pub kind: String,
    /// The number; spaces, hyphens, case and full-width characters do not matter.
    pub value: String,
}

/// Prints the kind only.
impl std::fmt::Debug for PartyIdentifierBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PartyIdentifierBody").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A material of the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Material)]
pub struct MaterialBody {
    /// The item's code of the material.
    #[schema(min_length = 1, max_length = 64)]
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Whether it was handed in.
    pub provided: bool,
    /// On which level of law it is required; decides whether it may be supplied
    /// later (R77 to R79).
    #[schema(value_type = RequiredBy, inline)]
    pub required_by: String,
}

/// A credit report handed in with the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditReport)]
pub struct ReportBody {
    /// Handle of the party it is about.
    pub party: String,
    /// Name of the issuing agency.
    pub issuer: String,
    /// The report's number.
    pub number: String,
    /// Date of issue.
    #[schema(value_type = Day, inline)]
    pub issued_on: String,
    /// Where it was seen published, such as `platform` and `credit_site`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published_at: Vec<String>,
    /// The grade it gives.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grade: String,
}

impl CheckRequestBody {
    /// The request as the gate takes it. `idempotency` comes from outside the
    /// body.
    ///
    /// Every value that is not of its vocabulary (`value.unknown`), every date that is
    /// none (`date.malformed`), and a form that cannot be carried along
    /// (`form.not_an_object`) is among its faults, so that the gate refuses it with
    /// what else is wrong.
    #[must_use]
    pub fn into_request(self, idempotency: Option<Idempotency>) -> CheckRequest {
        let mut faults = Faults::default();
        let filed_on =
            self.filed_on.as_deref().and_then(|text| day(&mut faults, || "filed_on".to_owned(), text));
        let parties = self.parties.into_iter().enumerate();
        let parties: Vec<PartyInput> = parties.map(|(index, party)| party.read(index, &mut faults)).collect();
        let materials = self.materials.into_iter().enumerate();
        let materials: Vec<Material> =
            materials.map(|(index, material)| material.read(index, &mut faults)).collect();
        let reports = self.reports.into_iter().enumerate();
        let reports: Vec<Report> = reports.map(|(index, report)| report.read(index, &mut faults)).collect();
        let form = form(&mut faults, self.form.as_ref());
        CheckRequest {
            idempotency,
            department: self.department,
            item: self.item,
            checkpoint: self.checkpoint,
            case_no: self.case_no,
            operator: self.operator,
            division: self.division,
            filed_on,
            parties,
            materials,
            reports,
            form,
            receipts: self.receipts,
            attributes: self.attributes.into(),
            faults: faults.found(),
        }
    }
}

impl PartyBody {
    fn read(self, index: usize, faults: &mut Faults) -> PartyInput {
        let at = |field: &str| format!("parties[{index}].{field}");
        let role = faults.coded(|| at("role"), &self.role);
        let kind = faults.coded(|| at("kind"), &self.kind);
        let mut identifiers = Vec::with_capacity(self.identifiers.len());
        for (position, identifier) in self.identifiers.into_iter().enumerate() {
            let field = || at(&format!("identifiers[{position}]"));
            let kind = faults.coded(|| format!("{}.kind", field()), &identifier.kind);
            // A number of an unknown kind cannot be read any further.
            let stand_in = || (IdentifierKind::Other, STAND_IN.to_owned());
            identifiers.push(kind.map_or_else(stand_in, |kind| (kind, identifier.value)));
        }
        PartyInput {
            id: self.id,
            role: role.unwrap_or(PartyRole::Applicant),
            acts_for: self.acts_for,
            kind: kind.unwrap_or(SubjectKind::LegalPerson),
            name: self.name,
            identifiers,
            attributes: self.attributes.into(),
        }
    }
}

impl MaterialBody {
    fn read(self, index: usize, faults: &mut Faults) -> Material {
        let required_by = faults.coded(|| format!("materials[{index}].required_by"), &self.required_by);
        let required_by = required_by.unwrap_or(RequiredBy::Other);
        Material { code: self.code, name: self.name, provided: self.provided, required_by }
    }
}

impl ReportBody {
    fn read(self, index: usize, faults: &mut Faults) -> Report {
        let issued_on = day(faults, || format!("reports[{index}].issued_on"), &self.issued_on);
        Report {
            party: self.party,
            issuer: self.issuer,
            number: self.number,
            issued_on: issued_on.unwrap_or(Date::ZERO),
            published_at: self.published_at,
            grade: self.grade,
        }
    }
}
