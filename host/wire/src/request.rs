//! Reads what an approval system sends into the gate's requests and reports:
//! vocabularies and dates in one pass, so that a caller is told every fault and not
//! only the first.

use creditgate_api as api;
use creditgate_credit::application::{Material, PartyRole, Report, RequiredBy, SubjectKind};
use creditgate_credit::fault::Faults;
use creditgate_credit::identifier::IdentifierKind;
use creditgate_gate::request::{CheckRequest, Idempotency, PartyInput};
use jiff::civil::Date;

mod dispositions;
#[cfg(test)]
mod tests;
mod values;

pub use dispositions::disposition_report;
use values::{day, form};

/// Stands for a number of an unknown kind while further faults are looked for.
const STAND_IN: &str = "E16283950";

/// The request as the gate takes it. `idempotency` comes from outside the
/// body.
///
/// Every value that is not of its vocabulary (`value.unknown`), every date that is
/// none (`date.malformed`), and a form that cannot be carried along
/// (`form.not_an_object`) is among its faults, so that the gate refuses it with
/// what else is wrong.
#[must_use]
pub fn check_request(body: api::CheckRequest, idempotency: Option<Idempotency>) -> CheckRequest {
    let mut faults = Faults::default();
    let filed_on = body.filed_on.as_deref().and_then(|text| day(&mut faults, || "filed_on".to_owned(), text));
    let parties = body.parties.into_iter().enumerate();
    let parties: Vec<PartyInput> =
        parties.map(|(index, party)| self::party(party, index, &mut faults)).collect();
    let materials = body.materials.into_iter().enumerate();
    let materials: Vec<Material> =
        materials.map(|(index, material)| self::material(material, index, &mut faults)).collect();
    let reports = body.reports.into_iter().enumerate();
    let reports: Vec<Report> =
        reports.map(|(index, report)| self::report(report, index, &mut faults)).collect();
    let form = form(&mut faults, body.form.as_ref());
    CheckRequest {
        idempotency,
        department: body.department,
        item: body.item,
        checkpoint: body.checkpoint,
        case_no: body.case_no,
        operator: body.operator,
        division: body.division,
        filed_on,
        parties,
        materials,
        reports,
        form,
        receipts: body.receipts,
        attributes: body.attributes,
        faults: faults.found(),
    }
}

fn party(party: api::Party, index: usize, faults: &mut Faults) -> PartyInput {
    let at = |field: &str| format!("parties[{index}].{field}");
    let role = faults.coded(|| at("role"), &party.role);
    let kind = faults.coded(|| at("kind"), &party.kind);
    let mut identifiers = Vec::with_capacity(party.identifiers.len());
    for (position, identifier) in party.identifiers.into_iter().enumerate() {
        let field = || at(&format!("identifiers[{position}]"));
        let kind = faults.coded(|| format!("{}.kind", field()), &identifier.kind);
        // A number of an unknown kind cannot be read any further.
        let stand_in = || (IdentifierKind::Other, STAND_IN.to_owned());
        identifiers.push(kind.map_or_else(stand_in, |kind| (kind, identifier.value)));
    }
    PartyInput {
        id: party.id,
        role: role.unwrap_or(PartyRole::Applicant),
        acts_for: party.acts_for,
        kind: kind.unwrap_or(SubjectKind::LegalPerson),
        name: party.name,
        identifiers,
        attributes: party.attributes,
    }
}

fn material(material: api::Material, index: usize, faults: &mut Faults) -> Material {
    let required_by = faults.coded(|| format!("materials[{index}].required_by"), &material.required_by);
    let required_by = required_by.unwrap_or(RequiredBy::Other);
    Material { code: material.code, name: material.name, provided: material.provided, required_by }
}

fn report(report: api::CreditReport, index: usize, faults: &mut Faults) -> Report {
    let issued_on = day(faults, || format!("reports[{index}].issued_on"), &report.issued_on);
    Report {
        party: report.party,
        issuer: report.issuer,
        number: report.number,
        issued_on: issued_on.unwrap_or(Date::ZERO),
        published_at: report.published_at,
        grade: report.grade,
    }
}
