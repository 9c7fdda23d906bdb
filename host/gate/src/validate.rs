//! Step 3, validate: the request as an application under the rules it is bound to.
//! Identifiers get their normal form, every fault is told, and the case has passed
//! the checkpoints the binding insists on (R2).

use creditgate_credit::check::RequestWarning;
use std::collections::HashSet;

use creditgate_credit::application::{Application, Material, Party};
use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::fault::{Faults, merged};
use creditgate_credit::identifier::{Identifier, Strictness};
use creditgate_credit::name;
use creditgate_credit::text::visible;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::admit::{LONGEST_CODE, text};
use crate::bind::Bound;
use crate::check_error::CheckError;
use crate::ports::Ledger;
use crate::request::{CheckRequest, PartyInput};
use crate::world::Binding;

const LONGEST_NAME: usize = 200;
const MOST_PARTIES: usize = 64;
const MOST_MATERIALS: usize = 256;
const MOST_IDENTIFIERS: usize = 8;
/// No case was filed before.
const EARLIEST_FILING: Date = Date::constant(1949, 10, 1);

/// The application of a request, with remarks on what is good enough.
pub(crate) fn validate(
    ledger: &dyn Ledger,
    request: CheckRequest,
    bound: &Bound,
    (now, today): (Timestamp, Date),
) -> Result<(Application, Vec<RequestWarning>), CheckError> {
    let strictness = bound.policy.identifier_strictness;
    let (application, mut warnings) = application(request, bound.division.clone(), strictness, today)?;
    warnings.extend(missing_report(&application, &bound.catalogue));
    require_passed(ledger, &bound.route.binding, &application, now)?;
    Ok((application, warnings))
}

/// The same refusal with all that is wrong with the request beside it.
pub(crate) fn with_every_fault(
    refusal: CheckError,
    request: CheckRequest,
    strictness: Strictness,
    today: Date,
) -> CheckError {
    let CheckError::Invalid(problems) = refusal else { return refusal };
    let division = request.division.clone().unwrap_or_default();
    match application(request, division, strictness, today) {
        Err(CheckError::Invalid(others)) => CheckError::Invalid(merged(problems, others)),
        _ => CheckError::Invalid(problems),
    }
}

/// The request as an application, with identifiers in normal form.
pub(crate) fn application(
    request: CheckRequest,
    division: String,
    strictness: Strictness,
    today: Date,
) -> Result<(Application, Vec<RequestWarning>), CheckError> {
    let mut findings = Findings::default();
    findings.filed_on(request.filed_on, today);
    let parties = findings.parties(request.parties, strictness);
    findings.materials(&request.materials);
    let known: HashSet<&str> = parties.iter().map(|party| party.id.as_str()).collect();
    for (index, report) in request.reports.iter().enumerate() {
        if !known.contains(report.party.as_str()) {
            let field = format!("reports[{index}].party");
            findings.faults.refuse(field, "party.unknown", "names no party of this request");
        }
    }
    findings.faults.passed(()).map_err(CheckError::Invalid)?;
    let application = Application {
        case_no: request.case_no,
        item: request.item,
        checkpoint: request.checkpoint,
        department: request.department,
        division,
        filed_on: request.filed_on.unwrap_or(today),
        decided_on: today,
        parties,
        materials: request.materials,
        reports: request.reports,
        form: request.form,
        attributes: request.attributes,
    };
    Ok((application, findings.warnings))
}

/// A remark that an application comes without the credit report which the
/// catalogue says belongs to the item (R87). What follows is for the plug-in and
/// the officer.
pub(crate) fn missing_report(
    application: &Application,
    catalogue: &IndexedCatalogue,
) -> Option<RequestWarning> {
    let missing = application.reports.is_empty()
        && catalogue.requires_report(&application.department, &application.item);
    let message = "a credit report belongs to this item, and none was handed in";
    missing.then(|| RequestWarning::new("reports", "report.required", message))
}

#[derive(Default)]
struct Findings {
    faults: Faults,
    warnings: Vec<RequestWarning>,
}

impl Findings {
    /// A day to come, or one no case can have been filed on, is a slip of the pen
    /// that would move the window of clean years.
    fn filed_on(&mut self, filed_on: Option<Date>, today: Date) {
        let Some(day) = filed_on else { return };
        if day > today {
            let message = format!("must not be after the day of the check, {today}");
            self.faults.refuse("filed_on", "date.future", message);
        } else if day < EARLIEST_FILING {
            let message = format!("must not be before {EARLIEST_FILING}");
            self.faults.refuse("filed_on", "date.too_early", message);
        }
    }

