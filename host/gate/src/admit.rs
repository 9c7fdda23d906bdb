//! Step 1, admit: who asks, on what ground, and whether it was asked before.
//!
//! No purpose, no query (R117): without a case, an item and an operator there
//! is no check. Every fault of a request is reported, not only the first.

use std::collections::HashSet;

use creditgate_credit::application::{Application, Party};
use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::check::RequestWarning;
use creditgate_credit::fault::{Faults, merged};
use creditgate_credit::identifier::{Identifier, Strictness};
use creditgate_credit::name;
use creditgate_credit::text::visible;
use jiff::civil::Date;

use crate::error::CheckError;
use crate::ports::{Ledger, StoredCheck};
use crate::request::{Caller, CheckRequest, PartyInput};

/// Longest code or number a request may carry, in characters (facts: item codes
/// and case numbers are declared up to 50).
const LONGEST_CODE: usize = 64;
const LONGEST_NAME: usize = 200;
const LONGEST_KEY: usize = 128;
const MOST_PARTIES: usize = 64;
const MOST_MATERIALS: usize = 256;
const MOST_IDENTIFIERS: usize = 8;
/// No case was filed before.
const EARLIEST_FILING: Date = Date::constant(1949, 10, 1);

/// Refuses a caller without right or purpose, before anything is looked up, and a
/// request that was read with faults.
pub(crate) fn purpose(request: &CheckRequest, caller: &Caller) -> Result<(), CheckError> {
    let mut faults = Faults::default();
    for (field, value) in [
        ("department", &request.department),
        ("item", &request.item),
        ("checkpoint", &request.checkpoint),
        ("case_no", &request.case_no),
        ("operator", &request.operator),
    ] {
        text(&mut faults, field, value, LONGEST_CODE);
    }
    if let Some(idempotency) = &request.idempotency {
        let printable = idempotency.key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if idempotency.key.is_empty() || idempotency.key.len() > LONGEST_KEY || !printable {
            faults.refuse(
                "Idempotency-Key",
                "idempotency.malformed",
                "must be 1 to 128 printable ASCII characters without spaces",
            );
        }
    }
    let problems = merged(request.faults.clone(), faults.found());
    if !problems.is_empty() {
        return Err(CheckError::Invalid(problems));
    }
    if !caller.may_ask_for(&request.department) {
        return Err(CheckError::DepartmentNotAllowed(request.department.clone()));
    }
    Ok(())
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

/// The earlier check of the same request, if there is one.
pub(crate) fn repeat(
    ledger: &dyn Ledger,
    request: &CheckRequest,
    caller: &Caller,
) -> Result<Option<StoredCheck>, CheckError> {
    let Some(idempotency) = &request.idempotency else { return Ok(None) };
    match ledger.find_repeat(&caller.key, &idempotency.key)? {
        None => Ok(None),
        Some((body_hash, stored)) if body_hash == idempotency.body_hash => Ok(Some(stored)),
        Some(_) => Err(CheckError::IdempotencyConflict),
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
    missing.then(|| RequestWarning {
        field: "reports".to_owned(),
        code: "report.required",
        message: "a credit report belongs to this item, and none was handed in".to_owned(),
    })
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
        self.warnings.extend(name::warnings(&input.name).map(|warning| RequestWarning {
            field: format!("{field}.name"),
            code: warning.code(),
            message: warning.to_string(),
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
                    self.warnings.extend(parsed.warnings.into_iter().map(|warning| RequestWarning {
                        field: field.clone(),
                        code: warning.code(),
                        message: warning.to_string(),
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

    fn materials(&mut self, materials: &[creditgate_credit::application::Material]) {
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

fn text(faults: &mut Faults, field: &str, value: &str, longest: usize) {
    let length = value.chars().count();
    if value.trim().is_empty() {
        faults.refuse(field, "field.empty", "must not be empty");
    } else if length > longest {
        faults.refuse(field, "field.too_long", format!("has {length} characters, at most {longest}"));
    } else if value.chars().any(char::is_control) {
        faults.refuse(field, "field.control_character", "must not hold control characters");
    }
}
