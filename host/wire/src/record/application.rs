//! The application in a record, whole.

use creditgate_credit::application::{
    Application, Material, Party, PartyRole, Report, RequiredBy, SubjectKind,
};
use creditgate_credit::identifier::Identifier;
use serde::Serialize;

use crate::attributes::AttributesBody;
use crate::identifier::IdentifierBody;
use crate::json::{Each, Embedded};
use crate::time::Day;

#[derive(Serialize)]
pub(super) struct ApplicationView<'a> {
    case_no: &'a str,
    item: &'a str,
    checkpoint: &'a str,
    department: &'a str,
    division: &'a str,
    filed_on: Day,
    decided_on: Day,
    parties: Each<'a, Party, PartyView<'a>>,
    materials: Each<'a, Material, MaterialView<'a>>,
    reports: Each<'a, Report, ReportView<'a>>,
    form: Embedded<'a>,
    attributes: AttributesBody<'a>,
}

impl<'a> From<&'a Application> for ApplicationView<'a> {
    fn from(application: &'a Application) -> Self {
        Self {
            case_no: &application.case_no,
            item: &application.item,
            checkpoint: &application.checkpoint,
            department: &application.department,
            division: &application.division,
            filed_on: application.filed_on.into(),
            decided_on: application.decided_on.into(),
            parties: Each(&application.parties, PartyView::from),
            materials: Each(&application.materials, MaterialView::from),
            reports: Each(&application.reports, ReportView::from),
            form: Embedded(&application.form),
            attributes: (&application.attributes).into(),
        }
    }
}

#[derive(Serialize)]
struct PartyView<'a> {
    id: &'a str,
    role: PartyRole,
    #[serde(skip_serializing_if = "Option::is_none")]
    acts_for: Option<&'a str>,
    kind: SubjectKind,
    name: &'a str,
    identifiers: Each<'a, Identifier, IdentifierBody<'a>>,
    #[serde(skip_serializing_if = "AttributesBody::is_empty")]
    attributes: AttributesBody<'a>,
}

impl<'a> From<&'a Party> for PartyView<'a> {
    fn from(party: &'a Party) -> Self {
        Self {
            id: &party.id,
            role: party.role,
            acts_for: party.acts_for.as_deref(),
            kind: party.kind,
            name: &party.name,
            identifiers: Each(&party.identifiers, IdentifierBody::from),
            attributes: (&party.attributes).into(),
        }
    }
}

#[derive(Serialize)]
struct MaterialView<'a> {
    code: &'a str,
    name: &'a str,
    provided: bool,
    required_by: RequiredBy,
}

impl<'a> From<&'a Material> for MaterialView<'a> {
    fn from(material: &'a Material) -> Self {
        Self {
            code: &material.code,
            name: &material.name,
            provided: material.provided,
            required_by: material.required_by,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ReportView<'a> {
    party: &'a str,
    issuer: &'a str,
    number: &'a str,
    issued_on: Day,
    published_at: &'a [String],
    grade: &'a str,
}

impl<'a> From<&'a Report> for ReportView<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            party: &report.party,
            issuer: &report.issuer,
            number: &report.number,
            issued_on: report.issued_on.into(),
            published_at: &report.published_at,
            grade: &report.grade,
        }
    }
}