    fn parties(&mut self, inputs: Vec<PartyInput>, strictness: Strictness) -> Vec<Party> {
        if inputs.is_empty() {
            self.faults.refuse("parties", "party.none", "at least one party is needed");
        }
        if inputs.len() > MOST_PARTIES {
            self.faults.refuse("parties", "party.too_many", "at most 64 parties");
            return Vec::new();
        }
        let parties: Vec<Party> = inputs
            .into_iter()
            .enumerate()
            .map(|(index, input)| self.party(index, input, strictness))
            .collect();
        let mut seen = HashSet::new();
        for (index, party) in parties.iter().enumerate() {
            if !seen.insert(party.id.as_str()) {
                let field = format!("parties[{index}].id");
                self.faults.refuse(field, "party.duplicate", "another party has this id");
            }
        }
        for (index, party) in parties.iter().enumerate() {
            if party.acts_for.as_deref().is_some_and(|id| !seen.contains(id) || id == party.id) {
                let field = format!("parties[{index}].acts_for");
                self.faults.refuse(field, "party.unknown", "names no other party of this request");
            }
        }
        parties
    }

    fn party(&mut self, index: usize, input: PartyInput, strictness: Strictness) -> Party {
        let field = format!("parties[{index}]");
        let name = visible(&input.name);
        text(&mut self.faults, &format!("{field}.name"), &name, LONGEST_NAME);
        self.warnings.extend(name::warnings(&input.name).map(|warning| {
            RequestWarning::new(format!("{field}.name"), warning.code(), warning.to_string())
        }));
        if input.identifiers.is_empty() || input.identifiers.len() > MOST_IDENTIFIERS {
            self.faults.refuse(
                format!("{field}.identifiers"),
                "identifier.none",
                "one to eight identifiers are needed: a name alone is never checked",
            );
        }
        let mut identifiers = Vec::with_capacity(input.identifiers.len());
        for (position, (kind, value)) in input.identifiers.iter().enumerate() {
            let field = format!("{field}.identifiers[{position}]");
            match Identifier::parse(*kind, value, strictness) {
                Ok(parsed) => {
                    identifiers.push(parsed.identifier);
                    self.warnings.extend(parsed.warnings.into_iter().map(|warning| {
                        RequestWarning::new(field.as_str(), warning.code(), warning.to_string())
                    }));
                }
                Err(error) => self.faults.refuse(field, error.code(), error.to_string()),
            }
        }
        Party {
            id: input.id.unwrap_or_else(|| format!("p{}", index + 1)),
            role: input.role,
            acts_for: input.acts_for,
            kind: input.kind,
            name: name.into_owned(),
            identifiers,
            attributes: input.attributes,
        }
    }

    fn materials(&mut self, materials: &[Material]) {
        if materials.len() > MOST_MATERIALS {
            self.faults.refuse("materials", "material.too_many", "at most 256 materials");
            return;
        }
        let mut seen = HashSet::new();
        for (index, material) in materials.iter().enumerate() {
            let field = format!("materials[{index}].code");
            text(&mut self.faults, &field, &material.code, LONGEST_CODE);
            if !seen.insert(material.code.as_str()) {
                self.faults.refuse(field, "material.duplicate", "another material has this code");
            }
        }
    }
}

/// Holds the binding's demand for earlier checks against the ledger. A receipt
/// names a check of the ledger and says nothing the record does not: what is handed
/// in and what is not are held to one rule.
fn require_passed(
    ledger: &dyn Ledger,
    binding: &Binding,
    application: &Application,
    now: Timestamp,
) -> Result<(), CheckError> {
    let Binding { require_receipts, passed, .. } = binding;
    if require_receipts.is_empty() {
        return Ok(());
    }
    let Application { case_no, department, item, .. } = application;
    let checks = ledger.earlier_checks(case_no, department, item)?;
    let missing = passed.missing(require_receipts, &checks, &application.parties, now);
    if missing.is_empty() {
        return Ok(());
    }
    Err(CheckError::ReceiptsMissing { case_no: case_no.clone(), missing })
}
